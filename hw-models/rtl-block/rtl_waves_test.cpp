// Goal: waves show what a block really did, once, in order and at its time, however it was run ahead and taken back. Method: the copier of
// testdata/; from its waves alone the bus traffic is worked out at each rising edge, and held against memory, register accesses and interrupts.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/seed_stream.h"
#include "base/sha256.h"
#include "hw-models/base/systemc_test.h"
#include "hw-models/rtl-block/copier_for_test.h"
#include "hw-models/rtl-block/rtl_block.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/ram.h"
#include "hw-models/waves/wave_list_for_test.h"

namespace saksi::hw {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_US;

constexpr uint32_t kRam = 0x80000000;
constexpr uint32_t kRamSize = 0x100000;
constexpr uint32_t kFrom = kRam + 0x1000;
constexpr uint32_t kTo = kRam + 0x40000;
constexpr uint32_t kBeats = 16;
constexpr uint32_t kBursts = 40;
constexpr uint64_t kPeriodPs = 10'000;
constexpr uint32_t kStatus = 0x04;

/// A copier with memory whose waves are shown in steps.
struct Bench : sc_core::sc_module {
  explicit Bench(const RtlBlockConfig& config = {}, const sc_core::sc_module_name& name = "bench")
      : sc_module(name), bus("bus"), ram("ram", RamConfig{kRamSize}), block("copier", config, make_verilated_copier()), cpu("cpu") {
    bus.map(kRam, kRamSize, ram.target);
    cpu.bind(block.reg_target);
    block.dma.socket.bind(bus.target);
    block.irq.connect([this](bool level) { irqs.emplace_back(sc_core::sc_time_stamp().value(), level); });
    block.keep_history();
    for (uint32_t i = 0; i < kBursts * kBeats * 16; ++i) ram.direct()[kFrom - kRam + i] = static_cast<uint8_t>(i * 7 + i / 256);
  }

  void begin() { sc_core::sc_start(sc_time(1, SC_US), sc_core::SC_RUN_TO_TIME); }
  void access(tlm::tlm_command command, uint32_t offset, uint32_t& value) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(offset);
    payload.set_data_ptr(reinterpret_cast<uint8_t*>(&value));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    sc_time delay;
    cpu->b_transport(payload, delay);
    EXPECT_TRUE(payload.is_response_ok());
    if (command == tlm::TLM_WRITE_COMMAND) written.emplace_back(offset, value);
    if (command == tlm::TLM_READ_COMMAND) read_values.push_back(value);
  }
  void write(uint32_t offset, uint32_t value) { access(tlm::TLM_WRITE_COMMAND, offset, value); }
  void read(uint32_t offset) {
    uint32_t value = 0;
    access(tlm::TLM_READ_COMMAND, offset, value);
  }
  void start() {
    for (const auto& [offset, value] :
         std::vector<std::pair<uint32_t, uint32_t>>{{0x0C, kFrom}, {0x10, kTo}, {0x14, kBeats}, {0x18, kBursts}, {0x00, 1}}) {
      write(offset, value);
    }
  }
  /// Runs and shows waves in steps of `step_ns`.
  void show_for(int total_ns, int step_ns) {
    for (int t = 0; t < total_ns; t += step_ns) {
      sc_core::sc_start(sc_time(step_ns, SC_NS), sc_core::SC_RUN_TO_TIME);
      block.show_waves();
    }
  }

  Bus bus;
  Ram ram;
  RtlBlock block;
  tlm_utils::simple_initiator_socket<Bench> cpu;
  std::vector<std::pair<uint64_t, bool>> irqs;
  std::vector<std::pair<uint32_t, uint32_t>> written;
  std::vector<uint32_t> read_values;
  WaveList waves;
};

/// What the waves say has passed over the ports at the rising edges.
struct Traffic {
  explicit Traffic(const WaveList& waves) {
    const auto word = [&](const char* name, uint64_t ps) { return waves.before(std::string("top.copier.") + name, ps).at(0); };
    uint32_t address = 0;
    for (const uint64_t ps : waves.rises("top.copier.clk")) {
      if (ps == waves.times[0]) continue;  // how it stood when the waves began
      if (word("s_axil_awvalid", ps) && word("s_axil_awready", ps)) register_address = word("s_axil_awaddr", ps);
      if (word("s_axil_wvalid", ps) && word("s_axil_wready", ps)) written.emplace_back(register_address, word("s_axil_wdata", ps));
      if (word("s_axil_rvalid", ps) && word("s_axil_rready", ps)) read_values.push_back(word("s_axil_rdata", ps));
      if (word("m_axi_awvalid", ps) && word("m_axi_awready", ps)) address = word("m_axi_awaddr", ps);
      if (address == 0 || !word("m_axi_wvalid", ps) || !word("m_axi_wready", ps)) continue;  // of a burst whose begin is shown
      const WaveList::Value data = waves.before("top.copier.m_axi_wdata", ps);
      for (uint32_t lane = 0; lane < 16; ++lane) {
        if (word("m_axi_wstrb", ps) >> lane & 1) memory[address + lane] = static_cast<uint8_t>(data[lane / 4] >> (8 * (lane % 4)));
      }
      address += 16;
      ++beats;
    }
  }
  uint32_t register_address = 0;
  std::vector<std::pair<uint32_t, uint32_t>> written;
  std::vector<uint32_t> read_values;
  std::map<uint32_t, uint8_t> memory;
  uint32_t beats = 0;
};

