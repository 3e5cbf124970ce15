// What the drivers stand on, for a program that takes no interrupts: it asks the interrupt controller itself while it waits.
#include <stddef.h>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/mmio.h"
#include "regs/clint_regs.h"
#include "regs/plic_regs.h"

enum { kSources = 32 };

static irq_handler_t handlers[kSources];

void irq_attach(uint32_t source, irq_handler_t handler) {
  const uint32_t enable = SAKSI_CAM_PLIC_BASE + PLIC_ENABLE(0);
  handlers[source] = handler;
  mmio_write32(SAKSI_CAM_PLIC_BASE + PLIC_PRIORITY(source), 1);
  mmio_write32(enable, mmio_read32(enable) | 1u << source);
}

void irq_dispatch(void) {
  const uint32_t claim = SAKSI_CAM_PLIC_BASE + PLIC_CLAIM;
  const uint32_t source = mmio_read32(claim);
  if (source == 0) return;
  if (source < kSources && handlers[source] != NULL) handlers[source]();
  mmio_write32(claim, source);
}

uint64_t clock_now(void) {
  uint32_t high, low;
  do {
    high = mmio_read32(SAKSI_CAM_CLINT_BASE + CLINT_MTIME_HI);
    low = mmio_read32(SAKSI_CAM_CLINT_BASE + CLINT_MTIME_LO);
  } while (high != mmio_read32(SAKSI_CAM_CLINT_BASE + CLINT_MTIME_HI));
  return (uint64_t)high << 32 | low;
}

bool clock_wait(bool (*done)(void), uint64_t deadline) {
  while (!done()) {
    if (clock_now() >= deadline) return false;
    irq_dispatch();
  }
  return true;
}
