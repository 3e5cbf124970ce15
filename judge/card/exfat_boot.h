#ifndef SAKSI_JUDGE_CARD_EXFAT_BOOT_H_
#define SAKSI_JUDGE_CARD_EXFAT_BOOT_H_

#include <cstdint>
#include <optional>

#include "judge/card/byte_source.h"
#include "judge/card/problem.h"

namespace saksi::judge {

/// Where the parts of an exFAT volume lie, checked for sense but not against the size of the source.
struct ExfatGeometry {
  uint64_t start = 0;  ///< of the volume, bytes into the source
  uint32_t sector_bytes = 0;
  uint32_t cluster_bytes = 0;
  uint64_t total_sectors = 0;
  uint32_t fat_sector = 0;  ///< of the FAT in use
  uint32_t fat_sectors = 0;
  uint32_t heap_sector = 0;
  uint32_t cluster_count = 0;  ///< clusters 2 to cluster_count + 1
  uint32_t root_cluster = 0;
  bool uses_second_fat = false;
  bool dirty = false;

  uint64_t fat_offset() const { return start + uint64_t{fat_sector} * sector_bytes; }
  uint64_t cluster_offset(uint32_t cluster) const { return start + uint64_t{heap_sector} * sector_bytes + uint64_t{cluster - 2} * cluster_bytes; }
  uint64_t end() const { return start + total_sectors * sector_bytes; }
  bool has_cluster(uint32_t cluster) const { return cluster >= 2 && cluster - 2 < cluster_count; }
};

/// Looks for an exFAT volume at the start or in a partition, by its boot region or, where that is damaged, by the backup. What it found wrong goes to
/// `problems`. Follows Microsoft's "exFAT file system specification", section 3.
std::optional<ExfatGeometry> find_exfat_volume(const ByteSource& source, ProblemList& problems);

}  // namespace saksi::judge

#endif