void expect_ordered_and_on_the_clock(const WaveList& waves) {
  for (size_t i = 1; i < waves.times.size(); ++i) ASSERT_LT(waves.times[i - 1], waves.times[i]);
  const std::vector<uint64_t> rises = waves.rises("top.copier.clk");
  for (const uint64_t ps : rises) {
    ASSERT_TRUE(ps == waves.times[0] || ps % kPeriodPs == 0) << ps;
  }
}

/// Everything that the waves tell of the whole of a copy agrees with what was done.
void expect_agreement(const Bench& bench) {
  const Traffic traffic(bench.waves);
  EXPECT_EQ(traffic.written, bench.written);
  EXPECT_EQ(traffic.read_values, bench.read_values);
  EXPECT_EQ(traffic.beats, kBursts * kBeats) << "no beat is shown twice or left out";
  for (const auto& [address, byte] : traffic.memory) ASSERT_EQ(byte, bench.ram.direct()[address - kRam]) << std::hex << address;
  ASSERT_EQ(bench.irqs.size(), 1u);
  EXPECT_EQ(bench.waves.rises("top.copier.irq"), std::vector<uint64_t>{bench.irqs[0].first});
}

class RtlWavesTest : public SystemcTest {};

TEST_F(RtlWavesTest, OfABlockThatIsLeftAlone) {
  Bench bench;
  bench.begin();
  bench.block.open_waves(bench.waves);
  bench.start();
  bench.show_for(100'000, 10'000);
  expect_ordered_and_on_the_clock(bench.waves);
  expect_agreement(bench);
}

TEST_F(RtlWavesTest, OfABlockThatIsPolledAtAnyTimes) {
  RtlBlockConfig config;
  config.memory.back_pressure_permille = 300;
  Bench bench(config);
  bench.begin();
  bench.block.open_waves(bench.waves);
  bench.start();
  SeedStream chance(5, "polls");
  for (int i = 0; i < 60; ++i) {
    bench.show_for(static_cast<int>(1 + chance.below(3000)), 997);
    bench.read(kStatus);
    if (chance.below(3) == 0) bench.read(kStatus);
  }
  bench.show_for(100'000, 10'000);
  expect_ordered_and_on_the_clock(bench.waves);
  expect_agreement(bench);
}

