// Goal: a Verilated block behind the wrapper behaves as if it were clocked all the time, however it is looked at in between. Method: a copier
// in SystemVerilog (testdata/copier.sv) on a bus with memory; runs that are left alone, polled, reset and held back must agree.
#include "hw-models/rtl-block/rtl_block.h"

#include <sys/wait.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/rtl-block/copier_for_test.h"
#include "hw-models/soc/bus.h"
#include "hw-models/soc/ram.h"

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
constexpr uint32_t kBursts = 100;

// Registers of the copier.
enum Register : uint32_t {
  kCtrl = 0x00,
  kStatus = 0x04,
  kIrq = 0x08,
  kSource = 0x0C,
  kTarget = 0x10,
  kBeatCount = 0x14,
  kRepeat = 0x18,
  kPause = 0x1C,
  kTicks = 0x20,
  kFree = 0x24
};

/// A board of a copier, a bus and memory; keeps the times of every irq change.
struct Bench : sc_core::sc_module {
  explicit Bench(const RtlBlockConfig& config = {}, const sc_core::sc_module_name& name = "bench")
      : sc_module(name), bus("bus"), ram("ram", RamConfig{kRamSize}), block("copier", config, make_verilated_copier()), cpu("cpu") {
    bus.map(kRam, kRamSize, ram.target);
    cpu.bind(block.reg_target);
    block.dma.socket.bind(bus.target);
    block.irq.connect([this](bool level) { irqs.emplace_back(sc_core::sc_time_stamp(), level); });
    for (uint32_t i = 0; i < 0x8000; ++i) ram.direct()[kFrom - kRam + i] = static_cast<uint8_t>(i * 7 + i / 256);
  }

  /// Runs the kernel to the time at which a test begins: the bus serves no memory before the simulation has started.
  void begin() { sc_core::sc_start(sc_time(1, SC_US), sc_core::SC_RUN_TO_TIME); }

  bool access(tlm::tlm_command command, uint32_t offset, void* data, unsigned size, const sc_time& ahead) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(offset);
    payload.set_data_ptr(static_cast<uint8_t*>(data));
    payload.set_data_length(size);
    payload.set_streaming_width(size);
    sc_time delay = ahead;
    cpu->b_transport(payload, delay);
    last_delay = delay;
    return payload.is_response_ok();
  }
  void write(uint32_t offset, uint32_t value, const sc_time& ahead = sc_core::SC_ZERO_TIME) {
    EXPECT_TRUE(access(tlm::TLM_WRITE_COMMAND, offset, &value, 4, ahead));
  }
  uint32_t read(uint32_t offset, const sc_time& ahead = sc_core::SC_ZERO_TIME) {
    uint32_t value = 0;
    EXPECT_TRUE(access(tlm::TLM_READ_COMMAND, offset, &value, 4, ahead));
    return value;
  }
  void start(uint32_t control = 1) {
    write(kSource, kFrom);
    write(kTarget, kTo);
    write(kBeatCount, kBeats);
    write(kRepeat, kBursts);
    write(kCtrl, control);
  }
  uint8_t at(uint32_t address) const { return ram.direct()[address - kRam]; }
  /// Bytes of the target that hold the copy, counted in whole bursts from its beginning.
  uint32_t bursts_copied() const {
    for (uint32_t burst = 0; burst < kBursts; ++burst) {
      for (uint32_t byte = 1; byte < kBeats * 16; ++byte) {
        const uint32_t i = burst * kBeats * 16 + byte;
        if (at(kTo + i) != static_cast<uint8_t>(at(kFrom + i) + 1)) return burst;
      }
    }
    return kBursts;
  }

  Bus bus;
  Ram ram;
  RtlBlock block;
  tlm_utils::simple_initiator_socket<Bench> cpu;
  std::vector<std::pair<sc_time, bool>> irqs;
  sc_time last_delay;
};

class RtlBlockTest : public SystemcTest {
 protected:
  /// Time of the irq of an undisturbed copy, which the other runs must meet. In a kernel of its own, in a child.
  static uint64_t undisturbed_irq_ps() {
    int channel[2];
    if (pipe(channel) != 0) return 0;
    const pid_t child = fork();
    if (child == 0) {
      Bench bench;
      bench.begin();
      bench.start();
      run_for(sc_time(200, SC_US));
      const uint64_t ps = bench.irqs.empty() ? 0 : bench.irqs[0].first.value();
      _exit(::write(channel[1], &ps, sizeof ps) == sizeof ps ? 0 : 1);
    }
    uint64_t ps = 0;
    if (::read(channel[0], &ps, sizeof ps) != sizeof ps) ps = 0;
    waitpid(child, nullptr, 0);
    close(channel[0]);
    close(channel[1]);
    return ps;
  }
};

