#ifndef SAKSI_HW_MODELS_POWER_RAIL_H_
#define SAKSI_HW_MODELS_POWER_RAIL_H_

#include <cstdint>
#include <functional>
#include <systemc>
#include <vector>

#include "hw-models/base/load.h"
#include "hw-models/power/power_source.h"

namespace saksi::hw {

struct RailConfig {
  uint32_t brown_out_mv = 3000;        ///< power is bad below this
  uint32_t hysteresis_mv = 20;         ///< and good again this much above it
  uint32_t quiescent_uw = 100;         ///< the power controller itself, also while power is bad
  uint32_t restart_delay_us = 10'000;  ///< power stays bad at least this long: rails discharge before the controller starts again
};

/// A supply net: sums the loads, takes them from its source, and says when power is good and bad. Loads are constant power: at a lower
/// voltage they draw more current, as converters do. While power is bad the loads are cut off and only quiescent_uw flows.
///
/// Nothing is polled: voltage and current are worked out when a load or the source changes. All arithmetic is in integers.
///
/// A change of the source takes effect, callbacks included, before the call returns. A change of load may come from the middle of a block's
/// register handler; voltage and current follow at once and the observer is told, but power_bad and power_good are called by an event at
/// that time, so that no block is reset in the middle of its own work.
class Rail : public sc_core::sc_module {
 public:
  using Observer = std::function<void(uint32_t mv, uint32_t ua, sc_core::sc_time time)>;
  using PowerListener = std::function<void(sc_core::sc_time time)>;

  Rail(sc_core::sc_module_name name, const RailConfig& config);

  /// Exactly one source at a time; it must outlive the rail. Another may take its place.
  void connect(PowerSource& source);
  void add(Load& load);
  /// Where the rail takes the time of a load change from, when blocks are driven by a CPU that runs ahead of the kernel. Without it: the
  /// kernel's time. It must never run backwards.
  void set_clock(std::function<sc_core::sc_time()> clock) { clock_ = std::move(clock); }

  /// Called whenever millivolts or microamperes differ from what was last told.
  void add_observer(Observer observer) { observers_.push_back(std::move(observer)); }
  void on_power_good(PowerListener listener) { power_good_ = std::move(listener); }
  void on_power_bad(PowerListener listener) { power_bad_ = std::move(listener); }

  uint32_t mv() const { return mv_; }
  uint32_t ua() const { return ua_; }
  bool good() const { return good_; }
  /// Of the source, without load, microvolts; 0 without a source.
  int64_t open_uv() const { return source_ != nullptr ? source_->open_uv() : 0; }
  uint64_t energy_uj();  ///< delivered to the loads until now
  uint64_t charge_uc();  ///< taken from the source until now

 private:
  sc_core::sc_time now() const;
  uint64_t load_uw() const;
  void integrate();
  void solve();
  /// Works everything out anew; `direct`: the callbacks may be called from here.
  void update(bool direct);
  void settle_power();
  void power_method();
  void refresh_method();

  RailConfig config_;
  PowerSource* source_ = nullptr;
  std::vector<Load*> loads_;
  std::function<sc_core::sc_time()> clock_;
  std::vector<Observer> observers_;
  PowerListener power_good_, power_bad_;

  uint32_t mv_ = 0;
  uint32_t ua_ = 0;
  uint64_t uw_ = 0;
  bool good_ = false;
  sc_core::sc_time restart_at_;
  sc_core::sc_time integrated_until_;
  __int128 charge_ps_ua_ = 0;  ///< microampere-picoseconds
  __int128 energy_ps_uw_ = 0;  ///< microwatt-picoseconds
  __int128 reported_fc_ = 0;   ///< of the charge, told to the sources
  sc_core::sc_event power_event_, refresh_event_;
};

}  // namespace saksi::hw

#endif
