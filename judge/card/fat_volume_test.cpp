// Goal: files are found and read as mkfs.vfat and mtools wrote them, and every kind of damage is reported, with whatever is left still read.
// Method: images made by those tools; damage done to known structures; thousands of random mutations, which must not crash.
#include "judge/card/fat_volume.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/seed_stream.h"
#include "judge/card/fat_boot.h"
#include "judge/test-support/card_image.h"

namespace saksi::judge {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes pattern(size_t size, uint64_t seed) {
  SeedStream random(seed, "pattern");
  Bytes bytes(size);
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random.next());
  return bytes;
}

/// An image with a few files, made once: 512-byte clusters, two FATs.
class FatImage : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::string path = testing::fresh_folder("fat") + "/card.img";
    testing::make_card_image(path, 34, {{"DCIM/100SAKSI/CLIP0001.MP4", pattern(40000, 1)},
                                         {"DCIM/100SAKSI/CLIP0002.MP4", pattern(513, 2)},
                                         {"DCIM/A long name with spaces.txt", pattern(10, 3)},
                                         {"lower.txt", pattern(700, 4)},
                                         {"EMPTY", {}}});
    image_ = testing::read_file(path);
    ProblemList none;
    geometry_ = *find_fat_volume(MemorySource(image_), none);
  }
  static void TearDownTestSuite() { image_.clear(); }

  static FatVolume open(Bytes bytes) { return FatVolume(std::make_shared<MemorySource>(std::move(bytes))); }
  static Bytes read(const FatVolume& volume, const std::string& path) {
    for (size_t i = 0; i < volume.files().size(); ++i) {
      if (volume.files()[i].path != path) continue;
      const auto source = volume.open(i);
      Bytes bytes(source->size());
      EXPECT_TRUE(source->read_exactly(0, bytes.data(), bytes.size()));
      return bytes;
    }
    ADD_FAILURE() << path << " was not found";
    return {};
  }
  static std::vector<std::string> kinds(const Volume& volume) {
    std::vector<std::string> result;
    for (const Problem& p : volume.problems()) result.push_back(severity_word(p.severity) + " " + p.kind);
    return result;
  }
  static size_t fat_at(uint32_t fat, uint32_t cluster) { return static_cast<size_t>(geometry_.fat_offset(fat)) + cluster * 4; }
  static uint32_t entry(const Bytes& image, uint32_t cluster) { return le32(&image[fat_at(0, cluster)]) & 0x0FFFFFFF; }
  static void set(Bytes& image, uint32_t fat, uint32_t cluster, uint32_t value) {
    for (size_t i = 0; i < 4; ++i) image[fat_at(fat, cluster) + i] = static_cast<uint8_t>(value >> (8 * i));
  }
  static void set_both(Bytes& image, uint32_t cluster, uint32_t value) {
    set(image, 0, cluster, value);
    set(image, 1, cluster, value);
  }
  /// Offset of the directory entry with that 11-character name.
  static size_t entry_of(const Bytes& image, const std::string& name) {
    return static_cast<size_t>(std::search(image.begin(), image.end(), name.begin(), name.end()) - image.begin());
  }
  static uint32_t first_cluster(const Bytes& image, const std::string& name) {
    const uint8_t* at = &image[entry_of(image, name)];
    return (uint32_t{le16(at + 20)} << 16) | le16(at + 26);
  }

  static Bytes image_;
  static FatGeometry geometry_;
};

Bytes FatImage::image_;
FatGeometry FatImage::geometry_;

using Kinds = std::vector<std::string>;
constexpr char kClip[] = "DCIM/100SAKSI/CLIP0001.MP4";
constexpr char kClipName[] = "CLIP0001MP4";

TEST_F(FatImage, FilesAreListedAndRead) {
  const FatVolume volume = open(image_);
  ASSERT_TRUE(volume.readable());
  EXPECT_EQ(kinds(volume), Kinds{});
  std::vector<std::string> paths;
  for (const VolumeFile& file : volume.files()) paths.push_back(file.path);
  EXPECT_EQ(paths, (std::vector<std::string>{kClip, "DCIM/100SAKSI/CLIP0002.MP4", "DCIM/A long name with spaces.txt", "EMPTY", "lower.txt"}));
  EXPECT_EQ(read(volume, kClip), pattern(40000, 1));
  EXPECT_EQ(read(volume, "DCIM/100SAKSI/CLIP0002.MP4"), pattern(513, 2));
  EXPECT_EQ(read(volume, "lower.txt"), pattern(700, 4));
  EXPECT_EQ(read(volume, "EMPTY"), Bytes{});
}

