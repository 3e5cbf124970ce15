// The watchdog, fed at the main level only, and only when something got done since the last time.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_WDT_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_WDT_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

void wdt_start(uint32_t timeout_ms);

// A picture was received, a card transfer ended, a retry was begun: the camera is alive. Callable from interrupt handlers.
void wdt_report_progress(void);

// Feeds the watchdog if progress was reported since the last call. Main level only.
void wdt_tend(void);

// Whether the last reset came from the watchdog.
bool wdt_was_cause(void);

#ifdef __cplusplus
}
#endif

#endif
