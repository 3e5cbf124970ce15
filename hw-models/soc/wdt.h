#ifndef SAKSI_HW_MODELS_SOC_WDT_H_
#define SAKSI_HW_MODELS_SOC_WDT_H_

#include <functional>

#include "hw-models/base/reg_block.h"

namespace saksi::hw {

struct WdtConfig {};

/// The watchdog of regs/wdt.yaml. Once started it can only be fed. When its time is up it sets CAUSE.WATCHDOG, stops itself and calls
/// on_bite(), whose listener resets the CPU and the other blocks, but not this one: reset() is power-on and clears CAUSE.
class Wdt : public RegBlock {
 public:
  Wdt(sc_core::sc_module_name name, const WdtConfig& config);

  void on_bite(std::function<void()> listener) { listener_ = std::move(listener); }

  void reset() override;

 private:
  void write_ctrl(uint32_t value);
  void restart();
  void bite();

  std::function<void()> listener_;
  bool running_ = false;
  sc_core::sc_event bite_event_;
};

}  // namespace saksi::hw

#endif
