// Planted defect: the second FAT is never written.
// Must be caught by the sweep of power cuts: the two FATs differ.
// wrap: fat32_commit
#include "firmware-under-test/camera/fat32.h"

fat32_result_t __real_fat32_commit(fat32_volume_t* volume, const fat32_change_t* changes, uint32_t count);
fat32_result_t __wrap_fat32_commit(fat32_volume_t* volume, const fat32_change_t* changes, uint32_t count);

fat32_result_t __wrap_fat32_commit(fat32_volume_t* volume, const fat32_change_t* changes, uint32_t count) {
  static fat32_change_t first_only[FAT32_CHANGES_MAX];
  for (uint32_t i = 0; i < count; ++i) first_only[i] = (fat32_change_t){changes[i].lba, 0, changes[i].data};
  return __real_fat32_commit(volume, first_only, count);
}
