// Goal: every fault of a card strikes when it is asked for, shows in what the card answers or holds and in what it tells, and is not there otherwise.
// Method: commands and blocks straight to the card; a cut in the middle of programming; what the card holds against what was sent.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/card/sd_card.h"

namespace saksi::hw {
namespace {

using sc_core::SC_MS;
using sc_core::sc_time;
using sc_core::SC_US;
using Sector = std::array<uint8_t, kSectorBytes>;

constexpr uint32_t kHighCapacity = 0x40FF8000;
constexpr uint32_t kWriteProtected = 1u << 26;
constexpr uint32_t kCommandCrcError = 1u << 23;
constexpr uint32_t kEccFailed = 1u << 21;
constexpr uint32_t kError = 1u << 19;
constexpr uint32_t kPlace = 1000;  ///< the first sector written; a multiple of 8
constexpr uint64_t kSectorUs = 100;

Sector filled(uint8_t value) {
  Sector sector;
  sector.fill(value);
  return sector;
}

struct Order : WriteHook {
  void sector_written(const sc_time&, uint32_t lba, const uint8_t*) override { written.push_back(lba); }
  void sector_damaged(const sc_time&, uint32_t lba, const uint8_t*) override { damaged.push_back(lba); }
  void sectors_erased(const sc_time&, uint32_t, uint32_t) override {}
  std::vector<uint32_t> written, damaged;
};

class CardFaultsTest : public SystemcTest {
 protected:
  /// A sector takes kSectorUs, a command nothing beside.
  static SdCardConfig plain() {
    SdCardConfig config;
    config.capacity_bytes = 64ull << 20;
    config.timing = CardTiming::profile("instant");
    config.timing.program_4k_us = kSectorUs * 8;
    config.timing.buffer_sectors = 64;
    return config;
  }

  static sc_time now() { return sc_core::sc_time_stamp(); }

  void begin(const SdCardConfig& config) {
    card_ = std::make_unique<SdCard>("card", config);
    card_->set_write_hook(&order_);
    card_->on_fault([this](const CardFaultTruth& fault) { struck_.push_back(fault); });
    start();
  }

  /// To the transfer state. False: the card does not answer.
  bool start() {
    card_->power_on(now());
    send(0, 0);
    if (send(8, 0x1AA).kind == CardResponse::Kind::kNone) return false;
    send(55, 0);
    send(41, kHighCapacity);
    send(2, 0);
    rca_ = send(3, 0).value & 0xFFFF0000;
    send(7, rca_);
    return card_->state(now()) == SdCard::State::kTransfer;
  }

  void cut() {
    card_->power_off(now());
    run_for(sc_time(1, SC_MS));
  }

  CardResponse send(uint8_t index, uint32_t argument) { return card_->command(index, argument, now()); }
  uint32_t status() { return send(13, rca_).value; }

  /// One write command, without waiting for its end.
  bool give(uint32_t lba, uint32_t count, uint8_t value) {
    send(25, lba);
    bool taken = true;
    for (uint32_t i = 0; i < count; ++i) taken = card_->write_block(filled(static_cast<uint8_t>(value + i)).data(), now()) && taken;
    ended_ = send(12, 0).value;
    return taken;
  }
  void wait_ready() {
    const sc_time end = card_->busy_until(now());
    if (end > now()) run_for(end - now());
    card_->state(now());  // what ends at this very instant has ended
  }
  bool write(uint32_t lba, uint32_t count, uint8_t value) {
    const bool taken = give(lba, count, value);
    wait_ready();
    return taken;
  }
  /// What a read command gives; empty: no data.
  std::vector<uint8_t> read(uint32_t lba) {
    std::vector<uint8_t> data;
    send(17, lba);
    if (card_->next_block_size() == kSectorBytes) {
      data.resize(kSectorBytes);
      if (!card_->read_block(data.data(), now())) data.clear();
    } else {
      ended_ = send(12, 0).value;
    }
    return data;
  }
  Sector stored(uint32_t lba) const {
    Sector sector;
    card_->store().read(lba, sector.data());
    return sector;
  }
  bool holds(uint32_t lba, uint8_t value) const { return stored(lba) == filled(value); }
  size_t strikes(const std::string& fault) const {
    return static_cast<size_t>(std::count_if(struck_.begin(), struck_.end(), [&](const CardFaultTruth& struck) { return struck.fault == fault; }));
  }

