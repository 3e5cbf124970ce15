// Time: ticks of 100 ns since power-on (the CLINT's mtime), and waiting.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_CLOCK_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_CLOCK_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CLOCK_HZ 10000000u
#define CLOCK_TICKS_PER_MS (CLOCK_HZ / 1000u)
#define CLOCK_NEVER UINT64_MAX

uint64_t clock_now(void);

// Sleeps until `done` says true (result true) or the deadline passes (result false). `done` is asked with interrupts locked out.
// Every wait of the firmware goes through here, and every wait has a deadline.
bool clock_wait(bool (*done)(void), uint64_t deadline);

void clock_sleep_ms(uint32_t ms);

// Called by the trap entry for a timer interrupt: its only purpose is to end a sleep.
void clock_on_timer(void);

#ifdef __cplusplus
}
#endif

#endif
