// The header of a clip, a second time. Without its header nothing of a clip can be played, and what a card may do to one page (paired pages, an ECC
// error, a bit that rots) can be done to that one. So while a clip is being recorded its header also stands at the other end of its file, where a
// free box covers it, with a hash that tells which of the two is whole. Closing the clip cuts the copy off.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CLIP_HEADER_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CLIP_HEADER_H_

#include <stdint.h>

#include "firmware-under-test/camera/fat32.h"
#include "firmware-under-test/camera/mp4.h"

#ifdef __cplusplus
extern "C" {
#endif

// At the end of the file: room for the longest header, then a sector that says how long it is and has its hash.
enum { CLIP_HEADER_COPY_BYTES = MP4_HEADER_BYTES_MAX + SECTOR_BYTES };

typedef enum {
  CLIP_HEADER_GOOD,      // it is what its copy says
  CLIP_HEADER_RESTORED,  // it was not, and has been written anew
  CLIP_HEADER_ALONE      // no copy can be read: nothing is known of it
} clip_header_t;

// Writes the copy unless it is there. `header_bytes`: whole sectors. FAT32_NOT_KEPT if the card does not hold it afterwards.
fat32_result_t clip_header_copy(const fat32_volume_t* volume, const fat32_file_t* file, const uint8_t* header, uint32_t header_bytes);

// Compares the header with its copy, and puts it right. A cut in between can be followed by another call.
clip_header_t clip_header_restore(const fat32_volume_t* volume, const fat32_file_t* file);

#ifdef __cplusplus
}
#endif

#endif
