#include "firmware-under-test/camera/clip_header.h"

#include <string.h>

#include "firmware-under-test/camera/bytes.h"
#include "firmware-under-test/drivers/sha256.h"

enum {
  kCopySectors = CLIP_HEADER_COPY_BYTES / SECTOR_BYTES,
  kMark = MP4_HEADER_BYTES_MAX,  // where in the copy its last sector begins
  kLength = kMark + 8,
  kHash = kMark + 12
};
static const char mark[8] = {'S', 'A', 'K', 'S', 'I', 'H', 'D', 'R'};

static uint32_t words[CLIP_HEADER_COPY_BYTES / 4];

static bool read(const fat32_volume_t* volume, uint32_t lba, uint32_t sectors, void* data) {
  return volume->device.read(volume->device.context, lba, sectors, data);
}

static bool write(const fat32_volume_t* volume, uint32_t lba, const void* data, uint32_t bytes) {
  block_segment_t segment = {data, bytes};
  return volume->device.write(volume->device.context, lba, bytes / SECTOR_BYTES, &segment, 1);
}

static uint32_t copy_lba(const fat32_volume_t* volume, const fat32_file_t* file) {
  return fat32_file_lba(volume, file) + file->bytes / SECTOR_BYTES - kCopySectors;
}

static void hash_of(const uint8_t* header, uint32_t bytes, uint8_t* hash) {
  const sha256_piece_t piece = {header, bytes};
  sha256(&piece, 1, hash);
}

// The copy as it must stand on the card, into words.
static void lay_out(const uint8_t* header, uint32_t bytes) {
  uint8_t* copy = (uint8_t*)words;
  memset(copy, 0, CLIP_HEADER_COPY_BYTES);
  memcpy(copy, header, bytes);
  memcpy(copy + kMark, mark, sizeof mark);
  store_be32(copy + kLength, bytes);
  hash_of(copy, bytes, copy + kHash);
}

static bool has_copy(const fat32_volume_t* volume, const fat32_file_t* file) {
  static uint32_t found[CLIP_HEADER_COPY_BYTES / 4];
  return read(volume, copy_lba(volume, file), kCopySectors, found) && memcmp(found, words, sizeof found) == 0;
}

fat32_result_t clip_header_copy(const fat32_volume_t* volume, const fat32_file_t* file, const uint8_t* header, uint32_t header_bytes) {
  if (file->bytes < 2 * CLIP_HEADER_COPY_BYTES) return FAT32_FULL;
  lay_out(header, header_bytes);
  if (has_copy(volume, file)) return FAT32_OK;
  if (!write(volume, copy_lba(volume, file), words, CLIP_HEADER_COPY_BYTES)) return FAT32_IO;
  return has_copy(volume, file) ? FAT32_OK : FAT32_NOT_KEPT;
}

// Reads the copy into words; 0 if there is none that its own hash vouches for, else the header's length.
static uint32_t read_copy(const fat32_volume_t* volume, const fat32_file_t* file) {
  uint8_t hash[kSha256Bytes];
  const uint8_t* copy = (const uint8_t*)words;
  if (file->bytes < 2 * CLIP_HEADER_COPY_BYTES || !read(volume, copy_lba(volume, file), kCopySectors, words)) return 0;
  uint32_t bytes = load_be32(copy + kLength);
  if (memcmp(copy + kMark, mark, sizeof mark) != 0 || bytes == 0 || bytes > MP4_HEADER_BYTES_MAX || bytes % SECTOR_BYTES != 0) return 0;
  hash_of(copy, bytes, hash);
  return memcmp(hash, copy + kHash, sizeof hash) == 0 ? bytes : 0;
}

clip_header_t clip_header_restore(const fat32_volume_t* volume, const fat32_file_t* file) {
  static uint32_t header[MP4_HEADER_BYTES_MAX / 4];
  uint32_t bytes = read_copy(volume, file);
  uint32_t lba = fat32_file_lba(volume, file);
  if (bytes == 0) return CLIP_HEADER_ALONE;
  if (read(volume, lba, bytes / SECTOR_BYTES, header) && memcmp(header, words, bytes) == 0) return CLIP_HEADER_GOOD;
  return write(volume, lba, words, bytes) ? CLIP_HEADER_RESTORED : CLIP_HEADER_ALONE;
}
