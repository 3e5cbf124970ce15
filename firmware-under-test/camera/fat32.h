// FAT32 writer for a camera: files of one contiguous run of clusters, laid out beforehand so that recording writes data sectors only.
//
// The first FAT is held in memory. Every change goes to the second FAT, then to the first, in whole sectors; a directory entry
// changes by one sector write. No such sector comes out torn by a power cut: what it is to be was written to a journal before (fat32_journal.c).
// What a power cut can leave behind is listed at each call that writes; fat32_reclaim_lost and fat32_set_size put it right at the next start.
// Long names and subdirectories of subdirectories are read past, not written.
// Follows Microsoft's "FAT: General Overview of On-Disk Format" 1.03.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_FAT32_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_FAT32_H_

#include <stdbool.h>
#include <stdint.h>

#include "firmware-under-test/drivers/block_device.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  FAT32_OK,
  FAT32_IO,         // the device failed
  FAT32_NO_VOLUME,  // no FAT32 volume here
  FAT32_IS_EXFAT,   // but an exFAT volume, as SDXC cards are sold with
  FAT32_TOO_LARGE,  // a volume whose FAT is larger than the memory for it
  FAT32_DAMAGED,    // a chain or directory that leads nowhere
  FAT32_NOT_FOUND,
  FAT32_FULL,
  FAT32_NOT_KEPT  // the device took what was written and does not hold it
} fat32_result_t;

enum {
  FAT32_NAME_BYTES = 11,
  FAT32_ENTRY_BYTES = 32,
  FAT32_ATTRIBUTE_HIDDEN = 0x02,
  FAT32_ATTRIBUTE_VOLUME = 0x08,
  FAT32_ATTRIBUTE_DIRECTORY = 0x10,
  FAT32_ATTRIBUTE_ARCHIVE = 0x20
};

typedef struct {
  block_device_t device;
  uint32_t* fat;       // FAT 1, one word a cluster
  uint8_t* fat_dirty;  // one byte a FAT sector
  uint8_t* scratch;    // one bit a cluster, for the search for lost chains
  uint32_t* mirror;    // a part of FAT 2 while mounting
  uint32_t fat_lba[2];
  uint32_t fat_sectors;
  uint32_t information_lba;
  uint32_t data_lba;
  uint32_t cluster_sectors;
  uint32_t cluster_end;  // first cluster number that does not exist
  uint32_t root_cluster;
  uint32_t free_clusters;
  uint32_t journal_lba;   // 0: the volume has no room for one
  uint32_t journal_room;  // changes that one commit may have
} fat32_volume_t;

// Memory for the FAT of a volume.
typedef struct {
  uint32_t* fat;
  uint8_t* fat_dirty;
  uint8_t* scratch;
  uint32_t fat_sectors_max;  // room in these three: 512, 1 and 16 bytes a FAT sector
  uint32_t* mirror;
  uint32_t mirror_sectors;  // room there; one read for each such piece
} fat32_memory_t;

// A file or directory as its directory entry says.
typedef struct {
  uint8_t name[FAT32_NAME_BYTES];  // padded with spaces, no dot
  uint8_t attributes;
  uint32_t first_cluster;
  uint32_t bytes;
  uint32_t entry_lba;
  uint32_t entry_slot;
} fat32_file_t;

// Reads the volume at sector 0 or in the first partition, once what its journal holds is carried out. `was_cut` (may be NULL) tells whether there was
// such, or FAT 2 had to be rewritten from FAT 1: signs of a power cut. Free cluster counts are put right.
fat32_result_t fat32_mount(fat32_volume_t* volume, const block_device_t* device, const fat32_memory_t* memory, bool* was_cut);

uint32_t fat32_cluster_bytes(const fat32_volume_t* volume);

// --- Directories (fat32_directory.c). A directory is named by its first cluster.

// Calls `visit` for every file and directory (no volume label, no deleted entry) until it returns false. `visit` must not call
// into the volume.
typedef bool (*fat32_visitor_t)(void* context, const fat32_file_t* file);
fat32_result_t fat32_list(fat32_volume_t* volume, uint32_t directory, fat32_visitor_t visit, void* context);

fat32_result_t fat32_find(fat32_volume_t* volume, uint32_t directory, const char* name, fat32_file_t* file);

// Finds or makes a directory. A cut leaves nothing, or a lost cluster.
fat32_result_t fat32_make_directory(fat32_volume_t* volume, uint32_t parent, const char* name, uint32_t* directory);

