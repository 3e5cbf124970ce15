// The machine timer's compare register, for those that wait: the firmware's clock and the boot ROM.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_BSP_CLINT_H_
#define SAKSI_FIRMWARE_UNDER_TEST_BSP_CLINT_H_

#include <stdint.h>

// The timer's interrupt is pending from `when` on, in ticks; CLOCK_NEVER: never.
void clint_set_compare(uint64_t when);

#endif
