#include "hw-models/sha256/verilated_sha256.h"

#include <Vsha256.h>
#include <Vsha256__Syms.h>

#include "hw-models/rtl-block/verilated_model.h"

namespace saksi::hw {

std::unique_ptr<RtlModel> make_verilated_sha256() { return std::make_unique<VerilatedModel<Vsha256>>(); }

}  // namespace saksi::hw
