#ifndef SAKSI_HW_MODELS_SOC_FINISHER_H_
#define SAKSI_HW_MODELS_SOC_FINISHER_H_

#include <cstdint>
#include <functional>

#include "hw-models/base/reg_block.h"

namespace saksi::hw {

struct FinisherConfig {};

/// QEMU virt's test finisher (SiFive test device): the guest's way to end a run. The one register that silicon does not have.
class Finisher : public RegBlock {
 public:
  static constexpr uint16_t kPass = 0x5555;
  static constexpr uint16_t kFail = 0x3333;
  static constexpr uint16_t kReset = 0x7777;

  Finisher(sc_core::sc_module_name name, const FinisherConfig& config);

  /// Called in the middle of the write that ends the run; `status` is one of the three above, other values are ignored.
  void on_finish(std::function<void(uint16_t status, uint16_t code)> listener) { listener_ = std::move(listener); }

 private:
  void finish(uint32_t value);

  std::function<void(uint16_t, uint16_t)> listener_;
};

}  // namespace saksi::hw

#endif
