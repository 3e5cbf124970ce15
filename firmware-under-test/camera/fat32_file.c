#include <stddef.h>

#include "firmware-under-test/camera/fat32.h"

enum { kEntriesPerFatSector = SECTOR_BYTES / 4 };

uint32_t fat32_file_lba(const fat32_volume_t* volume, const fat32_file_t* file) { return fat32_cluster_lba(volume, file->first_cluster); }

fat32_result_t fat32_read_file(fat32_volume_t* volume, const fat32_file_t* file, void* data, uint32_t bytes_max, uint32_t* bytes) {
  static uint32_t words[SECTOR_BYTES / 4];
  uint32_t left = file->bytes < bytes_max ? file->bytes : bytes_max;
  uint32_t cluster = file->first_cluster;
  uint8_t* out = data;
  *bytes = left;
  while (left > 0) {
    if (!fat32_is_cluster(volume, cluster)) return FAT32_DAMAGED;
    for (uint32_t i = 0; i < volume->cluster_sectors && left > 0; ++i) {
      if (fat32_read_sector(volume, fat32_cluster_lba(volume, cluster) + i, words) != FAT32_OK) return FAT32_IO;
      for (uint32_t j = 0; j < SECTOR_BYTES && left > 0; ++j, --left) *out++ = ((const uint8_t*)words)[j];
    }
    cluster = fat32_get(volume, cluster);
  }
  return FAT32_OK;
}

static uint32_t clusters_for(const fat32_volume_t* volume, uint32_t bytes) {
  uint32_t cluster_bytes = fat32_cluster_bytes(volume);
  return bytes / cluster_bytes + (bytes % cluster_bytes != 0);
}

// The longest free run that starts at a multiple of `alignment` clusters (of cluster number zero), up to `wanted`.
static uint32_t longest_run(const fat32_volume_t* volume, uint32_t alignment, uint32_t wanted, uint32_t* start) {
  uint32_t best = 0;
  uint32_t cluster = 2;
  while (cluster < volume->cluster_end && best < wanted) {
    uint32_t first = (cluster + alignment - 1) / alignment * alignment;
    uint32_t end = first;
    while (end < volume->cluster_end && end - first < wanted && fat32_get(volume, end) == FAT32_FREE) ++end;
    if (end > first && end - first > best) {
      best = end - first;
      *start = first;
    }
    cluster = end + 1;
  }
  return best;
}

// A run that starts with a FAT sector of its own keeps writes to the chains of other files' FAT sectors away, and on most cards
// it starts with an allocation unit.
fat32_result_t fat32_choose_run(const fat32_volume_t* volume, uint32_t bytes_max, uint32_t bytes_min, fat32_file_t* file) {
  uint32_t wanted = clusters_for(volume, bytes_max);
  uint32_t run = longest_run(volume, kEntriesPerFatSector, wanted, &file->first_cluster);
  if (run < wanted) run = longest_run(volume, 1, wanted, &file->first_cluster);
  if (run < clusters_for(volume, bytes_min)) return FAT32_FULL;
  file->bytes = run * fat32_cluster_bytes(volume);
  return FAT32_OK;
}

fat32_result_t fat32_create(fat32_volume_t* volume, uint32_t directory, fat32_file_t* file) {
  uint32_t clusters = clusters_for(volume, file->bytes);
  fat32_result_t result = fat32_write_information(volume, false);
  if (result != FAT32_OK) return result;
  for (uint32_t i = 0; i < clusters; ++i) {
    uint32_t cluster = file->first_cluster + i;
    fat32_set(volume, cluster, i + 1 < clusters ? cluster + 1 : FAT32_END);
  }
  result = fat32_flush(volume);
  if (result == FAT32_OK) result = fat32_add_entry(volume, directory, file);
  return result == FAT32_OK ? fat32_write_information(volume, true) : result;
}

bool fat32_is_contiguous(const fat32_volume_t* volume, const fat32_file_t* file, uint32_t* clusters) {
  uint32_t cluster = file->first_cluster;
  bool is_run = true;
  *clusters = 0;
  while (fat32_is_cluster(volume, cluster) && *clusters < volume->cluster_end) {
    uint32_t next = fat32_get(volume, cluster);
    ++*clusters;
    if (fat32_is_cluster(volume, next) && next != cluster + 1) is_run = false;
    cluster = next;
  }
  return is_run && cluster >= 0x0FFFFFF8 && *clusters == clusters_for(volume, file->bytes);
}

// Ends the chain after `keep` clusters and frees the rest. A chain that runs into a free cluster ends there.
static void cut_chain(fat32_volume_t* volume, uint32_t first_cluster, uint32_t keep) {
  uint32_t cluster = first_cluster;
  for (uint32_t i = 0; fat32_is_cluster(volume, cluster) && i < volume->cluster_end; ++i) {
    uint32_t next = fat32_get(volume, cluster);
    if (next == FAT32_FREE && i >= keep) break;
    if (i + 1 == keep) fat32_set(volume, cluster, FAT32_END);
    if (i >= keep) fat32_set(volume, cluster, FAT32_FREE);
    cluster = next;
  }
}

fat32_result_t fat32_set_size(fat32_volume_t* volume, fat32_file_t* file, uint32_t bytes) {
  uint32_t keep = clusters_for(volume, bytes);
  uint32_t first = file->first_cluster;
  fat32_result_t result = fat32_write_information(volume, false);
  if (result != FAT32_OK) return result;
  if (file->bytes != bytes) {
    file->bytes = bytes;
    if (keep == 0) file->first_cluster = 0;
    result = fat32_update_entry(volume, file);
    if (result != FAT32_OK) return result;
  }
  cut_chain(volume, first, keep);
  result = fat32_flush(volume);
  return result == FAT32_OK ? fat32_write_information(volume, true) : result;
}
