#ifndef SAKSI_HW_MODELS_SOC_CLINT_H_
#define SAKSI_HW_MODELS_SOC_CLINT_H_

#include <cstdint>

#include "hw-models/base/reg_block.h"

namespace saksi::hw {

struct ClintConfig {
  uint64_t clock_hz = 10'000'000;  ///< rate of mtime
};

/// SiFive CLINT for one hart. mtime is not counted but derived from virtual time, from 0 at reset(); timer_irq rises in the very
/// picosecond at which mtime reaches mtimecmp. `irq` of the base class is unused.
class Clint : public RegBlock {
 public:
  Clint(sc_core::sc_module_name name, const ClintConfig& config);

  IrqLine timer_irq;     ///< mip.MTIP
  IrqLine software_irq;  ///< mip.MSIP

  /// mtime at an absolute virtual time, for the CPU's time CSR.
  uint64_t mtime(sc_core::sc_time when) const;

  void reset() override;

 private:
  void write_mtime(uint64_t value);
  uint64_t mtimecmp() const;
  void update_timer();

  uint64_t clock_hz_;
  sc_core::sc_time epoch_;  ///< when mtime was ticks_at_epoch_
  uint64_t ticks_at_epoch_ = 0;
  sc_core::sc_event timer_event_;
};

}  // namespace saksi::hw

#endif
