#include "hw-models/sha256/sha256_rtl.h"

#include "hw-models/sha256/verilated_sha256.h"

namespace saksi::hw {

Sha256Rtl::Sha256Rtl(sc_core::sc_module_name name, const RtlBlockConfig& config) : RtlBlock(name, config, make_verilated_sha256()) {}

}  // namespace saksi::hw
