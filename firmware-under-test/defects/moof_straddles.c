// Planted defect: the moof does not come last and in one sector: the whole fragment is written from front to back, so that a cut falls between the
// moof and the pictures that it describes.
// Must be caught by the sweep of power cuts: the last fragment of the recovered clip is not what was recorded.
// wrap: clip_store_write
#include <string.h>

#include "firmware-under-test/camera/clip_store.h"

fat32_result_t __real_clip_store_write(clip_store_t* store, uint32_t offset, uint32_t sectors, const block_segment_t* segments,
                                       uint32_t segment_count);
fat32_result_t __wrap_clip_store_write(clip_store_t* store, uint32_t offset, uint32_t sectors, const block_segment_t* segments,
                                       uint32_t segment_count);

// The pictures, until their moof is known; the recorder keeps what the segments point at until then.
static block_segment_t waiting[BLOCK_SEGMENTS_MAX];
static uint32_t waiting_count, waiting_offset, waiting_sectors;

fat32_result_t __wrap_clip_store_write(clip_store_t* store, uint32_t offset, uint32_t sectors, const block_segment_t* segments,
                                       uint32_t segment_count) {
  bool is_moof = sectors == 1 && segment_count == 1 && memcmp((const uint8_t*)segments[0].data + 4, "moof", 4) == 0;
  if (!is_moof) {
    memcpy(waiting, segments, segment_count * sizeof *segments);
    waiting_count = segment_count;
    waiting_offset = offset;
    waiting_sectors = sectors;
    return FAT32_OK;
  }
  fat32_result_t result = __real_clip_store_write(store, offset, sectors, segments, segment_count);
  return result == FAT32_OK ? __real_clip_store_write(store, waiting_offset, waiting_sectors, waiting, waiting_count) : result;
}
