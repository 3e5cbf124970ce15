#ifndef SAKSI_HW_MODELS_CPU_STEP_CLOCK_H_
#define SAKSI_HW_MODELS_CPU_STEP_CLOCK_H_

#include <cstdint>
#include <numeric>

namespace saksi::hw {

/// Exact conversion between steps (one instruction's time: cpi cycles of the clock) and picoseconds since the clock was started. The period
/// is kept as a ratio, so a clock whose period is no whole number of picoseconds does not drift.
class StepClock {
 public:
  /// clock_hz and cpi are more than 0; a step takes at least a picosecond.
  StepClock(uint64_t clock_hz, uint32_t cpi) : ps_(1'000'000'000'000u * uint64_t{cpi}), steps_(clock_hz) {
    const uint64_t divisor = std::gcd(ps_, steps_);
    ps_ /= divisor;
    steps_ /= divisor;
  }

  /// When step number `step` begins.
  uint64_t ps_of(uint64_t step) const {
    if (steps_ == 1) return step * ps_;
    return static_cast<uint64_t>(static_cast<unsigned __int128>(step) * ps_ / steps_);
  }
  /// The first step that begins at or after a time.
  uint64_t first_step_at(uint64_t ps) const {
    if (steps_ == 1) return ps / ps_ + (ps % ps_ != 0);
    return static_cast<uint64_t>((static_cast<unsigned __int128>(ps) * steps_ + ps_ - 1) / ps_);
  }

 private:
  uint64_t ps_;     ///< `steps_` steps take this long
  uint64_t steps_;
};

}  // namespace saksi::hw

#endif
