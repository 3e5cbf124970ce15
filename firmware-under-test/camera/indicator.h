// The LEDs. Green: ready, the ring is filling and a press would be recorded. Red: recording, and what was seen since the press is on
// the card. Amber: something is wrong: no card, full card, card error, no sensor, or frames of the current or last clip were lost.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_INDICATOR_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_INDICATOR_H_

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

void indicator_init(void);
void indicator_show(bool red, bool green, bool amber);

#ifdef __cplusplus
}
#endif

#endif
