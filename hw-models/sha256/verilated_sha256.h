#ifndef SAKSI_HW_MODELS_SHA256_VERILATED_SHA256_H_
#define SAKSI_HW_MODELS_SHA256_VERILATED_SHA256_H_

#include <memory>

#include "hw-models/rtl-block/rtl_model.h"

namespace saksi::hw {

/// The circuit of rtl/sha256 as Verilator made it; in a source of its own, see verilated_h264.h.
std::unique_ptr<RtlModel> make_verilated_sha256();

}  // namespace saksi::hw

#endif
