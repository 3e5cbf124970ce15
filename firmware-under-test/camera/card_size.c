#include "firmware-under-test/camera/card_size.h"

#include <string.h>

enum { kSmallestSectors = 2048 };

// Whether the sector at `lba` holds what the one at `original` does. A sector that cannot be read is none.
static bool is_same(fat32_volume_t* volume, uint32_t lba, uint32_t original) {
  static uint32_t here[SECTOR_BYTES / 4], there[SECTOR_BYTES / 4];
  if (lba >= volume->device.sectors || fat32_read_sector(volume, lba, here) != FAT32_OK) return false;
  return fat32_read_sector(volume, original, there) == FAT32_OK && memcmp(here, there, SECTOR_BYTES) == 0;
}

// An image of this very card could lie there as a file: then a change of the one does not change the other.
static bool is_proven(fat32_volume_t* volume, uint32_t lba) {
  uint32_t information = volume->information_lba;
  if (information == 0 || !is_same(volume, lba + information, information)) return false;
  bool follows = fat32_write_information(volume, false) == FAT32_OK && is_same(volume, lba + information, information);
  return fat32_write_information(volume, true) == FAT32_OK && follows && is_same(volume, lba + information, information);
}

uint32_t card_size_sectors(fat32_volume_t* volume) {
  uint32_t sectors = volume->device.sectors;
  for (uint64_t lba = kSmallestSectors; lba < sectors; lba *= 2) {
    if (is_same(volume, (uint32_t)lba, 0) && is_proven(volume, (uint32_t)lba)) return (uint32_t)lba;
  }
  return sectors;
}
