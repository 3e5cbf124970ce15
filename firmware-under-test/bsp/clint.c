#include "firmware-under-test/bsp/clint.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/mmio.h"
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
void clint_set_compare(uint64_t when) {
  mmio_write32(SAKSI_CAM_CLINT_BASE + CLINT_MTIMECMP_LO, UINT32_MAX);
  mmio_write32(SAKSI_CAM_CLINT_BASE + CLINT_MTIMECMP_HI, (uint32_t)(when >> 32));
  mmio_write32(SAKSI_CAM_CLINT_BASE + CLINT_MTIMECMP_LO, (uint32_t)when);
}
