#ifndef SAKSI_HW_MODELS_RTL_BLOCK_COPIER_FOR_TEST_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_COPIER_FOR_TEST_H_

#include <memory>

#include "hw-models/rtl-block/rtl_model.h"

namespace saksi::hw {

/// The block of testdata/copier.sv. Made in a file of its own, since Verilator's headers and SystemC's do not go together in one.
std::unique_ptr<RtlModel> make_verilated_copier();

}  // namespace saksi::hw

#endif
