#include <stddef.h>
#include <string.h>

#include "firmware-under-test/camera/bytes.h"
#include "firmware-under-test/camera/fat32.h"

enum {
  kSlots = SECTOR_BYTES / FAT32_ENTRY_BYTES,
  kDeleted = 0xE5,
  kLongName = 0x0F,
  kClusterHigh = 20,
  kClusterLow = 26,
  kSizeOffset = 28,
  kEpoch = 0x0021,  // 1 January 1980: the camera has no clock
  kWindowSectors = 64
};

// One sector, to be written.
static uint32_t sector_words[SECTOR_BYTES / 4];
static uint8_t* const sector = (uint8_t*)sector_words;

// A directory is read in large pieces, since a card takes as long to begin one sector as to send many. What is in the window is not
// trusted beyond one walk.
static uint32_t window[kWindowSectors * SECTOR_BYTES / 4];
static uint32_t window_lba;
static uint32_t window_count;

// Walks a directory sector by sector. `step` counts sectors, so that a loop in the chain ends.
typedef struct {
  uint32_t cluster;
  uint32_t index;  // sector in the cluster
  uint32_t steps;
} cursor_t;

static uint32_t cursor_lba(const fat32_volume_t* volume, const cursor_t* cursor) {
  return fat32_cluster_lba(volume, cursor->cluster) + cursor->index;
}

// FAT32_NOT_FOUND at the end of the directory; the cursor then stays on its last sector.
static fat32_result_t cursor_next(const fat32_volume_t* volume, cursor_t* cursor) {
  if (cursor->index + 1 < volume->cluster_sectors) {
    ++cursor->index;
    return FAT32_OK;
  }
  uint32_t next = fat32_get(volume, cursor->cluster);
  if (next >= 0x0FFFFFF8) return FAT32_NOT_FOUND;
  if (!fat32_is_cluster(volume, next) || ++cursor->steps > volume->cluster_end) return FAT32_DAMAGED;
  cursor->cluster = next;
  cursor->index = 0;
  return FAT32_OK;
}

// A sector with entries in it: one change of its own.
static fat32_result_t change_entries(fat32_volume_t* volume, uint32_t lba) {
  const fat32_change_t change = {lba, 0, sector};
  return fat32_commit(volume, &change, 1);
}

static void forget_window(void) { window_count = 0; }

// The cursor's sector in memory, or NULL.
static const uint8_t* cursor_sector(fat32_volume_t* volume, const cursor_t* cursor) {
  uint32_t lba = cursor_lba(volume, cursor);
  if (lba < window_lba || lba >= window_lba + window_count) {
    uint32_t left = volume->cluster_sectors - cursor->index;
    window_lba = lba;
    window_count = left < kWindowSectors ? left : kWindowSectors;
    if (!volume->device.read(volume->device.context, lba, window_count, window)) {
      forget_window();
      return NULL;
    }
  }
  return (const uint8_t*)window + (lba - window_lba) * SECTOR_BYTES;
}

static void parse_entry(const uint8_t* entry, fat32_file_t* file) {
  memcpy(file->name, entry, FAT32_NAME_BYTES);
  file->attributes = entry[FAT32_NAME_BYTES];
  file->first_cluster = load_le16(entry + kClusterHigh) << 16 | load_le16(entry + kClusterLow);
  file->bytes = load_le32(entry + kSizeOffset);
}

static void format_entry(const fat32_file_t* file, uint8_t* entry) {
  memset(entry, 0, FAT32_ENTRY_BYTES);
  memcpy(entry, file->name, FAT32_NAME_BYTES);
  entry[FAT32_NAME_BYTES] = file->attributes;
  store_le16(entry + 16, kEpoch);  // created
  store_le16(entry + 18, kEpoch);  // accessed
  store_le16(entry + 24, kEpoch);  // written
  store_le16(entry + kClusterHigh, file->first_cluster >> 16);
  store_le16(entry + kClusterLow, file->first_cluster);
  store_le32(entry + kSizeOffset, file->bytes);
}

