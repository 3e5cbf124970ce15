// Planted defect: whether the card stored what it was given is not looked at; every write counts as done.
// Must be caught by requirement "led-while-stored" on a card that begins to refuse in mid-recording. (One that refuses from the start is found out
// when the next clip is laid out and read back.)
// wrap: sdcard_device
#include "firmware-under-test/drivers/sdcard.h"

block_device_t __real_sdcard_device(sdcard_t* card);
block_device_t __wrap_sdcard_device(sdcard_t* card);

static block_device_t real;

static bool write_and_hope(void* context, uint32_t lba, uint32_t sectors, const block_segment_t* segments, uint32_t segment_count) {
  real.write(context, lba, sectors, segments, segment_count);
  return true;
}

block_device_t __wrap_sdcard_device(sdcard_t* card) {
  real = __real_sdcard_device(card);
  return (block_device_t){real.read, write_and_hope, real.context, real.sectors};
}
