// Goal: a family of cards is split just where their sectors differ, and each card can be shown whole. Method: a log of a few writes and an erase on a
// small card; every card of the family against the log applied to a card of its own.
#include "sim/sweep/card_family.h"

#include <gtest/gtest.h>

namespace saksi::sim {
namespace {

constexpr uint64_t kSectors = 64;

WriteLog::Sector filled(uint8_t value) {
  WriteLog::Sector sector;
  sector.fill(value);
  return sector;
}

class CardFamilyTest : public testing::Test {
 protected:
  CardFamilyTest() : base_(kSectors) {
    for (uint8_t lba = 0; lba < kSectors; ++lba) base_.write(lba, filled(lba).data());
    for (const auto& [lba, value] : std::vector<std::pair<uint32_t, uint8_t>>{{3, 100}, {5, 101}, {3, 102}, {9, 9}})
      log_.write(lba, filled(value).data());
    log_.erase(5, 2);
    patches_ = {{5, filled(200)}, {40, filled(201)}};
  }

  /// A card with that much of the log, and the patches if asked for.
  std::unique_ptr<hw::SectorStore> card(size_t writes, bool patched = false) const {
    auto store = std::make_unique<hw::SectorStore>(kSectors);
    for (uint8_t lba = 0; lba < kSectors; ++lba) store->write(lba, filled(lba).data());
    apply_writes(*store, log_, 0, writes);
    for (const SectorPatch& patch : patches_) {
      if (patched) store->write(patch.lba, patch.data.data());
    }
    return store;
  }

  static void expect_same(const hw::SectorStore& a, const hw::SectorStore& b) {
    for (uint64_t lba = 0; lba < kSectors; ++lba) {
      WriteLog::Sector x, y;
      a.read(lba, x.data());
      b.read(lba, y.data());
      EXPECT_EQ(x, y) << "sector " << lba;
    }
  }

  hw::SectorStore base_;
  WriteLog log_;
  std::vector<SectorPatch> patches_;
};

TEST_F(CardFamilyTest, ShowsEveryCardWhole) {
  const CardFamily family(base_, log_, 0, {{10, 0, nullptr}, {11, 1, nullptr}, {12, 3, &patches_}, {13, 4, nullptr}, {14, 5, nullptr}});
  family.put_on_base(base_, 2);
  expect_same(base_, *card(3, true));
  for (size_t i : {0u, 4u, 1u, 3u, 2u}) {
    const size_t writes[] = {0, 1, 3, 4, 5};
    family.show(base_, i);
    expect_same(base_, *card(writes[i], i == 2));
  }
}

TEST_F(CardFamilyTest, DiffersOnlyWhereContentsDo) {
  const CardFamily family(base_, log_, 0, {{0, 0, nullptr}, {1, 4, nullptr}, {2, 5, nullptr}});
  for (uint32_t lba : {3u, 5u, 6u}) EXPECT_TRUE(family.differs_at(lba)) << lba;
  EXPECT_FALSE(family.differs_at(9)) << "what was written is what was there";
  EXPECT_FALSE(family.differs_at(40));
}

TEST_F(CardFamilyTest, SplitsByContent) {
  const CardFamily family(base_, log_, 0, {{0, 0, nullptr}, {1, 1, nullptr}, {2, 2, nullptr}, {3, 3, nullptr}, {4, 4, nullptr}});
  const std::vector<CardFamily> parts = family.split(3);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].size(), 1u);
  ASSERT_EQ(parts[1].size(), 2u);
  EXPECT_EQ(parts[1].number(1), 2u);
  EXPECT_FALSE(parts[1].differs_at(3));
  EXPECT_TRUE(parts[1].differs_at(5)) << "the second of them has the write there";
  EXPECT_FALSE(parts[2].differs_at(5));
}

TEST_F(CardFamilyTest, WhatTheCameraWroteIsTheSameOnAll) {
  CardFamily family(base_, log_, 0, {{0, 0, nullptr}, {1, 3, nullptr}});
  family.put_on_base(base_, 0);
  family.forget(3);
  base_.write(3, filled(77).data());
  EXPECT_FALSE(family.differs_at(3));
  family.show(base_, 1);
  WriteLog::Sector sector;
  base_.read(3, sector.data());
  EXPECT_EQ(sector, filled(77));
}

}  // namespace
}  // namespace saksi::sim
