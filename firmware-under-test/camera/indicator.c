#include "firmware-under-test/camera/indicator.h"

#include <stdint.h>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/gpio.h"

#define RED (1u << SAKSI_CAM_PIN_LED_RED)
#define GREEN (1u << SAKSI_CAM_PIN_LED_GREEN)
#define AMBER (1u << SAKSI_CAM_PIN_LED_AMBER)

static uint32_t shown;

void indicator_init(void) { gpio_make_outputs(RED | GREEN | AMBER); }

void indicator_show(bool red, bool green, bool amber) {
  uint32_t levels = (red ? RED : 0) | (green ? GREEN : 0) | (amber ? AMBER : 0);
  if (levels != shown) gpio_write(RED | GREEN | AMBER, levels);
  shown = levels;
}
