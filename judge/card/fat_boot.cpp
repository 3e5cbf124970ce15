#include "judge/card/fat_boot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace saksi::judge {

namespace {

constexpr size_t kSector = 512;
using Sector = std::array<uint8_t, kSector>;

// A table of more clusters than this would be a card of more than a terabyte; it is taken for nonsense.
constexpr uint32_t kMaxClusters = 1u << 25;

bool is_power_of_two(uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

std::optional<Sector> sector_at(const ByteSource& source, uint64_t offset) {
  Sector sector;
  if (!source.read_exactly(offset, sector.data(), sector.size())) return std::nullopt;
  return sector;
}

bool has_signature(const Sector& s) { return s[510] == 0x55 && s[511] == 0xAA; }

/// BIOS parameter block, Microsoft FAT 1.03, section 3.
std::optional<FatGeometry> parse_boot_sector(const Sector& s, uint64_t start) {
  FatGeometry g;
  g.start = start;
  g.sector_bytes = le16(&s[11]);
  const uint32_t sectors_per_cluster = s[13];
  g.reserved_sectors = le16(&s[14]);
  g.fat_count = s[16];
  const uint32_t root_entries = le16(&s[17]);
  const uint32_t total_16 = le16(&s[19]);
  g.media = s[21];
  const uint32_t fat_sectors_16 = le16(&s[22]);
  g.total_sectors = total_16 != 0 ? total_16 : le32(&s[32]);
  g.fat_sectors = le32(&s[36]);
  const uint16_t flags = le16(&s[40]);
  g.mirrored = (flags & 0x80) == 0;
  g.active_fat = flags & 0x0F;
  g.root_cluster = le32(&s[44]);
  g.dirty = (s[65] & 1) != 0;

  if (!has_signature(s) || !is_power_of_two(g.sector_bytes) || g.sector_bytes < 512 || g.sector_bytes > 4096) return std::nullopt;
  if (!is_power_of_two(sectors_per_cluster) || g.reserved_sectors == 0 || g.fat_count == 0 || g.fat_count > 4) return std::nullopt;
  if (root_entries != 0 || fat_sectors_16 != 0 || g.fat_sectors == 0 || g.media < 0xF0) return std::nullopt;
  g.cluster_bytes = g.sector_bytes * sectors_per_cluster;
  const uint64_t overhead = uint64_t{g.reserved_sectors} + uint64_t{g.fat_count} * g.fat_sectors;
  if (g.total_sectors <= overhead) return std::nullopt;
  const uint64_t clusters = (g.total_sectors - overhead) / sectors_per_cluster;
  const uint64_t table_entries = uint64_t{g.fat_sectors} * g.sector_bytes / 4;
  if (clusters == 0 || clusters > kMaxClusters || table_entries <= 2) return std::nullopt;
  g.cluster_count = static_cast<uint32_t>(std::min(clusters, table_entries - 2));
  if (g.active_fat >= g.fat_count) g.active_fat = 0;
  return g;
}

/// The name of another file system that a boot sector belongs to; nullptr if none is known.
const char* other_file_system(const Sector& s) {
  if (std::memcmp(&s[3], "EXFAT   ", 8) == 0) return "exFAT";
  if (std::memcmp(&s[3], "NTFS    ", 8) == 0) return "NTFS";
  const bool fat_16 = has_signature(s) && is_power_of_two(le16(&s[11])) && le16(&s[11]) >= 512 && is_power_of_two(s[13]) && le16(&s[17]) != 0 && le16(&s[22]) != 0;
  return fat_16 ? "FAT12 or FAT16" : nullptr;
}

std::optional<FatGeometry> boot_sector_at(const ByteSource& source, uint64_t start) {
  const std::optional<Sector> sector = sector_at(source, start);
  return sector ? parse_boot_sector(*sector, start) : std::nullopt;
}

/// The copy that stands in the volume's sector 6.
std::optional<FatGeometry> backup_at(const ByteSource& source, uint64_t start) {
  for (uint64_t sector_bytes : {512u, 1024u, 2048u, 4096u}) {
    const std::optional<Sector> sector = sector_at(source, start + 6 * sector_bytes);
    if (!sector) continue;
    const std::optional<FatGeometry> geometry = parse_boot_sector(*sector, start);
    if (geometry && geometry->sector_bytes == sector_bytes) return geometry;
  }
  return std::nullopt;
}

/// Starts of the partitions in a partition table, in bytes.
std::vector<uint64_t> partitions(const Sector& sector_0) {
  std::vector<uint64_t> starts;
  if (!has_signature(sector_0)) return starts;
  for (size_t entry = 446; entry < 510; entry += 16) {
    const uint32_t lba = le32(&sector_0[entry + 8]);
    if (sector_0[entry + 4] != 0 && lba != 0) starts.push_back(uint64_t{lba} * kSector);
  }
  return starts;
}

}  // namespace

std::optional<FatGeometry> find_fat_volume(const ByteSource& source, ProblemList& problems) {
  const std::optional<Sector> sector_0 = sector_at(source, 0);
  if (!sector_0) {
    problems.add(Severity::kDamage, "no-volume", "The card is shorter than one sector.");
    return std::nullopt;
  }
  std::vector<uint64_t> starts{0};
  for (uint64_t start : partitions(*sector_0)) starts.push_back(start);
  for (uint64_t start : starts) {
    if (auto geometry = boot_sector_at(source, start)) return geometry;
  }
  for (uint64_t start : starts) {
    if (auto geometry = backup_at(source, start)) {
      problems.add(Severity::kDamage, "bad-boot-sector", fmt::format("The boot sector at byte {} is not usable; its backup is.", start));
      return geometry;
    }
  }
  for (uint64_t start : starts) {
    const std::optional<Sector> sector = sector_at(source, start);
    const char* name = sector ? other_file_system(*sector) : nullptr;
    if (name != nullptr) {
      problems.add(Severity::kDamage, "other-file-system", fmt::format("The card holds {}, which is not read; FAT32 was expected.", name));
      return std::nullopt;
    }
  }
  for (uint64_t lba : {63u, 2048u, 8192u, 16384u, 32768u}) {
    auto geometry = boot_sector_at(source, lba * kSector);
    if (!geometry) geometry = backup_at(source, lba * kSector);
    if (!geometry) continue;
    problems.add(Severity::kDamage, "partition-found", fmt::format("There is no partition table, but a FAT32 volume begins at sector {}.", lba));
    return geometry;
  }
  problems.add(Severity::kDamage, "no-volume", "No FAT32 boot sector was found on the card, nor its backup.");
  return std::nullopt;
}

}  // namespace saksi::judge
