#include "hw-models/soc/virtio_empty.h"

#include "regs/virtio_regs.hpp"

namespace saksi::hw {

VirtioEmpty::VirtioEmpty(sc_core::sc_module_name name, const VirtioEmptyConfig& /*config*/) : RegBlock(name, regs::virtio::kRegisters) {}

}  // namespace saksi::hw
