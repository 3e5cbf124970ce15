// Goal: a driver written for SD host controllers finds the card and moves data through this one, and every error that it can meet is told
// as the specification says. Method: the bare driver of driver_for_test.h, on a card with a timing profile.
#include "hw-models/sdhci/sdhci.h"

#include <cstring>
#include <string>

#include "hw-models/base/systemc_test.h"
#include "hw-models/sdhci/driver_for_test.h"
#include "regs/sdhci_regs.hpp"

namespace saksi::hw {
namespace {

using namespace regs::sdhci;
using sc_core::SC_MS;
using sc_core::SC_SEC;
using sc_core::sc_time;
using sc_core::SC_US;

constexpr uint32_t kData = SdhciBench::kBuffer;

class SdhciTest : public SystemcTest {
 protected:
  static SdCardConfig config(const char* profile = "good") {
    SdCardConfig result;
    result.timing = CardTiming::profile(profile);
    return result;
  }
  static void fill(SdhciBench& bench, uint32_t address, uint32_t bytes, uint8_t seed = 1) {
    for (uint32_t i = 0; i < bytes; ++i) bench.memory(address)[i] = static_cast<uint8_t>(seed + i * 3 + i / 512);
  }
  static std::vector<uint8_t> bytes(SdhciBench& bench, uint32_t address, uint32_t size) {
    return std::vector<uint8_t>(bench.memory(address), bench.memory(address) + size);
  }
};

TEST_F(SdhciTest, CapabilitiesAndVersionAreWhatDriversLookFor) {
  SdhciBench bench(config());
  EXPECT_EQ(bench.host.regs.read(kVersion, 2) & 0xFF, 2u);
  EXPECT_EQ(kCapabilitiesBaseClock.get(bench.host.read32(kCapabilities)), 50u);
  EXPECT_EQ(kCapabilitiesAdma2.get(bench.host.read32(kCapabilities)), 1u);
  EXPECT_EQ(kCapabilitiesV33.get(bench.host.read32(kCapabilities)), 1u);
}

TEST_F(SdhciTest, ADriverFindsTheCard) {
  SdhciBench bench(config());
  ASSERT_TRUE(bench.bring_up()) << std::hex << bench.last_status;
  EXPECT_EQ(bench.card.state(sc_core::sc_time_stamp()), SdCard::State::kTransfer);
  EXPECT_TRUE(bench.card.wide_bus());
  EXPECT_TRUE(bench.command(13, bench.rca << 16, SdhciBench::kR1));
  EXPECT_EQ(bench.response() >> 9 & 0xF, 4u);
}

TEST_F(SdhciTest, LongResponsesComeWithoutTheirCrcByte) {
  SdhciBench bench(config("instant"));
  ASSERT_TRUE(bench.bring_up());
  ASSERT_TRUE(bench.command(7, 0, 0));
  ASSERT_TRUE(bench.command(9, bench.rca << 16, SdhciBench::kR2));
  // CSD 2.0: structure in bits 127:126, C_SIZE in 69:48, both eight bits further down here.
  EXPECT_EQ(bench.response(3) >> 22 & 3, 1u);
  const uint32_t c_size = (bench.response(1) >> 8) & 0x3FFFFF;
  EXPECT_EQ(c_size, (4ull << 30) / (512 * 1024) - 1);
  EXPECT_EQ(bench.response(3) >> 24, 0u);
}

TEST_F(SdhciTest, Adma2WritesAndReadsBack) {
  SdhciBench bench(config());
  ASSERT_TRUE(bench.bring_up());
  fill(bench, kData, 16 * 512);
  const std::vector<uint8_t> written = bytes(bench, kData, 16 * 512);
  ASSERT_TRUE(bench.transfer(false, 1234, 16)) << std::hex << bench.last_status;
  EXPECT_EQ(bench.host.regs.read(kBlockCount, 2), 0u);
  std::memset(bench.memory(kData), 0, 16 * 512);
  ASSERT_TRUE(bench.transfer(true, 1234, 16, SdhciBench::kAuto23)) << std::hex << bench.last_status;
  EXPECT_EQ(bytes(bench, kData, 16 * 512), written);
}

TEST_F(SdhciTest, TransferDoneOfAWriteMeansDurable) {
  SdhciBench bench(config());
  ASSERT_TRUE(bench.bring_up());
  fill(bench, kData, 8 * 512);
  for (uint32_t automatic : {SdhciBench::kAuto12, SdhciBench::kAuto23}) {
    const uint64_t before = bench.card.sectors_written();
    ASSERT_TRUE(bench.transfer(false, 64, 8, automatic));
    EXPECT_EQ(bench.card.sectors_written(), before + 8);
  }
}

TEST_F(SdhciTest, DescriptorsMayCutBlocksAndLinkOn) {
  SdhciBench bench(config("instant"));
  ASSERT_TRUE(bench.bring_up());
  fill(bench, kData, 2048);
  const std::vector<uint8_t> written = bytes(bench, kData, 1024);
  ASSERT_TRUE(bench.transfer(false, 0, 2));
  bench.adma_table({{kData + 0x1000, 100}, {kData + 0x2000, 500}, {kData + 0x3000, 424}});
  // The third entry becomes a link to a table elsewhere.
  std::memcpy(bench.memory(kData + 0x8000), bench.memory(SdhciBench::kTable + 16), 8);
  const uint32_t link[2] = {0x31, kData + 0x8000};
  std::memcpy(bench.memory(SdhciBench::kTable + 16), link, sizeof link);
  bench.set_blocks(2);
  ASSERT_TRUE(bench.command(18, 0, SdhciBench::kR1, true, SdhciBench::mode(true, true)));
  ASSERT_TRUE(bench.finish(kIntStatusTransferDone.mask())) << std::hex << bench.last_status;
  std::vector<uint8_t> read = bytes(bench, kData + 0x1000, 100);
  for (uint8_t byte : bytes(bench, kData + 0x2000, 500)) read.push_back(byte);
  for (uint8_t byte : bytes(bench, kData + 0x3000, 424)) read.push_back(byte);
  EXPECT_EQ(read, written);
}

TEST_F(SdhciTest, AdmaErrorsSayWhereTheyWere) {
  SdhciBench bench(config("instant"));
  ASSERT_TRUE(bench.bring_up());
  bench.adma_table({{kData, 1024}});
  *bench.memory(SdhciBench::kTable) = 0x22;  // not valid
  bench.set_blocks(2);
  bench.command(18, 0, SdhciBench::kR1, true, SdhciBench::mode(true, true));
  EXPECT_FALSE(bench.finish(kIntStatusTransferDone.mask()));
  EXPECT_EQ(kIntStatusAdma.get(bench.last_status), 1u);
  EXPECT_EQ(kAdmaErrorState.get(bench.host.regs.read(kAdmaError, 1)), 1u);
  EXPECT_EQ(bench.host.read32(kAdmaAddress), SdhciBench::kTable);
  bench.command(12, 0, SdhciBench::kR1b);

  bench.adma_table({{0x40000000, 1024}});  // no memory there
  bench.set_blocks(2);
  bench.command(18, 0, SdhciBench::kR1, true, SdhciBench::mode(true, true));
  EXPECT_FALSE(bench.finish(kIntStatusTransferDone.mask()));
  EXPECT_EQ(kAdmaErrorState.get(bench.host.regs.read(kAdmaError, 1)), 3u);
  bench.command(12, 0, SdhciBench::kR1b);

  for (uint32_t size : {512u, 2048u}) {  // too short, too long
    bench.adma_table({{kData, size}});
    bench.set_blocks(2);
    bench.command(18, 0, SdhciBench::kR1, true, SdhciBench::mode(true, true, SdhciBench::kAutoNone));
    EXPECT_FALSE(bench.finish(kIntStatusTransferDone.mask()));
    EXPECT_EQ(kAdmaErrorLength.get(bench.host.regs.read(kAdmaError, 1)), 1u);
    bench.command(12, 0, SdhciBench::kR1b);
  }
}

TEST_F(SdhciTest, SdmaStopsAtItsBoundary) {
  SdhciBench bench(config("instant"));
  ASSERT_TRUE(bench.bring_up());
  fill(bench, kData, 16 * 512);
  const std::vector<uint8_t> written = bytes(bench, kData, 16 * 512);
  bench.write8(kHostControl, kHostControlWidth4.put(1));
  bench.write16(kBlockSize, 512);  // boundary of 4 KiB
  bench.write16(kBlockCount, 16);
  bench.host.write32(kSdmaAddress, kData);
  ASSERT_TRUE(bench.command(25, 77, SdhciBench::kR1, true, SdhciBench::mode(false, true)));
  ASSERT_TRUE(bench.finish(kIntStatusDma.mask()));
  EXPECT_FALSE(bench.has(kIntStatusTransferDone));
  const uint32_t next = bench.host.read32(kSdmaAddress);
  EXPECT_EQ(next, kData + 4096);
  bench.host.write32(kIntStatus, kIntStatusDma.mask());
  bench.host.write32(kSdmaAddress, next);
  ASSERT_TRUE(bench.finish(kIntStatusTransferDone.mask()));
  bench.write8(kHostControl, kHostControlWidth4.put(1) | kHostControlDmaSelect.put(2));
  ASSERT_TRUE(bench.transfer(true, 77, 16));
  EXPECT_EQ(bytes(bench, kData, 16 * 512), written);
}

TEST_F(SdhciTest, PioMovesWordsThroughTheBuffer) {
  SdhciBench bench(config("instant"));
  ASSERT_TRUE(bench.bring_up());
  bench.set_blocks(2);
  ASSERT_TRUE(bench.command(25, 9, SdhciBench::kR1, true, SdhciBench::mode(false, false)));
  for (uint32_t block = 0; block < 2; ++block) {
    ASSERT_TRUE(bench.finish(kIntStatusWriteReady.mask()));
    bench.host.write32(kIntStatus, kIntStatusWriteReady.mask());
    EXPECT_EQ(kPresentSpace.get(bench.host.read32(kPresent)), 1u);
    for (uint32_t word = 0; word < 128; ++word) bench.host.write32(kBuffer, block << 16 | word);
  }
  ASSERT_TRUE(bench.finish(kIntStatusTransferDone.mask()));
  bench.set_blocks(2);
  ASSERT_TRUE(bench.command(18, 9, SdhciBench::kR1, true, SdhciBench::mode(true, false)));
  for (uint32_t block = 0; block < 2; ++block) {
    ASSERT_TRUE(bench.finish(kIntStatusReadReady.mask()));
    bench.host.write32(kIntStatus, kIntStatusReadReady.mask());
    for (uint32_t word = 0; word < 128; ++word) ASSERT_EQ(bench.host.read32(kBuffer), block << 16 | word);
  }
  EXPECT_TRUE(bench.finish(kIntStatusTransferDone.mask()));
}

TEST_F(SdhciTest, RegisterBlocksAreReadBySize) {
  SdhciBench bench(config("instant"));
  ASSERT_TRUE(bench.bring_up());
  bench.adma_table({{kData, 8}});
  bench.set_blocks(1, 8);
  const uint32_t mode = kTransferModeDma.put(1) | kTransferModeRead.put(1);
  ASSERT_TRUE(bench.app_command(51, 0, SdhciBench::kR1, true, mode));
  ASSERT_TRUE(bench.finish(kIntStatusTransferDone.mask()));
  EXPECT_EQ(*bench.memory(kData), 0x02);
}

TEST_F(SdhciTest, BusTimeFollowsClockAndWidth) {
  SdhciBench bench(config("instant"));
  ASSERT_TRUE(bench.bring_up());
  fill(bench, kData, 100 * 512);
  const auto time_of_write = [&] {
    const sc_time begin = sc_core::sc_time_stamp();
    EXPECT_TRUE(bench.transfer(false, 0, 100));
    return (sc_core::sc_time_stamp() - begin).to_seconds() * 1e6;
  };
  const double at_25_mhz = time_of_write();
  EXPECT_NEAR(at_25_mhz, 100 * 1049 / 25.0, 20);
  bench.set_clock(0);
  EXPECT_NEAR(time_of_write(), 100 * 1049 / 50.0, 20);
  bench.set_clock(1);
  bench.write8(kHostControl, kHostControlDmaSelect.put(2));
  ASSERT_TRUE(bench.app_command(6, 0, SdhciBench::kR1));
  EXPECT_NEAR(time_of_write(), 100 * 4121 / 25.0, 20);
}

TEST_F(SdhciTest, DifferentBusWidthsGiveCrcErrors) {
  SdhciBench bench(config("instant"));
  ASSERT_TRUE(bench.bring_up());
  bench.write8(kHostControl, kHostControlDmaSelect.put(2));
  EXPECT_FALSE(bench.transfer(true, 0, 1));
  EXPECT_EQ(kIntStatusDataCrc.get(bench.last_status), 1u);
}

TEST_F(SdhciTest, MemoryIsReadBlockByBlock) {
  SdhciBench bench(config("instant"));
  ASSERT_TRUE(bench.bring_up());
  std::memset(bench.memory(kData), 1, 4 * 512);
  bench.adma_table({{kData, 4 * 512}});
  bench.set_blocks(4);
  ASSERT_TRUE(bench.command(25, 0, SdhciBench::kR1, true, SdhciBench::mode(false, true)));
  run_for(sc_time(50, SC_US));  // the first block has left, the second is in the controller, of the fourth nothing has been read
  std::memset(bench.memory(kData) + 3 * 512, 2, 512);
  ASSERT_TRUE(bench.finish(kIntStatusTransferDone.mask()));
  uint8_t sector[512];
  bench.card.store().read(2, sector);
  EXPECT_EQ(sector[0], 1);
  bench.card.store().read(3, sector);
  EXPECT_EQ(sector[0], 2);
}

TEST_F(SdhciTest, InterruptsNeedStatusAndSignalEnable) {
  SdhciBench bench(config("instant"));
  ASSERT_TRUE(bench.bring_up());
  bench.host.write32(kIntStatus, 0xFFFFFFFF);
  bench.host.write32(kSignalEnable, kIntStatusCmdDone.mask());
  bench.issue(13, bench.rca << 16, SdhciBench::kR1);
  EXPECT_FALSE(bench.host.irq.level());
  run_for(sc_time(10, SC_US));
  EXPECT_TRUE(bench.host.irq.level());
  bench.host.write32(kIntStatus, kIntStatusCmdDone.mask());
  EXPECT_FALSE(bench.host.irq.level());
  bench.host.write32(kIntEnable, 0);
  bench.issue(13, bench.rca << 16, SdhciBench::kR1);
  run_for(sc_time(10, SC_US));
  EXPECT_EQ(bench.status(), 0u);
  EXPECT_FALSE(bench.host.irq.level());
}

TEST_F(SdhciTest, ErrorBitFollowsTheErrors) {
  SdhciBench bench(config("instant"));
  ASSERT_TRUE(bench.bring_up());
  EXPECT_FALSE(bench.command(2, 0, SdhciBench::kR2)) << "no card is waiting to be identified";
  EXPECT_EQ(kIntStatusCmdTimeout.get(bench.last_status), 1u);
  EXPECT_EQ(kIntStatusError.get(bench.last_status), 1u);
  bench.host.write32(kIntStatus, kIntStatusCmdTimeout.mask());
  EXPECT_FALSE(bench.has(kIntStatusError));
  EXPECT_TRUE(bench.command(13, bench.rca << 16, SdhciBench::kR1)) << "after the resets all is well";
}

TEST_F(SdhciTest, WrongChecksAreErrorsAsInSilicon) {
  SdhciBench bench(config("instant"));
  bench.power_up();
  ASSERT_TRUE(bench.command(0, 0, 0));
  ASSERT_TRUE(bench.command(55, 0, SdhciBench::kR1));
  EXPECT_FALSE(bench.command(41, 0x40FF8000, SdhciBench::kR1)) << "R3 has neither index nor CRC";
  EXPECT_EQ(kIntStatusCmdIndex.get(bench.last_status), 1u);
  ASSERT_TRUE(bench.command(0, 0, 0));
  EXPECT_FALSE(bench.command(8, 0x1AA, SdhciBench::kR2));
  EXPECT_EQ(kIntStatusCmdEnd.get(bench.last_status), 1u);
}

TEST_F(SdhciTest, ALateCardIsADataTimeout) {
  SdCardConfig late = config();
  late.timing.stall_after_writes = 2;
  late.timing.stall_ms = 1000;
  SdhciBench bench(late);
  ASSERT_TRUE(bench.bring_up());
  bench.write8(kTimeout, 11);  // 2^24 / 50 MHz = 336 ms
  ASSERT_TRUE(bench.transfer(false, 0, 4));
  const sc_time begin = sc_core::sc_time_stamp();
  EXPECT_FALSE(bench.transfer(false, 8, 4));
  EXPECT_EQ(kIntStatusDataTimeout.get(bench.last_status), 1u);
  EXPECT_NEAR((sc_core::sc_time_stamp() - begin).to_seconds(), 0.336, 0.005);
  // CMD13 tells that it is still programming, and later that it is not.
  ASSERT_TRUE(bench.command(13, bench.rca << 16, SdhciBench::kR1));
  EXPECT_EQ(bench.response() >> 9 & 0xF, 7u);
  EXPECT_EQ(kPresentDatLevel.get(bench.host.read32(kPresent)) & 1, 0u);
  run_for(sc_time(1, SC_SEC));
  ASSERT_TRUE(bench.command(13, bench.rca << 16, SdhciBench::kR1));
  EXPECT_EQ(bench.response() >> 9 & 0xF, 4u);
  EXPECT_TRUE(bench.transfer(false, 16, 4));
}

TEST_F(SdhciTest, WithoutACardCommandsTimeOut) {
  SdhciBench bench(config());
  bench.host.pull_card();
  bench.power_up();
  EXPECT_EQ(kPresentInserted.get(bench.host.read32(kPresent)), 0u);
  EXPECT_FALSE(bench.command(8, 0x1AA, SdhciBench::kR1));
  EXPECT_EQ(kIntStatusCmdTimeout.get(bench.last_status), 1u);
}

TEST_F(SdhciTest, WithoutCardClockACommandNeverEnds) {
  SdhciBench bench(config());
  bench.power_up();
  bench.write16(kClock, kClockInternalEnable.put(1));
  bench.issue(0, 0, 0);
  run_for(sc_time(10, SC_SEC));
  EXPECT_EQ(bench.status(), 0u);
  EXPECT_EQ(kPresentCmdInhibit.get(bench.host.read32(kPresent)), 1u);
  bench.write8(kReset, kResetCmd.put(1));
  EXPECT_EQ(kPresentCmdInhibit.get(bench.host.read32(kPresent)), 0u);
}

TEST_F(SdhciTest, WithoutBusPowerTheCardIsSilent) {
  SdhciBench bench(config());
  ASSERT_TRUE(bench.bring_up());
  bench.write8(kPower, 0);
  EXPECT_FALSE(bench.card.powered());
  EXPECT_FALSE(bench.command(13, bench.rca << 16, SdhciBench::kR1));
}

TEST_F(SdhciTest, PullAndInsertInterruptAndDoNotHang) {
  SdhciBench bench(config());
  ASSERT_TRUE(bench.bring_up());
  bench.host.write32(kSignalEnable, kIntStatusRemoved.mask() | kIntStatusInserted.mask());
  fill(bench, kData, 64 * 512);
  bench.adma_table({{kData, 64 * 512}});
  bench.set_blocks(64);
  ASSERT_TRUE(bench.command(25, 100, SdhciBench::kR1, true, SdhciBench::mode(false, true)));
  run_for(sc_time(100, SC_US));
  bench.host.pull_card();
  EXPECT_TRUE(bench.host.irq.level());
  EXPECT_TRUE(bench.has(kIntStatusRemoved));
  EXPECT_FALSE(bench.card.powered());
  EXPECT_FALSE(bench.finish(kIntStatusTransferDone.mask())) << "the rest of the blocks has nowhere to go";
  bench.host.write32(kIntStatus, 0xFFFFFFFF);
  EXPECT_FALSE(bench.host.irq.level());
  bench.host.insert_card(bench.card);
  EXPECT_TRUE(bench.has(kIntStatusInserted));
  ASSERT_TRUE(bench.bring_up());
  EXPECT_TRUE(bench.transfer(false, 100, 4));
}

TEST_F(SdhciTest, APullWhileBusyLooksLikeTheEndOfBusy) {
  SdhciBench bench(config());
  ASSERT_TRUE(bench.bring_up());
  bench.adma_table({{kData, 512}});
  bench.set_blocks(1);
  ASSERT_TRUE(bench.command(25, 100, SdhciBench::kR1, true, SdhciBench::mode(false, true)));
  run_for(sc_time(100, SC_US));
  bench.host.pull_card();
  run_for(sc_time(1, SC_US));
  EXPECT_TRUE(bench.has(kIntStatusTransferDone));
  EXPECT_TRUE(bench.has(kIntStatusRemoved)) << "which is how a driver knows better";
  EXPECT_EQ(bench.card.sectors_written(), 0u);
}

TEST_F(SdhciTest, AbortStopsAnOpenEndedTransfer) {
  SdhciBench bench(config());
  ASSERT_TRUE(bench.bring_up());
  bench.adma_table({{kData, 65536}});
  bench.set_blocks(0);
  const uint32_t open_ended = kTransferModeDma.put(1) | kTransferModeMulti.put(1) | kTransferModeRead.put(1);
  ASSERT_TRUE(bench.command(18, 0, SdhciBench::kR1, true, open_ended));
  run_for(sc_time(2, SC_MS));
  ASSERT_TRUE(bench.command(12, 0, SdhciBench::kR1b | kCommandType.put(3)));
  EXPECT_EQ(bench.card.state(sc_core::sc_time_stamp()), SdCard::State::kTransfer);
}

TEST_F(SdhciTest, CommandsThatDoNotWaitAreDropped) {
  SdhciBench bench(config());
  ASSERT_TRUE(bench.bring_up());
  bench.issue(13, bench.rca << 16, SdhciBench::kR1);
  bench.issue(13, 0, SdhciBench::kR1);
  EXPECT_EQ(bench.host.dropped_commands(), 1u);
  run_for(sc_time(100, SC_US));
  EXPECT_EQ(bench.response() >> 9 & 0xF, 4u);
}

TEST_F(SdhciTest, ObserverSeesCommandsAsTheyAreIssued) {
  SdhciBench bench(config());
  struct Seen {
    uint8_t index;
    uint32_t argument;
    uint16_t blocks;
    sc_time time;
  };
  std::vector<Seen> seen;
  ASSERT_TRUE(bench.bring_up());
  bench.host.on_command([&](uint8_t index, uint32_t argument, uint16_t blocks, sc_time time) { seen.push_back({index, argument, blocks, time}); });
  const sc_time begin = sc_core::sc_time_stamp();
  ASSERT_TRUE(bench.transfer(false, 4096, 3));
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].index, 25);
  EXPECT_EQ(seen[0].argument, 4096u);
  EXPECT_EQ(seen[0].blocks, 3);
  EXPECT_EQ(seen[0].time, begin);
}

