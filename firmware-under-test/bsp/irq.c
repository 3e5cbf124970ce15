#include "firmware-under-test/bsp/irq.h"

#include <stddef.h>

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/csr.h"
#include "firmware-under-test/bsp/mmio.h"
#include "regs/plic_regs.h"

enum { kSources = 32 };

static irq_handler_t handlers[kSources];

void irq_init(void) {
  mmio_write32(SAKSI_CAM_PLIC_BASE + PLIC_ENABLE(0), 0);
  mmio_write32(SAKSI_CAM_PLIC_BASE + PLIC_THRESHOLD, 0);
  csr_set(mie, CSR_MIE_EXTERNAL | CSR_MIE_TIMER);
  csr_set(mstatus, CSR_MSTATUS_MIE);
}

void irq_attach(uint32_t source, irq_handler_t handler) {
  uint32_t enable = SAKSI_CAM_PLIC_BASE + PLIC_ENABLE(0);
  handlers[source] = handler;
  mmio_write32(SAKSI_CAM_PLIC_BASE + PLIC_PRIORITY(source), 1);
  mmio_write32(enable, mmio_read32(enable) | 1u << source);
}

uint32_t irq_save(void) { return csr_read_clear(mstatus, CSR_MSTATUS_MIE) & CSR_MSTATUS_MIE; }

void irq_restore(uint32_t state) { csr_set(mstatus, state); }

void irq_dispatch(void) {
  uint32_t claim = SAKSI_CAM_PLIC_BASE + PLIC_CLAIM;
  uint32_t source = mmio_read32(claim);
  while (source != 0) {
    if (source < kSources && handlers[source] != NULL) handlers[source]();
    mmio_write32(claim, source);
    source = mmio_read32(claim);
  }
}
