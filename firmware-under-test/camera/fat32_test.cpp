// The FAT32 writer on images made by mkfs.vfat; fsck.vfat and mtools, which share no code with it, say whether it is right.
#include "firmware-under-test/camera/fat32.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "firmware-under-test/bsp/mock_host.h"
#include "firmware-under-test/camera/bytes.h"
#include "firmware-under-test/camera/test_card.h"

namespace saksi::firmware {
namespace {

constexpr uint32_t kCluster = 32768;

class Fat32Test : public testing::Test {
 protected:
  void mount(TestCard& card) {
    block_device_t device = card.device();
    ASSERT_EQ(fat32_mount(&volume_, &device, memory_.get(), &differed_), FAT32_OK);
  }

  uint32_t make_directory(const char* name) {
    uint32_t cluster = 0;
    EXPECT_EQ(fat32_make_directory(&volume_, volume_.root_cluster, name, &cluster), FAT32_OK);
    return cluster;
  }

  fat32_file_t create(uint32_t directory, const char* name, uint32_t bytes) {
    fat32_file_t file = {};
    std::copy(name, name + FAT32_NAME_BYTES, file.name);
    file.attributes = FAT32_ATTRIBUTE_ARCHIVE;
    EXPECT_EQ(fat32_choose_run(&volume_, bytes, bytes, &file), FAT32_OK);
    EXPECT_EQ(fat32_create(&volume_, directory, &file), FAT32_OK);
    return file;
  }

  void expect_clean(const TestCard& card) {
    ToolResult result = card.fsck();
    EXPECT_EQ(result.exit_code, 0) << result.output;
  }

  /// Copies host text into the volume with mtools.
  void copy_in(const TestCard& card, const std::string& text, const std::string& name) {
    std::ofstream(card.folder() + "/in") << text;
    ToolResult result = run_tool("mcopy -o -i " + card.volume() + " " + card.folder() + "/in ::/" + name);
    ASSERT_EQ(result.exit_code, 0) << result.output;
  }

