#include "firmware-under-test/camera/fat32.h"

#include <string.h>

#include "firmware-under-test/camera/bytes.h"

enum {
  kEntriesPerSector = SECTOR_BYTES / 4,
  kEntryMask = 0x0FFFFFFF,
  kSignatureOffset = 510,
  kSignature = 0xAA55,
  kPartitionTable = 446,
  kFreeCountOffset = 488,
  kNextFreeOffset = 492
};
#define INFORMATION_LEAD 0x41615252u
#define INFORMATION_STRUCTURE 0x61417272u
#define UNKNOWN 0xFFFFFFFFu

fat32_result_t fat32_read_sector(fat32_volume_t* volume, uint32_t lba, void* data) {
  return volume->device.read(volume->device.context, lba, 1, data) ? FAT32_OK : FAT32_IO;
}

fat32_result_t fat32_write_sector(fat32_volume_t* volume, uint32_t lba, const void* data) {
  block_segment_t segment = {data, SECTOR_BYTES};
  return volume->device.write(volume->device.context, lba, 1, &segment, 1) ? FAT32_OK : FAT32_IO;
}

uint32_t fat32_cluster_bytes(const fat32_volume_t* volume) { return volume->cluster_sectors * SECTOR_BYTES; }

uint32_t fat32_cluster_lba(const fat32_volume_t* volume, uint32_t cluster) { return volume->data_lba + (cluster - 2) * volume->cluster_sectors; }

bool fat32_is_cluster(const fat32_volume_t* volume, uint32_t value) { return value >= 2 && value < volume->cluster_end; }

uint32_t fat32_get(const fat32_volume_t* volume, uint32_t cluster) { return volume->fat[cluster] & kEntryMask; }

void fat32_set(fat32_volume_t* volume, uint32_t cluster, uint32_t value) {
  uint32_t old = volume->fat[cluster] & kEntryMask;
  if (old == value) return;
  if (old == FAT32_FREE) --volume->free_clusters;
  if (value == FAT32_FREE) ++volume->free_clusters;
  volume->fat[cluster] = (volume->fat[cluster] & ~(uint32_t)kEntryMask) | value;
  volume->fat_dirty[cluster / kEntriesPerSector] = 1;
}

static fat32_change_t change_of(const fat32_volume_t* volume, uint32_t sector) {
  bool has_mirror = volume->fat_lba[1] != volume->fat_lba[0];
  return (fat32_change_t){volume->fat_lba[0] + sector, has_mirror ? volume->fat_lba[1] + sector : 0, volume->fat + sector * kEntriesPerSector};
}

// From the last sector to the first: a run of clusters is chained from behind, so that each commit alone leaves chains that end.
fat32_result_t fat32_flush(fat32_volume_t* volume) {
  static fat32_change_t changes[FAT32_CHANGES_MAX];
  fat32_result_t result = FAT32_OK;
  uint32_t sector = volume->fat_sectors;
  while (sector > 0 && result == FAT32_OK) {
    uint32_t count = 0;
    while (sector > 0 && count < volume->journal_room) {
      if (volume->fat_dirty[--sector]) changes[volume->journal_room - ++count] = change_of(volume, sector);
    }
    if (count > 0) result = fat32_commit(volume, changes + volume->journal_room - count, count);
  }
  memset(volume->fat_dirty, 0, volume->fat_sectors);
  return result;
}

// The second FAT where it differs from the first.
static fat32_result_t write_mirror(fat32_volume_t* volume) {
  for (uint32_t sector = 0; sector < volume->fat_sectors; ++sector) {
    if (!volume->fat_dirty[sector]) continue;
    fat32_change_t change = change_of(volume, sector);
    if (fat32_write_sector(volume, change.mirror_lba, change.data) != FAT32_OK) return FAT32_IO;
  }
  return FAT32_OK;
}

uint32_t fat32_find_free(const fat32_volume_t* volume) {
  for (uint32_t cluster = 2; cluster < volume->cluster_end; ++cluster) {
    if (fat32_get(volume, cluster) == FAT32_FREE) return cluster;
  }
  return 0;
}

