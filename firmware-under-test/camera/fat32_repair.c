#include <stddef.h>
#include <string.h>

#include "firmware-under-test/camera/fat32.h"

enum { kDirectoriesMax = 512 };

// Directories still to be read, and the volume they are on.
typedef struct {
  fat32_volume_t* volume;
  uint32_t queue[kDirectoriesMax];
  uint32_t queued;
  bool is_complete;
} walk_t;

// One bit a cluster: something leads to it.
static bool is_referenced(const fat32_volume_t* volume, uint32_t cluster) { return (volume->scratch[cluster / 8] >> cluster % 8 & 1) != 0; }

static void reference(fat32_volume_t* volume, uint32_t cluster) {
  if (fat32_is_cluster(volume, cluster)) volume->scratch[cluster / 8] |= (uint8_t)(1u << cluster % 8);
}

static bool visit(void* context, const fat32_file_t* file) {
  walk_t* walk = context;
  if (file->name[0] == '.') return true;
  reference(walk->volume, file->first_cluster);
  if ((file->attributes & FAT32_ATTRIBUTE_DIRECTORY) == 0) return true;
  if (walk->queued == kDirectoriesMax) {
    walk->is_complete = false;
    return false;
  }
  walk->queue[walk->queued++] = file->first_cluster;
  return true;
}

// Breadth first; every directory is queued once, and no more than kDirectoriesMax of them, so that a loop ends.
static fat32_result_t reference_files(fat32_volume_t* volume, bool* is_complete) {
  static walk_t walk;
  walk.volume = volume;
  walk.queue[0] = volume->root_cluster;
  walk.queued = 1;
  walk.is_complete = true;
  reference(volume, volume->root_cluster);
  for (uint32_t i = 0; i < walk.queued && walk.is_complete; ++i) {
    fat32_result_t result = fat32_list(volume, walk.queue[i], visit, &walk);
    if (result != FAT32_OK) return result;
  }
  *is_complete = walk.is_complete;
  return FAT32_OK;
}

static uint32_t free_chain(fat32_volume_t* volume, uint32_t cluster) {
  uint32_t count = 0;
  while (fat32_is_cluster(volume, cluster) && fat32_get(volume, cluster) != FAT32_FREE) {
    uint32_t next = fat32_get(volume, cluster);
    fat32_set(volume, cluster, FAT32_FREE);
    ++count;
    cluster = next;
  }
  return count;
}

fat32_result_t fat32_reclaim_lost(fat32_volume_t* volume, uint32_t* clusters) {
  bool is_complete = false;
  *clusters = 0;
  memset(volume->scratch, 0, volume->cluster_end / 8 + 1);
  for (uint32_t cluster = 2; cluster < volume->cluster_end; ++cluster) reference(volume, fat32_get(volume, cluster));
  fat32_result_t result = reference_files(volume, &is_complete);
  if (result != FAT32_OK || !is_complete) return result;
  for (uint32_t cluster = 2; cluster < volume->cluster_end; ++cluster) {
    uint32_t value = fat32_get(volume, cluster);
    bool is_used = fat32_is_cluster(volume, value) || value >= 0x0FFFFFF8;
    if (is_used && !is_referenced(volume, cluster)) *clusters += free_chain(volume, cluster);
  }
  if (*clusters == 0) return FAT32_OK;
  result = fat32_write_information(volume, false);
  if (result == FAT32_OK) result = fat32_flush(volume);
  return result == FAT32_OK ? fat32_write_information(volume, true) : result;
}
