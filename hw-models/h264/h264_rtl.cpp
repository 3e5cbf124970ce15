#include "hw-models/h264/h264_rtl.h"

#include "hw-models/h264/verilated_h264.h"

namespace saksi::hw {

H264Rtl::H264Rtl(sc_core::sc_module_name name, const RtlBlockConfig& config) : RtlBlock(name, config, make_verilated_h264()) {}

}  // namespace saksi::hw
