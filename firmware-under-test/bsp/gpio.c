#include "firmware-under-test/bsp/gpio.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/mmio.h"
#include "regs/gpio_regs.h"

static void modify(uint32_t offset, uint32_t mask, uint32_t bits) {
  uint32_t address = SAKSI_CAM_GPIO_BASE + offset;
  mmio_write32(address, (mmio_read32(address) & ~mask) | (bits & mask));
}

void gpio_make_outputs(uint32_t mask) {
  modify(GPIO_OUT, mask, 0);
  modify(GPIO_DIR, mask, mask);
}

void gpio_write(uint32_t mask, uint32_t levels) { modify(GPIO_OUT, mask, levels); }

bool gpio_read(uint32_t pin) { return (mmio_read32(SAKSI_CAM_GPIO_BASE + GPIO_IN) >> pin & 1) != 0; }

void gpio_watch(uint32_t pin, irq_handler_t handler) {
  uint32_t bit = 1u << pin;
  gpio_acknowledge(pin);
  modify(GPIO_IRQ_RISE, bit, bit);
  modify(GPIO_IRQ_FALL, bit, bit);
  irq_attach(SAKSI_CAM_GPIO_IRQ, handler);
}

void gpio_acknowledge(uint32_t pin) { mmio_write32(SAKSI_CAM_GPIO_BASE + GPIO_IRQ_STATUS, 1u << pin); }
