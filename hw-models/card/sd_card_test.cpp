// Goal: the card answers as the SD specification says, its times are its profile's, and what a power cut leaves is exactly what was durable.
// Method: commands and blocks straight to the card, at times given by hand.
#include "hw-models/card/sd_card.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "hw-models/base/systemc_test.h"

namespace saksi::hw {
namespace {

using sc_core::SC_MS;
using sc_core::SC_NS;
using sc_core::SC_SEC;
using sc_core::sc_time;
using sc_core::SC_US;
using Sector = std::array<uint8_t, kSectorBytes>;

constexpr uint32_t kHighCapacity = 0x40FF8000;
constexpr uint32_t kIllegal = 1u << 22;
constexpr uint32_t kOutOfRange = 1u << 31;

Sector filled(uint8_t value) {
  Sector sector;
  sector.fill(value);
  return sector;
}

struct Recorder : WriteHook {
  struct Entry {
    sc_time time;
    uint32_t lba;
    uint8_t first;
    uint32_t erased;
  };
  void sector_written(const sc_time& time, uint32_t lba, const uint8_t* data) override { entries.push_back({time, lba, data[0], 0}); }
  void sectors_erased(const sc_time& time, uint32_t first_lba, uint32_t count) override { entries.push_back({time, first_lba, 0, count}); }
  std::vector<Entry> entries;
};

class SdCardTest : public SystemcTest {
 protected:
  static SdCardConfig config(const char* profile) {
    SdCardConfig result;
    result.timing = CardTiming::profile(profile);
    return result;
  }

  static sc_time now() { return sc_core::sc_time_stamp(); }
  static CardResponse send(SdCard& card, uint8_t index, uint32_t argument) { return card.command(index, argument, now()); }
  static CardResponse send_app(SdCard& card, uint8_t index, uint32_t argument, uint32_t rca = 0) {
    send(card, 55, rca << 16);
    return send(card, index, argument);
  }
  static SdCard::State state(SdCard& card) { return card.state(now()); }
  static unsigned state_field(uint32_t r1) { return r1 >> 9 & 0xF; }

