#ifndef SAKSI_HW_MODELS_SDHCI_DRIVER_FOR_TEST_H_
#define SAKSI_HW_MODELS_SDHCI_DRIVER_FOR_TEST_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <systemc>
#include <vector>

#include "hw-models/sdhci/sdhci.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/ram.h"
#include "regs/sdhci_regs.hpp"

namespace saksi::hw {

/// A board of a controller, a bus and memory, and a bare driver that does over the registers what U-Boot's sdhci.c and mmc.c do: waits for
/// the inhibit bits, clears and polls INT_STATUS, resets CMD and DAT after an error.
struct SdhciBench : sc_core::sc_module {
  static constexpr uint32_t kRegisters = 0x10000000;
  static constexpr uint32_t kRam = 0x80000000;
  static constexpr uint32_t kTable = kRam + 0x100;
  static constexpr uint32_t kBuffer = kRam + 0x10000;

  explicit SdhciBench(const SdCardConfig& card_config, const sc_core::sc_module_name& name = "bench")
      : sc_module(name), bus("bus"), ram("ram", RamConfig{0x200000}), host("sdhci", SdhciConfig{}), card("card", card_config) {
    bus.map(kRam, ram.size(), ram.target);
    bus.map(kRegisters, regs::sdhci::kSize, host.reg_target);
    host.dma.socket.bind(bus.target);
    host.insert_card(card);
    host.irq.connect([this](bool level) {
      if (level) irq_at = sc_core::sc_time_stamp();
    });
  }

  using Field = regs::Field;
  void write8(uint32_t offset, uint32_t value) { host.regs.write(offset, 1, value); }
  void write16(uint32_t offset, uint32_t value) { host.regs.write(offset, 2, value); }
  uint32_t status() { return host.read32(regs::sdhci::kIntStatus); }
  bool has(Field bit) { return bit.get(status()) != 0; }
  uint32_t response(uint32_t word = 0) { return host.read32(regs::sdhci::kResponse + 4 * word); }
  uint8_t* memory(uint32_t address) { return ram.direct() + (address - kRam); }
  static void run(const sc_core::sc_time& time) { sc_core::sc_start(time, sc_core::SC_RUN_TO_TIME); }
  static sc_core::sc_time us(double value) { return sc_core::sc_time(value, sc_core::SC_US); }

  void set_clock(uint32_t divider) {
    using namespace regs::sdhci;
    write16(kClock, 0);
    write16(kClock, kClockInternalEnable.put(1) | kClockDividerLo.put(divider));
    EXPECT_EQ(kClockInternalStable.get(host.regs.read(kClock, 2)), 1u);
    write16(kClock, kClockInternalEnable.put(1) | kClockDividerLo.put(divider) | kClockSdEnable.put(1));
  }

  void power_up() {
    using namespace regs::sdhci;
    write8(kReset, kResetAll.put(1));
    write8(kPower, kPowerVoltage.put(7) | kPowerBusPower.put(1));
    write8(kTimeout, 0xE);
    host.write32(kIntEnable, 0x03FF00FB);
    set_clock(63);  // 397 kHz
  }

  /// Polls until any of the bits is set; false after `limit`.
  bool wait(uint32_t mask, const sc_core::sc_time& limit) {
    for (sc_core::sc_time waited; waited < limit; waited += us(1)) {
      if ((status() & mask) != 0) return true;
      run(us(1));
    }
    return (status() & mask) != 0;
  }

  static constexpr uint32_t kR1 = 0x1A, kR1b = 0x1B, kR2 = 0x09, kR3 = 0x02;

  void issue(uint32_t index, uint32_t argument, uint32_t kind, bool data = false, uint32_t mode = 0) {
    using namespace regs::sdhci;
    host.write32(kArgument, argument);
    if (data) write16(kTransferMode, mode);
    write16(kCommand, kCommandIndex.put(index) | kind | kCommandData.put(data));
  }

