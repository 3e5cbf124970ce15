#include "hw-models/h264/verilated_h264.h"

#include <Vh264.h>
#include <Vh264__Syms.h>

#include "hw-models/rtl-block/verilated_model.h"

namespace saksi::hw {

std::unique_ptr<RtlModel> make_verilated_h264() { return std::make_unique<VerilatedModel<Vh264>>(); }

}  // namespace saksi::hw
