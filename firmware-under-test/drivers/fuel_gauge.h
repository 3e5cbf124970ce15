// The fuel gauge, a MAX17048: how much charge is left in the cell. Main level only.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_FUEL_GAUGE_H_
#define SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_FUEL_GAUGE_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t permille;  // of a full cell, 0 to 1000
  uint32_t mv;        // at its terminals
} fuel_gauge_t;

// Needs i2c_init() and interrupts; takes a transfer of some 0.2 ms. False if no gauge answers, or one that measures nothing.
bool fuel_gauge_read(fuel_gauge_t* gauge);

#ifdef __cplusplus
}
#endif

#endif
