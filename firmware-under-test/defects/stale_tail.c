// Planted defect: a clip is cut at the end of a cluster and not where its video ends, so that it keeps what an older clip had left there.
// Must be caught by the sweep of power cuts, on a card that was recorded on before.
// wrap: fat32_set_size
#include "firmware-under-test/camera/fat32.h"

fat32_result_t __real_fat32_set_size(fat32_volume_t* volume, fat32_file_t* file, uint32_t bytes);
fat32_result_t __wrap_fat32_set_size(fat32_volume_t* volume, fat32_file_t* file, uint32_t bytes);

fat32_result_t __wrap_fat32_set_size(fat32_volume_t* volume, fat32_file_t* file, uint32_t bytes) {
  uint32_t cluster_bytes = fat32_cluster_bytes(volume);
  return __real_fat32_set_size(volume, file, (bytes + cluster_bytes - 1) / cluster_bytes * cluster_bytes);
}
