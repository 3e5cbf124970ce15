#include "firmware-under-test/camera/button.h"

#include <stddef.h>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/gpio.h"
#include "firmware-under-test/bsp/irq.h"

enum { kPressesMax = 8, kBounceTicks = BUTTON_BOUNCE_MS * CLOCK_TICKS_PER_MS };

static button_filter_t filter;
static uint64_t presses[kPressesMax];
static volatile uint32_t press_count;
static void (*report)(uint64_t time);

bool button_is_press(button_filter_t* state, bool is_high, uint64_t time) {
  bool is_bounce = state->has_edge && time - state->last_edge < kBounceTicks;
  state->has_edge = true;
  state->last_edge = time;
  return is_high && !is_bounce;
}

static void on_interrupt(void) {
  uint64_t now = clock_now();
  gpio_acknowledge(SAKSI_CAM_PIN_BUTTON_RECORD);
  bool is_high = gpio_read(SAKSI_CAM_PIN_BUTTON_RECORD);
  if (!button_is_press(&filter, is_high, now) || press_count == kPressesMax) return;
  presses[press_count] = now;
  press_count = press_count + 1;
  report(now);
}

void button_init(void (*on_press)(uint64_t time)) {
  report = on_press;
  gpio_watch(SAKSI_CAM_PIN_BUTTON_RECORD, on_interrupt);
}

bool button_has_press(void) { return press_count > 0; }

bool button_take_press(uint64_t* time) {
  uint32_t state = irq_save();
  bool has_press = press_count > 0;
  if (has_press) {
    *time = presses[0];
    press_count = press_count - 1;
    for (uint32_t i = 0; i < press_count; ++i) presses[i] = presses[i + 1];
  }
  irq_restore(state);
  return has_press;
}