fat32_result_t fat32_list(fat32_volume_t* volume, uint32_t directory, fat32_visitor_t visit, void* context) {
  if (!fat32_is_cluster(volume, directory)) return FAT32_DAMAGED;
  cursor_t cursor = {directory, 0, 0};
  forget_window();
  for (;;) {
    fat32_file_t file = {.entry_lba = cursor_lba(volume, &cursor)};
    const uint8_t* entries = cursor_sector(volume, &cursor);
    if (entries == NULL) return FAT32_IO;
    for (file.entry_slot = 0; file.entry_slot < kSlots; ++file.entry_slot) {
      const uint8_t* entry = entries + file.entry_slot * FAT32_ENTRY_BYTES;
      if (entry[0] == 0) return FAT32_OK;
      parse_entry(entry, &file);
      bool is_name = entry[0] != kDeleted && file.attributes != kLongName && (file.attributes & FAT32_ATTRIBUTE_VOLUME) == 0;
      if (is_name && !visit(context, &file)) return FAT32_OK;
    }
    fat32_result_t result = cursor_next(volume, &cursor);
    if (result != FAT32_OK) return result == FAT32_NOT_FOUND ? FAT32_OK : result;
  }
}

typedef struct {
  const char* name;
  fat32_file_t* file;
  bool is_found;
} search_t;

static bool compare_name(void* context, const fat32_file_t* file) {
  search_t* search = context;
  if (memcmp(file->name, search->name, FAT32_NAME_BYTES) != 0) return true;
  *search->file = *file;
  search->is_found = true;
  return false;
}

fat32_result_t fat32_find(fat32_volume_t* volume, uint32_t directory, const char* name, fat32_file_t* file) {
  search_t search = {name, file, false};
  fat32_result_t result = fat32_list(volume, directory, compare_name, &search);
  if (result != FAT32_OK) return result;
  return search.is_found ? FAT32_OK : FAT32_NOT_FOUND;
}

// Zeroes a cluster on the card.
static fat32_result_t clear_cluster(fat32_volume_t* volume, uint32_t cluster) {
  static const uint32_t zeros[SECTOR_BYTES];  // four sectors
  uint32_t lba = fat32_cluster_lba(volume, cluster);
  uint32_t step = volume->cluster_sectors < 4 ? volume->cluster_sectors : 4;
  block_segment_t segments[BLOCK_SEGMENTS_MAX];
  for (uint32_t i = 0; i < BLOCK_SEGMENTS_MAX; ++i) segments[i] = (block_segment_t){zeros, step * SECTOR_BYTES};
  return volume->device.write(volume->device.context, lba, volume->cluster_sectors, segments, volume->cluster_sectors / step) ? FAT32_OK : FAT32_IO;
}

// Adds a cleared cluster behind `last_cluster` (0: starts a chain). The new end is on the card before anything links to it.
static fat32_result_t extend(fat32_volume_t* volume, uint32_t last_cluster, uint32_t* added) {
  uint32_t cluster = fat32_find_free(volume);
  if (cluster == 0) return FAT32_FULL;
  fat32_result_t result = clear_cluster(volume, cluster);
  if (result == FAT32_OK) result = fat32_write_information(volume, false);
  if (result != FAT32_OK) return result;
  fat32_set(volume, cluster, FAT32_END);
  result = fat32_flush(volume);
  if (result != FAT32_OK) return result;
  if (last_cluster != 0) fat32_set(volume, last_cluster, cluster);
  result = fat32_flush(volume);
  *added = cluster;
  return result == FAT32_OK ? fat32_write_information(volume, true) : result;
}

// Tells whether the cursor's sector holds no live entry. If the directory ends midway in a sector with live entries, the rest is
// filled with deleted ones, so that the directory goes on in the next sector.
static fat32_result_t examine_sector(fat32_volume_t* volume, const cursor_t* cursor, bool* is_empty) {
  uint32_t slot = 0;
  uint32_t live = 0;
  const uint8_t* entries = cursor_sector(volume, cursor);
  if (entries == NULL) return FAT32_IO;
  for (; slot < kSlots && entries[slot * FAT32_ENTRY_BYTES] != 0; ++slot) live += entries[slot * FAT32_ENTRY_BYTES] != kDeleted;
  *is_empty = live == 0;
  if (live == 0 || slot == kSlots) return FAT32_OK;
  memcpy(sector, entries, SECTOR_BYTES);
  for (; slot < kSlots; ++slot) sector[slot * FAT32_ENTRY_BYTES] = kDeleted;
  return change_entries(volume, cursor_lba(volume, cursor));
}

