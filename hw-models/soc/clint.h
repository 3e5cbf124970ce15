#ifndef SAKSI_HW_MODELS_SOC_CLINT_H_
#define SAKSI_HW_MODELS_SOC_CLINT_H_

#include <cstdint>
#include <functional>
#include <utility>

#include "hw-models/base/reg_block.h"

namespace saksi::hw {

struct ClintConfig {
  uint64_t clock_hz = 10'000'000;  ///< rate of mtime
};

/// SiFive CLINT for one hart. mtime is not counted but derived from virtual time, from 0 at reset(). So is mip.MTIP: the CPU is told from
/// which picosecond on mtime reaches mtimecmp, and needs no event of the kernel to see its timer. `irq` of the base class is unused.
class Clint : public RegBlock {
 public:
  Clint(sc_core::sc_module_name name, const ClintConfig& config);

  IrqLine software_irq;  ///< mip.MSIP

  /// The absolute virtual time from which on mip.MTIP is high; sc_max_time() if the simulation does not reach it.
  sc_core::sc_time timer_deadline() const { return timer_deadline_; }
  /// Called whenever that time changes, in the middle of the access that changes it. The listener may notify no event of the kernel then.
  void on_timer_deadline(std::function<void(sc_core::sc_time)> listener) { on_timer_deadline_ = std::move(listener); }

  /// mtime at an absolute virtual time, for the CPU's time CSR.
  uint64_t mtime(sc_core::sc_time when) const;

  void reset() override;

 private:
  void write_mtime(uint64_t value);
  uint64_t mtimecmp() const;
  void update_timer();

  uint64_t ticks_;  ///< this many ticks take ps_ picoseconds
  uint64_t ps_;
  sc_core::sc_time epoch_;  ///< when mtime was ticks_at_epoch_
  uint64_t ticks_at_epoch_ = 0;
  sc_core::sc_time timer_deadline_;
  std::function<void(sc_core::sc_time)> on_timer_deadline_;
};

}  // namespace saksi::hw

#endif
