// Goal: memory answers every kind of burst that AXI4 has, at any width of the bus, and writes can be undone.
// Method: a master of 64 bits with IDs that is nothing but its ports, played by the test cycle by cycle.
#include "hw-models/rtl-block/axi_memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>

#include "hw-models/base/systemc_test.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/ram.h"

namespace saksi::hw {
namespace {

constexpr uint32_t kRam = 0x80000000;
constexpr uint32_t kRamSize = 0x10000;
constexpr uint8_t kFixed = 0, kIncr = 1, kWrap = 2;

struct Request {
  uint64_t address;
  uint8_t length = 0;
  uint8_t size = 3;
  uint8_t kind = kIncr;
  uint8_t id = 0;
};

struct Master : sc_core::sc_module {
  explicit Master(const sc_core::sc_module_name& module = "master") : sc_module(module), bus("bus"), ram("ram", RamConfig{kRamSize}), dma("dma") {
    bus.map(kRam, kRamSize, ram.target);
    dma.socket.bind(bus.target);
    using Direction = RtlPin::Direction;
    for (const char* name : {"clk", "rst_n", "psel", "penable", "pwrite", "m_axi_awready", "m_axi_wready", "m_axi_bvalid", "m_axi_arready",
                             "m_axi_rvalid", "m_axi_rlast"}) {
      add(name, Direction::kInput, 1);
    }
    for (const char* name : {"m_axi_awvalid", "m_axi_wvalid", "m_axi_wlast", "m_axi_bready", "m_axi_arvalid", "m_axi_rready"})
      add(name, Direction::kOutput, 1);
    for (const char* name : {"paddr", "pwdata"}) add(name, Direction::kInput, 32);
    add("prdata", Direction::kOutput, 32);
    for (const std::string channel : {"ar", "aw"}) {
      add("m_axi_" + channel + "addr", Direction::kOutput, 40);
      add("m_axi_" + channel + "len", Direction::kOutput, 8);
      add("m_axi_" + channel + "size", Direction::kOutput, 3);
      add("m_axi_" + channel + "burst", Direction::kOutput, 2);
      add("m_axi_" + channel + "id", Direction::kOutput, 5);
    }
    add("m_axi_rid", Direction::kInput, 5);
    add("m_axi_bid", Direction::kInput, 5);
    add("m_axi_rresp", Direction::kInput, 2);
    add("m_axi_bresp", Direction::kInput, 2);
    add("m_axi_rdata", Direction::kInput, 64);
    add("m_axi_wdata", Direction::kOutput, 64);
    add("m_axi_wstrb", Direction::kOutput, 8);
    ports = std::make_unique<RtlPorts>(pins, RtlPortNames{}, "master");
    memory = std::make_unique<AxiMemory>(*ports, dma, AxiMemoryConfig{});
    memory->reset();
  }
  /// The bus serves no memory before the simulation has started.
  void begin() {
    sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_US), sc_core::SC_RUN_TO_TIME);
    for (uint32_t i = 0; i < kRamSize; ++i) ram.direct()[i] = static_cast<uint8_t>(i);
  }

  std::vector<uint64_t> read(const Request& request) {
    ask("ar", request);
    std::vector<uint64_t> beats;
    set("m_axi_rready", 1);
    for (int i = 0; i < 100; ++i) {
      memory->drive();
      memory->sample();
      if (get("m_axi_rvalid") != 0) {
        beats.push_back(get("m_axi_rdata"));
        response = get("m_axi_rresp");
        id = get("m_axi_rid");
      }
      const bool last = get("m_axi_rvalid") != 0 && get("m_axi_rlast") != 0;
      memory->after_edge();
      if (last) break;
    }
    return beats;
  }
  void write(const Request& request, uint64_t first, uint8_t strobes) {
    ask("aw", request);
    set("m_axi_bready", 1);
    set("m_axi_wvalid", 1);
    for (unsigned beat = 0; beat <= request.length; ++beat) {
      set("m_axi_wdata", first + beat * 0x0101010101010101);
      set("m_axi_wstrb", strobes);
      set("m_axi_wlast", beat == request.length);
      memory->drive();
      memory->sample();
      memory->after_edge();
    }
    set("m_axi_wvalid", 0);
    for (int i = 0; i < 20; ++i) {
      memory->drive();
      memory->sample();
      if (get("m_axi_bvalid") != 0) {
        response = get("m_axi_bresp");
        id = get("m_axi_bid");
      }
      memory->after_edge();
    }
  }
  uint64_t at(uint32_t offset) {
    uint64_t value = 0;
    std::memcpy(&value, ram.direct() + offset, sizeof value);
    return value;
  }

  Bus bus;
  Ram ram;
  DmaInitiator dma;
  std::vector<RtlPin> pins;
  std::deque<uint64_t> storage;
  std::unique_ptr<RtlPorts> ports;
  std::unique_ptr<AxiMemory> memory;
  uint64_t response = 99;
  uint64_t id = 99;

