#ifndef SAKSI_SIM_SWEEP_RECOVERY_BENCH_H_
#define SAKSI_SIM_SWEEP_RECOVERY_BENCH_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/write_log.h"
#include "judge/sweep/cut_judge.h"
#include "sim/device/simulated_device.h"
#include "sim/engine/device_parts.h"

namespace saksi::sim {

/// Clips that were decoded before, by their content.
struct KnownClips {
  std::set<std::string> good;
  bool has_picture = true;  ///< what was recorded before the cut can be decoded
  std::string keep_in;      ///< folder in which each new clip is left as CONTENT.mp4, for other judges; empty: nowhere
};

/// What one recovery came to.
struct RecoveryRun {
  judge::Recovery seen;
  WriteLog writes;                   ///< what the recovery, and nothing after it, wrote to the card
  std::vector<std::string> decoded;  ///< contents that were decoded and found good
};

/// A simulated camera that has just got power and is about to read its card, which can still be set to anything: until then all cards of one size are
/// the same to it. Each recovery happens in a process of its own, forked from here, so that all begin from the same state.
class RecoveryBench : private DeviceObserver {
 public:
  /// Builds the device of a run and gives it power. At most one in a process. Throws UsageError if the camera does not read its card in time.
  RecoveryBench(const PreparedRun& run, const std::string& card_image);

  /// The card, as long as recover() was not called.
  hw::SectorStore& card() { return device_.board().card_store(); }
  /// Waits for the ready LED, judges the card; then, with `next_clip`, makes a recording of about a second and judges the card again. To be
  /// called once, in a forked process.
  RecoveryRun recover(bool next_clip, const KnownClips& known);

  static constexpr double kPatienceS = 12;  ///< for the ready LED

 private:
  void on_led(int64_t t_ns, const std::string& led, bool lit, int64_t u_ns) override;
  void on_rail(int64_t, const std::string&, int, int64_t) override {}
  void on_console(int64_t t_ns, const std::string& line) override;

  void warm_up();
  void power_cycle();
  bool wait_for(const std::string& led, bool lit, double patience_s);
  void pass(double seconds);
  void press();
  void record_clip();
  judge::CardFacts read_card(const KnownClips& known, std::vector<std::string>& decoded);

  DeviceParts parts_;
  TruthLog truth_;
  SimulatedDevice device_;
  bool has_picture_;
  double settle_s_;
  int64_t power_ns_ = 0;  ///< when it got power
  std::string ready_led_, recording_led_;
  std::set<std::string> lit_;
  std::vector<std::string> said_;
};

/// A card model's contents, for the judge; must not outlive the store.
std::unique_ptr<judge::ByteSource> source_of(const hw::SectorStore& store);

}  // namespace saksi::sim

#endif
