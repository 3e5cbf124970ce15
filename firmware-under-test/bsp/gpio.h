// Pins: three LEDs out, one button in.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_GPIO_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_GPIO_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/bsp/irq.h"

#ifdef __cplusplus
extern "C" {
#endif

// The pins of `mask` become outputs, low.
void gpio_make_outputs(uint32_t mask);

// Drives the pins of `mask` to the levels of `levels`; the others stay.
void gpio_write(uint32_t mask, uint32_t levels);

bool gpio_read(uint32_t pin);

// Interrupts on both edges of a pin.
void gpio_watch(uint32_t pin, irq_handler_t handler);

// Clears the latched edge of a pin; first thing in its handler.
void gpio_acknowledge(uint32_t pin);

#ifdef __cplusplus
}
#endif

#endif
