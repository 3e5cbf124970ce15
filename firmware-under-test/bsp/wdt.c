#include "firmware-under-test/bsp/wdt.h"

#include "boards/saksi_cam.h"
#include "firmware-under-test/bsp/mmio.h"
#include "regs/wdt_regs.h"

enum { kFeedWord = 0x5AFE };

static volatile bool progress;

void wdt_start(uint32_t timeout_ms) {
  mmio_write32(SAKSI_CAM_WDT_BASE + WDT_TIMEOUT, timeout_ms);
  mmio_write32(SAKSI_CAM_WDT_BASE + WDT_CTRL, WDT_CTRL_ENABLE);
}

void wdt_report_progress(void) { progress = true; }

void wdt_tend(void) {
  if (!progress) return;
  progress = false;
  mmio_write32(SAKSI_CAM_WDT_BASE + WDT_FEED, kFeedWord);
}

bool wdt_was_cause(void) { return (mmio_read32(SAKSI_CAM_WDT_BASE + WDT_CAUSE) & WDT_CAUSE_WATCHDOG) != 0; }
