// Planted defect: the header of a clip, without which nothing of it can be played, is written once: when the clip is closed.
// Must be caught by the sweep of power cuts: nothing of the clip that was being recorded is left.
// wrap: clip_store_prepare
// wrap: clip_store_close
#include <string.h>

#include "firmware-under-test/camera/clip_store.h"
#include "firmware-under-test/camera/mp4.h"

fat32_result_t __real_clip_store_prepare(clip_store_t* store, const uint8_t* header, uint32_t header_bytes, uint32_t bytes_max);
fat32_result_t __wrap_clip_store_prepare(clip_store_t* store, const uint8_t* header, uint32_t header_bytes, uint32_t bytes_max);
fat32_result_t __real_clip_store_close(clip_store_t* store, uint32_t bytes);
fat32_result_t __wrap_clip_store_close(clip_store_t* store, uint32_t bytes);

static uint32_t words[MP4_HEADER_BYTES_MAX / 4];
static uint32_t header_sectors;

fat32_result_t __wrap_clip_store_prepare(clip_store_t* store, const uint8_t* header, uint32_t header_bytes, uint32_t bytes_max) {
  static const uint32_t nothing[MP4_HEADER_BYTES_MAX / 4];
  memcpy(words, header, header_bytes);
  header_sectors = header_bytes / SECTOR_BYTES;
  return __real_clip_store_prepare(store, (const uint8_t*)nothing, header_bytes, bytes_max);
}

fat32_result_t __wrap_clip_store_close(clip_store_t* store, uint32_t bytes) {
  const block_segment_t segment = {words, header_sectors * SECTOR_BYTES};
  fat32_result_t result = clip_store_write(store, 0, header_sectors, &segment, 1);
  return result == FAT32_OK ? __real_clip_store_close(store, bytes) : result;
}
