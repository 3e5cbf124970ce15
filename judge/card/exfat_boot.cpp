#include "judge/card/exfat_boot.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <vector>

namespace saksi::judge {

namespace {

constexpr size_t kSector = 512;
constexpr uint32_t kRegionSectors = 12;      ///< of a boot region, the last of which is its checksum
constexpr uint32_t kMaxClusters = 1u << 25;  // more is taken for nonsense
using Sector = std::array<uint8_t, kSector>;

std::optional<ExfatGeometry> parse(const Sector& s, uint64_t start) {
  if (std::memcmp(&s[3], "EXFAT   ", 8) != 0 || s[510] != 0x55 || s[511] != 0xAA) return std::nullopt;
  const uint32_t sector_shift = s[108], cluster_shift = s[109], fats = s[110];
  if (sector_shift < 9 || sector_shift > 12 || cluster_shift > 25 - sector_shift || fats < 1 || fats > 2) return std::nullopt;
  ExfatGeometry g;
  g.start = start;
  g.sector_bytes = 1u << sector_shift;
  g.cluster_bytes = g.sector_bytes << cluster_shift;
  g.total_sectors = le32(&s[72]) | uint64_t{le32(&s[76])} << 32;
  g.fat_sector = le32(&s[80]);
  g.fat_sectors = le32(&s[84]);
  g.heap_sector = le32(&s[88]);
  g.cluster_count = le32(&s[92]);
  g.root_cluster = le32(&s[96]);
  const uint16_t flags = le16(&s[106]);
  g.uses_second_fat = fats == 2 && (flags & 1) != 0;
  g.dirty = (flags & 2) != 0;
  const uint64_t fats_end = uint64_t{g.fat_sector} + uint64_t{g.fat_sectors} * fats;
  const uint64_t heap_sectors = uint64_t{g.cluster_count} << cluster_shift;
  const uint64_t entries = uint64_t{g.fat_sectors} * g.sector_bytes / 4;
  if (g.fat_sector < 2 * kRegionSectors || fats_end > g.heap_sector || g.cluster_count == 0 || g.cluster_count > kMaxClusters) return std::nullopt;
  if (g.total_sectors >> 40 != 0 || g.heap_sector + heap_sectors > g.total_sectors || entries < uint64_t{g.cluster_count} + 2) return std::nullopt;
  if (!g.has_cluster(g.root_cluster)) return std::nullopt;
  if (g.uses_second_fat) g.fat_sector += g.fat_sectors;
  return g;
}

/// Whether the checksum sector of a boot region is right; its first eleven sectors but the flags and the percentage in use.
bool has_right_checksum(const ByteSource& source, uint64_t region, uint32_t sector_bytes) {
  std::vector<uint8_t> bytes(size_t{kRegionSectors} * sector_bytes);
  if (!source.read_exactly(region, bytes.data(), bytes.size())) return false;
  const size_t covered = bytes.size() - sector_bytes;
  uint32_t sum = 0;
  for (size_t i = 0; i < covered; ++i) {
    if (i != 106 && i != 107 && i != 112) sum = (sum << 31 | sum >> 1) + bytes[i];
  }
  for (size_t i = covered; i < bytes.size(); i += 4) {
    if (le32(&bytes[i]) != sum) return false;
  }
  return true;
}

/// The volume whose boot region begins at a byte. `start` is the volume's, the same for the backup.
std::optional<ExfatGeometry> region_at(const ByteSource& source, uint64_t region, uint64_t start, bool& is_whole) {
  Sector sector;
  if (!source.read_exactly(region, sector.data(), sector.size())) return std::nullopt;
  const std::optional<ExfatGeometry> geometry = parse(sector, start);
  if (geometry) is_whole = has_right_checksum(source, region, geometry->sector_bytes);
  return geometry;
}

std::optional<ExfatGeometry> volume_at(const ByteSource& source, uint64_t start, ProblemList& problems) {
  bool main_whole = false;
  const std::optional<ExfatGeometry> main = region_at(source, start, start, main_whole);
  if (main && main_whole) return main;
  for (uint32_t sector_bytes = 512; sector_bytes <= 4096; sector_bytes *= 2) {
    bool whole = false;
    const std::optional<ExfatGeometry> backup = region_at(source, start + uint64_t{kRegionSectors} * sector_bytes, start, whole);
    if (!backup || !whole || backup->sector_bytes != sector_bytes) continue;
    problems.add(Severity::kDamage, "bad-boot-sector", fmt::format("The exFAT boot region at byte {} is not whole; its backup is.", start));
    return backup;
  }
  if (main)
    problems.add(Severity::kDamage, "bad-boot-sector",
                 fmt::format("The checksum of the exFAT boot region at byte {} is wrong, and no whole backup is there.", start));
  return main;
}

}  // namespace

std::optional<ExfatGeometry> find_exfat_volume(const ByteSource& source, ProblemList& problems) {
  Sector first;
  if (!source.read_exactly(0, first.data(), first.size())) return std::nullopt;
  if (auto geometry = volume_at(source, 0, problems)) return geometry;
  if (first[510] != 0x55 || first[511] != 0xAA) return std::nullopt;
  for (size_t entry = 446; entry < 510; entry += 16) {
    const uint32_t lba = le32(&first[entry + 8]);
    if (first[entry + 4] == 0 || lba == 0) continue;
    if (auto geometry = volume_at(source, uint64_t{lba} * kSector, problems)) return geometry;
  }
  return std::nullopt;
}

}  // namespace saksi::judge