TEST_F(RtlWavesTest, BegunWhileTheBlockIsAhead) {
  Bench bench;
  bench.begin();
  bench.start();
  run_for(sc_time(5'003, SC_NS));
  bench.block.open_waves(bench.waves);
  bench.read(kStatus);  // takes the run back to before the waves begin
  bench.show_for(100'000, 3'000);
  expect_ordered_and_on_the_clock(bench.waves);
  EXPECT_EQ(bench.waves.times[0], sc_core::sc_time(6'003, SC_NS).value());
  EXPECT_EQ(bench.waves.of("top.copier.clocked")[0].second[0], 1u);
  const Traffic traffic(bench.waves);
  EXPECT_GT(traffic.beats, 10u * kBeats);
  EXPECT_LT(traffic.beats, kBursts * kBeats);
  for (const auto& [address, byte] : traffic.memory) ASSERT_EQ(byte, bench.ram.direct()[address - kRam]) << std::hex << address;
  EXPECT_EQ(bench.waves.rises("top.copier.irq"), std::vector<uint64_t>{bench.irqs.at(0).first});
}

/// The same, seen by one that was recorded from the beginning, and by one whose waves began while it was ahead.
TEST_F(RtlWavesTest, WhenTheyBeganMakesNoDifference) {
  const auto tail_of = [](bool early) {
    Bench bench;
    bench.begin();
    if (early) bench.block.open_waves(bench.waves);
    bench.start();
    run_for(sc_time(5, SC_US));
    if (!early) bench.block.open_waves(bench.waves);
    bench.show_for(60'000, 10'000);
    const uint64_t from_ps = sc_time(7, SC_US).value();
    std::string text;
    for (const char* name : {"clk", "irq", "m_axi_wdata", "m_axi_rdata", "m_axi_araddr", "state_q", "clocked"}) {
      for (const auto& [ps, value] : bench.waves.of(std::string("top.copier.") + name)) {
        if (ps < from_ps) continue;
        text += name + std::to_string(ps);
        for (const uint32_t word : value) text += "," + std::to_string(word);
        text += "\n";
      }
    }
    return std::pair(text.size(), sha256(text));
  };
  int channel[2];
  ASSERT_EQ(pipe(channel), 0);
  const pid_t child = fork();  // one kernel a process
  if (child == 0) {
    const auto early = tail_of(true);
    _exit(::write(channel[1], &early, sizeof early) == sizeof early ? 0 : 1);
  }
  const auto late = tail_of(false);
  std::pair<size_t, Digest> early;
  ASSERT_EQ(::read(channel[0], &early, sizeof early), static_cast<ssize_t>(sizeof early));
  waitpid(child, nullptr, 0);
  EXPECT_GT(late.first, 10'000u);
  EXPECT_EQ(late, early);
}

TEST_F(RtlWavesTest, ASleepingBlockKeepsItsValuesAndIsNotClocked) {
  Bench bench;
  bench.begin();
  bench.block.open_waves(bench.waves);
  EXPECT_EQ(bench.waves.of("top.copier.clocked")[0].second[0], 0u);
  bench.start();
  bench.show_for(100'000, 10'000);
  const uint64_t irq_ps = bench.irqs.at(0).first;
  const std::vector<uint64_t> edges = bench.waves.rises("top.copier.clk");
  EXPECT_LT(edges.back(), irq_ps + 200 * kPeriodPs);
  const WaveList::Changes& clocked = bench.waves.of("top.copier.clocked");
  EXPECT_EQ(clocked.back().second[0], 0u);
  EXPECT_EQ(clocked.back().first, edges.back() + kPeriodPs / 2) << "the clock has stood still since the falling edge that did not come";
  run_for(sc_time(1, sc_core::SC_MS));
  bench.read(kStatus);
  EXPECT_EQ(bench.waves.of("top.copier.clocked").back().second[0], 1u);
  EXPECT_GT(bench.waves.rises("top.copier.clk").back(), irq_ps + sc_time(1, sc_core::SC_MS).value());
}

TEST_F(RtlWavesTest, OfASignalThatNobodyWantsNoValuesCome) {
  Bench bench;
  bench.begin();
  bench.waves.declined = "clocked";
  bench.block.open_waves(bench.waves);
  bench.start();
  bench.show_for(100'000, 10'000);
  EXPECT_FALSE(bench.waves.has("top.copier.clocked"));
  EXPECT_FALSE(bench.waves.has_foreign_values());
}

TEST_F(RtlWavesTest, AResetInTheMiddleIsShownAtItsTime) {
  Bench bench;
  bench.begin();
  bench.block.open_waves(bench.waves);
  bench.start();
  run_for(sc_time(8, SC_US));
  const uint64_t reset_ps = sc_core::sc_time_stamp().value();
  bench.block.reset();
  bench.show_for(100'000, 10'000);
  expect_ordered_and_on_the_clock(bench.waves);
  const WaveList::Changes& rst_n = bench.waves.of("top.copier.rst_n");
  ASSERT_EQ(rst_n.size(), 3u);
  EXPECT_EQ(rst_n[1], (std::pair<uint64_t, WaveList::Value>(reset_ps + kPeriodPs / 2, {0})));
  EXPECT_TRUE(bench.waves.rises("top.copier.irq").empty());
}

/// Waves must not change what a run does: the board's load, and so its rail, follow from when a block is seen to sleep.
TEST_F(RtlWavesTest, ABlockSleepsAtTheSameTimeWithThemAndWithout) {
  const auto times_of = [](bool with_waves) {
    Bench bench;
    std::array<uint64_t, 8> times{};
    size_t next = 0;
    bench.block.on_busy([&](bool, sc_time when) { times[next++ % times.size()] = when.value(); });
    bench.begin();
    if (with_waves) bench.block.open_waves(bench.waves);
    bench.start();
    for (int i = 0; i < 5; ++i) {
      run_for(sc_time(5, SC_US));
      if (with_waves) bench.block.show_waves();
      bench.read(kStatus);
    }
    bench.write(0x08, 1);
    bench.start();
    run_for(sc_time(100, SC_US));
    return times;
  };
  int channel[2];
  ASSERT_EQ(pipe(channel), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto without = times_of(false);
    _exit(::write(channel[1], &without, sizeof without) == sizeof without ? 0 : 1);
  }
  const auto with = times_of(true);
  std::array<uint64_t, 8> without{};
  ASSERT_EQ(::read(channel[0], &without, sizeof without), static_cast<ssize_t>(sizeof without));
  waitpid(child, nullptr, 0);
  EXPECT_EQ(with, without);
  EXPECT_NE(with[1], 0u);
}

}  // namespace
}  // namespace saksi::hw
