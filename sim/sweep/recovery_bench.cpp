#include "sim/sweep/recovery_bench.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/recording_format.h"
#include "judge/card/fat_volume.h"
#include "judge/media/mp4.h"
#include "sim/sweep/sector_source.h"

namespace saksi::sim {

namespace {

constexpr double kNsPerS = 1e9;
constexpr double kSettleS = 0.02;   ///< without a write to the card: what the firmware does once it is ready is over
constexpr double kSettleMaxS = 20;  ///< longer than a firmware writes that is not recording
constexpr int kStallsSettled = 2;   ///< a write may be stalled, and then its pause be due
constexpr double kHoldS = 0.1;      ///< a press
constexpr double kLedPatienceS = 5;
constexpr double kDischargeS = 1;  ///< from a cut until nothing of the camera has power
constexpr double kClipS = 1;
constexpr unsigned kBranchLimitS = 600;  ///< host time; a recovery takes a fraction of a second

class StoreSource : public SectorSource {
 public:
  explicit StoreSource(const hw::SectorStore& store) : store_(store) {}
  uint64_t size() const override { return store_.sectors() * hw::kSectorBytes; }
  uint64_t next_data(uint64_t offset) const override { return store_.next_data(offset); }

 private:
  void read_sector(uint64_t lba, uint8_t* data) const override { store_.read(lba, data); }
  const hw::SectorStore& store_;
};

std::string led_of(const DeviceSpec& device, const char* role) {
  const auto leds = device.claims.find(recording::kClaimLeds);
  if (leds == device.claims.end() || !leds->contains(role)) {
    throw UsageError(
        fmt::format("{}: a sweep waits for the camera's {} LED, and the device claims none; name it under claims.leds.{}", device.path, role, role));
  }
  return leds->at(role).get<std::string>();
}

void keep_clip(const judge::ByteSource& clip, const std::string& path) {
  if (std::filesystem::exists(path)) return;
  std::vector<uint8_t> bytes(static_cast<size_t>(clip.size()));
  bytes.resize(clip.read(0, bytes.data(), bytes.size()));
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

std::unique_ptr<judge::ByteSource> source_of(const hw::SectorStore& store) { return std::make_unique<StoreSource>(store); }

void KnownClips::learn(const nlohmann::ordered_json& recovery_run) {
  for (const auto& content : recovery_run.at("decoded")) good.insert(content.get<std::string>());
}

RecoveryBench::RecoveryBench(const PreparedRun& run, const std::string& card_image, const std::vector<PrepareCard>& rehearsal)
    : parts_(run, card_image),
      device_(parts_.config, truth_),
      has_picture_(run.size_table.empty()),
      settle_s_(kSettleS + kStallsSettled * run.device.card.stall_ms / 1000.0),
      ready_led_(led_of(run.device, recording::kClaimLedReady)),
      recording_led_(led_of(run.device, recording::kClaimLedRecording)) {
  device_.set_observer(*this);
  device_.watch_card_reads([this](uint32_t lba) {
    if (family_ && !family_->differs_at(lba)) return false;
    next_read_ = lba;
    return true;
  });
  warm_up(rehearsal);
  power_on_until_card_read();
  if (!next_read_) throw UsageError(fmt::format("{}: the camera did not read its card within {} s of power-on", run.request.name, kPatienceS));
  malloc_trim(0);  // else every fork sorts the free memory anew, in pages that it must copy for that
}

/// Goes once through what recoveries go through, so that the firmware's code is translated here and not in every fork. Nothing else stays of it.
void RecoveryBench::warm_up(const std::vector<PrepareCard>& rehearsal) {
  device_.supply_on();
  if (wait_for(ready_led_, true, kPatienceS)) {
    press();
    wait_for(recording_led_, true, kLedPatienceS);
    power_off();
    device_.supply_on();
    if (wait_for(ready_led_, true, kPatienceS)) record_clip();
  }
  power_off();
  for (const PrepareCard& prepare : rehearsal) rehearse(prepare);
  card().discard_changes();
  truth_.clear();
  said_.clear();
}

void RecoveryBench::rehearse(const PrepareCard& prepare) {
  card().discard_changes();
  power_on_until_card_read();
  prepare(card());
  wait_for(ready_led_, true, kPatienceS);
  settle();
  std::vector<std::string> decoded;
  read_card(decoded);
  power_off();
}

void RecoveryBench::power_off() {
  device_.supply_cut();
  pass(kDischargeS);
  lit_.clear();
}

/// Sets next_read_, unless the camera reads nothing for a long time.
void RecoveryBench::power_on_until_card_read() {
  power_ns_ = device_.now_ns();
  next_read_.reset();
  device_.supply_on();
  const int64_t until = power_ns_ + static_cast<int64_t>(kPatienceS * kNsPerS);
  while (!next_read_ && device_.now_ns() < until && !device_.ended()) device_.run_until(until);
}

void RecoveryBench::on_led(int64_t, const std::string& led, bool lit, int64_t) {
  if (lit) {
    lit_.insert(led);
  } else {
    lit_.erase(led);
  }
}

void RecoveryBench::on_console(int64_t, const std::string& line) { said_.push_back(line); }

void RecoveryBench::pass(double seconds) {
  const int64_t until = device_.now_ns() + static_cast<int64_t>(seconds * kNsPerS);
  while (device_.now_ns() < until && !device_.ended()) run_until(until);
}

/// Lets time pass, with the family parted where that is due. May return early.
void RecoveryBench::run_until(int64_t t_ns) {
  next_read_.reset();
  device_.run_until(t_ns);
  if (family_ && next_read_) part(*next_read_);
}

bool RecoveryBench::wait_for(const std::string& led, bool lit, double patience_s) {
  const int64_t until = device_.now_ns() + static_cast<int64_t>(patience_s * kNsPerS);
  while ((lit_.count(led) != 0) != lit && device_.now_ns() < until && !device_.ended()) run_until(until);
  return (lit_.count(led) != 0) == lit;
}

/// Until the card has been left alone for a while.
void RecoveryBench::settle() {
  const int64_t until = device_.now_ns() + static_cast<int64_t>(kSettleMaxS * kNsPerS);
  size_t writes = 0;
  do {
    writes = truth_.card_writes().entries().size();
    pass(settle_s_);
  } while (truth_.card_writes().entries().size() != writes && device_.now_ns() < until && !device_.ended());
}

void RecoveryBench::press() {
  device_.set_button("record", true);
  pass(kHoldS);
  device_.set_button("record", false);
}

void RecoveryBench::record_clip() {
  press();
  if (!wait_for(recording_led_, true, kLedPatienceS)) return;
  pass(kClipS);
  press();
  wait_for(recording_led_, false, kLedPatienceS);
  settle();
}

/// The family does not differ any more where the camera has written.
void RecoveryBench::forget_written() {
  const std::vector<WriteLog::Entry>& entries = truth_.card_writes().entries();
  for (; writes_seen_ < entries.size(); ++writes_seen_) {
    for (uint32_t i = 0; i < entries[writes_seen_].count; ++i) family_->forget(entries[writes_seen_].lba + i);
  }
}

/// The camera is about to read a sector in which the family differs: this process goes on with those cards that have the first content, and a branch
/// for each other content with the others.
void RecoveryBench::part(uint32_t lba) {
  forget_written();
  if (!family_->differs_at(lba)) return;
  std::vector<CardFamily> families = family_->split(lba);
  for (size_t i = 1; i < families.size(); ++i) {
    Branch branch(kBranchLimitS);
    if (branch.is_here()) {
      branch_ = branch;
      from_branches_ = nlohmann::ordered_json::array();
      family_->show(card(), family_->index_of(families[i].number(0)));
      family_ = std::move(families[i]);
      return;
    }
    for (auto& result : branch.collect()) {
      known_.learn(result);
      from_branches_.push_back(std::move(result));
    }
  }
  family_ = std::move(families[0]);
}

judge::CardFacts RecoveryBench::read_card(std::vector<std::string>& decoded) {
  const judge::FatVolume volume(source_of(card()));
  if (!known_.has_picture) return judge::read_card_facts(volume, nullptr);
  return judge::read_card_facts(volume, [&](const judge::ByteSource& clip, const judge::Mp4Movie& movie, const std::string& content) {
    if (known_.good.count(content) != 0) return judge::Problems();
    if (!known_.keep_in.empty()) keep_clip(clip, known_.keep_in + "/" + content.substr(0, 16) + ".mp4");
    const judge::Problems problems = judge::decode_problems(clip, movie);
    if (problems.empty()) {
      decoded.push_back(content);
      known_.good.insert(content);
    }
    return problems;
  });
}

/// Judges every card of the family, and leaves the first one in the camera.
void RecoveryBench::read_cards(const std::function<void(RecoveryRun&, judge::CardFacts)>& take) {
  forget_written();
  for (size_t i = family_->size(); i-- > 0;) {
    family_->show(card(), i);
    RecoveryRun& run = runs_[family_->number(i)];
    take(run, read_card(run.decoded));
  }
}

void RecoveryBench::simulate(bool next_clip) {
  const bool ready = wait_for(ready_led_, true, kPatienceS);
  judge::Recovery seen;
  if (ready) seen.ready_s = static_cast<double>(device_.now_ns() - power_ns_) / kNsPerS;
  seen.waited_s = static_cast<double>(device_.now_ns() - power_ns_) / kNsPerS;
  if (ready) settle();
  writes_until_ready_ = truth_.card_writes();
  read_cards([&](RecoveryRun& run, judge::CardFacts facts) {
    run.seen = seen;
    run.seen.after = std::move(facts);
  });
  if (next_clip && ready) {
    record_clip();
    // Without a picture there is nothing to decode.
    known_.has_picture = known_.has_picture && has_picture_;
    read_cards([](RecoveryRun& run, judge::CardFacts facts) { run.seen.next = std::move(facts); });
  }
  device_.supply_cut();
}

nlohmann::ordered_json RecoveryBench::recover(const CardFamily& family, bool next_clip, const KnownClips& known) {
  known_ = known;
  family.put_on_base(card(), 0);
  family_ = family;
  from_branches_ = nlohmann::ordered_json::array();
  try {
    if (family_->differs_at(*next_read_)) part(*next_read_);
    simulate(next_clip);
  } catch (const std::exception& error) {
    if (branch_) branch_->fail(error.what());
    throw;
  }
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  for (size_t i = 0; i < family_->size(); ++i) {
    RecoveryRun& run = runs_.at(family_->number(i));
    run.seen.said = said_;
    nlohmann::ordered_json result = to_json(run);
    result["card"] = family_->number(i);
    result["id"] = "";
    result["simulated"] = i == 0 ? 1 : 0;
    results.push_back(std::move(result));
  }
  results.insert(results.end(), from_branches_.begin(), from_branches_.end());
  if (branch_) branch_->finish(results);
  return results;
}

}  // namespace saksi::sim
