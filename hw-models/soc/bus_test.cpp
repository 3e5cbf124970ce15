// Goal: every access reaches the target that is mapped there, with the target's own offset, or an address error; memory gives pointers.
#include "hw-models/soc/bus.h"

#include <tlm_utils/simple_initiator_socket.h>

#include <cstring>
#include <vector>

#include "hw-models/base/dma_initiator.h"
#include "hw-models/base/systemc_test.h"
#include "hw-models/soc/finisher.h"
#include "hw-models/soc/ram.h"
#include "hw-models/soc/rom.h"
#include "hw-models/soc/unpopulated.h"
#include "hw-models/soc/virtio_empty.h"
#include "regs/finisher_regs.hpp"
#include "regs/virtio_regs.hpp"

namespace saksi::hw {
namespace {

constexpr uint32_t kRam = 0x80000000;
constexpr uint32_t kRamSize = 0x10000;
constexpr uint32_t kRom = 0x1000;
constexpr uint32_t kNothing = 0x30000000;
constexpr uint32_t kRomSize = 0x400;
constexpr uint32_t kFinisher = 0x100000;
constexpr uint32_t kVirtio = 0x10001000;

/// Makes single accesses, and DMA.
class Prober : public sc_core::sc_module {
 public:
  explicit Prober(sc_core::sc_module_name name) : sc_core::sc_module(name), socket("socket"), dma("dma") {}
  tlm_utils::simple_initiator_socket<Prober, 32> socket;
  DmaInitiator dma;

  tlm::tlm_response_status access(tlm::tlm_command command, uint32_t address, void* data, unsigned size) {
    tlm::tlm_generic_payload payload;
    fill(payload, command, address, data, size);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->b_transport(payload, delay);
    EXPECT_EQ(payload.get_address(), address) << "the initiator's address comes back";
    return payload.get_response_status();
  }
  unsigned debug(tlm::tlm_command command, uint32_t address, void* data, unsigned size) {
    tlm::tlm_generic_payload payload;
    fill(payload, command, address, data, size);
    return socket->transport_dbg(payload);
  }

 private:
  static void fill(tlm::tlm_generic_payload& payload, tlm::tlm_command command, uint32_t address, void* data, unsigned size) {
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(data));
    payload.set_data_length(size);
    payload.set_streaming_width(size);
  }
};

struct TestSoc {
  TestSoc() {
    prober.socket.bind(bus.target);
    prober.dma.socket.bind(bus.target);
    bus.map(kRam, kRamSize, ram.target);
    bus.map(kRom, kRomSize, rom.target);
    bus.map(kFinisher, 0x1000, finisher);
    bus.map(kNothing, 0x1000, nothing.target);
    bus.map(kVirtio, 0x1000, virtio.reg_target);
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_NS));
  }
  Bus bus{"bus"};
  Ram ram{"ram", RamConfig{kRamSize}};
  Rom rom{"rom", RomConfig{kRomSize, 0x80000100, 0x87000000}};
  Finisher finisher{"finisher", FinisherConfig{}};
  VirtioEmpty virtio{"virtio", VirtioEmptyConfig{}};
  Unpopulated nothing{"nothing", UnpopulatedConfig{0xFFEEDDCC}};
  Prober prober{"prober"};
};

using BusTest = SystemcTest;