TEST_F(SdhciTest, PowerOnResetForgetsEverythingButTheCard) {
  SdhciBench bench(config());
  ASSERT_TRUE(bench.bring_up());
  bench.host.write32(kSignalEnable, 0xFFFFFFFF);
  bench.adma_table({{kData, 64 * 512}});
  bench.set_blocks(64);
  ASSERT_TRUE(bench.command(25, 0, SdhciBench::kR1, true, SdhciBench::mode(false, true)));
  run_for(sc_time(3, SC_MS));
  bench.host.reset();
  EXPECT_FALSE(bench.host.irq.level());
  EXPECT_FALSE(bench.card.powered());
  const uint64_t kept = bench.card.sectors_written();
  EXPECT_GT(kept, 0u);
  run_for(sc_time(1, SC_SEC));
  EXPECT_EQ(bench.status(), 0u);
  EXPECT_EQ(bench.card.sectors_written(), kept);
  EXPECT_EQ(kPresentInserted.get(bench.host.read32(kPresent)), 1u);
  EXPECT_TRUE(bench.bring_up());
}

TEST_F(SdhciTest, LoadFollowsClockAndTraffic) {
  SdhciBench bench(config());
  const SdhciConfig loads;
  EXPECT_EQ(bench.host.load.uw(), loads.idle_uw);
  ASSERT_TRUE(bench.bring_up());
  EXPECT_EQ(bench.host.load.uw(), loads.clocked_uw);
  bench.issue(13, bench.rca << 16, SdhciBench::kR1);
  EXPECT_EQ(bench.host.load.uw(), loads.transfer_uw);
  run_for(sc_time(1, SC_MS));
  EXPECT_EQ(bench.host.load.uw(), loads.clocked_uw);
}

}  // namespace
}  // namespace saksi::hw