// While the FAT is about to change, the count on the card is "unknown", which every reader accepts; it is known again afterwards.
fat32_result_t fat32_write_information(fat32_volume_t* volume, bool is_known) {
  static uint32_t words[SECTOR_BYTES / 4];
  uint8_t* sector = (uint8_t*)words;
  if (volume->information_lba == 0) return FAT32_OK;
  memset(sector, 0, SECTOR_BYTES);
  store_le32(sector, INFORMATION_LEAD);
  store_le32(sector + 484, INFORMATION_STRUCTURE);
  store_le32(sector + kFreeCountOffset, is_known ? volume->free_clusters : UNKNOWN);
  store_le32(sector + kNextFreeOffset, UNKNOWN);
  store_le16(sector + kSignatureOffset, kSignature);
  return fat32_write_sector(volume, volume->information_lba, sector);
}

static bool is_power_of_two(uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

// Takes the geometry from a boot sector. False if it is not that of a FAT32 volume.
static bool parse_boot_sector(fat32_volume_t* volume, const uint8_t* boot, uint32_t lba) {
  uint32_t reserved = load_le16(boot + 14);
  uint32_t fats = boot[16];
  uint32_t sectors = load_le32(boot + 32);
  if (load_le16(boot + kSignatureOffset) != kSignature || load_le16(boot + 11) != SECTOR_BYTES) return false;
  if (!is_power_of_two(boot[13]) || reserved == 0 || (fats != 1 && fats != 2)) return false;
  if (load_le16(boot + 17) != 0 || load_le16(boot + 22) != 0) return false;  // FAT12 and FAT16 have these
  volume->cluster_sectors = boot[13];
  volume->fat_sectors = load_le32(boot + 36);
  volume->root_cluster = load_le32(boot + 44);
  uint32_t information = load_le16(boot + 48);
  volume->information_lba = information != 0 && information < reserved ? lba + information : 0;
  volume->fat_lba[0] = lba + reserved;
  uint32_t backup = load_le16(boot + 50);
  fat32_find_journal(volume, lba, reserved, information > backup ? information : backup);
  volume->fat_lba[1] = volume->fat_lba[0] + (fats - 1) * volume->fat_sectors;
  uint64_t data = (uint64_t)reserved + (uint64_t)fats * volume->fat_sectors;
  if (volume->fat_sectors == 0 || data >= sectors || (uint64_t)lba + sectors > volume->device.sectors) return false;
  volume->data_lba = lba + (uint32_t)data;
  uint32_t clusters = (sectors - (uint32_t)data) / volume->cluster_sectors;
  volume->cluster_end = clusters + 2;
  return clusters + 2 <= volume->fat_sectors * (uint64_t)kEntriesPerSector && fat32_is_cluster(volume, volume->root_cluster);
}

static bool is_exfat(const uint8_t* boot) { return memcmp(boot + 3, "EXFAT   ", 8) == 0; }

static fat32_result_t find_volume(fat32_volume_t* volume) {
  static uint32_t words[SECTOR_BYTES / 4];
  const uint8_t* sector = (const uint8_t*)words;
  if (fat32_read_sector(volume, 0, words) != FAT32_OK) return FAT32_IO;
  if (parse_boot_sector(volume, sector, 0)) return FAT32_OK;
  if (is_exfat(sector)) return FAT32_IS_EXFAT;
  uint32_t type = sector[kPartitionTable + 4];
  uint32_t lba = load_le32(sector + kPartitionTable + 8);
  if (load_le16(sector + kSignatureOffset) != kSignature || (type != 0x07 && type != 0x0B && type != 0x0C)) return FAT32_NO_VOLUME;
  if (lba == 0 || lba >= volume->device.sectors) return FAT32_NO_VOLUME;
  if (fat32_read_sector(volume, lba, words) != FAT32_OK) return FAT32_IO;
  if (is_exfat(sector)) return FAT32_IS_EXFAT;
  return type != 0x07 && parse_boot_sector(volume, sector, lba) ? FAT32_OK : FAT32_NO_VOLUME;
}

// Word by word: the C library's memcmp goes byte by byte, and this is done for the whole FAT at every start.
static bool equal_sectors(const uint32_t* a, const uint32_t* b) {
  uint32_t differing = 0;
  for (uint32_t i = 0; i < kEntriesPerSector; i += 4) {
    differing |= (a[i] ^ b[i]) | (a[i + 1] ^ b[i + 1]) | (a[i + 2] ^ b[i + 2]) | (a[i + 3] ^ b[i + 3]);
  }
  return differing == 0;
}

// Marks the sectors in which the second FAT differs.
static fat32_result_t compare_mirror(fat32_volume_t* volume, uint32_t step, bool* differs) {
  *differs = false;
  for (uint32_t sector = 0; sector < volume->fat_sectors; sector += step) {
    uint32_t count = volume->fat_sectors - sector < step ? volume->fat_sectors - sector : step;
    if (!volume->device.read(volume->device.context, volume->fat_lba[1] + sector, count, volume->mirror)) return FAT32_IO;
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t* first = volume->fat + (sector + i) * kEntriesPerSector;
      if (equal_sectors(volume->mirror + i * kEntriesPerSector, first)) continue;
      volume->fat_dirty[sector + i] = 1;
      *differs = true;
    }
  }
  return FAT32_OK;
}

