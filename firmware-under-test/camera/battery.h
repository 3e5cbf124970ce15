// How full the battery is, for the recordings and whoever looks at them.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_BATTERY_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_BATTERY_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Asks the fuel gauge for the first time, and logs what it says or that there is none.
void battery_init(void);

// Asks it again each ten seconds: at most one transfer on the I2C bus a call.
void battery_tend(void);

// When to call it next, ticks.
uint64_t battery_due(void);

// "87%", as last told, or "unknown" if the gauge did not answer. Stays as it is until the gauge is asked the time after next.
const char* battery_text(void);

#ifdef __cplusplus
}
#endif

#endif
