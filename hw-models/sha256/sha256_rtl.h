#ifndef SAKSI_HW_MODELS_SHA256_SHA256_RTL_H_
#define SAKSI_HW_MODELS_SHA256_SHA256_RTL_H_

#include "hw-models/rtl-block/rtl_block.h"

namespace saksi::hw {

/// The hash block as the Verilated circuit of rtl/sha256: the generic wrapper around class Vsha256, nothing else.
class Sha256Rtl : public RtlBlock {
 public:
  Sha256Rtl(sc_core::sc_module_name name, const RtlBlockConfig& config);
};

}  // namespace saksi::hw

#endif