TEST_F(FatImage, ReadsAnywhereInAFile) {
  const FatVolume volume = open(image_);
  const auto source = volume.open(0);
  const Bytes all = pattern(40000, 1);
  SeedStream random(5, "reads");
  for (int i = 0; i < 500; ++i) {
    const size_t offset = random.below(41000);
    const size_t count = random.below(2000);
    Bytes bytes(count);
    const size_t expected = offset >= all.size() ? 0 : std::min(count, all.size() - offset);
    ASSERT_EQ(source->read(offset, bytes.data(), count), expected);
    ASSERT_TRUE(std::equal(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(expected), all.begin() + static_cast<ptrdiff_t>(std::min(offset, all.size()))));
  }
}

TEST_F(FatImage, APartitionTableLeadsToTheVolume) {
  Bytes card(2048 * 512 + image_.size(), 0);
  std::copy(image_.begin(), image_.end(), card.begin() + 2048 * 512);
  card[446 + 4] = 0x0C;
  card[446 + 9] = 0x08;  // sector 2048
  card[510] = 0x55;
  card[511] = 0xAA;
  const FatVolume volume = open(card);
  EXPECT_EQ(kinds(volume), Kinds{});
  EXPECT_EQ(read(volume, kClip), pattern(40000, 1));
  card[510] = 0;
  EXPECT_EQ(kinds(open(card)), Kinds{"damage partition-found"});
}

TEST_F(FatImage, TheBackupBootSectorIsUsed) {
  Bytes bytes = image_;
  std::fill(bytes.begin(), bytes.begin() + 512, 0);
  const FatVolume volume = open(bytes);
  EXPECT_EQ(kinds(volume), Kinds{"damage bad-boot-sector"});
  EXPECT_EQ(read(volume, kClip), pattern(40000, 1));
}

TEST_F(FatImage, WithoutBootSectorsThereIsNoVolume) {
  Bytes bytes = image_;
  std::fill(bytes.begin(), bytes.begin() + 8 * 512, 0);
  const FatVolume volume = open(bytes);
  EXPECT_FALSE(volume.readable());
  EXPECT_EQ(kinds(volume), Kinds{"damage no-volume"});
  EXPECT_TRUE(volume.files().empty());
  EXPECT_FALSE(open({}).readable());
}

TEST_F(FatImage, OtherFileSystemsAreNamed) {
  const std::string path = testing::fresh_folder("fat16") + "/card.img";
  ASSERT_EQ(std::system(("truncate -s 20M " + path + " && PATH=$PATH:/usr/sbin mkfs.vfat -F 16 " + path + " >/dev/null").c_str()), 0);
  const FatVolume volume = open(testing::read_file(path));
  EXPECT_FALSE(volume.readable());
  EXPECT_EQ(kinds(volume), Kinds{"damage other-file-system"});
  EXPECT_NE(volume.problems()[0].text.find("FAT16"), std::string::npos);
}

TEST_F(FatImage, AGarbledFirstFatGivesWayToTheSecond) {
  Bytes bytes = image_;
  std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(geometry_.fat_offset(0)), 512, 0x5A);
  const FatVolume volume = open(bytes);
  EXPECT_EQ(kinds(volume), Kinds{"damage fat-garbage"});
  EXPECT_EQ(read(volume, kClip), pattern(40000, 1));
}

TEST_F(FatImage, AChainBrokenInTheFirstFatGoesOnByTheSecond) {
  Bytes bytes = image_;
  set(bytes, 0, first_cluster(bytes, kClipName) + 3, 0);
  const FatVolume volume = open(bytes);
  EXPECT_EQ(kinds(volume), (Kinds{"torn fat-difference", "damage bad-chain"}));
  EXPECT_EQ(read(volume, kClip), pattern(40000, 1));
}

TEST_F(FatImage, ABrokenChainKeepsWhatComesBefore) {
  Bytes bytes = image_;
  set_both(bytes, first_cluster(bytes, kClipName) + 3, 0);
  const FatVolume volume = open(bytes);
  EXPECT_EQ(kinds(volume), (Kinds{"damage bad-chain", "damage short-chain", "torn lost-chain"}));
  EXPECT_EQ(read(volume, kClip), Bytes(pattern(2048, 1)));
}

TEST_F(FatImage, AnEndMarkTooEarlyIsAShortChain) {
  Bytes bytes = image_;
  set_both(bytes, first_cluster(bytes, kClipName) + 3, 0x0FFFFFFF);
  EXPECT_EQ(kinds(open(bytes)), (Kinds{"damage short-chain", "torn lost-chain"}));
}

TEST_F(FatImage, AClusterThatDoesNotExistIsNotFollowed) {
  Bytes bytes = image_;
  set_both(bytes, first_cluster(bytes, kClipName), 0x0ABCDEF0);
  EXPECT_EQ(kinds(open(bytes)), (Kinds{"damage bad-chain", "damage short-chain", "torn lost-chain"}));
}

TEST_F(FatImage, ALoopEnds) {
  Bytes bytes = image_;
  const uint32_t first = first_cluster(bytes, kClipName);
  set_both(bytes, first + 3, first + 1);
  EXPECT_EQ(kinds(open(bytes)), (Kinds{"damage chain-loop", "damage short-chain", "torn lost-chain"}));
}

