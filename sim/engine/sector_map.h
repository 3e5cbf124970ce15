#ifndef SAKSI_SIM_ENGINE_SECTOR_MAP_H_
#define SAKSI_SIM_ENGINE_SECTOR_MAP_H_

#include <cstdint>
#include <map>
#include <string>

#include "sim/device/truth_log.h"

namespace saksi::sim {

/// Which file of a card image each sector belongs to.
class SectorMap {
 public:
  /// Reads a FAT32 image; an empty path, or one that is no volume, gives a map that knows nothing.
  explicit SectorMap(const std::string& card_image);
  SectorOwner owner(uint32_t lba) const;

 private:
  struct Extent {
    uint64_t end;  ///< first byte after it
    std::string file;
    uint64_t file_offset;
  };
  std::map<uint64_t, Extent> extents_;  ///< by first byte on the card
};

}  // namespace saksi::sim

#endif
