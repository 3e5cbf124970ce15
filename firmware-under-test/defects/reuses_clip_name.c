// Planted defect: the numbers of clips begin anew with each clip that is laid out, whatever is on the card.
// Must be caught by the sweep of power cuts: the next recording takes the name of one that is there.
// wrap: clip_store_prepare
#include "firmware-under-test/camera/clip_store.h"

fat32_result_t __real_clip_store_prepare(clip_store_t* store, const uint8_t* header, uint32_t header_bytes, uint32_t bytes_max);
fat32_result_t __wrap_clip_store_prepare(clip_store_t* store, const uint8_t* header, uint32_t header_bytes, uint32_t bytes_max);

fat32_result_t __wrap_clip_store_prepare(clip_store_t* store, const uint8_t* header, uint32_t header_bytes, uint32_t bytes_max) {
  store->highest = 0;
  return __real_clip_store_prepare(store, header, header_bytes, bytes_max);
}