static fat32_result_t find_empty_sector(fat32_volume_t* volume, uint32_t directory, uint32_t* lba) {
  cursor_t cursor = {directory, 0, 0};
  forget_window();
  for (;;) {
    bool is_empty = false;
    *lba = cursor_lba(volume, &cursor);
    fat32_result_t result = examine_sector(volume, &cursor, &is_empty);
    if (result != FAT32_OK || is_empty) return result;
    result = cursor_next(volume, &cursor);
    if (result == FAT32_NOT_FOUND) {
      uint32_t added;
      result = extend(volume, cursor.cluster, &added);
      if (result == FAT32_OK) *lba = fat32_cluster_lba(volume, added);
      return result;
    }
    if (result != FAT32_OK) return result;
  }
}

fat32_result_t fat32_add_entry(fat32_volume_t* volume, uint32_t directory, fat32_file_t* file) {
  fat32_result_t result = find_empty_sector(volume, directory, &file->entry_lba);
  if (result != FAT32_OK) return result;
  memset(sector, 0, SECTOR_BYTES);
  format_entry(file, sector);
  for (uint32_t slot = 1; slot < kSlots; ++slot) sector[slot * FAT32_ENTRY_BYTES] = kDeleted;
  file->entry_slot = 0;
  return change_entries(volume, file->entry_lba);
}

fat32_result_t fat32_update_entry(fat32_volume_t* volume, const fat32_file_t* file) {
  if (fat32_read_sector(volume, file->entry_lba, sector) != FAT32_OK) return FAT32_IO;
  format_entry(file, sector + file->entry_slot * FAT32_ENTRY_BYTES);
  return change_entries(volume, file->entry_lba);
}

fat32_result_t fat32_remove(fat32_volume_t* volume, const fat32_file_t* file) {
  if (fat32_read_sector(volume, file->entry_lba, sector) != FAT32_OK) return FAT32_IO;
  sector[file->entry_slot * FAT32_ENTRY_BYTES] = kDeleted;
  fat32_result_t result = change_entries(volume, file->entry_lba);
  fat32_file_t nameless = *file;
  nameless.bytes = 0;
  return result == FAT32_OK ? fat32_set_size(volume, &nameless, 0) : result;
}

// "." and "..", and no other entry in their sector.
static fat32_result_t write_dot_entries(fat32_volume_t* volume, uint32_t directory, uint32_t parent) {
  fat32_file_t dot = {.name = ".          ", .attributes = FAT32_ATTRIBUTE_DIRECTORY, .first_cluster = directory};
  fat32_file_t dots = {.name = "..         ", .attributes = FAT32_ATTRIBUTE_DIRECTORY};
  dots.first_cluster = parent == volume->root_cluster ? 0 : parent;
  memset(sector, 0, SECTOR_BYTES);
  format_entry(&dot, sector);
  format_entry(&dots, sector + FAT32_ENTRY_BYTES);
  for (uint32_t slot = 2; slot < kSlots; ++slot) sector[slot * FAT32_ENTRY_BYTES] = kDeleted;
  return fat32_write_sector(volume, fat32_cluster_lba(volume, directory), sector);
}

fat32_result_t fat32_make_directory(fat32_volume_t* volume, uint32_t parent, const char* name, uint32_t* directory) {
  fat32_file_t file = {.attributes = FAT32_ATTRIBUTE_DIRECTORY};
  fat32_result_t result = fat32_find(volume, parent, name, &file);
  if (result == FAT32_OK) {
    *directory = file.first_cluster;
    bool is_directory = (file.attributes & FAT32_ATTRIBUTE_DIRECTORY) != 0 && fat32_is_cluster(volume, file.first_cluster);
    return is_directory ? FAT32_OK : FAT32_DAMAGED;
  }
  if (result != FAT32_NOT_FOUND) return result;
  result = extend(volume, 0, directory);
  if (result == FAT32_OK) result = write_dot_entries(volume, *directory, parent);
  if (result != FAT32_OK) return result;
  memcpy(file.name, name, FAT32_NAME_BYTES);
  file.first_cluster = *directory;
  return fat32_add_entry(volume, parent, &file);
}
