#include "hw-models/power/pmu.h"

#include "regs/pmu_regs.hpp"

namespace saksi::hw {

using namespace regs::pmu;

Pmu::Pmu(sc_core::sc_module_name name, const PmuConfig&, Rail& rail) : RegBlock(name, kRegisters), rail_(rail) {
  regs.on_read(kVsys, [this] { return kVsysMv.put(rail_.mv()); });
  regs.on_read(kIsys, [this] { return rail_.ua(); });
  regs.on_write(kLowThreshold, [this](uint32_t) { compare(); });
  regs.on_write(kIrqStatus, [this](uint32_t) { update_irq(); });
  regs.on_write(kIrqEnable, [this](uint32_t) { update_irq(); });
  rail_.add_observer([this](uint32_t, uint32_t, const sc_core::sc_time&) { compare(); });
}

void Pmu::compare() {
  const bool low = rail_.mv() < regs.field(kLowThresholdMv);
  if (low && !low_) regs.set_field(kIrqStatusLow, 1);
  low_ = low;
  update_irq();
}

void Pmu::update_irq() { irq.set((regs.value(kIrqStatus) & regs.value(kIrqEnable)) != 0); }

void Pmu::reset() {
  RegBlock::reset();
  low_ = false;
}

}  // namespace saksi::hw
