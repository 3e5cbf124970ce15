#ifndef SAKSI_HW_MODELS_SOC_VIRTIO_EMPTY_H_
#define SAKSI_HW_MODELS_SOC_VIRTIO_EMPTY_H_

#include "hw-models/base/reg_block.h"

namespace saksi::hw {

struct VirtioEmptyConfig {};

/// A virtio-mmio slot with nothing in it, as QEMU virt has eight of: drivers read the magic and device id 0, and go on.
class VirtioEmpty : public RegBlock {
 public:
  VirtioEmpty(sc_core::sc_module_name name, const VirtioEmptyConfig& config);
};

}  // namespace saksi::hw

#endif
