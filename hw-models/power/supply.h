#ifndef SAKSI_HW_MODELS_POWER_SUPPLY_H_
#define SAKSI_HW_MODELS_POWER_SUPPLY_H_

#include <cstdint>

#include "hw-models/power/power_source.h"

namespace saksi::hw {

/// The bench supply in place of the cell. Stiff, and off at the start.
class Supply : public PowerSource {
 public:
  /// 0 is a cut. From the kernel's context: everything that depends on the voltage happens before this returns.
  void set_mv(uint32_t mv) {
    if (mv == mv_) return;
    mv_ = mv;
    changed();
  }
  uint32_t mv() const { return mv_; }

  int64_t open_uv() const override { return static_cast<int64_t>(mv_) * 1000; }
  int64_t resistance_uohm() const override { return 0; }

 private:
  uint32_t mv_ = 0;
};

}  // namespace saksi::hw

#endif
