#ifndef SAKSI_HW_MODELS_POWER_PMU_H_
#define SAKSI_HW_MODELS_POWER_PMU_H_

#include <cstdint>

#include "hw-models/base/reg_block.h"
#include "hw-models/power/rail.h"

namespace saksi::hw {

struct PmuConfig {};

/// The power monitor of regs/pmu.yaml: voltage and current of the system rail, and a comparator that interrupts when the voltage falls below
/// a threshold. IRQ_STATUS.LOW latches when the comparator's output rises, also when a threshold is set above the present voltage.
class Pmu : public RegBlock {
 public:
  Pmu(sc_core::sc_module_name name, const PmuConfig& config, Rail& rail);

  void reset() override;

 private:
  void compare();
  void update_irq();

  Rail& rail_;
  bool low_ = false;  ///< the comparator's output
};

}  // namespace saksi::hw

#endif