TEST_F(RtlBlockTest, CopiesAndInterruptsOnAClockEdge) {
  Bench bench;
  bench.begin();
  run_for_ns(3);
  bench.start();
  EXPECT_TRUE(bench.block.busy());
  run_for(sc_time(200, SC_US));
  EXPECT_EQ(bench.bursts_copied(), kBursts);
  EXPECT_EQ(bench.at(kTo), 0) << "the first byte of a burst has no strobe";
  ASSERT_EQ(bench.irqs.size(), 1u);
  EXPECT_EQ(bench.irqs[0].first.value() % 10'000, 0u);
  // 100 bursts of at least 16 beats in and 16 out at 10 ns.
  EXPECT_GT(bench.irqs[0].first, sc_time(33, SC_US));
  EXPECT_LT(bench.irqs[0].first, sc_time(60, SC_US));
  EXPECT_FALSE(bench.block.busy());
  bench.write(kIrq, 1);
  EXPECT_FALSE(bench.block.irq.level());
}

TEST_F(RtlBlockTest, StatsCountWhatWasDelivered) {
  Bench bench;
  bench.begin();
  bench.start();
  run_for(sc_time(200, SC_US));
  const DeliveredStats& stats = bench.block.delivered();
  EXPECT_EQ(stats.read_bursts, kBursts);
  EXPECT_EQ(stats.write_bursts, kBursts);
  EXPECT_EQ(stats.read_bytes, kBursts * kBeats * 16);
  EXPECT_EQ(stats.written_bytes, kBursts * (kBeats * 16 - 1));
  const std::map<uint32_t, uint32_t> expected = {{kTo, kTo + kBursts * kBeats * 16}};
  EXPECT_EQ(bench.block.written_ranges(), expected);
}

TEST_F(RtlBlockTest, PollingChangesNothing) {
  const uint64_t expected_ps = undisturbed_irq_ps();
  Bench bench;
  bench.begin();
  bench.start();
  uint32_t left_before = kBursts;
  for (int i = 0; i < 200; ++i) {
    run_for_ns(193);
    const uint32_t status = bench.read(kStatus);
    const uint32_t left = status >> 16;
    EXPECT_LE(left, left_before);
    if (left > 0) {
      // A burst may be under way, in memory but not yet answered.
      EXPECT_GE(bench.read(kStatus, sc_time(3, SC_NS)) & 1, 1u);
    }
    left_before = left;
  }
  EXPECT_GT(bench.block.roll_backs(), 50u);
  run_for(sc_time(200, SC_US));
  ASSERT_EQ(bench.irqs.size(), 1u);
  EXPECT_EQ(bench.irqs[0].first.value(), expected_ps);
  EXPECT_EQ(bench.bursts_copied(), kBursts);
  EXPECT_EQ(bench.block.delivered().written_bytes, kBursts * (kBeats * 16 - 1));
}

TEST_F(RtlBlockTest, PollingDoesNotCauseTheWholeRunAgainEachTime) {
  Bench bench;
  bench.begin();
  bench.start();
  for (int i = 0; i < 100; ++i) {
    run_for_ns(400);
    bench.read(kStatus);
  }
  run_for(sc_time(200, SC_US));
  // 100 times 5000 cycles otherwise.
  EXPECT_LT(bench.block.evaluated_cycles(), 150'000u);
}

TEST_F(RtlBlockTest, MemoryIsAsAtTheTimeOfTheAccess) {
  Bench bench;
  bench.begin();
  bench.start();
  EXPECT_EQ(bench.bursts_copied(), kBursts) << "the block owns its buffers and may write ahead of time";
  run_for(sc_time(20, SC_US));
  bench.block.reset();
  const uint32_t copied = bench.bursts_copied();
  EXPECT_GT(copied, 35u);
  EXPECT_LT(copied, 60u);
  for (uint32_t i = (copied + 1) * kBeats * 16; i < kBursts * kBeats * 16; ++i) ASSERT_EQ(bench.at(kTo + i), 0) << i;
  EXPECT_FALSE(bench.block.busy());
  run_for(sc_time(200, SC_US));
  EXPECT_TRUE(bench.irqs.empty());
  EXPECT_EQ(bench.read(kRepeat), 1u) << "back at its reset value";
  bench.start();
  run_for(sc_time(200, SC_US));
  EXPECT_EQ(bench.bursts_copied(), kBursts);
}

TEST_F(RtlBlockTest, ItWorksOnAfterAnInterrupt) {
  Bench bench;
  bench.begin();
  bench.start(3);
  run_for(sc_time(40, SC_US));
  ASSERT_EQ(bench.irqs.size(), 1u);
  EXPECT_TRUE(bench.block.busy());
  bench.write(kIrq, 1);
  run_for(sc_time(100, SC_US));
  ASSERT_EQ(bench.irqs.size(), 3u);
  EXPECT_EQ(bench.bursts_copied(), kBursts);
}

TEST_F(RtlBlockTest, LongPausesOnTheBusAreNotSleep) {
  Bench bench;
  bench.begin();
  bench.write(kPause, 5000);
  bench.start();
  run_for(sc_time(6, sc_core::SC_MS));
  EXPECT_EQ(bench.irqs.size(), 1u);
  EXPECT_EQ(bench.bursts_copied(), kBursts);
  EXPECT_GT(bench.irqs[0].first, sc_time(5, sc_core::SC_MS));
}

TEST_F(RtlBlockTest, ASleepingBlockCostsNothing) {
  Bench bench;
  bench.begin();
  bench.start();
  run_for(sc_time(1, sc_core::SC_MS));
  const uint64_t cycles = bench.block.evaluated_cycles();
  run_for(sc_time(10, sc_core::SC_SEC));
  EXPECT_EQ(bench.block.evaluated_cycles(), cycles);
  bench.read(kStatus);
  EXPECT_LT(bench.block.evaluated_cycles(), cycles + 10);
}

TEST_F(RtlBlockTest, ACounterThatNeverStopsDoesNotKeepItAwake) {
  RtlBlockConfig config;
  config.asleep_cycles = 1000;
  Bench bench(config);
  bench.begin();
  bench.write(kFree, 1);
  EXPECT_TRUE(bench.block.busy());
  run_for_ns(500);
  const uint32_t early = bench.read(kTicks);
  EXPECT_NEAR(early, 50, 5);
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_FALSE(bench.block.busy());
}

TEST_F(RtlBlockTest, AccessesWithinTheCpusRunAreAtTheirOwnTime) {
  Bench bench;
  bench.begin();
  bench.start();
  // As from a CPU that runs ahead of the kernel.
  const uint32_t first = bench.read(kStatus, sc_time(10, SC_US)) >> 16;
  const uint32_t second = bench.read(kStatus, sc_time(20, SC_US)) >> 16;
  EXPECT_NEAR(first, 78, 4);
  EXPECT_NEAR(second, 56, 6);
  EXPECT_GT(bench.last_delay, sc_time(20, SC_US)) << "the access takes its clocks";
  EXPECT_LE(bench.last_delay, sc_time(20'050, SC_NS));
}

TEST_F(RtlBlockTest, NarrowAccessesReachTheirBytes) {
  Bench bench;
  bench.begin();
  uint8_t byte = 0x12;
  EXPECT_TRUE(bench.access(tlm::TLM_WRITE_COMMAND, kRepeat + 1, &byte, 1, {}));
  EXPECT_EQ(bench.read(kRepeat), 0x1201u);
  uint16_t half = 0;
  EXPECT_TRUE(bench.access(tlm::TLM_READ_COMMAND, kRepeat, &half, 2, {}));
  EXPECT_EQ(half, 0x1201u);
  EXPECT_FALSE(bench.access(tlm::TLM_READ_COMMAND, kRepeat + 1, &half, 2, {}));
}

TEST_F(RtlBlockTest, OutsideMemoryIsAnErrorResponse) {
  Bench bench;
  bench.begin();
  bench.start();
  run_for(sc_time(200, SC_US));
  EXPECT_EQ(bench.read(kStatus) & 2, 0u);
  bench.write(kTarget, 0x40000000);
  bench.write(kCtrl, 1);
  run_for(sc_time(200, SC_US));
  EXPECT_EQ(bench.read(kStatus) & 3, 2u);
  bench.write(kTarget, kRam + kRamSize - 64);  // leaves memory in the middle of a burst
  bench.write(kRepeat, 1);
  bench.write(kCtrl, 1);
  run_for(sc_time(200, SC_US));
  EXPECT_EQ(bench.read(kStatus) & 3, 2u);
  EXPECT_EQ(bench.at(kRam + kRamSize - 60), 0);
}

TEST_F(RtlBlockTest, BackPressureDelaysButDoesNotHarm) {
  RtlBlockConfig config;
  config.memory.back_pressure_permille = 400;
  Bench bench(config);
  bench.begin();
  bench.start();
  for (int i = 0; i < 20; ++i) {
    run_for_ns(1111);
    bench.read(kStatus);
  }
  run_for(sc_time(400, SC_US));
  EXPECT_EQ(bench.bursts_copied(), kBursts);
  ASSERT_EQ(bench.irqs.size(), 1u);
  EXPECT_GT(bench.irqs[0].first, sc_time(60, SC_US));
}

TEST_F(RtlBlockTest, BusyIsTold) {
  Bench bench;
  std::vector<std::pair<bool, sc_time>> seen;
  bench.block.on_busy([&](bool busy, sc_time time) { seen.emplace_back(busy, time); });
  RtlBlockConfig config;
  EXPECT_EQ(bench.block.load.uw(), config.idle_uw);
  bench.begin();
  bench.start();
  EXPECT_EQ(bench.block.load.uw(), config.busy_uw);
  run_for(sc_time(200, SC_US));
  EXPECT_EQ(bench.block.load.uw(), config.idle_uw);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].second, sc_time(1, SC_US));
  EXPECT_EQ(seen[1].second, bench.irqs[0].first);
}

TEST_F(RtlBlockTest, AForkedChildGoesOnAlike) {
  const uint64_t expected_ps = undisturbed_irq_ps();
  Bench bench;
  bench.begin();
  bench.start();
  run_for(sc_time(10, SC_US));
  const pid_t child = fork();
  run_for(sc_time(200, SC_US));
  const bool alike = bench.irqs.size() == 1 && bench.irqs[0].first.value() == expected_ps && bench.bursts_copied() == kBursts;
  if (child == 0) _exit(alike ? 0 : 1);
  EXPECT_TRUE(alike);
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace saksi::hw
