// Date and time for the recordings: the seconds of the real-time clock, and between them the machine's timer.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_WALL_CLOCK_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_WALL_CLOCK_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Reads the clock for the first time: from here on the date is right within a second. Without a clock it counts from 1970.
void wall_clock_init(void);

// Looks for the moment at which the clock's seconds change, by reading it every few milliseconds until it has found one, and again each ten minutes:
// after that the date is right within that. At most one transfer on the I2C bus a call.
void wall_clock_tend(void);

// When to call it next, ticks.
uint64_t wall_clock_due(void);

// The date of tick 0, in 100 ns since 1601-01-01 00:00 UTC. It moves when the clock is looked at; whoever needs even times keeps what was told.
uint64_t wall_clock_epoch(void);

// Whether the clock has run without a stop since it was set, as the part itself says, and did not stand when its seconds were last waited for: in the
// first two seconds after power-on the part's word is all there is.
bool wall_clock_is_trusted(void);

#ifdef __cplusplus
}
#endif

#endif