  void add(const std::string& name, RtlPin::Direction direction, int width) {
    storage.push_back(0);
    pins.push_back({name, direction, width - 1, 0, false, &storage.back(), ""});
  }
  uint64_t& value_of(const std::string& name) {
    for (const RtlPin& pin : pins) {
      if (pin.name == name) return *static_cast<uint64_t*>(pin.storage);
    }
    throw std::logic_error("no pin " + name);
  }
  void set(const std::string& name, uint64_t value) { value_of(name) = value; }
  uint64_t get(const std::string& name) { return value_of(name); }
  void ask(const std::string& channel, const Request& request) {
    set("m_axi_" + channel + "addr", request.address);
    set("m_axi_" + channel + "len", request.length);
    set("m_axi_" + channel + "size", request.size);
    set("m_axi_" + channel + "burst", request.kind);
    set("m_axi_" + channel + "id", request.id);
    set("m_axi_" + channel + "valid", 1);
    memory->drive();
    memory->sample();
    memory->after_edge();
    set("m_axi_" + channel + "valid", 0);
  }
};

class AxiMemoryTest : public SystemcTest {};

constexpr uint64_t kWord0 = 0x0706050403020100;
constexpr uint64_t kEach = 0x0808080808080808;

TEST_F(AxiMemoryTest, WholeBeatsOneAfterTheOther) {
  Master master;
  master.begin();
  EXPECT_EQ(master.read({kRam + 8, 2, 3, kIncr, 21}), (std::vector<uint64_t>{kWord0 + kEach, kWord0 + 2 * kEach, kWord0 + 3 * kEach}));
  EXPECT_EQ(master.response, 0u);
  EXPECT_EQ(master.id, 21u);
}

TEST_F(AxiMemoryTest, NarrowBeatsStayInTheirLanes) {
  Master master;
  master.begin();
  EXPECT_EQ(master.read({kRam + 4, 2, 2}), (std::vector<uint64_t>{kWord0, kWord0 + kEach, kWord0 + kEach}));
  master.write({kRam + 0x104, 0, 2, kIncr, 9}, 0x1111111111111111, 0xF0);
  EXPECT_EQ(master.id, 9u);
  EXPECT_EQ(master.at(0x100), 0x1111111103020100u);
  EXPECT_EQ(master.memory->state().stats.read_bytes, 12u);
}

TEST_F(AxiMemoryTest, WrapsWithinItsLine) {
  Master master;
  master.begin();
  EXPECT_EQ(master.read({kRam + 0x18, 3, 3, kWrap}), (std::vector<uint64_t>{kWord0 + 3 * kEach, kWord0, kWord0 + kEach, kWord0 + 2 * kEach}));
  EXPECT_EQ(master.read({kRam + 0x18, 2, 3, kWrap}).size(), 3u);
  EXPECT_EQ(master.response, 2u) << "3 beats cannot wrap";
}

TEST_F(AxiMemoryTest, FixedStaysWhereItIs) {
  Master master;
  master.begin();
  EXPECT_EQ(master.read({kRam + 8, 1, 3, kFixed}), (std::vector<uint64_t>{kWord0 + kEach, kWord0 + kEach}));
  master.write({kRam + 8, 3, 3, kFixed}, 0, 0x0F);
  EXPECT_EQ(master.at(8), 0x0F0E0D0C03030303u);
}

TEST_F(AxiMemoryTest, ErrorsOfTheRequest) {
  Master master;
  master.begin();
  EXPECT_EQ(master.read({kRam, 0, 4}).size(), 1u);
  EXPECT_EQ(master.response, 2u) << "wider than the bus";
  EXPECT_EQ(master.read({0x40000000}).size(), 1u);
  EXPECT_EQ(master.response, 3u);
  EXPECT_EQ(master.read({(uint64_t{1} << 32) + kRam}).size(), 1u);
  EXPECT_EQ(master.response, 3u) << "beyond 32 bits";
  master.write({kRam + kRamSize - 8, 1}, 0, 0xFF);
  EXPECT_EQ(master.response, 3u);
}

TEST_F(AxiMemoryTest, WritesAreUndone) {
  Master master;
  master.begin();
  master.memory->clear_log();
  master.write({kRam, 3}, 0, 0xFF);
  master.write({kRam + 8, 1}, 0x7777777777777777, 0xF0);
  EXPECT_EQ(master.at(8), 0x7777777701010101u);
  EXPECT_EQ(master.memory->state().stats.written_bytes, 40u);
  master.memory->undo();
  for (uint32_t word = 0; word < 4; ++word) EXPECT_EQ(master.at(8 * word), kWord0 + word * kEach);
}

}  // namespace
}  // namespace saksi::hw
