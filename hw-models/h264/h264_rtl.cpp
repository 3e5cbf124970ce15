#include "hw-models/h264/h264_rtl.h"

#include <Vh264.h>

#include "hw-models/rtl-block/verilated_model.h"

namespace saksi::hw {

H264Rtl::H264Rtl(sc_core::sc_module_name name, const RtlBlockConfig& config) : RtlBlock(name, config, std::make_unique<VerilatedModel<Vh264>>()) {}

}  // namespace saksi::hw
