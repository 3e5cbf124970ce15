// The clips on the card: DCIM/100SAKSI/CLIP0001.MP4 and up, and the spare file that the next clip goes into.
//
// The spare, CLIPnnnn.TMP (hidden), has all its clusters, its full size in the directory, and a clip's header (and that once more at its end:
// clip_header.h) before anything is recorded. Recording writes its data sectors; when the first fragment is there, one sector write renames it to
// CLIPnnnn.MP4; closing cuts it to its length. So a power cut during recording finds the FAT and the directory at rest.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CLIP_STORE_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_CLIP_STORE_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/camera/fat32.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CLIP_NAME_BYTES = 13 };  // CLIP0001.MP4 and a zero

typedef struct {
  fat32_volume_t* volume;
  uint32_t directory;
  uint32_t highest;    // clip number, spare included; 0 when there is none
  fat32_file_t spare;  // bytes 0: none
  fat32_file_t clip;   // the clip being recorded
} clip_store_t;

// What recovery found, for the log.
typedef struct {
  char name[CLIP_NAME_BYTES];
  uint32_t fragments;
  uint32_t pictures;
  uint32_t covered;          // of them, by signatures
  bool was_header_restored;  // from its copy
  bool is_lost;              // its header (and the copy) or its first fragment is gone: nothing was recovered
} clip_recovered_t;
typedef void (*clip_listener_t)(const clip_recovered_t* recovered);

// Finds or makes the directories, and puts right what a power cut left: a clip that was not closed is cut behind its last whole
// fragment and named to `listener`, chains that are too long or lost are freed. `was_cut`: the file system itself showed signs.
fat32_result_t clip_store_open(clip_store_t* store, fat32_volume_t* volume, bool was_cut, clip_listener_t listener);

// Makes sure that there is a spare of up to `bytes_max` bytes with this header (whole sectors) and its copy, and that the card holds both ends of it:
// FAT32_NOT_KEPT if not. FAT32_FULL if there is no room for a clip worth recording.
fat32_result_t clip_store_prepare(clip_store_t* store, const uint8_t* header, uint32_t header_bytes, uint32_t bytes_max);

// The spare becomes the clip that the calls below mean; it has no name of its own until it is published.
void clip_store_begin(clip_store_t* store);

fat32_result_t clip_store_write(clip_store_t* store, uint32_t offset, uint32_t sectors, const block_segment_t* segments, uint32_t segment_count);

// Renames the clip to CLIPnnnn.MP4.
fat32_result_t clip_store_publish(clip_store_t* store);

// Cuts the clip to its length.
fat32_result_t clip_store_close(clip_store_t* store, uint32_t bytes);

// Of the clip's file; the last CLIP_HEADER_COPY_BYTES of it are not for fragments.
uint32_t clip_store_clip_bytes(const clip_store_t* store);

// "CLIP0001.MP4" for the file's name as the directory holds it.
void clip_store_format_name(const fat32_file_t* file, char name[CLIP_NAME_BYTES]);

#ifdef __cplusplus
}
#endif

#endif
