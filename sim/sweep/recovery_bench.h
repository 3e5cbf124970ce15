#ifndef SAKSI_SIM_SWEEP_RECOVERY_BENCH_H_
#define SAKSI_SIM_SWEEP_RECOVERY_BENCH_H_

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/write_log.h"
#include "sim/device/simulated_device.h"
#include "sim/engine/device_parts.h"
#include "sim/sweep/card_family.h"
#include "sim/sweep/forked.h"
#include "sim/sweep/recovery_run.h"

namespace saksi::sim {

/// Clips that were decoded before, by their content.
struct KnownClips {
  std::set<std::string> good;
  bool has_picture = true;  ///< what was recorded before the cut can be decoded
  std::string keep_in;      ///< folder in which each new clip is left as CONTENT.mp4, for other judges; empty: nowhere
  /// Takes over what a recovery decoded.
  void learn(const nlohmann::ordered_json& recovery_run);
};

/// A simulated camera that has just got power and is about to read its card, which can still be set to anything: until then all cards of one size are
/// the same to it. Each recovery happens in a process of its own, forked from here, so that all begin from the same state.
///
/// Cards of one family are recovered from together until the camera is about to read what they differ in: there the process forks, one for each
/// content of that sector. So nothing is simulated twice, and each recovery is the same to the bit as it would be alone.
class RecoveryBench : private DeviceObserver {
 public:
  /// Makes a card of the base image into another.
  using PrepareCard = std::function<void(hw::SectorStore& card)>;

  /// Builds the device of a run, lets it start from each card of the rehearsal, and gives it power. At most one in a process. Throws UsageError if
  /// the camera does not read its card in time.
  RecoveryBench(const PreparedRun& run, const std::string& card_image, const std::vector<PrepareCard>& rehearsal);

  /// The card, as long as recover() was not called.
  hw::SectorStore& card() { return device_.board().card_store(); }
  /// Waits for the ready LED, judges each card; then, with `next_clip`, makes a recording of about a second and judges each card again. To be
  /// called once, in a forked process; the family is made of what card() holds. The list of recoveries: to_json(RecoveryRun) with the `card`'s
  /// number, an empty `id`, and `simulated`: 1, or 0 for a card that stands for nothing new.
  nlohmann::ordered_json recover(const CardFamily& family, bool next_clip, const KnownClips& known);
  /// After recover(): what the recovery, and nothing after it, wrote to the card.
  const WriteLog& writes_until_ready() const { return writes_until_ready_; }

  static constexpr double kPatienceS = 12;  ///< for the ready LED

 private:
  void on_led(int64_t t_ns, const std::string& led, bool lit, int64_t u_ns) override;
  void on_rail(int64_t, const std::string&, int, int64_t) override {}
  void on_console(int64_t t_ns, const std::string& line) override;

  void warm_up(const std::vector<PrepareCard>& rehearsal);
  void rehearse(const PrepareCard& prepare);
  void power_off();
  void power_on_until_card_read();
  bool wait_for(const std::string& led, bool lit, double patience_s);
  void pass(double seconds);
  void settle();
  void press();
  void record_clip();
  void run_until(int64_t t_ns);
  void forget_written();
  void part(uint32_t lba);
  void simulate(bool next_clip);
  judge::CardFacts read_card(std::vector<std::string>& decoded);
  void read_cards(const std::function<void(RecoveryRun& run, judge::CardFacts facts)>& take);

  DeviceParts parts_;
  TruthLog truth_;
  SimulatedDevice device_;
  bool has_picture_;
  double settle_s_;
  int64_t power_ns_ = 0;  ///< when it got power
  std::string ready_led_, recording_led_;
  std::set<std::string> lit_;
  std::vector<std::string> said_;
  WriteLog writes_until_ready_;

  std::optional<CardFamily> family_;  ///< what this process recovers from; none before recover()
  size_t writes_seen_ = 0;            ///< of the truth's log, by the family
  std::optional<uint32_t> next_read_;
  std::map<size_t, RecoveryRun> runs_;  ///< by the card's number
  KnownClips known_;
  nlohmann::ordered_json from_branches_;
  std::optional<Branch> branch_;  ///< that this process is
};

/// A card model's contents, for the judge; must not outlive the store.
std::unique_ptr<judge::ByteSource> source_of(const hw::SectorStore& store);

}  // namespace saksi::sim

#endif