  /// Brings a card to the transfer state; its address.
  static uint32_t bring_up(SdCard& card) {
    card.power_on(now());
    send(card, 0, 0);
    send(card, 8, 0x1AA);
    while ((send_app(card, 41, kHighCapacity).value >> 31) == 0) run_for(sc_time(10, SC_MS));
    send(card, 2, 0);
    const uint32_t rca = send(card, 3, 0).value >> 16;
    send(card, 7, rca << 16);
    EXPECT_EQ(state(card), SdCard::State::kTransfer);
    return rca;
  }
  static void write(SdCard& card, uint32_t lba, uint8_t value) {
    send(card, 24, lba);
    EXPECT_TRUE(card.write_block(filled(value).data(), now()));
  }
  static Sector stored(const SdCard& card, uint32_t lba) {
    Sector sector;
    card.store().read(lba, sector.data());
    return sector;
  }
};

TEST_F(SdCardTest, IdentificationGoesThroughTheStates) {
  SdCard card("card", config("good"));
  EXPECT_EQ(send(card, 8, 0x1AA).kind, CardResponse::Kind::kNone) << "without power";
  card.power_on(now());
  EXPECT_EQ(send(card, 0, 0).kind, CardResponse::Kind::kNone);
  EXPECT_EQ(send(card, 8, 0x1AA).value, 0x1AAu);
  EXPECT_EQ(send(card, 8, 0x2AA).kind, CardResponse::Kind::kNone) << "a voltage that it cannot do";
  EXPECT_EQ(send_app(card, 41, 0).value, 0x00FF8000u) << "an inquiry starts nothing";
  EXPECT_EQ(send_app(card, 41, kHighCapacity).value >> 31, 0u);
  run_for(sc_time(50, SC_MS));
  EXPECT_EQ(send_app(card, 41, kHighCapacity).value, 0xC0FF8000u);
  EXPECT_EQ(state(card), SdCard::State::kReady);
  const CardResponse cid = send(card, 2, 0);
  EXPECT_EQ(cid.kind, CardResponse::Kind::kLong);
  EXPECT_EQ(std::string(cid.register_bytes.begin() + 3, cid.register_bytes.begin() + 8), "SAKSI");
  const CardResponse address = send(card, 3, 0);
  EXPECT_EQ(address.value >> 16, 0x4567u);
  EXPECT_EQ(state_field(address.value & 0x1FFF), 2u);
  EXPECT_EQ(send(card, 13, 0x12340000).kind, CardResponse::Kind::kNone) << "another card's address";
  EXPECT_EQ(state_field(send(card, 13, 0x45670000).value), 3u);
  EXPECT_TRUE(send(card, 7, 0x45670000).busy);
  EXPECT_EQ(state(card), SdCard::State::kTransfer);
  send(card, 7, 0);
  EXPECT_EQ(state(card), SdCard::State::kStandby);
}

TEST_F(SdCardTest, CsdSaysTheCapacityWithACrc) {
  SdCard card("card", config("instant"));
  const uint32_t rca = bring_up(card);
  send(card, 7, 0);
  const CardResponse csd = send(card, 9, rca << 16);
  ASSERT_EQ(csd.kind, CardResponse::Kind::kLong);
  EXPECT_EQ(csd.register_bytes[0], 0x40);
  const uint32_t c_size = (csd.register_bytes[7] & 0x3Fu) << 16 | csd.register_bytes[8] << 8 | csd.register_bytes[9];
  EXPECT_EQ((c_size + 1) * 512ull * 1024, 4ull << 30);
  EXPECT_EQ(csd.register_bytes[15] & 1, 1);
}

TEST_F(SdCardTest, IllegalCommandsGetNoAnswerAndAreToldLater) {
  SdCard card("card", config("instant"));
  const uint32_t rca = bring_up(card);
  EXPECT_EQ(send(card, 2, 0).kind, CardResponse::Kind::kNone);
  EXPECT_NE(send(card, 13, rca << 16).value & kIllegal, 0u);
  EXPECT_EQ(send(card, 13, rca << 16).value & kIllegal, 0u) << "cleared by being read";
  EXPECT_EQ(send(card, 42, 0).kind, CardResponse::Kind::kNone);
  EXPECT_EQ(send(card, 12, 0).kind, CardResponse::Kind::kNone) << "nothing to stop";
}

TEST_F(SdCardTest, RegisterBlocksComeWithTheirSizes) {
  SdCard card("card", config("instant"));
  const uint32_t rca = bring_up(card);
  std::array<uint8_t, 64> block{};
  EXPECT_EQ(send_app(card, 51, 0, rca).data, CardResponse::Data::kToHost);
  EXPECT_EQ(card.next_block_size(), 8u);
  card.read_block(block.data(), now());
  EXPECT_EQ(block[1] & 0xF, 5) << "1 and 4 bit bus";
  EXPECT_EQ(block[3] & 2, 2) << "CMD23";
  send_app(card, 6, 2, rca);
  EXPECT_TRUE(card.wide_bus());
  send_app(card, 13, 0, rca);
  EXPECT_EQ(card.next_block_size(), 64u);
  card.read_block(block.data(), now());
  EXPECT_EQ(block[0], 0x80);
  EXPECT_EQ(block[8], 4) << "speed class 10";
  send(card, 6, 0x00FFFFF1);
  card.read_block(block.data(), now());
  EXPECT_EQ(block[13] & 3, 3);
  EXPECT_EQ(block[16] & 0xF, 1) << "can be switched";
  send(card, 6, 0x80FFFFF3);
  card.read_block(block.data(), now());
  EXPECT_EQ(block[16] & 0xF, 0xF) << "SDR104 is not offered";
  EXPECT_EQ(block[1], 0);
  EXPECT_EQ(state(card), SdCard::State::kTransfer);
}

TEST_F(SdCardTest, WritesCanBeReadBack) {
  SdCard card("card", config("good"));
  bring_up(card);
  send(card, 25, 1000);
  for (uint8_t i = 0; i < 4; ++i) EXPECT_TRUE(card.write_block(filled(static_cast<uint8_t>(i + 1)).data(), now()));
  EXPECT_EQ(state(card), SdCard::State::kReceive);
  EXPECT_TRUE(send(card, 12, 0).busy);
  EXPECT_EQ(state(card), SdCard::State::kProgram);
  EXPECT_EQ(send(card, 17, 0).kind, CardResponse::Kind::kNone) << "still programming";
  run_for(card.busy_until(now()) - now());
  EXPECT_EQ(state(card), SdCard::State::kTransfer);
  send(card, 18, 1001);
  EXPECT_GT(card.data_ready(now()), now());
  Sector sector;
  card.read_block(sector.data(), now());
  EXPECT_EQ(sector, filled(2));
  card.read_block(sector.data(), now());
  EXPECT_EQ(sector, filled(3));
  EXPECT_EQ(state(card), SdCard::State::kData);
  send(card, 12, 0);
  EXPECT_EQ(state(card), SdCard::State::kTransfer);
}

TEST_F(SdCardTest, SetBlockCountEndsATransferByItself) {
  SdCard card("card", config("instant"));
  const uint32_t rca = bring_up(card);
  send(card, 23, 2);
  send(card, 25, 8);
  EXPECT_TRUE(card.write_block(filled(1).data(), now()));
  EXPECT_TRUE(card.write_block(filled(2).data(), now()));
  EXPECT_EQ(state(card), SdCard::State::kTransfer);
  EXPECT_FALSE(card.write_block(filled(3).data(), now()));
  send(card, 23, 2);
  send(card, 13, rca << 16);
  send(card, 25, 8);
  card.write_block(filled(1).data(), now());
  card.write_block(filled(2).data(), now());
  EXPECT_EQ(state(card), SdCard::State::kReceive) << "a command in between cancels the count";
}

TEST_F(SdCardTest, BeyondTheEndIsOutOfRange) {
  SdCardConfig small = config("instant");
  small.capacity_bytes = 64 << 20;
  SdCard card("card", small);
  const uint32_t rca = bring_up(card);
  const uint32_t sectors = (64 << 20) / 512;
  EXPECT_NE(send(card, 17, sectors).value & kOutOfRange, 0u);
  EXPECT_EQ(state(card), SdCard::State::kTransfer);
  send(card, 25, sectors - 1);
  EXPECT_TRUE(card.write_block(filled(1).data(), now()));
  EXPECT_FALSE(card.write_block(filled(2).data(), now()));
  EXPECT_NE(send(card, 12, 0).value & kOutOfRange, 0u);
  EXPECT_EQ(send(card, 13, rca << 16).value & kOutOfRange, 0u);
}

TEST_F(SdCardTest, EachSectorIsDurableAtItsOwnInstantAndTold) {
  SdCard card("card", config("good"));
  Recorder recorder;
  card.set_write_hook(&recorder);
  bring_up(card);
  const sc_time begin = now();
  send(card, 25, 100);
  for (uint8_t i = 0; i < 10; ++i) card.write_block(filled(i).data(), now());
  send(card, 12, 0);
  const sc_time end = card.busy_until(now());
  EXPECT_GT(end, begin + sc_time(500, SC_US));
  EXPECT_LT(end, begin + sc_time(10, SC_MS));
  run_for(sc_time(50, SC_MS));
  ASSERT_EQ(recorder.entries.size(), 10u);
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(recorder.entries[i].lba, 100 + i);
    EXPECT_EQ(recorder.entries[i].first, i);
    if (i > 0) {
      EXPECT_GT(recorder.entries[i].time, recorder.entries[i - 1].time);
    }
  }
  EXPECT_EQ(recorder.entries[9].time, end);
}

TEST_F(SdCardTest, PowerCutKeepsExactlyWhatWasDurable) {
  Recorder recorder;
  SdCard card("card", config("good"));
  card.set_write_hook(&recorder);
  bring_up(card);
  send(card, 25, 100);
  for (uint8_t i = 0; i < 32; ++i) card.write_block(filled(static_cast<uint8_t>(i + 1)).data(), now());
  while (recorder.entries.size() < 5) run_for(sc_time(1, SC_US));
  card.power_off(now());
  run_for(sc_time(1, SC_SEC));
  EXPECT_EQ(recorder.entries.size(), 5u);
  for (uint32_t i = 0; i < 32; ++i) EXPECT_EQ(stored(card, 100 + i), filled(static_cast<uint8_t>(i < 5 ? i + 1 : 0))) << i;
  EXPECT_EQ(card.load.uw(), 0u);
  bring_up(card);
  EXPECT_EQ(state(card), SdCard::State::kTransfer);
}

TEST_F(SdCardTest, ResetCommandAbortsProgramming) {
  SdCard card("card", config("good"));
  bring_up(card);
  write(card, 5, 0x77);
  send(card, 0, 0);
  run_for(sc_time(1, SC_SEC));
  EXPECT_EQ(stored(card, 5), filled(0));
  EXPECT_EQ(state(card), SdCard::State::kIdle);
}

TEST_F(SdCardTest, AFullBufferHoldsTheBus) {
  SdCard card("card", config("good"));
  bring_up(card);
  send(card, 25, 0);
  for (int i = 0; i < 63; ++i) card.write_block(filled(1).data(), now());
  EXPECT_EQ(card.busy_until(now()), now());
  card.write_block(filled(1).data(), now());
  EXPECT_GT(card.busy_until(now()), now());
  run_for(card.busy_until(now()) - now());
  EXPECT_EQ(card.busy_until(now()), now());
}

TEST_F(SdCardTest, EraseZeroesAndIsTold) {
  SdCard card("card", config("good"));
  Recorder recorder;
  bring_up(card);
  write(card, 8, 1);
  run_for(sc_time(20, SC_MS));
  write(card, 9, 2);
  run_for(sc_time(20, SC_MS));
  card.set_write_hook(&recorder);
  EXPECT_NE(send(card, 38, 0).value & 1u << 28, 0u) << "sequence error";
  send(card, 32, 9);
  send(card, 33, 100000);
  EXPECT_TRUE(send(card, 38, 0).busy);
  EXPECT_EQ(stored(card, 9), filled(2));
  run_for(sc_time(1, SC_SEC));
  EXPECT_EQ(stored(card, 9), filled(0));
  EXPECT_EQ(stored(card, 8), filled(1));
  ASSERT_EQ(recorder.entries.size(), 1u);
  EXPECT_EQ(recorder.entries[0].erased, 100000u - 9 + 1);
}

/// Longest busy after single writes.
sc_time worst_busy(SdCard& card, int writes, std::vector<sc_time>* all = nullptr) {
  sc_time worst;
  for (int i = 0; i < writes; ++i) {
    const sc_time start = sc_core::sc_time_stamp();
    card.command(24, static_cast<uint32_t>(i), start);
    card.write_block(filled(1).data(), start);
    const sc_time busy = card.busy_until(start) - start;
    worst = std::max(worst, busy);
    if (all) all->push_back(busy);
    sc_core::sc_start(busy, sc_core::SC_RUN_TO_TIME);
  }
  return worst;
}

TEST_F(SdCardTest, ProfilesSpreadAroundTheirMedian) {
  SdCard card("card", config("good"));
  bring_up(card);
  std::vector<sc_time> all;
  worst_busy(card, 2001, &all);
  std::sort(all.begin(), all.end());
  const double median_us = all[1000].to_seconds() * 1e6;
  EXPECT_NEAR(median_us, 1037, 30);
  EXPECT_NEAR(all[1682].to_seconds() / all[1000].to_seconds(), 1.35, 0.06) << "one sigma of 0.3";
}

TEST_F(SdCardTest, OnlyTheIllegalProfilePausesLongerThanTheStandardAllows) {
  SdCard card("card", config("instant"));
  for (const std::string& name : CardTiming::profile_names()) {
    if (name == "late") continue;  // a fault on top of a profile
    card.exchange(config(name.c_str()));
    bring_up(card);
    sc_time slowest;
    for (uint32_t i = 0; i < 3 * 64; ++i) {  // 6 MiB in commands of 32 KiB
      const sc_time start = now();
      send(card, 25, i * 64);
      for (int sector = 0; sector < 64; ++sector) {
        const sc_time room = card.busy_until(now());
        if (room > now()) run_for(room - now());
        ASSERT_TRUE(card.write_block(filled(1).data(), now()));
      }
      send(card, 12, 0);
      const sc_time end = card.busy_until(now());
      if (end > now()) run_for(end - now());
      slowest = std::max(slowest, now() - start);
    }
    EXPECT_EQ(slowest > sc_time(500, SC_MS), name == "illegal") << name << ": " << slowest;
    card.power_off(now());
  }
}

TEST_F(SdCardTest, FaultLateStrikesAtEachNthWriteAndIsOffByDefault) {
  SdCardConfig good = config("good");
  EXPECT_EQ(good.timing.stall_ms, 0u);
  SdCard card("card", good);
  bring_up(card);
  EXPECT_LT(worst_busy(card, 100), sc_time(20, SC_MS));
  card.timing().stall_after_writes = 7;
  card.timing().stall_ms = 600;
  std::vector<sc_time> all;
  worst_busy(card, 28, &all);
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const sc_time& busy) { return busy > sc_time(600, SC_MS); }), 4);
}

