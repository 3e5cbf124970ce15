// Planted defect: the header of a clip, without which nothing of it can be played, stands in one place only.
// Must be caught where a cut spoils the sector with the header: a clip that another camera recovers does not play.
// wrap: clip_header_copy
// wrap: clip_header_restore
#include "firmware-under-test/camera/clip_header.h"

fat32_result_t __wrap_clip_header_copy(const fat32_volume_t* volume, const fat32_file_t* file, const uint8_t* header, uint32_t header_bytes);
clip_header_t __wrap_clip_header_restore(const fat32_volume_t* volume, const fat32_file_t* file);

fat32_result_t __wrap_clip_header_copy(const fat32_volume_t* volume, const fat32_file_t* file, const uint8_t* header, uint32_t header_bytes) {
  (void)volume;
  (void)file;
  (void)header;
  (void)header_bytes;
  return FAT32_OK;
}

// A camera that knows of no second header takes the first one for what it is.
clip_header_t __wrap_clip_header_restore(const fat32_volume_t* volume, const fat32_file_t* file) {
  (void)volume;
  (void)file;
  return CLIP_HEADER_GOOD;
}
