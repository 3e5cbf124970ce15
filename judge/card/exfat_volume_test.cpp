// Goal: files of an exFAT card are found and read as the format has it, and every kind of damage is reported, with whatever is left still read.
// Method: images made by mkfs.exfat, files put there by a writer of this test, which fsck.exfat judges; damage done to known structures; thousands of
// random mutations, which must neither crash nor take long.
#include "judge/card/exfat_volume.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "base/seed_stream.h"
#include "base/temp_folder.h"
#include "judge/test-support/card_image.h"

namespace saksi::judge {
namespace {

using Bytes = std::vector<uint8_t>;
using Kinds = std::vector<std::string>;

constexpr size_t kImageBytes = 8 << 20;
constexpr size_t kEntryBytes = 32;

Bytes pattern(size_t size, uint64_t seed) {
  SeedStream random(seed, "pattern");
  Bytes bytes(size);
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random.next());
  return bytes;
}

int run(const std::string& command) {
  const int status = std::system((command + " >/dev/null 2>&1").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void put16(uint8_t* at, uint32_t value) {
  at[0] = static_cast<uint8_t>(value);
  at[1] = static_cast<uint8_t>(value >> 8);
}
void put32(uint8_t* at, uint64_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<uint8_t>(value >> (8 * i));
}
void put64(uint8_t* at, uint64_t value) {
  put32(at, value & 0xFFFFFFFF);
  put32(at + 4, value >> 32);
}

/// Puts files into an image that mkfs.exfat made: written apart from the reader, by the specification.
class ExfatWriter {
 public:
  struct Folder {
    uint32_t cluster;
    size_t entries_used;  ///< of 32 bytes
  };

  explicit ExfatWriter(Bytes& image) : image_(image) {
    ProblemList problems;
    geometry_ = *find_exfat_volume(MemorySource(image), problems);
    const ExfatDirectory root = parse_exfat_directory(Bytes(at(geometry_.root_cluster), at(geometry_.root_cluster) + geometry_.cluster_bytes));
    bitmap_ = at(root.bitmaps.at(0).first_cluster);
    const ExfatEntry& table = root.upcases.at(0);
    upcase_ = expand_upcase(Bytes(at(table.first_cluster), at(table.first_cluster) + table.size));
    size_t used = 0;
    while (at(geometry_.root_cluster)[used * kEntryBytes] != 0) ++used;
    root_ = {geometry_.root_cluster, used};
  }

  Folder& root() { return root_; }
  const ExfatGeometry& geometry() const { return geometry_; }
  uint8_t* at(uint32_t cluster) { return &image_[static_cast<size_t>(geometry_.cluster_offset(cluster))]; }
  uint8_t* fat(uint32_t cluster) { return &image_[static_cast<size_t>(geometry_.fat_offset()) + cluster * 4]; }
  uint8_t* bitmap() { return bitmap_; }

  /// `stride` 1: clusters one behind the other, without a chain in the FAT; else every stride-th, with one.
  uint32_t add_file(Folder& folder, const std::u16string& name, const Bytes& content, uint32_t stride, uint64_t valid) {
    const auto clusters = static_cast<uint32_t>((content.size() + geometry_.cluster_bytes - 1) / geometry_.cluster_bytes);
    const uint32_t first = clusters == 0 ? 0 : allocate(clusters, stride);
    for (uint32_t i = 0; i < clusters; ++i) {
      const size_t from = size_t{i} * geometry_.cluster_bytes;
      const size_t part = std::min<size_t>(geometry_.cluster_bytes, content.size() - from);
      std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(from), part, at(first + i * stride));
    }
    add_set(folder, name, 0x20, first, content.size(), valid, stride == 1);
    return first;
  }

  Folder add_folder(Folder& parent, const std::u16string& name) {
    const uint32_t cluster = allocate(1, 2);
    add_set(parent, name, 0x10, cluster, geometry_.cluster_bytes, geometry_.cluster_bytes, false);
    return {cluster, 0};
  }

 private:
  uint32_t allocate(uint32_t count, uint32_t stride) {
    uint32_t first = geometry_.cluster_count;  // behind all that is used
    while ((bitmap_[(first - 1) / 8] >> ((first - 1) % 8) & 1) == 0 && first > 1) --first;
    first += 2;
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t cluster = first + i * stride;
      bitmap_[(cluster - 2) / 8] |= static_cast<uint8_t>(1u << ((cluster - 2) % 8));
      if (stride != 1) put32(fat(cluster), i + 1 == count ? 0xFFFFFFFF : cluster + stride);
    }
    return first;
  }

  void add_set(Folder& folder, const std::u16string& name, uint16_t attributes, uint32_t first, uint64_t size, uint64_t valid, bool no_chain) {
    const size_t names = (name.size() + 14) / 15;
    Bytes set((2 + names) * kEntryBytes, 0);
    set[0] = 0x85;
    set[1] = static_cast<uint8_t>(1 + names);
    put16(&set[4], attributes);
    for (size_t stamp : {8, 12, 16}) put32(&set[stamp], (2026u - 1980) << 25 | 1u << 21 | 1u << 16);
    uint8_t* stream = &set[kEntryBytes];
    stream[0] = 0xC0;
    stream[1] = static_cast<uint8_t>(1 | (no_chain ? 2 : 0));
    stream[3] = static_cast<uint8_t>(name.size());
    put16(stream + 4, exfat_name_hash({name.begin(), name.end()}, upcase_));
    put64(stream + 8, valid);
    put32(stream + 20, first);
    put64(stream + 24, size);
    for (size_t i = 0; i < names * 15; ++i) {
      uint8_t* part = &set[(2 + i / 15) * kEntryBytes];
      part[0] = 0xC1;
      if (i < name.size()) put16(part + 2 + i % 15 * 2, name[i]);
    }
    uint16_t sum = 0;
    for (size_t i = 0; i < set.size(); ++i) {
      if (i != 2 && i != 3) sum = static_cast<uint16_t>((sum << 15 | sum >> 1) + set[i]);
    }
    put16(&set[2], sum);
    std::copy(set.begin(), set.end(), at(folder.cluster) + folder.entries_used * kEntryBytes);
    folder.entries_used += set.size() / kEntryBytes;
  }

  Bytes& image_;
  ExfatGeometry geometry_;
  std::vector<uint16_t> upcase_;
  uint8_t* bitmap_ = nullptr;
  Folder root_{};
};

class ExfatImage : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    path_ = testing::fresh_folder("exfat") + "/card.img";
    std::ofstream(path_).close();
    std::filesystem::resize_file(path_, kImageBytes);
    ASSERT_EQ(run("PATH=$PATH:/usr/sbin:/sbin mkfs.exfat -c 4096 " + path_), 0) << "Debian's exfatprogs is needed";
    blank_ = testing::read_file(path_);
    image_ = blank_;
    ExfatWriter writer(image_);
    ExfatWriter::Folder dcim = writer.add_folder(writer.root(), u"DCIM");
    contiguous_ = writer.add_file(dcim, u"CLIP0001.MP4", pattern(40'000, 1), 1, 40'000);
    chained_ = writer.add_file(dcim, u"CLIP0002.MP4", pattern(20'000, 2), 2, 20'000);
    writer.add_file(dcim, u"A long name with \u00E4 and more than fifteen characters.txt", pattern(10, 3), 1, 10);
    writer.add_file(writer.root(), u"PREALLOC.MP4", pattern(9'000, 4), 1, 5'000);
    writer.add_file(writer.root(), u"EMPTY", {}, 2, 0);
    dcim_ = dcim.cluster;
  }

  static int fsck(const Bytes& bytes) {
    std::ofstream(path_, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return run("PATH=$PATH:/usr/sbin:/sbin fsck.exfat -n " + path_);
  }
  static ExfatVolume open(Bytes bytes) { return ExfatVolume(std::make_shared<MemorySource>(std::move(bytes))); }
  static Bytes read(const Volume& volume, const std::string& path) {
    for (size_t i = 0; i < volume.files().size(); ++i) {
      if (volume.files()[i].path != path) continue;
      const auto source = volume.open(i);
      Bytes bytes(static_cast<size_t>(source->size()));
      bytes.resize(source->read(0, bytes.data(), bytes.size()));
      return bytes;
    }
    ADD_FAILURE() << path << " was not found";
    return {};
  }
  static Kinds kinds(const Volume& volume) {
    Kinds result;
    for (const Problem& p : volume.problems()) result.push_back(severity_word(p.severity) + " " + p.kind);
    return result;
  }
  /// The entry set of a file in DCIM: 0, 1 and so on.
  static size_t set_at(Bytes& bytes, int number) {
    auto at = static_cast<size_t>(ExfatWriter(bytes).geometry().cluster_offset(dcim_));
    while (number-- > 0) at += (bytes[at + 1] + 1u) * kEntryBytes;
    return at;
  }
  static void mend_checksum(Bytes& bytes, size_t set) {
    uint16_t sum = 0;
    for (size_t i = 0; i < (bytes[set + 1] + 1u) * kEntryBytes; ++i) {
      if (i != 2 && i != 3) sum = static_cast<uint16_t>((sum << 15 | sum >> 1) + bytes[set + i]);
    }
    put16(&bytes[set + 2], sum);
  }

  inline static std::string path_;
  inline static Bytes blank_, image_;
  inline static uint32_t contiguous_ = 0, chained_ = 0, dcim_ = 0;
};

TEST_F(ExfatImage, AFreshCardIsCleanAndEmpty) {
  const ExfatVolume volume = open(blank_);
  EXPECT_TRUE(volume.readable());
  EXPECT_TRUE(volume.files().empty());
  EXPECT_EQ(kinds(volume), Kinds{});
}

TEST_F(ExfatImage, FilesAreReadWithAndWithoutAChain) {
  ASSERT_EQ(fsck(image_), 0) << "an outside judge finds the writer of this test right";
  const ExfatVolume volume = open(image_);
  EXPECT_EQ(kinds(volume), Kinds{});
  ASSERT_EQ(volume.files().size(), 5u);
  EXPECT_EQ(volume.files()[0].path, "DCIM/A long name with \u00E4 and more than fifteen characters.txt");
  EXPECT_EQ(read(volume, "DCIM/CLIP0001.MP4"), pattern(40'000, 1));
  EXPECT_EQ(read(volume, "DCIM/CLIP0002.MP4"), pattern(20'000, 2));
  EXPECT_EQ(read(volume, "EMPTY"), Bytes{});
  Bytes valid = pattern(9'000, 4);
  std::fill(valid.begin() + 5'000, valid.end(), uint8_t{0});
  EXPECT_EQ(read(volume, "PREALLOC.MP4"), valid) << "what was never written is zeros, whatever lies there";
}

TEST_F(ExfatImage, ACardWithAPartitionTableIsReadToo) {
  Bytes bytes(64 * 512, 0);
  bytes[446 + 4] = 7;
  put32(&bytes[446 + 8], 64);
  bytes[510] = 0x55;
  bytes[511] = 0xAA;
  bytes.insert(bytes.end(), image_.begin(), image_.end());
  const auto source = std::make_shared<MemorySource>(bytes);
  EXPECT_TRUE(has_card_volume(*source));
  EXPECT_EQ(open_card_volume(source)->files().size(), 5u);
}

TEST_F(ExfatImage, ADamagedBootRegionIsMadeUpForByItsBackup) {
  Bytes bytes = image_;
  bytes[512 + 7] ^= 1;  // in a sector that only the checksum covers
  EXPECT_NE(fsck(bytes), 0);
  EXPECT_EQ(kinds(open(bytes)), Kinds{"damage bad-boot-sector"});
  std::fill(bytes.begin(), bytes.begin() + 512, uint8_t{0});
  EXPECT_EQ(open(bytes).files().size(), 5u);
  bytes[12 * 512 + 100] ^= 1;
  EXPECT_FALSE(open(bytes).readable() && open(bytes).problems().empty());
}

TEST_F(ExfatImage, TheDirtyMarkIsSaid) {
  Bytes bytes = image_;
  bytes[106] |= 2;
  EXPECT_EQ(kinds(open(bytes)), Kinds{"torn dirty"});
}

TEST_F(ExfatImage, ChainsThatLoopCrossOrLeaveTheCardEnd) {
  Bytes bytes = image_;
  put32(ExfatWriter(bytes).fat(chained_ + 2), chained_);
  EXPECT_EQ(kinds(open(bytes)), (Kinds{"damage cross-link", "damage short-chain", "torn lost-chain"}));
  EXPECT_EQ(read(open(bytes), "DCIM/CLIP0002.MP4").size(), 8192u) << "what is left is read";
  bytes = image_;
  put32(ExfatWriter(bytes).fat(chained_ + 2), contiguous_ + 1);
  EXPECT_EQ(kinds(open(bytes)), (Kinds{"damage cross-link", "damage short-chain", "torn lost-chain"}));
  bytes = image_;
  put32(ExfatWriter(bytes).fat(chained_ + 2), 0x7FFFFFFF);
  EXPECT_EQ(kinds(open(bytes)), (Kinds{"damage bad-chain", "damage short-chain", "torn lost-chain"}));
  EXPECT_NE(fsck(bytes), 0);
}

TEST_F(ExfatImage, TheBitmapIsHeldAgainstTheFiles) {
  Bytes bytes = image_;
  ExfatWriter writer(bytes);
  writer.bitmap()[(contiguous_ - 2) / 8] &= static_cast<uint8_t>(~(1u << ((contiguous_ - 2) % 8)));
  EXPECT_EQ(kinds(open(bytes)), Kinds{"damage bitmap-difference"});
  bytes = image_;
  ExfatWriter(bytes).bitmap()[100] |= 1;
  EXPECT_EQ(kinds(open(bytes)), Kinds{"torn lost-chain"});
}

TEST_F(ExfatImage, EntrySetsThatAreNotWholeAreLeftOut) {
  Bytes bytes = image_;
  bytes[set_at(bytes, 0) + 40] ^= 1;  // without mending the checksum
  EXPECT_EQ(kinds(open(bytes)), (Kinds{"damage bad-entry", "torn lost-chain"}));
  EXPECT_EQ(open(bytes).files().size(), 4u);
  bytes = image_;
  const size_t set = set_at(bytes, 1);
  bytes[set + 64 + 2] = 'X';  // another name, with the old hash
  mend_checksum(bytes, set);
  EXPECT_EQ(kinds(open(bytes)), Kinds{"damage bad-entry"});
  EXPECT_EQ(read(open(bytes), "DCIM/XLIP0002.MP4"), pattern(20'000, 2));
}

TEST_F(ExfatImage, AbsurdSizesAreCutToTheCard) {
  Bytes bytes = image_;
  const size_t set = set_at(bytes, 0);
  put64(&bytes[set + 32 + 24], 1ull << 60);
  put64(&bytes[set + 32 + 8], 1ull << 60);
  mend_checksum(bytes, set);
  const ExfatVolume volume = open(bytes);
  EXPECT_EQ(volume.files()[1].size, 1ull << 60);
  EXPECT_LE(volume.open(1)->size(), kImageBytes);
  bytes = image_;
  bytes.resize(bytes.size() / 64);
  EXPECT_EQ(kinds(open(bytes)).front(), "damage short-card");
}

TEST_F(ExfatImage, TheUpcaseTableIsChecked) {
  Bytes bytes = image_;
  ExfatWriter writer(bytes);
  const ExfatDirectory root =
      parse_exfat_directory(Bytes(writer.at(writer.geometry().root_cluster), writer.at(writer.geometry().root_cluster) + 4096));
  writer.at(root.upcases.at(0).first_cluster)[0x61 * 2] ^= 1;
  EXPECT_EQ(kinds(open(bytes)), Kinds{"damage bad-upcase-table"});
  const std::vector<uint16_t> upcase = expand_upcase({0xFF, 0xFF, 0x61, 0x00, 0x41, 0x00});
  EXPECT_EQ(upcase[0x60], 0x60);
  EXPECT_EQ(upcase[0x61], 0x41) << "0xFFFF skips";
}

TEST_F(ExfatImage, RandomMutationsDoNoHarm) {
  SeedStream random(1, "exfat mutations");
  Bytes small(image_.begin(), image_.begin() + 2'600'000);
  const size_t heap = static_cast<size_t>(ExfatWriter(image_).geometry().cluster_offset(2));
  for (int round = 0; round < 400; ++round) {
    Bytes bytes = small;
    for (int i = 0; i < 20; ++i) {
      const size_t reach = i % 2 == 0 ? 24 * 512 : heap + 64 * 4096;
      bytes[static_cast<size_t>(random.below(std::min(reach, bytes.size())))] = static_cast<uint8_t>(random.next());
    }
    const ExfatVolume volume = open(bytes);
    uint8_t byte = 0;
    for (size_t i = 0; i < volume.files().size(); ++i) volume.open(i)->read(volume.files()[i].size / 2, &byte, 1);
  }
}

}  // namespace
}  // namespace saksi::judge
