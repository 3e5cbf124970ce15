#ifndef SAKSI_HW_MODELS_SOC_GPIO_H_
#define SAKSI_HW_MODELS_SOC_GPIO_H_

#include <cstdint>
#include <functional>

#include "hw-models/base/reg_block.h"

namespace saksi::hw {

struct GpioConfig {};

/// 32 pins (regs/gpio.yaml). A pin that is an input shows the level given by set_input(); one that is an output shows what is driven. A pin
/// that is not driven counts as low for whatever hangs on it (an LED is off). Edges are latched on either kind of pin.
class Gpio : public RegBlock {
 public:
  /// Called when the driven level of a pin changes, at the time of the change.
  using OutputObserver = std::function<void(int pin, bool level, sc_core::sc_time time)>;

  Gpio(sc_core::sc_module_name name, const GpioConfig& config);

  /// Level at the pin from outside, 0 <= pin < 32; from the kernel's context. It survives reset(), as the wire's far end does.
  void set_input(int pin, bool level);
  void on_output(OutputObserver observer) { observer_ = std::move(observer); }

  /// Level that the chip drives on a pin, low if it is an input.
  bool output(int pin) const { return (driven_ >> pin & 1) != 0; }

  void reset() override;

 private:
  void update_pins();
  void update_irq();

  OutputObserver observer_;
  uint32_t external_ = 0;
  uint32_t driven_ = 0;
};

}  // namespace saksi::hw

#endif
