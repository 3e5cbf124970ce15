// The real-time clock, a PCF85063A: date and time over power cuts, if its back-up supply is good. Main level only.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_RTC_H_
#define SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_RTC_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint64_t seconds;  // since 1970-01-01 00:00 UTC; 2000 to 2099
  bool is_trusted;   // false: the oscillator has stopped since the time was set, or the date is none
} rtc_time_t;

// Needs i2c_init() and interrupts. False if no clock answers.
bool rtc_read(rtc_time_t* time);

// Sets the time, from 2000 to 2099, and with that trusts the clock again. False if no clock answers or the time is out of its range.
bool rtc_set(uint64_t seconds);

#ifdef __cplusplus
}
#endif

#endif