// Enters a file alone in a directory sector of its own, so that no later write to the entry can harm that of another file.
// A cut leaves nothing or the whole entry (and perhaps a longer directory, or a lost cluster).
fat32_result_t fat32_add_entry(fat32_volume_t* volume, uint32_t directory, fat32_file_t* file);

// Rewrites the entry from `file`: one sector write.
fat32_result_t fat32_update_entry(fat32_volume_t* volume, const fat32_file_t* file);

// Deletes the entry (one sector write), then frees the chain. A cut leaves a lost chain.
fat32_result_t fat32_remove(fat32_volume_t* volume, const fat32_file_t* file);

// --- Files (fat32_file.c).

// Reads a small file from its start.
fat32_result_t fat32_read_file(fat32_volume_t* volume, const fat32_file_t* file, void* data, uint32_t bytes_max, uint32_t* bytes);

// Chooses a free run of clusters for a file of `bytes_max` bytes, or of the longest run there is if that holds `bytes_min`. Fills
// first_cluster and bytes. Writes nothing.
fat32_result_t fat32_choose_run(const fat32_volume_t* volume, uint32_t bytes_max, uint32_t bytes_min, fat32_file_t* file);

// Makes the chosen run the file's chain and enters the file in the directory. A cut leaves nothing, a lost chain, or all.
fat32_result_t fat32_create(fat32_volume_t* volume, uint32_t directory, fat32_file_t* file);

// Cuts the file to `bytes`, the entry first and then the chain. A cut leaves the old file, or the new one with a chain that is too
// long or a lost chain. Calling it again with the same size puts the chain right.
fat32_result_t fat32_set_size(fat32_volume_t* volume, fat32_file_t* file, uint32_t bytes);

// Whether the chain of the file is one run of exactly the clusters that its size needs; `clusters` is what the chain has.
bool fat32_is_contiguous(const fat32_volume_t* volume, const fat32_file_t* file, uint32_t* clusters);

// Where the file's bytes lie, if it is contiguous.
uint32_t fat32_file_lba(const fat32_volume_t* volume, const fat32_file_t* file);

// --- Repair (fat32_repair.c).

// Frees every chain that no directory entry leads to. Reads all directories. Changes nothing if a directory cannot be followed.
fat32_result_t fat32_reclaim_lost(fat32_volume_t* volume, uint32_t* clusters);

// --- The journal (fat32_journal.c), for the parts below and above.

enum { FAT32_CHANGES_MAX = 19 };

// A sector that is to change, and where else in the second FAT (0: nowhere). `data` is SECTOR_BYTES long.
typedef struct {
  uint32_t lba;
  uint32_t mirror_lba;
  const void* data;
} fat32_change_t;

// Where the journal of a volume with so many reserved sectors lies, the last of them that are in use beginning at `last_used`.
void fat32_find_journal(fat32_volume_t* volume, uint32_t volume_lba, uint32_t reserved, uint32_t last_used);

// Changes sectors, at most volume->journal_room of them. A cut leaves none of them changed, or all once the journal has been replayed.
fat32_result_t fat32_commit(fat32_volume_t* volume, const fat32_change_t* changes, uint32_t count);

// Carries out what a cut left in the journal.
fat32_result_t fat32_replay_journal(fat32_volume_t* volume, bool* was_replayed);

// --- The FAT itself (fat32.c), for the parts above.
enum { FAT32_FREE = 0, FAT32_END = 0x0FFFFFFF };
bool fat32_is_cluster(const fat32_volume_t* volume, uint32_t value);  // a number in range: neither free, end nor bad
uint32_t fat32_get(const fat32_volume_t* volume, uint32_t cluster);
void fat32_set(fat32_volume_t* volume, uint32_t cluster, uint32_t value);
fat32_result_t fat32_flush(fat32_volume_t* volume);
fat32_result_t fat32_write_information(fat32_volume_t* volume, bool is_known);
uint32_t fat32_cluster_lba(const fat32_volume_t* volume, uint32_t cluster);
fat32_result_t fat32_read_sector(fat32_volume_t* volume, uint32_t lba, void* data);
fat32_result_t fat32_write_sector(fat32_volume_t* volume, uint32_t lba, const void* data);  // may come out torn
uint32_t fat32_find_free(const fat32_volume_t* volume);                                     // 0 when full

#ifdef __cplusplus
}
#endif

#endif