TEST_F(SdCardTest, FaultHangLastsUntilThePowerIsCycled) {
  SdCardConfig hanging = config("good");
  hanging.timing.stall_after_writes = 1;
  hanging.timing.stall_ms = CardTiming::kStallForever;
  SdCard card("card", hanging);
  bring_up(card);
  write(card, 3, 9);
  run_for(sc_time(100, SC_SEC));
  EXPECT_EQ(card.busy_until(now()), sc_core::sc_max_time());
  EXPECT_EQ(stored(card, 3), filled(0));
  card.power_off(now());
  card.timing().stall_after_writes = 0;
  bring_up(card);
  write(card, 3, 9);
  run_for(sc_time(1, SC_SEC));
  EXPECT_EQ(stored(card, 3), filled(9));
}

TEST_F(SdCardTest, SameSeedSameTimes) {
  SdCard a("a", config("typical")), b("b", config("typical"));
  SdCardConfig other = config("typical");
  other.seed = 2;
  SdCard c("c", other);
  std::vector<sc_time> times[3];
  SdCard* cards[] = {&a, &b, &c};
  for (int i = 0; i < 3; ++i) {
    bring_up(*cards[i]);
    worst_busy(*cards[i], 20, &times[i]);
  }
  EXPECT_EQ(times[0], times[1]);
  EXPECT_NE(times[0], times[2]);
}

