#include "firmware-under-test/bsp/irq.h"
#include "firmware-under-test/bsp/log.h"
#include "firmware-under-test/bsp/trap.h"
#include "firmware-under-test/bsp/uart.h"
#include "firmware-under-test/bsp/wdt.h"
#include "firmware-under-test/camera/camera.h"

enum { kWatchdogMs = 4000 };  // longer than a card may keep one transfer waiting while no frames come in

int main(void) {
  trap_init();
  irq_init();
  uart_init();
  log_info("boot saksi-cam 1");
  if (wdt_was_cause()) log_warning("restarted by the watchdog");
  wdt_start(kWatchdogMs);
  wdt_report_progress();
  camera_init();
  for (;;) camera_run_once();
}
