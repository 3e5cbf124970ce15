// An SDHC or SDXC card: identification, reading and writing sectors with recovery from errors.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_SDCARD_H_
#define SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_SDCARD_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/drivers/block_device.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { SDCARD_READY, SDCARD_ABSENT, SDCARD_UNSUPPORTED, SDCARD_FAILED } sdcard_status_t;

typedef struct {
  uint32_t sectors;
  uint32_t relative_address;
  bool high_speed;
  uint32_t slowest_write_ms;  // longest single write so far
} sdcard_t;

// Powers the slot and brings the card to the transfer state: 4 bits, high speed if it can.
sdcard_status_t sdcard_open(sdcard_t* card);

// The card as storage. A failed transfer is tried again a few times, then given up.
block_device_t sdcard_device(sdcard_t* card);

#ifdef __cplusplus
}
#endif

#endif
