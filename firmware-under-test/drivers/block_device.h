// Storage in sectors of 512 bytes: the seam between the file system and the card (or a test's memory disk).
#ifndef SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_BLOCK_DEVICE_H_
#define SAKSI_FIRMWARE_UNDER_TEST_DRIVERS_BLOCK_DEVICE_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { SECTOR_BYTES = 512 };

// A piece of memory that is written in its turn; starts at a multiple of 4, any length.
typedef struct {
  const void* data;
  uint32_t bytes;
} block_segment_t;

enum { BLOCK_SEGMENTS_MAX = 64 };

typedef struct {
  // Both return when the device says that the transfer is over, or false when it failed for good.
  bool (*read)(void* context, uint32_t lba, uint32_t sectors, void* data);
  // The segments, at most BLOCK_SEGMENTS_MAX, add up to `sectors` sectors.
  bool (*write)(void* context, uint32_t lba, uint32_t sectors, const block_segment_t* segments, uint32_t segment_count);
  void* context;
  uint32_t sectors;
} block_device_t;

#ifdef __cplusplus
}
#endif

#endif
