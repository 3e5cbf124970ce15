#ifndef SAKSI_HW_MODELS_H264_VERILATED_H264_H_
#define SAKSI_HW_MODELS_H264_VERILATED_H264_H_

#include <memory>

#include "hw-models/rtl-block/rtl_model.h"

namespace saksi::hw {

/// The circuit of rtl/h264 as Verilator made it. In a source of its own because Verilator's headers take another shape when SystemC's have
/// been included before them.
std::unique_ptr<RtlModel> make_verilated_h264();

}  // namespace saksi::hw

#endif
