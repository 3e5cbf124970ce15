// Goal: a made card is one that other people's tools accept, and the same spec gives the same bytes. Method: fsck.vfat and mtools on images
// made in a folder of their own.
#include "hw-models/card/card_image.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/sha256.h"
#include "base/temp_folder.h"

namespace saksi::hw {
namespace {

constexpr uint32_t kMaxCapacityMib = 2 * 1024 * 1024 - 1;

class CardImage : public ::testing::Test {
 protected:
  std::string path(const char* name) const { return folder_.file(name); }

  /// Runs a shell command; its output, with its exit status put into `status`.
  static std::string shell(const std::string& command, int* status) {
    FILE* pipe = popen(("PATH=$PATH:/sbin:/usr/sbin LC_ALL=C TZ=UTC MTOOLS_SKIP_CHECK=1 " + command + " 2>&1").c_str(), "r");
    std::string output;
    std::array<char, 4096> part{};
    while (const size_t got = fread(part.data(), 1, part.size(), pipe)) output.append(part.data(), got);
    *status = pclose(pipe);
    return output;
  }

  void expect_clean(const std::string& image) {
    int status = 0;
    const std::string output = shell("fsck.vfat -n '" + image + "'", &status);
    EXPECT_EQ(status, 0) << output;
  }

 private:
  TempFolder folder_;
};

TEST_F(CardImage, EmptyCardIsCleanAndLabelled) {
  make_card_image(path("card.img"), {});
  EXPECT_EQ(std::filesystem::file_size(path("card.img")), 4096ull << 20);
  expect_clean(path("card.img"));
  int status = 0;
  EXPECT_NE(shell("mdir -i '" + path("card.img") + "' ::", &status).find("SAKSI"), std::string::npos);
}

TEST_F(CardImage, FilesCanBeReadBack) {
  CardImageSpec spec;
  spec.files = {{"SAKSI.CFG", "pre_event_s=3\n"}, {"LARGE.TXT", std::string(100'000, 'x')}, {"EMPTY", ""}};
  make_card_image(path("card.img"), spec);
  expect_clean(path("card.img"));
  int status = 0;
  EXPECT_EQ(shell("mtype -i '" + path("card.img") + "' ::SAKSI.CFG", &status), "pre_event_s=3\n");
  EXPECT_EQ(shell("mtype -i '" + path("card.img") + "' ::LARGE.TXT", &status), std::string(100'000, 'x'));
  EXPECT_EQ(shell("mtype -i '" + path("card.img") + "' ::EMPTY", &status), "");
  EXPECT_EQ(status, 0);
}

TEST_F(CardImage, FillerOccupiesClustersWithoutData) {
  CardImageSpec spec;
  spec.capacity_mib = 8192;
  spec.filler_mib = 8000;
  make_card_image(path("card.img"), spec);
  expect_clean(path("card.img"));
  int status = 0;
  const std::string listing = shell("mdir -i '" + path("card.img") + "' ::", &status);
  EXPECT_NE(listing.find("FILLER1  BIN  4294934528 2026-01-01"), std::string::npos) << listing;
  EXPECT_NE(listing.find("FILLER2"), std::string::npos) << listing;
  const std::string used = shell("du -k '" + path("card.img") + "'", &status);
  EXPECT_LT(std::stoi(used), 6000) << used;
}

TEST_F(CardImage, ALargeCardTakesNoMoreOfTheDiskThanASmallOne) {
  CardImageSpec spec;
  spec.capacity_mib = 256 * 1024;
  spec.files = {{"SAKSI.CFG", "pre_event_s=3\n"}};
  make_card_image(path("sdxc.img"), spec);
  expect_clean(path("sdxc.img"));
  int status = 0;
  EXPECT_EQ(shell("mtype -i '" + path("sdxc.img") + "' ::SAKSI.CFG", &status), "pre_event_s=3\n");
  spec.capacity_mib = kMaxCapacityMib;
  make_card_image(path("largest.img"), spec);
  EXPECT_EQ(shell("stat -c %s '" + path("largest.img") + "'", &status), std::to_string(uint64_t{kMaxCapacityMib} << 20) + "\n");
  const std::string used = shell("du -k '" + path("largest.img") + "'", &status);
  EXPECT_LT(std::stoi(used), 1000) << used;
}

TEST_F(CardImage, ALargeCardCanBeFilledUpToTheLastMebibytes) {
  CardImageSpec spec;
  spec.capacity_mib = 512 * 1024;
  spec.free_kib = 4096;
  make_card_image(path("full.img"), spec);
  int status = 0;
  const std::string listing = shell("mdir -i '" + path("full.img") + "' ::", &status);
  EXPECT_NE(listing.find("FILL0128 BIN"), std::string::npos) << listing;
  EXPECT_NE(listing.find("4 194 304 bytes free"), std::string::npos) << listing;
}

TEST_F(CardImage, FreeSpaceCanBeAskedFor) {
  CardImageSpec spec;
  spec.free_kib = 1000;  // 31 clusters of 32 KiB
  make_card_image(path("card.img"), spec);
  expect_clean(path("card.img"));
  int status = 0;
  const std::string listing = shell("mdir -i '" + path("card.img") + "' ::", &status);
  EXPECT_NE(listing.find("1 015 808 bytes free"), std::string::npos) << listing;
}

TEST_F(CardImage, SameSpecSameBytesOtherSeedOtherVolumeId) {
  CardImageSpec spec;
  spec.files = {{"SAKSI.CFG", "a=1\n"}};
  make_card_image(path("a.img"), spec);
  make_card_image(path("b.img"), spec);
  spec.seed = 2;
  make_card_image(path("c.img"), spec);
  EXPECT_EQ(hex(sparse_file_digest(path("a.img"))), hex(sparse_file_digest(path("b.img"))));
  EXPECT_NE(hex(sparse_file_digest(path("a.img"))), hex(sparse_file_digest(path("c.img"))));
}

TEST_F(CardImage, MistakesAreSaid) {
  CardImageSpec small;
  small.capacity_mib = 64;
  EXPECT_THROW(make_card_image(path("card.img"), small), UsageError);
  CardImageSpec large;
  large.capacity_mib = kMaxCapacityMib + 1;
  EXPECT_THROW(make_card_image(path("card.img"), large), UsageError);
  CardImageSpec name;
  name.files = {{"too-long-a-name.text", ""}};
  EXPECT_THROW(make_card_image(path("card.img"), name), UsageError);
  CardImageSpec full;
  full.filler_mib = 5000;
  EXPECT_THROW(make_card_image(path("card.img"), full), UsageError);
  EXPECT_THROW(make_card_image(path("no/such/folder/card.img"), {}), InfraError);
}

}  // namespace
}  // namespace saksi::hw
