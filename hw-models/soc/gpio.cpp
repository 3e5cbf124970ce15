#include "hw-models/soc/gpio.h"

#include "regs/gpio_regs.hpp"

namespace saksi::hw {
namespace {

namespace r = regs::gpio;

}  // namespace

Gpio::Gpio(sc_core::sc_module_name name, const GpioConfig& /*config*/) : RegBlock(name, r::kRegisters) {
  regs.on_write(r::kOut, [this](uint32_t) { update_pins(); });
  regs.on_write(r::kDir, [this](uint32_t) { update_pins(); });
  regs.on_write(r::kIrqStatus, [this](uint32_t) { update_irq(); });
}

void Gpio::reset() {
  RegBlock::reset();
  update_pins();
}

void Gpio::set_input(int pin, bool level) {
  sc_assert(pin >= 0 && pin < 32);
  const uint32_t mask = 1u << pin;
  external_ = level ? external_ | mask : external_ & ~mask;
  update_pins();
}

void Gpio::update_pins() {
  const uint32_t outputs = regs.value(r::kDir);
  const uint32_t driven = regs.value(r::kOut) & outputs;
  const uint32_t levels = driven | (external_ & ~outputs);
  const uint32_t before = regs.value(r::kIn);
  const uint32_t rising = levels & ~before & regs.value(r::kIrqRise);
  const uint32_t falling = before & ~levels & regs.value(r::kIrqFall);
  regs.set(r::kIn, levels);
  regs.set_bits(r::kIrqStatus, rising | falling);
  update_irq();

  const uint32_t changed = driven ^ driven_;
  driven_ = driven;
  for (int pin = 0; pin < 32; ++pin) {
    if (observer_ && (changed >> pin & 1) != 0) observer_(pin, output(pin), now());
  }
}

void Gpio::update_irq() { irq.set(regs.value(r::kIrqStatus) != 0); }

}  // namespace saksi::hw
