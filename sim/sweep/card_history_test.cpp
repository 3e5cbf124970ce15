// Goal: a card is what the writes before the cut and the damage make of it, and nothing else. Method: a history of three commands, told here, whose
// sectors have contents by which each write can be known.
#include "sim/sweep/card_history.h"

#include <gtest/gtest.h>

#include <set>

#include "sim/sweep/plan.h"

namespace saksi::sim {
namespace {

WriteLog::Sector filled(uint8_t value) {
  WriteLog::Sector sector;
  sector.fill(value);
  return sector;
}

/// Command 1: sectors 8 to 15 (one page) with 1 to 8. Command 2: sector 100 with 9. Command 3: sectors 8 to 11 with 11 to 14.
class CardHistoryTest : public testing::Test {
 protected:
  CardHistoryTest() : base_(100'000) {
    WriteLog log;
    for (uint8_t i = 0; i < 8; ++i) log.write(8 + i, filled(static_cast<uint8_t>(1 + i)).data());
    log.settle();
    log.write(100, filled(9).data());
    log.settle();
    for (uint8_t i = 0; i < 4; ++i) log.write(8 + i, filled(static_cast<uint8_t>(11 + i)).data());
    log.settle();
    history_ = std::make_unique<CardHistory>(base_, log);
  }
  std::vector<SectorPatch> damage(size_t writes, Damage kind, std::optional<uint32_t> detail, uint64_t seed) const {
    return history_->damage(Cut{writes, kind, detail, seed}, 4);
  }

  hw::SectorStore base_;
  std::unique_ptr<CardHistory> history_;
};

TEST_F(CardHistoryTest, GivesEverySectorAtEveryTime) {
  EXPECT_EQ(history_->sector(8, 0), filled(0));
  EXPECT_EQ(history_->sector(8, 1), filled(1));
  EXPECT_EQ(history_->sector(8, 9), filled(1));
  EXPECT_EQ(history_->sector(8, 10), filled(11));
  EXPECT_EQ(history_->sector(100, 8), filled(0));
  hw::SectorStore card(100'000);
  history_->apply(card, 0, 10);
  const auto source = history_->at(10);
  for (uint32_t lba : {7u, 8u, 9u, 15u, 100u}) {
    WriteLog::Sector applied, read;
    card.read(lba, applied.data());
    ASSERT_TRUE(source->read_exactly(uint64_t{lba} * 512, read.data(), read.size()));
    EXPECT_EQ(applied, history_->sector(lba, 10));
    EXPECT_EQ(read, history_->sector(lba, 10));
  }
}

TEST_F(CardHistoryTest, ATornSectorIsNewAtItsBeginning) {
  std::set<uint8_t> ends;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const std::vector<SectorPatch> patches = damage(9, Damage::kTorn, 200, seed);
    ASSERT_EQ(patches.size(), 1u);
    EXPECT_EQ(patches[0].lba, 8u);
    for (size_t i = 0; i < 200; ++i) ASSERT_EQ(patches[0].data[i], 11);
    ends.insert(patches[0].data[511]);
  }
  EXPECT_TRUE(ends.count(1)) << "old behind";
  EXPECT_TRUE(ends.count(0xFF)) << "erased behind";
  EXPECT_GT(ends.size(), 2u) << "noise behind";
}

TEST_F(CardHistoryTest, AShornPageLosesTheEndOfItsCommand) {
  const std::vector<SectorPatch> patches = damage(5, Damage::kShorn, 2, 1);  // 5 of 8 sectors were durable, 2 stay
  ASSERT_EQ(patches.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(patches[i].lba, 10 + i);
    EXPECT_EQ(patches[i].data, filled(0));
  }
}

TEST_F(CardHistoryTest, ReorderingStaysWithinTheCommandInFlight) {
  std::set<std::vector<uint32_t>> seen;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<uint32_t> sectors;
    for (const SectorPatch& patch : damage(10, Damage::kReorder, std::nullopt, seed)) {
      ASSERT_GE(patch.lba, 8u);
      ASSERT_LE(patch.lba, 11u) << "the command has four sectors";
      // Sector 8 was durable and may be old again; those behind were not and may be new.
      EXPECT_EQ(patch.data, filled(patch.lba == 8 ? 1 : static_cast<uint8_t>(patch.lba + 3)));
      sectors.push_back(patch.lba);
    }
    seen.insert(sectors);
  }
  EXPECT_EQ(seen.size(), 16u) << "every subset of four sectors";
}

TEST_F(CardHistoryTest, IllegalDamageReachesWhatWasAcknowledged) {
  EXPECT_TRUE(is_legal(Damage::kReorder));
  EXPECT_FALSE(is_legal(Damage::kPaired));
  EXPECT_FALSE(is_legal(Damage::kRollback));
  const std::vector<SectorPatch> paired = damage(9, Damage::kPaired, std::nullopt, 1);
  ASSERT_EQ(paired.size(), 8u) << "a page of 4 KiB";
  EXPECT_NE(paired[0].data, history_->sector(paired[0].lba, 9));
  const std::vector<SectorPatch> rolled = damage(9, Damage::kRollback, 1, 1);
  ASSERT_EQ(rolled.size(), 1u);
  EXPECT_EQ(rolled[0].lba, 100u);
  EXPECT_EQ(rolled[0].data, filled(0));
}

TEST_F(CardHistoryTest, EqualCardsArePlannedOnce) {
  SweepRequest request;
  request.damages = {Damage::kTorn, Damage::kShorn, Damage::kReorder};
  request.repeat = 20;
  const std::vector<PlannedCard> plan = plan_cuts(request, *history_, 4);
  size_t cuts = 0;
  std::set<std::vector<uint8_t>> contents;
  for (const PlannedCard& card : plan) {
    cuts += card.cuts.size();
    hw::SectorStore store(100'000);
    history_->apply(store, 0, card.writes);
    for (const SectorPatch& patch : card.patches) store.write(patch.lba, patch.data.data());
    std::vector<uint8_t> all;
    for (uint32_t lba : {8u, 9u, 10u, 11u, 12u, 13u, 14u, 15u, 100u}) {
      WriteLog::Sector sector;
      store.read(lba, sector.data());
      all.insert(all.end(), sector.begin(), sector.end());
    }
    EXPECT_TRUE(contents.insert(all).second) << "the same card twice: " << card.cuts[0].text();
  }
  EXPECT_EQ(cuts, 14u * 61);
  EXPECT_LT(plan.size(), cuts / 2);
}

}  // namespace
}  // namespace saksi::sim
