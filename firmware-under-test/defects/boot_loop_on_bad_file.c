// Planted defect: a clip that ends in half a moof stops the recovery for ever; the watchdog starts the camera again, which finds the clip again.
// Must be caught by the sweep of power cuts with torn sectors: the camera is never ready.
// wrap: mp4_measure
#include <string.h>

#include "firmware-under-test/camera/mp4.h"

bool __real_mp4_measure(mp4_reader_t read, void* context, uint32_t bytes, mp4_extent_t* extent);
bool __wrap_mp4_measure(mp4_reader_t read, void* context, uint32_t bytes, mp4_extent_t* extent);

bool __wrap_mp4_measure(mp4_reader_t read, void* context, uint32_t bytes, mp4_extent_t* extent) {
  static uint32_t words[SECTOR_BYTES / 4];
  if (!__real_mp4_measure(read, context, bytes, extent)) return false;
  bool has_more = extent->end < bytes && read(context, extent->end, words);
  while (has_more && memcmp((const uint8_t*)words + 4, "moof", 4) == 0) {
  }
  return true;
}
