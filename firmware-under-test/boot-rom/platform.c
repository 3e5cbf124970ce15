// What the drivers stand on, for a program that takes no interrupts: they end its sleep, and it asks the interrupt controller itself.
#include <stddef.h>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/clint.h"
#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/csr.h"
#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/mmio.h"
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

// With mstatus.MIE clear a pending interrupt ends the sleep and is not taken. Afterwards timer and enables are as a reset leaves them.
bool clock_wait(bool (*done)(void), uint64_t deadline) {
  csr_set(mie, CSR_MIE_EXTERNAL | CSR_MIE_TIMER);
  clint_set_compare(deadline);
  while (!done() && clock_now() < deadline) {
    cpu_wait_for_interrupt();
    irq_dispatch();
  }
  clint_set_compare(CLOCK_NEVER);
  (void)csr_read_clear(mie, CSR_MIE_EXTERNAL | CSR_MIE_TIMER);
  return done();
}
