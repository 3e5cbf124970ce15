#include "firmware-under-test/camera/clip_store.h"

#include <string.h>

#include "firmware-under-test/camera/clip_header.h"
#include "firmware-under-test/camera/mp4.h"

enum {
  kNumberMax = 9999,
  kNumberAt = 4,
  kNumberDigits = 4,
  kExtensionAt = 8,
  kSpareBytesMin = 2 << 20,
  kStartBytesMax = MP4_HEADER_BYTES_MAX + SECTOR_BYTES  // a clip's header and the free box behind it
};

static const char dcim_name[] = "DCIM       ";
static const char clips_name[] = "100SAKSI   ";

static bool has_extension(const fat32_file_t* file, const char* extension) { return memcmp(file->name + kExtensionAt, extension, 3) == 0; }

// The number in CLIPnnnn, 0 if the name is another.
static uint32_t clip_number(const fat32_file_t* file) {
  uint32_t number = 0;
  if (memcmp(file->name, "CLIP", kNumberAt) != 0) return 0;
  for (uint32_t i = 0; i < kNumberDigits; ++i) {
    uint8_t digit = file->name[kNumberAt + i];
    if (digit < '0' || digit > '9') return 0;
    number = number * 10 + (digit - '0');
  }
  return number;
}

static void set_name(fat32_file_t* file, uint32_t number, const char* extension) {
  memcpy(file->name, "CLIP", kNumberAt);
  for (uint32_t i = kNumberDigits; i-- > 0; number /= 10) file->name[kNumberAt + i] = (uint8_t)('0' + number % 10);
  memcpy(file->name + kExtensionAt, extension, 3);
}

void clip_store_format_name(const fat32_file_t* file, char name[CLIP_NAME_BYTES]) {
  memcpy(name, file->name, kExtensionAt);
  name[kExtensionAt] = '.';
  memcpy(name + kExtensionAt + 1, file->name + kExtensionAt, 3);
  name[CLIP_NAME_BYTES - 1] = '\0';
}

// The newest clips, which alone can be unfinished: a clip is closed before the next begins.
typedef struct {
  fat32_file_t newest[2];
  fat32_file_t spare;
  uint32_t highest;
} census_t;

static bool visit(void* context, const fat32_file_t* file) {
  census_t* census = context;
  uint32_t number = clip_number(file);
  if (number == 0 || (file->attributes & FAT32_ATTRIBUTE_DIRECTORY) != 0) return true;
  if (number > census->highest) census->highest = number;
  if (has_extension(file, "TMP")) {
    census->spare = *file;
  } else if (has_extension(file, "MP4") && number > clip_number(&census->newest[0])) {
    census->newest[1] = census->newest[0];
    census->newest[0] = *file;
  } else if (has_extension(file, "MP4") && number > clip_number(&census->newest[1])) {
    census->newest[1] = *file;
  }
  return true;
}

typedef struct {
  fat32_volume_t* volume;
  uint32_t lba;
} reader_t;

static bool read_file_sector(void* context, uint32_t offset, void* sector) {
  reader_t* reader = context;
  return fat32_read_sector(reader->volume, reader->lba + offset / SECTOR_BYTES, sector) == FAT32_OK;
}

// Whether the clusters from the file's first on are its own, one after the other, for as long as its size says.
static bool has_run(const clip_store_t* store, const fat32_file_t* file, bool* is_exact) {
  uint32_t clusters;
  *is_exact = fat32_is_contiguous(store->volume, file, &clusters);
  uint64_t chain_bytes = (uint64_t)clusters * fat32_cluster_bytes(store->volume);
  return *is_exact || (file->bytes > 0 && chain_bytes > file->bytes);
}

static bool measure(const clip_store_t* store, const fat32_file_t* file, mp4_extent_t* extent) {
  reader_t reader = {store->volume, fat32_file_lba(store->volume, file)};
  return mp4_measure(read_file_sector, &reader, file->bytes, extent);
}

static void tell(clip_listener_t listener, const fat32_file_t* file, clip_header_t header, const mp4_extent_t* extent) {
  clip_recovered_t recovered = {
      .fragments = extent->fragments, .pictures = extent->samples, .covered = extent->covered, .was_header_restored = header == CLIP_HEADER_RESTORED};
  clip_store_format_name(file, recovered.name);
  listener(&recovered);
}

static void tell_lost(clip_listener_t listener, const fat32_file_t* file) {
  clip_recovered_t recovered = {.is_lost = true};
  clip_store_format_name(file, recovered.name);
  listener(&recovered);
}

// A clip has whole clusters as its size only while it is open (or by rare chance, which does no harm).
static fat32_result_t recover_clip(clip_store_t* store, fat32_file_t* clip, bool* was_cut, clip_listener_t listener) {
  bool is_exact;
  mp4_extent_t extent;
  if (clip->bytes == 0 || !has_run(store, clip, &is_exact)) return FAT32_OK;
  if (is_exact && clip->bytes % fat32_cluster_bytes(store->volume) != 0) return FAT32_OK;
  if (!is_exact) {
    *was_cut = true;
    return fat32_set_size(store->volume, clip, clip->bytes);
  }
  clip_header_t header = clip_header_restore(store->volume, clip);
  bool is_measured = measure(store, clip, &extent);
  if (!is_measured || extent.fragments == 0) tell_lost(listener, clip);  // it has its name, so it had a fragment
  if (!is_measured || extent.fragments == 0 || extent.is_closed) return FAT32_OK;
  *was_cut = true;
  fat32_result_t result = fat32_set_size(store->volume, clip, extent.end);
  if (result == FAT32_OK) tell(listener, clip, header, &extent);
  return result;
}

