#ifndef SAKSI_HW_MODELS_RTL_BLOCK_COPIER_FOR_TEST_H_
#define SAKSI_HW_MODELS_RTL_BLOCK_COPIER_FOR_TEST_H_

#include <memory>

#include "hw-models/rtl-block/rtl_model.h"

extern "C" saksi::hw::RtlModel* saksi_make_copier();

namespace saksi::hw {

/// The block of testdata/copier.sv.
inline std::unique_ptr<RtlModel> make_verilated_copier() { return std::unique_ptr<RtlModel>(saksi_make_copier()); }

}  // namespace saksi::hw

#endif