TEST_F(BusTest, ReachesEveryTarget) {
  TestSoc soc;
  uint32_t word = 0x11223344;
  EXPECT_EQ(soc.prober.access(tlm::TLM_WRITE_COMMAND, kRam + 8, &word, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(soc.ram.direct()[8], 0x44);
  word = 0;
  EXPECT_EQ(soc.prober.access(tlm::TLM_READ_COMMAND, kRam + 8, &word, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(word, 0x11223344u);
  uint16_t status = 0;
  soc.finisher.on_finish([&](uint16_t s, uint16_t) { status = s; });
  word = Finisher::kPass;
  EXPECT_EQ(soc.prober.access(tlm::TLM_WRITE_COMMAND, kFinisher, &word, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(status, Finisher::kPass);
}

TEST_F(BusTest, UnmappedAndStraddlingAccessesAreAddressErrors) {
  TestSoc soc;
  uint32_t word = 0;
  for (const uint32_t address : {0u, kRom - 4, kRom + kRomSize, kRam - 1, kRam + kRamSize - 2, kRam + kRamSize, 0xFFFFFFFFu, 0x40000000u}) {
    EXPECT_EQ(soc.prober.access(tlm::TLM_READ_COMMAND, address, &word, 4), tlm::TLM_ADDRESS_ERROR_RESPONSE) << std::hex << address;
    EXPECT_EQ(soc.prober.debug(tlm::TLM_READ_COMMAND, address, &word, 4), 0u) << std::hex << address;
  }
}

TEST_F(BusTest, MemoryGivesPointersAndRegistersDoNot) {
  TestSoc soc;
  EXPECT_EQ(soc.prober.dma.direct(kRam + 16, 4), soc.ram.direct() + 16);
  EXPECT_EQ(soc.prober.dma.end_of_memory(kRam), uint64_t{kRam} + kRamSize);
  EXPECT_EQ(soc.prober.dma.direct(kRam + kRamSize - 2, 4), nullptr);
  EXPECT_EQ(soc.prober.dma.direct(kFinisher, 4), nullptr);
  EXPECT_EQ(soc.prober.dma.direct(kRom, 4), nullptr) << "not for writing";
  const uint8_t data[3] = {1, 2, 3};
  EXPECT_TRUE(soc.prober.dma.write(kRam + 100, data, 3));
  EXPECT_EQ(soc.ram.direct()[102], 3);
}

TEST_F(BusTest, DebugAccessesReadAndWriteMemory) {
  TestSoc soc;
  uint8_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(soc.prober.debug(tlm::TLM_WRITE_COMMAND, kRam + 1, data, 8), 8u);
  EXPECT_EQ(soc.ram.direct()[8], 8);
  EXPECT_EQ(soc.prober.debug(tlm::TLM_WRITE_COMMAND, kRom, data, 4), 0u);
}

TEST_F(BusTest, OverlapsAndBadRangesAreRefused) {
  sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
  Bus bus("bus");
  Ram a("a", RamConfig{0x1000}), b("b", RamConfig{0x1000}), c("c", RamConfig{0x1000}), d("d", RamConfig{0x1000});
  bus.map(0x2000, 0x1000, a.target);
  EXPECT_THROW(bus.map(0x2FFF, 0x1000, b.target), sc_core::sc_report);
  EXPECT_THROW(bus.map(0x1001, 0x1000, b.target), sc_core::sc_report);
  EXPECT_THROW(bus.map(0xFFFFF000, 0x1001, c.target), sc_core::sc_report);
  EXPECT_THROW(bus.map(0x5000, 0, d.target), sc_core::sc_report);
  bus.map(0x1000, 0x1000, b.target);
  bus.map(0xFFFFF000, 0x1000, c.target);
}

TEST_F(BusTest, RamForgetsOnPowerLoss) {
  TestSoc soc;
  soc.ram.direct()[5] = 7;
  soc.ram.lose_contents(1);
  EXPECT_EQ(soc.ram.direct()[5], 0);
  EXPECT_EQ(soc.ram.size(), kRamSize);
}

TEST_F(BusTest, RomHoldsItsCodeAndRefusesWrites) {
  TestSoc soc;
  uint32_t word = 0;
  EXPECT_EQ(soc.prober.access(tlm::TLM_READ_COMMAND, kRom, &word, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(word, 0x00000297u) << "auipc t0, 0";
  EXPECT_EQ(soc.prober.access(tlm::TLM_WRITE_COMMAND, kRom, &word, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
  soc.rom.place(0x100, {0xD0, 0x0D, 0xFE, 0xED});
  EXPECT_EQ(soc.prober.access(tlm::TLM_READ_COMMAND, kRom + 0x100, &word, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(word, 0xEDFE0DD0u);
  sc_core::sc_report_handler::set_actions(sc_core::SC_FATAL, sc_core::SC_THROW);
  EXPECT_THROW(soc.rom.place(kRomSize - 3, {1, 2, 3, 4}), sc_core::sc_report);
  EXPECT_THROW(soc.rom.place(0, {1}), sc_core::sc_report) << "over the reset code";
}

TEST_F(BusTest, RegistersOfBlocksAreFoundByAddress) {
  TestSoc soc;
  const RegisterWindow window = soc.bus.registers_at(kFinisher + 0x10);
  EXPECT_EQ(window.port, &soc.finisher);
  EXPECT_EQ(window.first, kFinisher);
  EXPECT_EQ(window.last, kFinisher + 0xFFF);
  EXPECT_EQ(soc.bus.registers_at(kVirtio).port, nullptr) << "mapped by its socket alone";
  EXPECT_EQ(soc.bus.registers_at(kRam).port, nullptr);
  EXPECT_EQ(soc.bus.registers_at(0x40000000).port, nullptr);
  EXPECT_EQ(soc.bus.registers_at(0x40000000).last, 0x40000000u) << "nothing is known of the neighbours";
}

TEST_F(BusTest, UnpopulatedAddressesAnswerWithTheirWord) {
  TestSoc soc;
  uint32_t word = 0;
  EXPECT_EQ(soc.prober.access(tlm::TLM_READ_COMMAND, kNothing + 8, &word, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(word, 0xFFEEDDCCu);
  word = 0;
  EXPECT_EQ(soc.prober.access(tlm::TLM_READ_COMMAND, kNothing + 9, &word, 1), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(word, 0xDDu);
  EXPECT_EQ(soc.prober.access(tlm::TLM_WRITE_COMMAND, kNothing + 8, &word, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(soc.prober.debug(tlm::TLM_READ_COMMAND, kNothing + 8, &word, 4), 4u);
  EXPECT_EQ(word, 0xFFEEDDCCu);
  EXPECT_EQ(soc.prober.dma.direct(kNothing, 4), nullptr);
}

TEST_F(BusTest, FinisherKnowsThreeStatuses) {
  TestSoc soc;
  std::vector<std::pair<uint16_t, uint16_t>> seen;
  soc.finisher.on_finish([&](uint16_t status, uint16_t code) { seen.emplace_back(status, code); });
  for (const uint32_t value : {0x5555u, 0x00073333u, 0x7777u, 0x1234u, 0u}) soc.finisher.write32(regs::finisher::kFinish, value);
  const std::vector<std::pair<uint16_t, uint16_t>> expected = {{0x5555, 0}, {0x3333, 7}, {0x7777, 0}};
  EXPECT_EQ(seen, expected);
}

TEST_F(BusTest, EmptyVirtioSlotsShowTheirMagicAndNoDevice) {
  TestSoc soc;
  EXPECT_EQ(soc.virtio.read32(regs::virtio::kMagic), 0x74726976u);
  EXPECT_EQ(soc.virtio.read32(regs::virtio::kVersion), 1u);
  EXPECT_EQ(soc.virtio.read32(regs::virtio::kVendorId), 0x554D4551u);
  EXPECT_EQ(soc.virtio.read32(regs::virtio::kDeviceId), 0u);
  EXPECT_EQ(soc.virtio.read32(0x100), 0u);
}

}  // namespace
}  // namespace saksi::hw