TEST_F(SdCardTest, LoadFollowsTheState) {
  SdCardConfig with_loads = config("good");
  SdCard card("card", with_loads);
  EXPECT_EQ(card.load.uw(), 0u);
  bring_up(card);
  EXPECT_EQ(card.load.uw(), with_loads.idle_uw);
  write(card, 1, 1);
  EXPECT_EQ(card.load.uw(), with_loads.write_uw);
  run_for(sc_time(1, SC_SEC));
  EXPECT_EQ(card.load.uw(), with_loads.idle_uw);
  send(card, 18, 0);
  EXPECT_EQ(card.load.uw(), with_loads.read_uw);
}

TEST_F(SdCardTest, AnotherCardCanTakeItsPlace) {
  SdCard card("card", config("instant"));
  bring_up(card);
  write(card, 3, 9);
  card.power_off(now());
  SdCardConfig other = config("instant");
  other.capacity_bytes = 1ull << 30;
  card.exchange(other);
  bring_up(card);
  EXPECT_EQ(stored(card, 3), filled(0));
  EXPECT_EQ(card.store().sectors(), 2097152u);
}

TEST_F(SdCardTest, MistakesAreSaid) {
  EXPECT_THROW(CardTiming::profile("goood"), UsageError);
  SdCardConfig tiny;
  tiny.capacity_bytes = 1000;
  EXPECT_THROW(SdCard("card", tiny), UsageError);
}

}  // namespace
}  // namespace saksi::hw
