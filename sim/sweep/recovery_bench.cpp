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
constexpr double kSettleS = 0.02;  ///< after the ready LED, for what the firmware still writes to a card that is not made to stall
constexpr int kStallsSettled = 6;  ///< writes of one step of the firmware, each of which may stall
constexpr double kHoldS = 0.1;     ///< a press
constexpr double kLedPatienceS = 5;
constexpr double kDischargeS = 1;  ///< from a cut until nothing of the camera has power
constexpr double kClipS = 1;

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

RecoveryBench::RecoveryBench(const PreparedRun& run, const std::string& card_image)
    : parts_(run, card_image),
      device_(parts_.config, truth_),
      has_picture_(run.size_table.empty()),
      settle_s_(kSettleS + kStallsSettled * run.device.card.stall_ms / 1000.0),
      ready_led_(led_of(run.device, recording::kClaimLedReady)),
      recording_led_(led_of(run.device, recording::kClaimLedRecording)) {
  device_.set_observer(*this);
  warm_up();
  power_ns_ = device_.now_ns();
  device_.supply_on();
  if (!device_.run_until_card_read(power_ns_ + static_cast<int64_t>(kPatienceS * kNsPerS))) {
    throw UsageError(fmt::format("{}: the camera did not read its card within {} s of power-on", run.request.name, kPatienceS));
  }
  malloc_trim(0);  // else every fork sorts the free memory anew, in pages that it must copy for that
}

/// Goes once through what recoveries go through, so that the firmware's code is translated here and not in every fork. Nothing else stays of it.
void RecoveryBench::warm_up() {
  device_.supply_on();
  if (wait_for(ready_led_, true, kPatienceS)) {
    press();
    wait_for(recording_led_, true, kLedPatienceS);
    power_cycle();
    if (wait_for(ready_led_, true, kPatienceS)) record_clip();
  }
  device_.supply_cut();
  pass(kDischargeS);
  card().discard_changes();
  truth_.clear();
  lit_.clear();
  said_.clear();
}

void RecoveryBench::power_cycle() {
  device_.supply_cut();
  pass(kDischargeS);
  lit_.clear();
  device_.supply_on();
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
  while (device_.now_ns() < until && !device_.ended()) device_.run_until(until);
}

bool RecoveryBench::wait_for(const std::string& led, bool lit, double patience_s) {
  const int64_t until = device_.now_ns() + static_cast<int64_t>(patience_s * kNsPerS);
  while ((lit_.count(led) != 0) != lit && device_.now_ns() < until && !device_.ended()) device_.run_until(until);
  return (lit_.count(led) != 0) == lit;
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
  pass(settle_s_);
}

judge::CardFacts RecoveryBench::read_card(const KnownClips& known, std::vector<std::string>& decoded) {
  const judge::FatVolume volume(source_of(card()));
  if (!known.has_picture) return judge::read_card_facts(volume, nullptr);
  return judge::read_card_facts(volume, [&](const judge::ByteSource& clip, const judge::Mp4Movie& movie, const std::string& content) {
    if (known.good.count(content) != 0) return judge::Problems();
    if (!known.keep_in.empty()) keep_clip(clip, known.keep_in + "/" + content.substr(0, 16) + ".mp4");
    const judge::Problems problems = judge::decode_problems(clip, movie);
    if (problems.empty()) decoded.push_back(content);
    return problems;
  });
}

RecoveryRun RecoveryBench::recover(bool next_clip, const KnownClips& known) {
  RecoveryRun run;
  const bool ready = wait_for(ready_led_, true, kPatienceS);
  if (ready) run.seen.ready_s = static_cast<double>(device_.now_ns() - power_ns_) / kNsPerS;
  run.seen.waited_s = static_cast<double>(device_.now_ns() - power_ns_) / kNsPerS;
  if (ready) pass(settle_s_);
  run.writes = truth_.card_writes();
  run.seen.after = read_card(known, run.decoded);
  if (next_clip && ready) {
    record_clip();
    // Without a picture there is nothing to decode.
    run.seen.next = has_picture_ ? read_card(known, run.decoded) : judge::read_card_facts(judge::FatVolume(source_of(card())), nullptr);
  }
  device_.supply_cut();
  run.seen.said = said_;
  return run;
}

}  // namespace saksi::sim
