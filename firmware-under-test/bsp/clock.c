#include "firmware-under-test/bsp/clock.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/csr.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/mmio.h"
#include "firmware-under-test/bsp/wdt.h"
#include "regs/clint_regs.h"

uint64_t clock_now(void) {
  uint32_t high, low;
  do {
    high = mmio_read32(SAKSI_CAM_CLINT_BASE + CLINT_MTIME_HI);
    low = mmio_read32(SAKSI_CAM_CLINT_BASE + CLINT_MTIME_LO);
  } while (high != mmio_read32(SAKSI_CAM_CLINT_BASE + CLINT_MTIME_HI));
  return (uint64_t)high << 32 | low;
}

// The low word goes to its maximum first, so that no half-written value is ever in the past.
static void set_compare(uint64_t when) {
  mmio_write32(SAKSI_CAM_CLINT_BASE + CLINT_MTIMECMP_LO, UINT32_MAX);
  mmio_write32(SAKSI_CAM_CLINT_BASE + CLINT_MTIMECMP_HI, (uint32_t)(when >> 32));
  mmio_write32(SAKSI_CAM_CLINT_BASE + CLINT_MTIMECMP_LO, (uint32_t)when);
}

bool clock_wait(bool (*done)(void), uint64_t deadline) {
  for (;;) {
    uint32_t state = irq_save();
    bool is_done = done();
    bool is_late = !is_done && clock_now() >= deadline;
    if (!is_done && !is_late) {
      set_compare(deadline);
      cpu_wait_for_interrupt();
    }
    irq_restore(state);
    if (is_done || is_late) return is_done;
    wdt_tend();
  }
}

static bool never(void) { return false; }

void clock_sleep_ms(uint32_t ms) { clock_wait(never, clock_now() + (uint64_t)ms * CLOCK_TICKS_PER_MS); }

void clock_on_timer(void) { set_compare(CLOCK_NEVER); }