static uint32_t count_free(const fat32_volume_t* volume) {
  const uint32_t* end = volume->fat + volume->cluster_end;
  uint32_t count = 0;
  for (const uint32_t* entry = volume->fat + 2; entry < end; ++entry) count += (*entry & kEntryMask) == FAT32_FREE;
  return count;
}

// The free count is only wrong after a cut between a change of the FAT and its end; then it is written anew.
static fat32_result_t check_information(fat32_volume_t* volume) {
  static uint32_t words[SECTOR_BYTES / 4];
  const uint8_t* sector = (const uint8_t*)words;
  if (volume->information_lba == 0) return FAT32_OK;
  if (fat32_read_sector(volume, volume->information_lba, words) != FAT32_OK) return FAT32_IO;
  bool is_valid =
      load_le32(sector) == INFORMATION_LEAD && load_le32(sector + 484) == INFORMATION_STRUCTURE && load_le16(sector + kSignatureOffset) == kSignature;
  if (is_valid && load_le32(sector + kFreeCountOffset) == volume->free_clusters) return FAT32_OK;
  return fat32_write_information(volume, true);
}

fat32_result_t fat32_mount(fat32_volume_t* volume, const block_device_t* device, const fat32_memory_t* memory, bool* was_cut) {
  memset(volume, 0, sizeof *volume);
  volume->device = *device;
  volume->fat = memory->fat;
  volume->fat_dirty = memory->fat_dirty;
  volume->scratch = memory->scratch;
  volume->mirror = memory->mirror;
  fat32_result_t result = find_volume(volume);
  if (result != FAT32_OK) return result;
  if (volume->fat_sectors > memory->fat_sectors_max) return FAT32_TOO_LARGE;
  bool was_replayed = false;
  result = fat32_replay_journal(volume, &was_replayed);
  if (result != FAT32_OK) return result;
  memset(volume->fat_dirty, 0, volume->fat_sectors);
  if (!device->read(device->context, volume->fat_lba[0], volume->fat_sectors, volume->fat)) return FAT32_IO;
  bool differs = false;
  if (volume->fat_lba[1] != volume->fat_lba[0]) result = compare_mirror(volume, memory->mirror_sectors, &differs);
  if (result == FAT32_OK && differs) result = write_mirror(volume);
  memset(volume->fat_dirty, 0, volume->fat_sectors);
  if (was_cut != NULL) *was_cut = differs || was_replayed;
  volume->free_clusters = count_free(volume);
  return result == FAT32_OK ? check_information(volume) : result;
}
