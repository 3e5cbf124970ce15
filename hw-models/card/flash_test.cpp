// Goal: the flash beneath the card costs what a real one does: nothing while there is room, copies when it is full and written at random, and it
// keeps every page. Method: pages written in known orders; counts held against what follows from the sizes.
#include "hw-models/card/flash.h"

#include <gtest/gtest.h>

#include "base/seed_stream.h"

namespace saksi::hw {
namespace {

FlashConfig small() {
  FlashConfig config;
  config.page_sectors = 8;
  config.block_pages = 16;
  config.spare_percent = 10;
  return config;
}

constexpr uint64_t kSectors = 8 * 16 * 100;  ///< 100 blocks

TEST(Flash, AnEmptyCardHasNoHousekeeping) {
  Flash flash(small(), kSectors);
  for (uint64_t lba = 0; lba < kSectors; ++lba) EXPECT_EQ(flash.program(lba).ns, 0u);
  EXPECT_EQ(flash.pages_programmed(), kSectors / 8) << "eight sectors in a row are one page";
}

TEST(Flash, AFullCardWrittenInOrderErasesAndCopiesNothing) {
  FlashConfig config = small();
  config.filled_percent = 100;
  Flash flash(config, kSectors);
  uint64_t copied = 0;
  for (int round = 0; round < 3; ++round) {
    for (uint64_t lba = 0; lba < kSectors; ++lba) copied += flash.program(lba).copied_pages;
  }
  EXPECT_EQ(copied, 0u);
  EXPECT_GT(flash.blocks_erased(), 250u);
  EXPECT_LE(flash.most_erases() - flash.least_erases(), 2u) << "wear is levelled";
}

TEST(Flash, AFullCardWrittenAtRandomCopiesAndAnEmptierOneLess) {
  double amplification[2] = {};
  for (int i = 0; i < 2; ++i) {
    FlashConfig config = small();
    config.filled_percent = 100;
    Flash flash(config, kSectors);
    if (i == 1) flash.erase(0, kSectors / 2);
    SeedStream random(1, "test");
    uint64_t copied = 0, longest = 0;
    constexpr int kWrites = 20'000;
    for (int write = 0; write < kWrites; ++write) {
      const uint64_t page = (i == 1 ? 50 * 16 : 0) + random.below(i == 1 ? 50 * 16 : 100 * 16);
      const Flash::Housekeeping cost = flash.program(page * 8);
      copied += cost.copied_pages;
      longest = std::max(longest, cost.ns);
    }
    amplification[i] = 1 + static_cast<double>(copied) / kWrites;
    EXPECT_GE(longest, small().erase_us * 1000ull);
  }
  EXPECT_GT(amplification[0], 2.5) << "a tenth to spare";
  EXPECT_LT(amplification[0], 8);
  EXPECT_LT(amplification[1], 1.5);
}

TEST(Flash, PairedPagesAreTheOlderOnesOfTheBlock) {
  Flash flash(small(), kSectors);
  for (uint64_t page = 0; page < 16; ++page) flash.program(page * 8);
  EXPECT_EQ(flash.paired_with(12 * 8, 2), (std::vector<uint32_t>{8, 4}));
  EXPECT_TRUE(flash.paired_with(3 * 8, 2).empty()) << "the first of its cells";
  flash.program(8 * 8);
  EXPECT_EQ(flash.paired_with(12 * 8, 2), (std::vector<uint32_t>{4, 0})) << "page 8 lies elsewhere now";
}

TEST(Flash, WornOutBlocksAreRetiredUntilNoneIsLeft) {
  FlashConfig config = small();
  config.endurance = 3;
  config.filled_percent = 100;
  Flash flash(config, kSectors);
  uint64_t retired = 0, writes = 0;
  while (!flash.worn_out() && writes < 100'000) retired += flash.program(writes++ % (kSectors / 8) * 8).retired_blocks;
  EXPECT_TRUE(flash.worn_out());
  EXPECT_GT(retired, 5u);
  EXPECT_EQ(flash.most_erases(), 3u);
  EXPECT_EQ(flash.program(0).ns, 0u) << "nothing happens any more";
}

}  // namespace
}  // namespace saksi::hw
