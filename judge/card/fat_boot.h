#ifndef SAKSI_JUDGE_CARD_FAT_BOOT_H_
#define SAKSI_JUDGE_CARD_FAT_BOOT_H_

#include <cstdint>
#include <optional>

#include "judge/card/byte_source.h"
#include "judge/card/problem.h"

namespace saksi::judge {

/// Where the parts of a FAT32 volume lie, checked for sense but not against the size of the source.
struct FatGeometry {
  uint64_t start = 0;  ///< of the volume, bytes into the source
  uint32_t sector_bytes = 0;
  uint32_t cluster_bytes = 0;
  uint32_t reserved_sectors = 0;
  uint32_t fat_count = 0;
  uint32_t fat_sectors = 0;
  uint32_t total_sectors = 0;
  uint32_t root_cluster = 0;
  uint32_t cluster_count = 0;  ///< clusters 2 to cluster_count + 1
  uint32_t active_fat = 0;     ///< the only one in use if not mirrored
  bool mirrored = true;
  uint8_t media = 0;
  bool dirty = false;  ///< boot sector, byte 65, bit 0

  uint64_t fat_offset(uint32_t fat) const { return start + (uint64_t{reserved_sectors} + uint64_t{fat} * fat_sectors) * sector_bytes; }
  uint64_t cluster_offset(uint32_t cluster) const {
    return start + (uint64_t{reserved_sectors} + uint64_t{fat_count} * fat_sectors) * sector_bytes + uint64_t{cluster - 2} * cluster_bytes;
  }
  uint64_t end() const { return start + uint64_t{total_sectors} * sector_bytes; }
};

/// Looks for a FAT32 volume: at the start, in the partitions of a partition table, by the backup boot sector, and where partitions
/// usually begin. What it had to do to find it, or what it found instead, goes to `problems`.
std::optional<FatGeometry> find_fat_volume(const ByteSource& source, ProblemList& problems);

}  // namespace saksi::judge

#endif
