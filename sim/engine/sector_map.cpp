#include "sim/engine/sector_map.h"

#include <memory>

#include "judge/card/fat_volume.h"

namespace saksi::sim {

namespace {
constexpr uint64_t kSectorBytes = 512;
}

SectorMap::SectorMap(const std::string& card_image) {
  if (card_image.empty()) return;
  const judge::FatVolume volume(std::make_shared<judge::FileSource>(card_image));
  for (size_t i = 0; i < volume.files().size(); ++i) {
    for (const judge::FatVolume::Extent& extent : volume.extents(i)) {
      extents_[extent.source_offset] = {extent.source_offset + extent.bytes, volume.files()[i].path, extent.file_offset};
    }
  }
}

SectorOwner SectorMap::owner(uint32_t lba) const {
  const uint64_t at = lba * kSectorBytes;
  auto extent = extents_.upper_bound(at);
  if (extent == extents_.begin()) return {};
  --extent;
  if (at >= extent->second.end) return {};
  return {extent->second.file, extent->second.file_offset + (at - extent->first)};
}

}  // namespace saksi::sim
