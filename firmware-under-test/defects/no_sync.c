// Planted defect: the camera goes on before the card has what it was given: the last writes are held back in memory until others follow.
// Must be caught by the sweep of power cuts: the recording light promises video that is not on the card.
// wrap: sdcard_device
#include <string.h>

#include "firmware-under-test/drivers/sdcard.h"

block_device_t __real_sdcard_device(sdcard_t* card);
block_device_t __wrap_sdcard_device(sdcard_t* card);

enum { kHeldMax = 8, kHeldBytesMax = 512 << 10 };

typedef struct {
  uint32_t lba, sectors;
} held_t;

__attribute__((section(".bulk"), aligned(64))) static uint8_t data_of[kHeldMax][kHeldBytesMax];
static block_device_t below;
static held_t held[kHeldMax];
static uint32_t first, count;

static bool let_one_go(void) {
  const held_t* write = &held[first];
  const block_segment_t segment = {data_of[first], write->sectors * SECTOR_BYTES};
  bool is_done = below.write(below.context, write->lba, write->sectors, &segment, 1);
  first = (first + 1) % kHeldMax;
  --count;
  return is_done;
}

static bool let_all_go(void) {
  bool is_done = true;
  while (count > 0) is_done = let_one_go() && is_done;
  return is_done;
}

static bool read_through(void* context, uint32_t lba, uint32_t sectors, void* data) {
  return let_all_go() && below.read(context, lba, sectors, data);
}

static bool write_later(void* context, uint32_t lba, uint32_t sectors, const block_segment_t* segments, uint32_t segment_count) {
  if (sectors * SECTOR_BYTES > kHeldBytesMax) return let_all_go() && below.write(context, lba, sectors, segments, segment_count);
  if (count == kHeldMax && !let_one_go()) return false;
  uint32_t last = (first + count++) % kHeldMax;
  uint8_t* out = data_of[last];
  held[last] = (held_t){lba, sectors};
  for (uint32_t i = 0; i < segment_count; ++i) {
    memcpy(out, segments[i].data, segments[i].bytes);
    out += segments[i].bytes;
  }
  return true;
}

block_device_t __wrap_sdcard_device(sdcard_t* card) {
  below = __real_sdcard_device(card);
  count = 0;
  return (block_device_t){read_through, write_later, below.context, below.sectors};
}
