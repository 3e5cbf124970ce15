// Test helper: a card image on the host, made by mkfs.vfat, judged by fsck.vfat and mtools, that can be put back to any moment.
#ifndef SAKSI_FIRMWARE_UNDER_TEST_CAMERA_TEST_CARD_H_
#define SAKSI_FIRMWARE_UNDER_TEST_CAMERA_TEST_CARD_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "firmware-under-test/camera/fat32.h"

namespace saksi::firmware {

using Sector = std::array<uint8_t, SECTOR_BYTES>;

struct SectorWrite {
  uint32_t lba;
  Sector before, after;
};

struct ToolResult {
  int exit_code;
  std::string output;
};

/// Runs a shell command and keeps what it prints.
ToolResult run_tool(const std::string& command);

class TestCard {
 public:
  /// A sparse image of `mebibytes` with one FAT32 volume in clusters of 32 KiB, behind a partition table if asked.
  explicit TestCard(uint32_t mebibytes = 4096, bool partitioned = false);
  ~TestCard();
  TestCard(const TestCard&) = delete;
  TestCard& operator=(const TestCard&) = delete;

  block_device_t device();
  const std::string& folder() const { return folder_; }
  const std::string& image() const { return image_; }
  /// The image with mtools' offset syntax for the volume.
  std::string volume() const;

  Sector sector(uint32_t lba) const;
  void overwrite(uint32_t lba, const Sector& data);

  ToolResult fsck() const { return run_tool("fsck.vfat -n " + image_); }

  /// Every sector written through the device, oldest first.
  const std::vector<SectorWrite>& log() const { return log_; }
  /// Puts the card back to the moment after the first `count` writes of the log, and forgets the later ones.
  void undo_to(size_t count);
  /// Writes log entries of another moment again.
  void redo(const std::vector<SectorWrite>& writes, size_t from, size_t to);

  /// From now on the device has only so many sectors, and says nothing of it: beyond, it begins anew, or keeps nothing and reads zeros.
  void lie(uint32_t real_sectors, bool begins_anew) {
    real_sectors_ = real_sectors;
    begins_anew_ = begins_anew;
  }

  /// The device fails for good after this many more sector writes.
  void fail_after(size_t writes) { writes_left_ = writes; }

 private:
  static bool read(void* context, uint32_t lba, uint32_t sectors, void* data);
  static bool write(void* context, uint32_t lba, uint32_t sectors, const block_segment_t* segments, uint32_t count);

  std::string folder_, image_;
  int file_ = -1;
  uint32_t sectors_;
  bool partitioned_;
  std::vector<SectorWrite> log_;
  size_t writes_left_ = SIZE_MAX;
  uint32_t real_sectors_ = UINT32_MAX;
  bool begins_anew_ = false;
};

/// Memory for the FAT of a test card's volume.
class FatMemory {
 public:
  FatMemory();
  const fat32_memory_t* get() const { return &memory_; }

 private:
  std::vector<uint32_t> fat_, mirror_;
  std::vector<uint8_t> dirty_, scratch_;
  fat32_memory_t memory_;
};

}  // namespace saksi::firmware

#endif