TEST_F(FatImage, ACrossLinkIsReported) {
  Bytes bytes = image_;
  const uint32_t first = first_cluster(bytes, kClipName);
  set_both(bytes, first_cluster(bytes, "CLIP0002MP4"), first + 5);
  const Kinds found = kinds(open(bytes));
  EXPECT_EQ(found.front(), "damage cross-link");
}

TEST_F(FatImage, AFileThatOwnsMoreThanItsSizeIsPreallocated) {
  Bytes bytes = image_;
  const size_t at = entry_of(bytes, kClipName);
  bytes[at + 28] = 0x10;
  bytes[at + 29] = 0x27;  // 10000 bytes
  const FatVolume volume = open(bytes);
  EXPECT_EQ(kinds(volume), Kinds{"torn long-chain"});
  EXPECT_EQ(read(volume, kClip).size(), 10000u);
}

TEST_F(FatImage, ALostDirectoryEntryLeavesLostClusters) {
  Bytes bytes = image_;
  bytes[entry_of(bytes, kClipName)] = 0xE5;
  const FatVolume volume = open(bytes);
  EXPECT_EQ(kinds(volume), Kinds{"torn lost-chain"});
  EXPECT_EQ(volume.files().size(), 4u);
}

TEST_F(FatImage, DirtyMarksAreReported) {
  Bytes bytes = image_;
  bytes[65] |= 1;
  EXPECT_EQ(kinds(open(bytes)), Kinds{"torn dirty"});
  bytes = image_;
  set_both(bytes, 1, 0x07FFFFFF);
  EXPECT_EQ(kinds(open(bytes)), Kinds{"torn dirty"});
}

TEST_F(FatImage, ADirectoryOfGarbageIsReported) {
  Bytes bytes = image_;
  const size_t sector = entry_of(bytes, kClipName) / 512 * 512;
  std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(sector), 512, 0x11);
  const Kinds found = kinds(open(bytes));
  EXPECT_NE(std::find(found.begin(), found.end(), "damage bad-entry"), found.end());
}

TEST_F(FatImage, AFolderThatHoldsItselfIsReadOnce) {
  Bytes bytes = image_;
  const size_t at = entry_of(bytes, "100SAKSI   ");
  const uint32_t parent = first_cluster(bytes, "DCIM       ");
  bytes[at + 26] = static_cast<uint8_t>(parent);
  bytes[at + 27] = static_cast<uint8_t>(parent >> 8);
  const Kinds found = kinds(open(bytes));
  EXPECT_EQ(found.front(), "damage cross-link");
}

TEST_F(FatImage, ACardCutShortIsReported) {
  Bytes bytes = image_;
  bytes.resize(bytes.size() / 2);
  EXPECT_EQ(kinds(open(bytes)), Kinds{"damage short-card"});
}

TEST_F(FatImage, NoMutationCrashesOrHangs) {
  // Only what holds structure is mutated: boot sectors, FATs, directories. The rest of the image is left away, which is one more case of damage.
  Bytes small = image_;
  small.resize(static_cast<size_t>(geometry_.cluster_offset(200)));
  SeedStream random(11, "fat-mutations");
  size_t files = 0;
  for (int round = 0; round < 3000; ++round) {
    Bytes bytes = small;
    const uint64_t hits = 1 + random.below(20);
    for (uint64_t i = 0; i < hits; ++i) {
      const uint64_t where = random.below(4);
      const size_t region = where == 0 ? 0 : where == 1 ? fat_at(0, 0) : where == 2 ? fat_at(1, 0) : static_cast<size_t>(geometry_.cluster_offset(2));
      const size_t at = region + random.below(where == 3 ? 2048 : 512);
      bytes[at] = random.below(2) == 0 ? static_cast<uint8_t>(random.next()) : bytes[region + random.below(512)];
    }
    const FatVolume volume = open(std::move(bytes));
    uint8_t byte;
    for (size_t i = 0; i < volume.files().size(); ++i) files += volume.open(i)->read(0, &byte, 1);
  }
  EXPECT_GT(files, 3000u);
}

TEST(FolderVolume, ListsPlainFilesOnly) {
  const std::string folder = testing::fresh_folder("mounted");
  ASSERT_EQ(std::system(("mkdir -p " + folder + "/DCIM && ln -s /etc/passwd " + folder + "/DCIM/link && ln -s / " + folder + "/root").c_str()), 0);
  testing::write_file(folder + "/DCIM/a.mp4", pattern(100, 1));
  const auto volume = open_folder_volume(folder);
  ASSERT_EQ(volume->files().size(), 1u);
  EXPECT_EQ(volume->files()[0].path, "DCIM/a.mp4");
  EXPECT_EQ(volume->open(0)->size(), 100u);
}

}  // namespace
}  // namespace saksi::judge
