#ifndef SAKSI_HW_MODELS_H264_H264_RTL_H_
#define SAKSI_HW_MODELS_H264_H264_RTL_H_

#include "hw-models/rtl-block/rtl_block.h"

namespace saksi::hw {

/// The encoder as the Verilated circuit of rtl/h264: the generic wrapper around class Vh264, nothing else.
class H264Rtl : public RtlBlock {
 public:
  H264Rtl(sc_core::sc_module_name name, const RtlBlockConfig& config);
};

}  // namespace saksi::hw

#endif
