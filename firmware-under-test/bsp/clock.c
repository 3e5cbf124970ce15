#include "firmware-under-test/bsp/clock.h"

#include "firmware-under-test/bsp/clint.h"
#include "firmware-under-test/bsp/csr.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/wdt.h"

bool clock_wait(bool (*done)(void), uint64_t deadline) {
  for (;;) {
    uint32_t state = irq_save();
    bool is_done = done();
    bool is_late = !is_done && clock_now() >= deadline;
    if (!is_done && !is_late) {
      clint_set_compare(deadline);
      cpu_wait_for_interrupt();
    }
    irq_restore(state);
    if (is_done || is_late) return is_done;
    wdt_tend();
  }
}

static bool never(void) { return false; }

void clock_sleep_ms(uint32_t ms) { clock_wait(never, clock_now() + (uint64_t)ms * CLOCK_TICKS_PER_MS); }

void clock_on_timer(void) { clint_set_compare(CLOCK_NEVER); }
