#include "hw-models/soc/finisher.h"

#include "regs/finisher_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::finisher;

}  // namespace

Finisher::Finisher(sc_core::sc_module_name name, const FinisherConfig& /*config*/) : RegBlock(name, r::kRegisters) {
  regs.on_write(r::kFinish, [this](uint32_t value) { finish(value); });
}

void Finisher::finish(uint32_t value) {
  const uint16_t status = static_cast<uint16_t>(r::kFinishStatus.get(value));
  const uint16_t code = static_cast<uint16_t>(r::kFinishCode.get(value));
  if (status != kPass && status != kFail && status != kReset) return;
  if (listener_) listener_(status, code);
}

}  // namespace saksi::hw
