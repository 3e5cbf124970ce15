// Planted defect: the recovery of a clip takes its size away before it gives it the right one. Power that goes between the two leaves a file of
// nothing, and the next start takes it for one.
// Must be caught by the sweep of power cuts at depth 2, and at no smaller depth.
// wrap: clip_store_open
// wrap: fat32_set_size
#include "firmware-under-test/camera/clip_store.h"

fat32_result_t __real_clip_store_open(clip_store_t* store, fat32_volume_t* volume, bool was_cut, clip_listener_t listener);
fat32_result_t __wrap_clip_store_open(clip_store_t* store, fat32_volume_t* volume, bool was_cut, clip_listener_t listener);
fat32_result_t __real_fat32_set_size(fat32_volume_t* volume, fat32_file_t* file, uint32_t bytes);
fat32_result_t __wrap_fat32_set_size(fat32_volume_t* volume, fat32_file_t* file, uint32_t bytes);

static bool is_recovering;

fat32_result_t __wrap_clip_store_open(clip_store_t* store, fat32_volume_t* volume, bool was_cut, clip_listener_t listener) {
  is_recovering = true;
  fat32_result_t result = __real_clip_store_open(store, volume, was_cut, listener);
  is_recovering = false;
  return result;
}

fat32_result_t __wrap_fat32_set_size(fat32_volume_t* volume, fat32_file_t* file, uint32_t bytes) {
  if (is_recovering) {
    fat32_file_t emptied = *file;
    emptied.bytes = 0;
    fat32_update_entry(volume, &emptied);
  }
  return __real_fat32_set_size(volume, file, bytes);
}
