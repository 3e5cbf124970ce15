#include <string.h>

#include "firmware-under-test/camera/bytes.h"
#include "firmware-under-test/camera/fat32.h"
#include "firmware-under-test/drivers/sha256.h"

// A sector that is being written when power goes may come out torn: new at its beginning and old, erased or noise behind. A torn FAT sector or folder
// would cost clips that have been safe for hours. So such sectors are first written where no file lies, in the sectors that FAT32 reserves behind
// the backup of the boot sector, with a hash over all of it; when the card has them, they go to their places; then the hash is taken away. After
// a cut either the hash is right, and the sectors are written to their places (again), or their places have not been touched.
//
// Journal head: magic, number of changes, for each the place and that in the second FAT (0: none), and at kHashAt the SHA-256 of what is before
// it and of the changed sectors, which follow behind the head.
enum {
  kJournalSector = 12,  // in the reserved area; mkfs.vfat and Windows use 0 to 2 and 6 to 8
  kBootSectors = 3,     // of a copy of the boot sector
  kCountAt = 8,
  kChangesAt = 12,
  kHashAt = SECTOR_BYTES - kSha256Bytes
};

static const char magic[kCountAt + 1] = "SAKSIJNL";
static uint32_t head_words[SECTOR_BYTES / 4];
static uint8_t* const head = (uint8_t*)head_words;

void fat32_find_journal(fat32_volume_t* volume, uint32_t volume_lba, uint32_t reserved, uint32_t last_used) {
  bool has_room = reserved >= kJournalSector + 2 && last_used + kBootSectors <= kJournalSector;
  volume->journal_lba = has_room ? volume_lba + kJournalSector : 0;
  volume->journal_room = has_room ? reserved - kJournalSector - 1 : 1;
  if (volume->journal_room > FAT32_CHANGES_MAX) volume->journal_room = FAT32_CHANGES_MAX;
}

static bool write_sectors(const fat32_volume_t* volume, uint32_t lba, const void* data, uint32_t sectors) {
  block_segment_t segment = {data, sectors * SECTOR_BYTES};
  return volume->device.write(volume->device.context, lba, sectors, &segment, 1);
}

static void hash_changes(const fat32_change_t* changes, uint32_t count, uint8_t hash[kSha256Bytes]) {
  sha256_piece_t pieces[FAT32_CHANGES_MAX + 1];
  pieces[0] = (sha256_piece_t){head, kHashAt};
  for (uint32_t i = 0; i < count; ++i) pieces[i + 1] = (sha256_piece_t){changes[i].data, SECTOR_BYTES};
  sha256(pieces, count + 1, hash);
}

static bool announce(const fat32_volume_t* volume, const fat32_change_t* changes, uint32_t count) {
  block_segment_t segments[FAT32_CHANGES_MAX + 1];
  memset(head, 0, SECTOR_BYTES);
  memcpy(head, magic, kCountAt);
  store_le32(head + kCountAt, count);
  segments[0] = (block_segment_t){head, SECTOR_BYTES};
  for (uint32_t i = 0; i < count; ++i) {
    store_le32(head + kChangesAt + 8 * i, changes[i].lba);
    store_le32(head + kChangesAt + 8 * i + 4, changes[i].mirror_lba);
    segments[i + 1] = (block_segment_t){changes[i].data, SECTOR_BYTES};
  }
  hash_changes(changes, count, head + kHashAt);
  return volume->device.write(volume->device.context, volume->journal_lba, count + 1, segments, count + 1);
}

static bool forget(const fat32_volume_t* volume) {
  memset(head, 0, SECTOR_BYTES);
  return write_sectors(volume, volume->journal_lba, head, 1);
}

// The second FAT first; neighbours in memory and on the card in one command.
static bool carry_out(const fat32_volume_t* volume, const fat32_change_t* changes, uint32_t count, bool is_mirror) {
  uint32_t end = 0;
  for (uint32_t i = 0; i < count; i = end) {
    uint32_t lba = is_mirror ? changes[i].mirror_lba : changes[i].lba;
    end = i + 1;
    if (lba == 0) continue;
    while (end < count && (is_mirror ? changes[end].mirror_lba : changes[end].lba) == lba + end - i &&
           (const uint8_t*)changes[end].data == (const uint8_t*)changes[i].data + (end - i) * SECTOR_BYTES) {
      ++end;
    }
    if (!write_sectors(volume, lba, changes[i].data, end - i)) return false;
  }
  return true;
}

fat32_result_t fat32_commit(fat32_volume_t* volume, const fat32_change_t* changes, uint32_t count) {
  bool is_announced = volume->journal_lba != 0;
  if (is_announced && !announce(volume, changes, count)) return FAT32_IO;
  if (!carry_out(volume, changes, count, true) || !carry_out(volume, changes, count, false)) return FAT32_IO;
  return !is_announced || forget(volume) ? FAT32_OK : FAT32_IO;
}

// Reads the journal; the number of changes in it, 0 if it holds none that are whole.
static uint32_t read_journal(fat32_volume_t* volume, fat32_change_t* changes, uint8_t (*sectors)[SECTOR_BYTES]) {
  uint8_t hash[kSha256Bytes];
  if (fat32_read_sector(volume, volume->journal_lba, head_words) != FAT32_OK) return 0;
  uint32_t count = load_le32(head + kCountAt);
  if (memcmp(head, magic, kCountAt) != 0 || count == 0 || count > volume->journal_room) return 0;
  if (!volume->device.read(volume->device.context, volume->journal_lba + 1, count, sectors)) return 0;
  for (uint32_t i = 0; i < count; ++i) {
    changes[i] = (fat32_change_t){load_le32(head + kChangesAt + 8 * i), load_le32(head + kChangesAt + 8 * i + 4), sectors[i]};
    if (changes[i].lba == 0 || changes[i].lba >= volume->device.sectors || changes[i].mirror_lba >= volume->device.sectors) return 0;
  }
  hash_changes(changes, count, hash);
  return memcmp(hash, head + kHashAt, kSha256Bytes) == 0 ? count : 0;
}

fat32_result_t fat32_replay_journal(fat32_volume_t* volume, bool* was_replayed) {
  static fat32_change_t changes[FAT32_CHANGES_MAX];
  static uint32_t words[FAT32_CHANGES_MAX * SECTOR_BYTES / 4];
  *was_replayed = false;
  if (volume->journal_lba == 0) return FAT32_OK;
  uint32_t count = read_journal(volume, changes, (uint8_t(*)[SECTOR_BYTES])words);
  if (count == 0) return FAT32_OK;
  *was_replayed = true;
  if (!carry_out(volume, changes, count, true) || !carry_out(volume, changes, count, false)) return FAT32_IO;
  return forget(volume) ? FAT32_OK : FAT32_IO;
}