  /// A command to its end of response; false on an error, after which CMD and DAT are reset.
  bool command(uint32_t index, uint32_t argument, uint32_t kind, bool data = false, uint32_t mode = 0) {
    using namespace regs::sdhci;
    host.write32(kIntStatus, 0xFFFFFFFF);
    issue(index, argument, kind, data, mode);
    return finish(kIntStatusCmdDone.mask()) && (kind != kR1b || finish(kIntStatusTransferDone.mask()));
  }

  bool finish(uint32_t mask, const sc_core::sc_time& limit = sc_core::sc_time(5, sc_core::SC_SEC)) {
    using namespace regs::sdhci;
    const bool came = wait(mask | kIntStatusError.mask(), limit);
    last_status = status();
    if (came && !has(kIntStatusError)) return true;
    write8(kReset, kResetCmd.put(1));
    write8(kReset, kResetDat.put(1));
    return false;
  }

  bool app_command(uint32_t index, uint32_t argument, uint32_t kind, bool data = false, uint32_t mode = 0) {
    return command(55, rca << 16, kR1) && command(index, argument, kind, data, mode);
  }

  /// From power-up to the transfer state with 4 bits at 25 MHz.
  bool bring_up() {
    using namespace regs::sdhci;
    rca = 0;
    power_up();
    if (!command(0, 0, 0) || !command(8, 0x1AA, kR1)) return false;
    do {
      if (!app_command(41, 0x40FF8000, kR3)) return false;
    } while ((response() >> 31) == 0);
    if (!command(2, 0, kR2) || !command(3, 0, kR1)) return false;
    rca = response() >> 16;
    if (!command(9, rca << 16, kR2) || !command(7, rca << 16, kR1b)) return false;
    if (!app_command(6, 2, kR1)) return false;
    write8(kHostControl, kHostControlWidth4.put(1) | kHostControlDmaSelect.put(2));
    set_clock(1);
    return true;
  }

  struct Piece {
    uint32_t address;
    uint32_t size;
  };
  void adma_table(const std::vector<Piece>& pieces) {
    uint32_t at = kTable;
    for (size_t i = 0; i < pieces.size(); ++i) {
      const uint32_t attributes = 0x21 | (i + 1 == pieces.size() ? 0x02 : 0);
      const uint32_t words[2] = {attributes | (pieces[i].size & 0xFFFF) << 16, pieces[i].address};
      std::memcpy(memory(at), words, sizeof words);
      at += 8;
    }
    host.write32(regs::sdhci::kAdmaAddress, kTable);
  }

  static constexpr uint32_t kAutoNone = 0, kAuto12 = 1, kAuto23 = 2;
  static uint32_t mode(bool reading, bool dma, uint32_t automatic = kAuto12) {
    using namespace regs::sdhci;
    return kTransferModeDma.put(dma) | kTransferModeBlockCountEnable.put(1) | kTransferModeMulti.put(1) | kTransferModeRead.put(reading) |
           kTransferModeAutoCmd.put(automatic);
  }
  void set_blocks(uint32_t blocks, uint32_t size = 512) {
    write16(regs::sdhci::kBlockSize, size | 7 << 12);
    write16(regs::sdhci::kBlockCount, blocks);
  }
  /// A whole ADMA2 transfer from or to kBuffer.
  bool transfer(bool reading, uint32_t lba, uint32_t blocks, uint32_t automatic = kAuto12) {
    adma_table({{kBuffer, blocks * 512}});
    set_blocks(blocks);
    if (automatic == kAuto23) host.write32(regs::sdhci::kSdmaAddress, blocks);
    return command(reading ? 18 : 25, lba, kR1, true, mode(reading, true, automatic)) && finish(regs::sdhci::kIntStatusTransferDone.mask());
  }

  Bus bus;
  Ram ram;
  Sdhci host;
  SdCard card;
  uint32_t rca = 0;
  uint32_t last_status = 0;
  sc_core::sc_time irq_at;
};

}  // namespace saksi::hw

#endif