// The spare holds fragments if the cut came before it was renamed.
static fat32_result_t recover_spare(clip_store_t* store, const fat32_file_t* spare, bool* was_cut, clip_listener_t listener) {
  bool is_exact;
  mp4_extent_t extent;
  if (!has_run(store, spare, &is_exact) || !is_exact) {
    *was_cut = true;
    return fat32_remove(store->volume, spare);
  }
  clip_header_t header = clip_header_restore(store->volume, spare);
  if (!measure(store, spare, &extent) || extent.fragments == 0) {
    store->spare = *spare;
    return FAT32_OK;
  }
  *was_cut = true;
  store->clip = *spare;
  fat32_result_t result = clip_store_publish(store);
  if (result == FAT32_OK) result = clip_store_close(store, extent.end);
  if (result == FAT32_OK) tell(listener, &store->clip, header, &extent);
  return result;
}

static fat32_result_t recover(clip_store_t* store, census_t* census, bool was_cut, clip_listener_t listener) {
  fat32_result_t result = FAT32_OK;
  for (uint32_t i = 2; i-- > 0 && result == FAT32_OK;) {
    result = recover_clip(store, &census->newest[i], &was_cut, listener);
  }
  if (result == FAT32_OK && census->spare.bytes > 0) result = recover_spare(store, &census->spare, &was_cut, listener);
  uint32_t lost;
  if (result == FAT32_OK && (was_cut || store->spare.bytes == 0)) result = fat32_reclaim_lost(store->volume, &lost);
  return result;
}

fat32_result_t clip_store_open(clip_store_t* store, fat32_volume_t* volume, bool was_cut, clip_listener_t listener) {
  uint32_t dcim;
  census_t census;
  memset(store, 0, sizeof *store);
  memset(&census, 0, sizeof census);
  store->volume = volume;
  fat32_result_t result = fat32_make_directory(volume, volume->root_cluster, dcim_name, &dcim);
  if (result == FAT32_OK) result = fat32_make_directory(volume, dcim, clips_name, &store->directory);
  if (result == FAT32_OK) result = fat32_list(volume, store->directory, visit, &census);
  if (result != FAT32_OK) return result;
  store->highest = census.highest;
  return recover(store, &census, was_cut, listener);
}

// Header and free box, as they must stand in a spare; false if the card cannot be read.
static bool has_header(const clip_store_t* store, const fat32_file_t* spare, const uint8_t* expected, uint32_t bytes) {
  static uint32_t words[kStartBytesMax / 4];
  const block_device_t* device = &store->volume->device;
  uint32_t lba = fat32_file_lba(store->volume, spare);
  return device->read(device->context, lba, bytes / SECTOR_BYTES, words) && memcmp(words, expected, bytes) == 0;
}

// A card that acknowledges and does not keep (a false one, or one that is worn out) is found out before anything depends on it.
static fat32_result_t write_header(const clip_store_t* store, const fat32_file_t* spare, const uint8_t* start, uint32_t bytes) {
  const block_device_t* device = &store->volume->device;
  block_segment_t segment = {start, bytes};
  if (has_header(store, spare, start, bytes)) return FAT32_OK;
  if (!device->write(device->context, fat32_file_lba(store->volume, spare), bytes / SECTOR_BYTES, &segment, 1)) return FAT32_IO;
  return has_header(store, spare, start, bytes) ? FAT32_OK : FAT32_NOT_KEPT;
}

fat32_result_t clip_store_prepare(clip_store_t* store, const uint8_t* header, uint32_t header_bytes, uint32_t bytes_max) {
  static uint32_t words[kStartBytesMax / 4];
  uint8_t* start = (uint8_t*)words;
  fat32_volume_t* volume = store->volume;
  bool is_new = store->spare.bytes == 0;
  fat32_file_t file = store->spare;
  if (is_new) {
    if (store->highest == kNumberMax) return FAT32_FULL;
    fat32_result_t result = fat32_choose_run(volume, bytes_max, kSpareBytesMin, &file);
    if (result != FAT32_OK) return result;
    set_name(&file, store->highest + 1, "TMP");
    file.attributes = FAT32_ATTRIBUTE_ARCHIVE | FAT32_ATTRIBUTE_HIDDEN;
  }
  memcpy(start, header, header_bytes);
  mp4_write_free(start + header_bytes, file.bytes - header_bytes);
  fat32_result_t result = clip_header_copy(volume, &file, header, header_bytes);
  if (result == FAT32_OK) result = write_header(store, &file, start, header_bytes + SECTOR_BYTES);
  if (result != FAT32_OK || !is_new) return result;
  result = fat32_create(volume, store->directory, &file);
  if (result != FAT32_OK) return result;
  ++store->highest;
  store->spare = file;
  return FAT32_OK;
}

void clip_store_begin(clip_store_t* store) {
  store->clip = store->spare;
  store->spare.bytes = 0;
}

uint32_t clip_store_clip_bytes(const clip_store_t* store) { return store->clip.bytes; }

fat32_result_t clip_store_write(clip_store_t* store, uint32_t offset, uint32_t sectors, const block_segment_t* segments, uint32_t segment_count) {
  block_device_t* device = &store->volume->device;
  uint32_t lba = fat32_file_lba(store->volume, &store->clip) + offset / SECTOR_BYTES;
  return device->write(device->context, lba, sectors, segments, segment_count) ? FAT32_OK : FAT32_IO;
}

fat32_result_t clip_store_publish(clip_store_t* store) {
  memcpy(store->clip.name + kExtensionAt, "MP4", 3);
  store->clip.attributes = FAT32_ATTRIBUTE_ARCHIVE;
  return fat32_update_entry(store->volume, &store->clip);
}

fat32_result_t clip_store_close(clip_store_t* store, uint32_t bytes) { return fat32_set_size(store->volume, &store->clip, bytes); }