  std::unique_ptr<SdCard> card_;
  uint32_t rca_ = 0;
  uint32_t ended_ = 0;  ///< status with which the last CMD12 was answered
  Order order_;
  std::vector<CardFaultTruth> struck_;
};

TEST_F(CardFaultsTest, WithoutAFaultNothingIsToldAndACutKeepsWholeSectors) {
  begin(plain());
  write(kPlace, 8, 1);
  give(kPlace, 8, 101);
  run_for(sc_time(3 * kSectorUs + 50, SC_US));
  cut();
  for (uint32_t i = 0; i < 8; ++i) EXPECT_TRUE(holds(kPlace + i, static_cast<uint8_t>((i < 3 ? 101 : 1) + i))) << i;
  EXPECT_TRUE(struck_.empty());
  EXPECT_TRUE(order_.damaged.empty());
}

TEST_F(CardFaultsTest, ATornSectorIsNewAtItsBeginningOnly) {
  for (const auto torn : {CardFaults::Torn::kOld, CardFaults::Torn::kErased, CardFaults::Torn::kNoise}) {
    SdCardConfig config = plain();
    config.faults.torn = torn;
    if (card_) {
      card_->power_off(now());
      card_->exchange(config);
      start();
    } else {
      begin(config);
    }
    write(kPlace, 8, 1);
    give(kPlace, 8, 101);
    run_for(sc_time(3 * kSectorUs + 50, SC_US));
    struck_.clear();
    cut();
    ASSERT_EQ(strikes("torn"), 1u);
    EXPECT_EQ(struck_[0].lba, kPlace + 3);
    const Sector sector = stored(kPlace + 3);
    EXPECT_EQ(sector[0], 104);
    const auto old = std::find_if(sector.begin(), sector.end(), [](uint8_t byte) { return byte != 104; });
    ASSERT_NE(old, sector.end());
    const int behind = torn == CardFaults::Torn::kOld ? 4 : 0xFF;
    if (torn != CardFaults::Torn::kNoise) {
      EXPECT_TRUE(std::all_of(old, sector.end(), [&](uint8_t byte) { return byte == behind; }));
    }
    EXPECT_TRUE(holds(kPlace + 2, 103));
    EXPECT_TRUE(holds(kPlace + 4, 5));
  }
}

TEST_F(CardFaultsTest, AShornPageIsNewInItsFirstSectorsWhateverWasProgrammed) {
  SdCardConfig config = plain();
  config.faults.shorn_page_sectors = 8;
  begin(config);
  size_t with_old_before_new = 0;
  for (int round = 0; round < 20; ++round) {
    write(kPlace, 16, 1);
    give(kPlace, 16, 101);
    run_for(sc_time(5 * kSectorUs + 50, SC_US));
    cut();
    uint32_t whole = 0;
    while (whole < 8 && holds(kPlace + whole, static_cast<uint8_t>(101 + whole))) ++whole;
    for (uint32_t i = whole; i < 16; ++i) ASSERT_TRUE(holds(kPlace + i, static_cast<uint8_t>(1 + i))) << i << " of " << whole;
    with_old_before_new += whole != 5;
    ASSERT_TRUE(start());
  }
  EXPECT_GT(with_old_before_new, 10u);
  EXPECT_EQ(strikes("shorn_page_sectors"), 20u);
}

TEST_F(CardFaultsTest, AnUnreadablePageReadsWithAnEccErrorUntilItIsWritten) {
  SdCardConfig config = plain();
  config.faults.unreadable_page_sectors = 8;
  begin(config);
  write(kPlace, 16, 1);
  give(kPlace, 1, 101);
  run_for(sc_time(50, SC_US));
  cut();
  EXPECT_EQ(strikes("unreadable_page_sectors"), 1u);
  ASSERT_TRUE(start());
  EXPECT_TRUE(read(kPlace + 5).empty());
  EXPECT_NE(ended_ & kEccFailed, 0u);
  EXPECT_EQ(status() & kEccFailed, 0u) << "cleared by being read";
  EXPECT_FALSE(read(kPlace + 8).empty()) << "the next page is well";
  write(kPlace, 8, 50);
  EXPECT_EQ(read(kPlace + 5), std::vector<uint8_t>(kSectorBytes, 55));
}

TEST_F(CardFaultsTest, APairedPageIsAnOlderOneThatWasAcknowledged) {
  SdCardConfig config = plain();
  config.faults.paired_pages = 1;
  config.flash.page_sectors = 8;
  config.flash.paired_distance_pages = 4;
  begin(config);
  for (uint32_t page = 0; page < 8; ++page) write(page * 8, 8, static_cast<uint8_t>(10 * page));
  give(64, 1, 200);
  run_for(sc_time(50, SC_US));
  cut();
  ASSERT_EQ(strikes("paired_pages"), 1u);
  EXPECT_EQ(struck_[0].lba, 4u * 8) << "four pages before the one in flight";
  ASSERT_TRUE(start());
  EXPECT_TRUE(read(4 * 8 + 3).empty());
  EXPECT_FALSE(read(5 * 8).empty());
}

TEST_F(CardFaultsTest, ARollbackTakesBackWhatWasAcknowledgedALittleBefore) {
  SdCardConfig config = plain();
  config.faults.rollback_commands = 2;
  begin(config);
  write(0, 4, 10);
  write(0, 4, 20);
  write(0, 4, 30);
  cut();
  EXPECT_TRUE(holds(0, 10)) << "two commands back";
  EXPECT_EQ(strikes("rollback_commands"), 1u);
  ASSERT_TRUE(start());
  write(0, 4, 40);
  run_for(sc_time(CardFaults::kLatePersistMs + 1, SC_MS));
  cut();
  EXPECT_TRUE(holds(0, 40)) << "too long ago";
}

TEST_F(CardFaultsTest, ACutCanLeaveTheCardReadOnlyOrDead) {
  for (const auto after : {CardFaults::AfterCut::kReadOnly, CardFaults::AfterCut::kDead}) {
    SdCardConfig config = plain();
    config.faults.after_cut = after;
    if (card_) {
      card_->exchange(config);
      start();
    } else {
      begin(config);
    }
    write(kPlace, 1, 1);
    cut();
    ASSERT_TRUE(start()) << "nothing was in flight";
    give(kPlace, 1, 2);
    run_for(sc_time(50, SC_US));
    cut();
    EXPECT_EQ(start(), after == CardFaults::AfterCut::kReadOnly);
    if (after == CardFaults::AfterCut::kReadOnly) {
      EXPECT_EQ(read(kPlace), std::vector<uint8_t>(kSectorBytes, 1));
      EXPECT_NE(send(24, kPlace).value & kWriteProtected, 0u);
      EXPECT_FALSE(card_->write_block(filled(3).data(), now()));
    }
    cut();
  }
  EXPECT_EQ(strikes("after_cut"), 2u);
}

TEST_F(CardFaultsTest, AFencedCacheReordersWithinACommandOnly) {
  SdCardConfig config = plain();
  config.faults.cache_sectors = 64;
  begin(config);
  write(100, 32, 1);
  write(200, 32, 1);
  ASSERT_EQ(order_.written.size(), 64u) << "the end of busy waited for all";
  EXPECT_FALSE(std::is_sorted(order_.written.begin(), order_.written.begin() + 32));
  EXPECT_LT(*std::max_element(order_.written.begin(), order_.written.begin() + 32), 200u);
  for (uint32_t i = 0; i < 32; ++i) EXPECT_TRUE(holds(100 + i, static_cast<uint8_t>(1 + i))) << "all is in its place";
}

TEST_F(CardFaultsTest, ACacheWithoutAFenceLosesWhatItAcknowledged) {
  SdCardConfig config = plain();
  config.faults.cache_sectors = 64;
  config.faults.cache_hold_ms = 500;
  config.faults.cache_fence = false;
  begin(config);
  write(100, 8, 1);
  EXPECT_EQ(card_->busy_until(now()), now()) << "acknowledged at once";
  EXPECT_NE(status() & 1u << 8, 0u) << "ready for data";
  EXPECT_TRUE(order_.written.empty());
  EXPECT_EQ(read(103), std::vector<uint8_t>(kSectorBytes, 4)) << "the host sees what it wrote";
  write(100, 8, 51);
  write(300, 60, 1);
  EXPECT_FALSE(order_.written.empty()) << "a full cache is programmed before its time";
  run_for(sc_time(3 * kSectorUs, SC_US));
  card_->state(now());
  const size_t written = order_.written.size();
  cut();
  EXPECT_GT(written, 0u);
  EXPECT_LT(written, 76u);
  EXPECT_EQ(strikes("cache"), 1u);
  run_for(sc_time(1000, SC_MS));
  EXPECT_EQ(order_.written.size(), written);
}

TEST_F(CardFaultsTest, TwoWritesOfASectorKeepTheirOrderInTheCache) {
  SdCardConfig config = plain();
  config.faults.cache_sectors = 256;
  config.faults.cache_hold_ms = 20;
  config.faults.cache_fence = false;
  begin(config);
  for (uint8_t round = 0; round < 25; ++round) write(100, 4, static_cast<uint8_t>(round * 10));
  run_for(sc_time(200, SC_MS));
  EXPECT_FALSE(std::is_sorted(order_.written.begin(), order_.written.begin() + 8));
  for (uint32_t i = 0; i < 4; ++i) EXPECT_TRUE(holds(100 + i, static_cast<uint8_t>(240 + i)));
}

TEST_F(CardFaultsTest, AnUnstableSectorReadsWellFirst) {
  SdCardConfig config = plain();
  config.faults.unreadable_first = kPlace + 1;
  config.faults.unreadable_sectors = 1;
  config.faults.unreadable_after = 2;
  begin(config);
  for (int time = 0; time < 4; ++time) EXPECT_EQ(read(kPlace + 1).empty(), time >= 2) << time;
  EXPECT_NE(ended_ & kEccFailed, 0u);
  EXPECT_FALSE(read(kPlace).empty());
  EXPECT_EQ(strikes("unreadable"), 2u);
  // In the middle of a multiple read too: the first block comes, the second does not.
  send(18, kPlace);
  Sector sector;
  EXPECT_TRUE(card_->read_block(sector.data(), now()));
  EXPECT_EQ(card_->next_block_size(), 0u);
  EXPECT_NE(send(12, 0).value & kEccFailed, 0u);
  write(kPlace + 1, 1, 9);
  EXPECT_FALSE(read(kPlace + 1).empty()) << "written anew";
}

TEST_F(CardFaultsTest, BitsRotAtRestWithoutAWord) {
  SdCardConfig config = plain();
  config.faults.rotten_bits = 5;
  begin(config);
  EXPECT_TRUE(struck_.empty()) << "nothing is stored yet";
  write(kPlace, 8, 1);
  cut();
  ASSERT_TRUE(start());
  EXPECT_EQ(strikes("rotten_bits"), 5u);
  unsigned flipped = 0;
  for (uint32_t i = 0; i < 8; ++i) {
    const std::vector<uint8_t> data = read(kPlace + i);
    ASSERT_FALSE(data.empty());
    for (uint8_t byte : data) flipped += static_cast<unsigned>(__builtin_popcount(byte ^ (1u + i)));
  }
  EXPECT_TRUE(flipped == 5 || flipped == 3 || flipped == 1) << flipped;
}

TEST_F(CardFaultsTest, AMisdirectedWriteIsAcknowledgedAndHurtsAnother) {
  SdCardConfig config = plain();
  config.faults.misdirected_write = 2;
  begin(config);
  write(kPlace, 2, 1);
  EXPECT_TRUE(write(kPlace, 2, 101));
  EXPECT_EQ(status() & kError, 0u);
  EXPECT_TRUE(holds(kPlace, 1));
  ASSERT_EQ(strikes("misdirected_write"), 1u);
  EXPECT_TRUE(holds(struck_[0].lba, 101));
  write(kPlace, 2, 51);
  EXPECT_TRUE(holds(kPlace, 51)) << "only that one";
}

TEST_F(CardFaultsTest, AWriteErrorIsSaidOnceOrForGood) {
  SdCardConfig config = plain();
  config.faults.write_error = {2, 1};
  begin(config);
  EXPECT_TRUE(write(kPlace, 1, 1));
  EXPECT_FALSE(write(kPlace, 1, 2));
  EXPECT_NE(ended_ & kError, 0u);
  EXPECT_TRUE(holds(kPlace, 1));
  EXPECT_TRUE(write(kPlace, 1, 3));
  EXPECT_TRUE(holds(kPlace, 3));
  card_->power_off(now());
  config.faults.write_error = {2, 0};
  card_->exchange(config);
  ASSERT_TRUE(start());
  EXPECT_TRUE(write(kPlace, 1, 4));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(write(kPlace, 1, 5));
  EXPECT_EQ(strikes("write_error"), 6u);
}

TEST_F(CardFaultsTest, AReadErrorIsSaid) {
  SdCardConfig config = plain();
  config.faults.read_error = {2, 2};
  begin(config);
  for (int command = 1; command <= 4; ++command) {
    const bool fails = command == 2 || command == 3;
    EXPECT_EQ(read(kPlace).empty(), fails) << command;
    EXPECT_EQ(status() & kError, 0u) << "told by the command that ended the read";
    EXPECT_EQ(fails && (ended_ & kError) == 0, false);
  }
  EXPECT_EQ(strikes("read_error"), 2u);
}

TEST_F(CardFaultsTest, SpoiltBlocksAreNotTakenAndSpoiltCommandsNotAnswered) {
  SdCardConfig config = plain();
  config.faults.data_crc = {2, 2};
  begin(config);
  EXPECT_TRUE(write(kPlace, 1, 1));
  EXPECT_FALSE(write(kPlace, 1, 2));
  EXPECT_TRUE(read(kPlace).empty());
  EXPECT_EQ(read(kPlace), std::vector<uint8_t>(kSectorBytes, 1));
  EXPECT_EQ(strikes("data_crc"), 2u);
  card_->power_off(now());
  config.faults = {};
  config.faults.command_crc = {8, 1};
  card_->exchange(config);
  ASSERT_TRUE(start());
  EXPECT_EQ(send(13, rca_).kind, CardResponse::Kind::kNone);
  EXPECT_NE(status() & kCommandCrcError, 0u);
  EXPECT_EQ(strikes("command_crc"), 1u);
}

TEST_F(CardFaultsTest, ReadOnlyFromAWriteOn) {
  SdCardConfig config = plain();
  config.faults.read_only_after = 2;
  begin(config);
  EXPECT_TRUE(write(kPlace, 1, 1));
  EXPECT_TRUE(write(kPlace, 1, 2));
  const CardResponse refused = send(24, kPlace);
  EXPECT_EQ(refused.data, CardResponse::Data::kNone);
  EXPECT_NE(refused.value & kWriteProtected, 0u);
  EXPECT_EQ(read(kPlace), std::vector<uint8_t>(kSectorBytes, 2));
}

TEST_F(CardFaultsTest, ACardThatLiesWritesOverItsBeginning) {
  SdCardConfig config = plain();
  config.faults.real_mib = 16;
  begin(config);
  write(7, 1, 1);
  EXPECT_EQ(card_->store().sectors(), 64u * 2048) << "it says that it has all";
  EXPECT_TRUE(write(16 * 2048 + 7, 1, 99));
  EXPECT_EQ(read(7), std::vector<uint8_t>(kSectorBytes, 99));
  EXPECT_EQ(strikes("real_mib"), 1u);
}

TEST_F(CardFaultsTest, TheSeedDecidesWhatIsLeftToChance) {
  const auto torn_at = [this](uint64_t seed) {
    SdCardConfig config = plain();
    config.faults.torn = CardFaults::Torn::kNoise;
    config.seed = seed;
    if (card_) {
      card_->exchange(config);
      start();
    } else {
      begin(config);
    }
    give(kPlace, 1, 101);
    run_for(sc_time(50, SC_US));
    cut();
    return stored(kPlace);
  };
  const Sector first = torn_at(1);
  EXPECT_EQ(torn_at(1), first);
  EXPECT_NE(torn_at(2), first);
}

TEST_F(CardFaultsTest, HousekeepingAndWearComeFromTheFlash) {
  SdCardConfig config = plain();
  config.capacity_bytes = 8ull << 20;
  config.flash.enabled = true;
  config.flash.page_sectors = 8;
  config.flash.block_pages = 32;
  config.flash.filled_percent = 100;
  config.flash.endurance = 6;
  begin(config);
  sc_time slowest;
  for (uint32_t i = 0; i < 20'000 && strikes("read_only") == 0; ++i) {
    const sc_time start = now();
    write(i * 7919 % 2048 * 8, 1, static_cast<uint8_t>(i));
    slowest = std::max(slowest, now() - start);
  }
  EXPECT_GT(strikes("flash"), 10u);
  EXPECT_GT(slowest, sc_time(20, SC_MS)) << "a block copied together";
  EXPECT_EQ(strikes("read_only"), 1u) << "worn out";
  EXPECT_TRUE(card_->flash()->worn_out());
  EXPECT_LE(card_->flash()->most_erases(), 6u);
  EXPECT_GT(card_->flash()->blocks_erased(), 64u) << "wear is spread";
}

}  // namespace
}  // namespace saksi::hw