  MockHost host_;  // without a hash block: software hashes the journal
  FatMemory memory_;
  fat32_volume_t volume_;
  bool differed_ = false;
};

TEST_F(Fat32Test, MountsWhatMkfsMade) {
  TestCard card;
  mount(card);
  EXPECT_EQ(fat32_cluster_bytes(&volume_), kCluster);
  EXPECT_FALSE(differed_);
  EXPECT_TRUE(card.log().empty());
  EXPECT_GT(volume_.free_clusters, 130000u);
}

TEST_F(Fat32Test, ReadsAFileThatMtoolsWrote) {
  for (bool partitioned : {false, true}) {
    TestCard card(4096, partitioned);
    std::string text(70000, 'x');
    text += "end";
    copy_in(card, text, "SAKSI.CFG");
    mount(card);
    fat32_file_t file;
    ASSERT_EQ(fat32_find(&volume_, volume_.root_cluster, "SAKSI   CFG", &file), FAT32_OK);
    std::vector<char> data(text.size() + 10);
    uint32_t bytes;
    ASSERT_EQ(fat32_read_file(&volume_, &file, data.data(), static_cast<uint32_t>(data.size()), &bytes), FAT32_OK);
    EXPECT_EQ(std::string(data.data(), bytes), text);
    EXPECT_EQ(fat32_find(&volume_, volume_.root_cluster, "NONE    TXT", &file), FAT32_NOT_FOUND);
  }
}

TEST_F(Fat32Test, RefusesWhatIsNoFat32) {
  TestCard card(64);
  Sector zeros = {};
  card.overwrite(0, zeros);
  block_device_t device = card.device();
  EXPECT_EQ(fat32_mount(&volume_, &device, memory_.get(), nullptr), FAT32_NO_VOLUME);
  for (size_t i = 0; i < zeros.size(); ++i) zeros[i] = static_cast<uint8_t>(i * 73);
  zeros[510] = 0x55;
  zeros[511] = 0xAA;
  card.overwrite(0, zeros);
  EXPECT_EQ(fat32_mount(&volume_, &device, memory_.get(), nullptr), FAT32_NO_VOLUME);
}

TEST_F(Fat32Test, TellsExfatFromNothingAtAllAndWritesNothingToIt) {
  for (bool is_partitioned : {false, true}) {
    TestCard card(512);
    run_tool("mkfs.exfat " + card.image());
    const Sector boot = card.sector(0);
    ASSERT_EQ(std::string(boot.begin() + 3, boot.begin() + 11), "EXFAT   ");
    if (is_partitioned) {
      Sector table = {};
      table[446 + 4] = 0x07;
      store_le32(table.data() + 446 + 8, 2048);
      store_le16(table.data() + 510, 0xAA55);
      card.overwrite(0, table);
      card.overwrite(2048, boot);
    }
    block_device_t device = card.device();
    EXPECT_EQ(fat32_mount(&volume_, &device, memory_.get(), nullptr), FAT32_IS_EXFAT) << is_partitioned;
    EXPECT_TRUE(card.log().empty());
  }
}

TEST_F(Fat32Test, SaysThatAVolumeIsTooLarge) {
  TestCard card(131072);  // four million clusters of 32 KiB, twice what the camera has memory for
  block_device_t device = card.device();
  EXPECT_EQ(fat32_mount(&volume_, &device, memory_.get(), nullptr), FAT32_TOO_LARGE);
  EXPECT_TRUE(card.log().empty());
}

TEST_F(Fat32Test, DirectoriesAndFilesAreCleanForFsckAndReadableForMtools) {
  TestCard card;
  mount(card);
  uint32_t clips = make_directory("DCIM       ");
  EXPECT_EQ(make_directory("DCIM       "), clips);
  fat32_file_t file = create(clips, "CLIP0001TMP", 3 * kCluster);
  EXPECT_EQ(file.first_cluster % 128, 0u);
  expect_clean(card);
  std::copy_n("MP4", 3, file.name + 8);
  ASSERT_EQ(fat32_update_entry(&volume_, &file), FAT32_OK);
  ASSERT_EQ(fat32_set_size(&volume_, &file, kCluster + 512), FAT32_OK);
  expect_clean(card);
  uint32_t clusters;
  EXPECT_TRUE(fat32_is_contiguous(&volume_, &file, &clusters));
  EXPECT_EQ(clusters, 2u);
  ToolResult listing = run_tool("mdir -b -i " + card.volume() + " ::/DCIM");
  EXPECT_NE(listing.output.find("CLIP0001.MP4"), std::string::npos) << listing.output;
}

TEST_F(Fat32Test, TheDirectoryGrowsAndEachFileHasASectorOfItsOwn) {
  TestCard card;
  mount(card);
  uint32_t clips = make_directory("DCIM       ");
  std::vector<uint32_t> sectors;
  for (int i = 1; i <= 130; ++i) {
    char name[16];
    snprintf(name, sizeof name, "CLIP%04dMP4", i);
    sectors.push_back(create(clips, name, kCluster).entry_lba);
  }
  std::sort(sectors.begin(), sectors.end());
  EXPECT_TRUE(std::adjacent_find(sectors.begin(), sectors.end()) == sectors.end());
  expect_clean(card);
  fat32_file_t file;
  EXPECT_EQ(fat32_find(&volume_, clips, "CLIP0130MP4", &file), FAT32_OK);
  ToolResult listing = run_tool("mdir -b -i " + card.volume() + " ::/DCIM | wc -l");
  EXPECT_EQ(std::stoi(listing.output), 130);
}

TEST_F(Fat32Test, WritesBesideEntriesOfAnotherSystem) {
  TestCard card;
  run_tool("mmd -i " + card.volume() + " ::/DCIM");
  for (int i = 0; i < 20; ++i) copy_in(card, "text", "DCIM/long-name-number-" + std::to_string(i) + ".txt");
  mount(card);
  uint32_t clips = make_directory("DCIM       ");
  create(clips, "CLIP0001MP4", kCluster);
  create(clips, "CLIP0002MP4", kCluster);
  expect_clean(card);
  copy_in(card, "more", "DCIM/another.txt");
  expect_clean(card);
  ToolResult listing = run_tool("mdir -b -i " + card.volume() + " ::/DCIM | wc -l");
  EXPECT_EQ(std::stoi(listing.output), 23);
}

TEST_F(Fat32Test, RemovedFilesGiveTheirSpaceBack) {
  TestCard card;
  mount(card);
  uint32_t clips = make_directory("DCIM       ");
  uint32_t free_before = volume_.free_clusters;
  fat32_file_t file = create(clips, "CLIP0001TMP", 100 * kCluster);
  EXPECT_EQ(volume_.free_clusters, free_before - 100);
  ASSERT_EQ(fat32_remove(&volume_, &file), FAT32_OK);
  EXPECT_EQ(volume_.free_clusters, free_before);
  expect_clean(card);
  EXPECT_EQ(create(clips, "CLIP0002TMP", kCluster).entry_lba, file.entry_lba);
}

TEST_F(Fat32Test, SaysFullAndUsesTheLongestRunThatIsLeft) {
  TestCard card;
  mount(card);
  uint32_t clips = make_directory("DCIM       ");
  fat32_file_t file = {};
  ASSERT_EQ(fat32_choose_run(&volume_, 0xFFFFFFFF, 1 << 20, &file), FAT32_OK);
  create(clips, "FILLER  BIN", 0xF0000000);
  for (int i = 2; fat32_choose_run(&volume_, 0xFFFFFFFF, 1 << 20, &file) == FAT32_OK; ++i) {
    EXPECT_LE(file.bytes / kCluster, volume_.free_clusters);
    ASSERT_LT(i, 10);
    create(clips, ("FILLER" + std::to_string(i) + " BIN").c_str(), file.bytes);
  }
  EXPECT_LT(volume_.free_clusters * kCluster, 1u << 20);
  expect_clean(card);
}

TEST_F(Fat32Test, PutsAMirrorThatFellBehindRight) {
  TestCard card;
  mount(card);
  uint32_t clips = make_directory("DCIM       ");
  create(clips, "CLIP0001MP4", 40 * kCluster);
  Sector behind = {};
  card.overwrite(volume_.fat_lba[1] + 1, behind);
  EXPECT_NE(card.fsck().exit_code, 0);
  mount(card);
  EXPECT_TRUE(differed_);
  expect_clean(card);
}

TEST_F(Fat32Test, ReclaimsLostChainsOnly) {
  TestCard card;
  run_tool("mmd -i " + card.volume() + " ::/OTHER ::/OTHER/DEEP");
  copy_in(card, std::string(100000, 'a'), "OTHER/DEEP/KEEP.BIN");
  mount(card);
  uint32_t clips = make_directory("DCIM       ");
  create(clips, "CLIP0001MP4", 4 * kCluster);
  fat32_file_t lost = create(clips, "CLIP0002TMP", 300 * kCluster);
  Sector sector = card.sector(lost.entry_lba);
  sector[0] = 0xE5;
  card.overwrite(lost.entry_lba, sector);
  EXPECT_NE(card.fsck().exit_code, 0);
  mount(card);
  uint32_t clusters;
  ASSERT_EQ(fat32_reclaim_lost(&volume_, &clusters), FAT32_OK);
  EXPECT_EQ(clusters, 300u);
  expect_clean(card);
}

TEST_F(Fat32Test, HostileChainsEnd) {
  TestCard card;
  mount(card);
  uint32_t clips = make_directory("DCIM       ");
  fat32_file_t file = create(clips, "CLIP0001MP4", 4 * kCluster);
  fat32_set(&volume_, file.first_cluster + 3, file.first_cluster);  // a loop
  fat32_set(&volume_, clips, clips);                                // the directory too
  ASSERT_EQ(fat32_flush(&volume_), FAT32_OK);
  uint32_t clusters;
  EXPECT_FALSE(fat32_is_contiguous(&volume_, &file, &clusters));
  fat32_file_t found;
  EXPECT_EQ(fat32_find(&volume_, clips, "NOTHERE MP4", &found), FAT32_NOT_FOUND);
  EXPECT_EQ(fat32_set_size(&volume_, &file, kCluster), FAT32_OK);
}

TEST_F(Fat32Test, ReportsAFailingDevice) {
  TestCard card;
  mount(card);
  uint32_t clips = make_directory("DCIM       ");
  fat32_file_t file = {};
  ASSERT_EQ(fat32_choose_run(&volume_, 8 << 20, 1 << 20, &file), FAT32_OK);
  card.fail_after(3);
  EXPECT_EQ(fat32_create(&volume_, clips, &file), FAT32_IO);
}

// The sector in flight keeps its old end, is erased or noise there, at every write of a story of two clips: the folder, the older clip and the FATs
// must be whole after the next mount.
TEST_F(Fat32Test, NoMetadataIsTornByAPowerCut) {
  TestCard card(2112);
  mount(card);
  uint32_t clips = make_directory("DCIM       ");
  create(clips, "OLDERCLPMP4", 3 * kCluster);
  const size_t begin = card.log().size();
  fat32_file_t file = create(clips, "CLIP0001TMP", 200 * kCluster);
  std::copy_n("CLIP0001MP4", FAT32_NAME_BYTES, file.name);
  ASSERT_EQ(fat32_update_entry(&volume_, &file), FAT32_OK);
  ASSERT_EQ(fat32_set_size(&volume_, &file, 5 * kCluster), FAT32_OK);
  const std::vector<SectorWrite> story = card.log();
  for (size_t cut = story.size(); cut-- > begin;) {
    for (uint8_t fill : {0x00, 0xFF, 0xA7}) {
      card.undo_to(cut);
      Sector torn = story[cut].before;
      if (fill != 0) torn.fill(fill);
      std::copy_n(story[cut].after.begin(), 20 + cut * 37 % 480, torn.begin());
      card.overwrite(story[cut].lba, torn);
      mount(card);
      fat32_file_t older;
      uint32_t clusters;
      ASSERT_EQ(fat32_find(&volume_, clips, "OLDERCLPMP4", &older), FAT32_OK) << "write " << cut;
      EXPECT_TRUE(fat32_is_contiguous(&volume_, &older, &clusters)) << "write " << cut;
      EXPECT_EQ(older.bytes, 3 * kCluster);
      ASSERT_EQ(fat32_reclaim_lost(&volume_, &clusters), FAT32_OK);
      const std::string said = card.fsck().output;
      for (const char* fault : {"bad entries", "out of range", "Contains a free cluster", "Circular", "FATs differ", "bad magic"}) {
        EXPECT_EQ(said.find(fault), std::string::npos) << "write " << cut << ", fill " << int{fill} << ": " << said;
      }
      card.undo_to(cut);
      card.overwrite(story[cut].lba, story[cut].before);  // that it was torn is in no log
    }
  }
}

}  // namespace
}  // namespace saksi::firmware
