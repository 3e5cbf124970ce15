// Goal: virtual time. Interrupts, register accesses, sleep and power changes happen at exactly the instruction that the clock says, however
// the run is cut into slices; bare programs run to their end.
// Method: programs whose instruction count at each moment is known by arithmetic, on the CPU with bus and blocks.
#include "hw-models/cpu/cpu.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/seed_stream.h"
#include "hw-models/base/systemc_test.h"
#include "hw-models/cpu/assembler.h"
#include "hw-models/cpu/virt_soc_for_test.h"
#include "regs/clint_regs.hpp"
#include "regs/finisher_regs.hpp"

namespace saksi::hw {
namespace {

using A = Assembler;
using sc_core::sc_time;

constexpr uint32_t kRam = VirtSoc::kRamBase;
constexpr uint32_t kResults = kRam + 0x10000;
constexpr uint32_t kMtimecmpLo = VirtSoc::kClint + regs::clint::kMtimecmpLo;
constexpr uint32_t kMtimecmpHi = VirtSoc::kClint + regs::clint::kMtimecmpHi;
constexpr uint32_t kMtimeLo = VirtSoc::kClint + regs::clint::kMtimeLo;
constexpr uint32_t kMstatus = 0x300, kMie = 0x304, kMtvec = 0x305, kMepc = 0x341, kMinstret = 0xB02, kMcycle = 0xB00, kMip = 0x344;

/// Starts at RAM directly, so that step 0 is the program's first instruction.
CpuConfig at_ram(uint64_t clock_hz = 100'000'000, uint32_t cpi = 1) {
  CpuConfig config;
  config.clock_hz = clock_hz;
  config.cpi = cpi;
  config.reset_pc = kRam;
  return config;
}

/// Calls a function at a virtual time.
class At : public sc_core::sc_module {
 public:
  At(sc_core::sc_module_name name, const sc_time& when, std::function<void()> action) : sc_core::sc_module(name), action_(std::move(action)) {
    SC_HAS_PROCESS(At);
    SC_METHOD(act);
    sensitive << event_;
    dont_initialize();
    event_.notify(when);
  }

 private:
  void act() { action_(); }
  std::function<void()> action_;
  sc_core::sc_event event_;
};

/// Enables the timer interrupt at a tick of mtime and goes to `handler`.
void arm_timer(A& a, uint32_t tick, A::Label handler_slot) {
  const A::Label over = a.label();
  a.jal(A::t0, over);  // t0: address of the next instruction, which leads to the handler
  a.jump(handler_slot);
  a.place(over);
  a.csrw(kMtvec, A::t0);
  a.li(A::t1, kMtimecmpLo);
  a.li(A::t2, tick);
  a.sw(A::t2, A::t1, 0);
  a.sw(A::zero, A::t1, 4);
  a.addi(A::t2, A::zero, 0x80);
  a.csrw(kMie, A::t2);
  a.word(encode::i(0x73, 6, 0, 8, kMstatus));  // csrsi mstatus, 8
}

using CpuTime = SystemcTest;

class TimerExactness : public SystemcTest, public ::testing::WithParamInterface<std::pair<uint64_t, uint32_t>> {};

TEST_P(TimerExactness, MinstretAtTheTrapIsWhatTheClockSays) {
  const auto [clock_hz, cpi] = GetParam();
  constexpr uint32_t kTick = 1234;  // of 100 ns
  Assembler a(kRam);
  const A::Label handler = a.label();
  const A::Label loop = a.label();
  arm_timer(a, kTick, handler);
  a.place(loop);
  a.addi(A::a3, A::a3, 1);
  a.half(0x0001);
  a.half(0x0001);
  a.mul(A::a4, A::a3, A::a3);
  a.jump(loop);
  a.place(handler);
  a.csrr(A::a0, kMinstret);
  a.csrr(A::a1, kMcycle);
  const A::Label end = a.label();
  a.place(end);
  a.jump(end);
  VirtSoc soc(at_ram(clock_hz, cpi));
  soc.load(a.bytes());
  soc.cpu.power_on();
  run_for(sc_time(200, sc_core::SC_US));

  // Step k begins at k * cpi / clock; the first that begins at or after the tick is the trampoline's jump to the handler.
  const unsigned __int128 tick_ps = static_cast<unsigned __int128>(kTick) * 100'000;
  const unsigned __int128 period_numerator = static_cast<unsigned __int128>(1'000'000'000'000) * cpi;
  const uint64_t first_step = static_cast<uint64_t>((tick_ps * clock_hz + period_numerator - 1) / period_numerator);
  EXPECT_EQ(soc.cpu.reg(A::a0), first_step + 1);
  EXPECT_EQ(soc.cpu.reg(A::a1), (first_step + 2) * cpi);
}

INSTANTIATE_TEST_SUITE_P(Clocks, TimerExactness,
                         ::testing::Values(std::make_pair(uint64_t{100'000'000}, 1u), std::make_pair(uint64_t{200'000'000}, 1u),
                                           std::make_pair(uint64_t{333'333'333}, 1u), std::make_pair(uint64_t{99'999'999}, 2u),
                                           std::make_pair(uint64_t{1'000'003}, 1u), std::make_pair(uint64_t{200'000'000}, 3u),
                                           std::make_pair(uint64_t{1'300'000'000}, 1u)));

TEST_F(CpuTime, AnEventComesBeforeTheInstructionThatBeginsWithIt) {
  Assembler a(kRam);
  const A::Label loop = a.label();
  a.place(loop);
  a.addi(A::a0, A::a0, 1);
  a.jump(loop);
  VirtSoc soc(at_ram());
  soc.load(a.bytes());
  uint64_t before = 0, on = 0, after = 0;
  At t1("t1", sc_time(99, sc_core::SC_NS), [&] { before = soc.cpu.instructions(); });
  At t2("t2", sc_time(1000, sc_core::SC_NS), [&] { on = soc.cpu.instructions(); });
  At t3("t3", sc_time(1001, sc_core::SC_NS), [&] { after = soc.cpu.instructions(); });
  soc.cpu.power_on();
  run_for(sc_time(2, sc_core::SC_US));
  EXPECT_EQ(before, 10u) << "the instruction that began at 90 ns is the last";
  EXPECT_EQ(on, 100u) << "the one that begins at 1000 ns has not run";
  EXPECT_EQ(after, 101u) << "the one that began at 1000 ns has";
}

TEST_F(CpuTime, RegisterReadsSeeTheirOwnTime) {
  Assembler a(kRam);
  a.li(A::t0, kMtimeLo);
  a.li(A::t1, kResults);
  for (int32_t i = 0; i < 60; ++i) {
    a.lw(A::a0, A::t0, 0);
    a.sw(A::a0, A::t1, 4 * i);
  }
  const A::Label end = a.label();
  a.place(end);
  a.jump(end);
  VirtSoc soc(at_ram());
  soc.load(a.bytes());
  soc.cpu.power_on();
  run_for(sc_time(10, sc_core::SC_US));
  for (uint32_t i = 0; i < 60; ++i) {
    const uint32_t step = 4 + 2 * i;  // of 10 ns; a tick is 100 ns
    ASSERT_EQ(soc.word(kResults + 4 * i), step / 10) << "read " << i;
  }
}

TEST_F(CpuTime, TheTimeCsrAgreesWithMtime) {
  Assembler a(kRam);
  for (int i = 0; i < 95; ++i) a.nop();
  a.csrr(A::a0, 0xC01);
  const A::Label end = a.label();
  a.place(end);
  a.jump(end);
  VirtSoc soc(at_ram());
  soc.load(a.bytes());
  soc.cpu.power_on();
  run_for(sc_time(10, sc_core::SC_US));
  EXPECT_EQ(soc.cpu.reg(A::a0), 9u);
}

TEST_F(CpuTime, AnAccessThatRaisesAnInterruptIsFollowedByIt) {
  Assembler a(kRam);
  const A::Label handler = a.label();
  const A::Label over = a.label();
  a.jal(A::t0, over);
  a.jump(handler);
  a.place(over);
  a.csrw(kMtvec, A::t0);
  a.li(A::t1, VirtSoc::kClint);
  a.addi(A::t2, A::zero, 8);
  a.csrw(kMie, A::t2);
  a.csrw(kMstatus, A::t2);
  a.addi(A::t2, A::zero, 1);
  a.sw(A::t2, A::t1, 0);  // msip
  const uint32_t after_store = a.here();
  for (int i = 0; i < 10; ++i) a.addi(A::a1, A::a1, 1);
  a.place(handler);
  a.csrr(A::a0, kMepc);
  const A::Label end = a.label();
  a.place(end);
  a.jump(end);
  VirtSoc soc(at_ram());
  soc.load(a.bytes());
  soc.cpu.power_on();
  run_for(sc_time(10, sc_core::SC_US));
  EXPECT_EQ(soc.cpu.reg(A::a0), after_store);
  EXPECT_EQ(soc.cpu.reg(A::a1), 0u);
}

// However the run is sliced, the guest and its devices see the same.

/// Timer interrupts at irregular intervals, register reads, serial output at 115200 baud, WFI now and then.
std::vector<uint8_t> busy_program() {
  Assembler a(kRam);
  const A::Label handler = a.label();
  const A::Label loop = a.label();
  const A::Label no_wfi = a.label();
  a.li(A::s0, kResults);
  a.li(A::s1, VirtSoc::kUart);
  a.addi(A::t2, A::zero, 0x83 - 0x100);
  a.sb(A::t2, A::s1, 3);
  a.addi(A::t2, A::zero, 2);
  a.sb(A::t2, A::s1, 0);
  a.addi(A::t2, A::zero, 3);
  a.sb(A::t2, A::s1, 3);
  arm_timer(a, 15, handler);
  a.place(loop);
  a.add(A::a5, A::a5, A::a6);
  a.addi(A::a6, A::a6, 3);
  a.mul(A::a7, A::a5, A::a6);
  a.andi(A::t2, A::a7, 0x7C);
  a.bne(A::t2, A::zero, no_wfi);
  a.wfi();
  a.place(no_wfi);
  a.jump(loop);
  // Handler: note minstret and mtime, send a byte, and come again after 7 to 38 ticks.
  a.place(handler);
  a.csrr(A::a0, kMinstret);
  a.sw(A::a0, A::s0, 0);
  a.li(A::t1, kMtimeLo);
  a.lw(A::a1, A::t1, 0);
  a.sw(A::a1, A::s0, 4);
  a.sw(A::a7, A::s0, 8);
  a.addi(A::s0, A::s0, 12);
  a.sb(A::a0, A::s1, 0);
  a.andi(A::t2, A::a0, 31);
  a.addi(A::t2, A::t2, 7);
  a.add(A::a1, A::a1, A::t2);
  a.li(A::t1, kMtimecmpLo);
  a.sw(A::a1, A::t1, 0);
  a.mret();
  return a.bytes();
}

struct Outcome {
  std::vector<uint8_t> memory;
  std::vector<std::pair<char, uint64_t>> output;
  uint64_t instructions = 0;
  uint64_t slices = 0;
  uint32_t pc = 0;
};

/// Notifies an event that nobody needs, again and again at random distances.
class Disturbance : public sc_core::sc_module {
 public:
  Disturbance(sc_core::sc_module_name name, uint64_t distance_max_ps)
      : sc_core::sc_module(name), stream_(1, "disturbance"), distance_max_ps_(distance_max_ps) {
    SC_HAS_PROCESS(Disturbance);
    SC_METHOD(tick);
    sensitive << event_;
  }

 private:
  void tick() { event_.notify(sc_time::from_value(stream_.below(distance_max_ps_))); }
  SeedStream stream_;
  uint64_t distance_max_ps_;
  sc_core::sc_event event_;
};

Outcome run_busy(uint64_t disturbance_ps, size_t trace_length, bool by_tlm = false) {
  sc_core::sc_curr_simcontext = new sc_core::sc_simcontext;
  sc_core::sc_default_global_context = sc_core::sc_curr_simcontext;
  VirtSoc soc(at_ram(200'000'000));
  Outcome outcome;
  soc.uart.on_output([&](char c, sc_time when) { outcome.output.emplace_back(c, when.value()); });
  std::unique_ptr<Disturbance> disturbance;
  if (disturbance_ps != 0) disturbance = std::make_unique<Disturbance>("disturbance", disturbance_ps);
  At end("end", sc_time(3, sc_core::SC_MS), [&] { soc.cpu.power_off(); });
  soc.load(busy_program());
  if (by_tlm) soc.cpu.set_register_lookup(nullptr);
  soc.cpu.set_trace_length(trace_length);
  soc.cpu.power_on();
  sc_core::sc_start(sc_time(4, sc_core::SC_MS));
  outcome.memory.assign(soc.ram.direct(), soc.ram.direct() + 0x40000);
  outcome.instructions = soc.cpu.instructions();
  outcome.slices = soc.cpu.slices();
  outcome.pc = soc.cpu.pc();
  return outcome;
}

TEST_F(CpuTime, SlicesChangeNothing) {
  const Outcome plain = run_busy(0, 0);
  EXPECT_GT(plain.output.size(), 30u);
  EXPECT_GT(plain.instructions, 100'000u);
  for (const uint64_t disturbance_ps : {3'000u, 40'000u, 1'000'000u}) {
    const Outcome disturbed = run_busy(disturbance_ps, 0);
    EXPECT_GT(disturbed.slices, plain.slices);
    EXPECT_EQ(disturbed.instructions, plain.instructions);
    EXPECT_EQ(disturbed.pc, plain.pc);
    EXPECT_TRUE(disturbed.output == plain.output);
    EXPECT_TRUE(disturbed.memory == plain.memory);
  }
}

TEST_F(CpuTime, RegistersReachedDirectlyOrByTlmAreTheSame) {
  const Outcome direct = run_busy(0, 0);
  const Outcome by_tlm = run_busy(0, 0, true);
  EXPECT_EQ(by_tlm.instructions, direct.instructions);
  EXPECT_EQ(by_tlm.pc, direct.pc);
  EXPECT_TRUE(by_tlm.output == direct.output);
  EXPECT_TRUE(by_tlm.memory == direct.memory);
}

TEST_F(CpuTime, TheTraceRingChangesNothing) {
  const Outcome plain = run_busy(0, 0);
  const Outcome traced = run_busy(0, 16);
  EXPECT_EQ(traced.instructions, plain.instructions);
  EXPECT_TRUE(traced.output == plain.output);
  EXPECT_TRUE(traced.memory == plain.memory);
}

// Sleep.

TEST_F(CpuTime, WakesAtTheFirstStepAfterTheInterrupt) {
  Assembler a(kRam);
  a.addi(A::t2, A::zero, 8);
  a.csrw(kMie, A::t2);
  a.wfi();
  a.csrr(A::a0, kMinstret);
  a.csrr(A::a1, kMcycle);
  const A::Label end = a.label();
  a.place(end);
  a.jump(end);
  VirtSoc soc(at_ram());
  soc.load(a.bytes());
  At raise("raise", sc_time(12'345, sc_core::SC_NS), [&] { soc.cpu.set_software_irq(true); });
  soc.cpu.power_on();
  run_for(sc_time(5, sc_core::SC_US));
  EXPECT_TRUE(soc.cpu.sleeping());
  run_for(sc_time(10, sc_core::SC_US));
  EXPECT_FALSE(soc.cpu.sleeping());
  EXPECT_EQ(soc.cpu.reg(A::a0), 3u);
  EXPECT_EQ(soc.cpu.reg(A::a1), 1236u) << "12345 ns falls into step 1234: 1235 follows";
}

TEST_F(CpuTime, MtipRisesAtItsStepAlsoWhereItIsNotEnabled) {
  Assembler a(kRam);
  const A::Label loop = a.label();
  a.li(A::t1, kMtimecmpLo);
  a.li(A::t2, 123);
  a.sw(A::t2, A::t1, 0);
  a.sw(A::zero, A::t1, 4);
  a.place(loop);
  a.csrr(A::a1, kMinstret);
  a.csrr(A::a0, kMip);
  a.andi(A::a0, A::a0, 0x80);
  a.beq(A::a0, A::zero, loop);
  const A::Label end = a.label();
  a.place(end);
  a.jump(end);
  VirtSoc soc(at_ram(130'000'000));
  soc.load(a.bytes());
  soc.cpu.power_on();
  run_for(sc_time(100, sc_core::SC_US));
  // 12.3 us are 1599 steps, so the first that begins at or after it is 1599; of the reads of mip every fourth step, the next one sees it.
  const uint32_t read_at = soc.cpu.reg(A::a1) + 1;
  EXPECT_GE(read_at, 1599u);
  EXPECT_LT(read_at, 1599u + 4);
}

TEST_F(CpuTime, ATimerThatIsNotEnabledDoesNotWake) {
  Assembler a(kRam);
  a.li(A::t1, kMtimecmpLo);
  a.addi(A::t2, A::zero, 50);
  a.sw(A::t2, A::t1, 0);
  a.sw(A::zero, A::t1, 4);
  a.addi(A::t2, A::zero, 8);
  a.csrw(kMie, A::t2);
  a.wfi();
  a.csrr(A::a0, kMip);
  a.csrr(A::a1, kMcycle);
  const A::Label end = a.label();
  a.place(end);
  a.jump(end);
  for (const uint64_t wake_ns : {4'000u, 4'992u, 7'000u}) {
    sc_core::sc_curr_simcontext = new sc_core::sc_simcontext;
    sc_core::sc_default_global_context = sc_core::sc_curr_simcontext;
    VirtSoc soc(at_ram());
    soc.load(a.bytes());
    At raise("raise", sc_time(static_cast<double>(wake_ns), sc_core::SC_NS), [&] { soc.cpu.set_software_irq(true); });
    soc.cpu.power_on();
    run_for(sc_time(20, sc_core::SC_US));
    EXPECT_FALSE(soc.cpu.sleeping());
    const uint64_t step = (wake_ns + 9) / 10;
    EXPECT_EQ(soc.cpu.reg(A::a1), step + 1) << wake_ns;
    EXPECT_EQ(soc.cpu.reg(A::a0), step * 10 >= 5'000 ? 0x88u : 0x08u) << "mip as it is at the step that follows the WFI: " << wake_ns;
  }
}

TEST_F(CpuTime, ASleepThatTheTimerEndsIsNoTurnOfTheKernel) {
  // 10,000 interrupts 10 us apart, of which the handler counts the instructions between.
  Assembler a(kRam);
  const A::Label handler = a.label();
  const A::Label loop = a.label();
  arm_timer(a, 100, handler);
  a.li(A::s0, 100);
  a.place(loop);
  a.wfi();
  a.jump(loop);
  a.place(handler);
  a.addi(A::a0, A::a0, 1);
  a.csrr(A::a1, kMcycle);
  a.addi(A::s0, A::s0, 100);
  a.sw(A::s0, A::t1, 0);
  a.mret();
  VirtSoc soc(at_ram());
  soc.load(a.bytes());
  At off("off", sc_time(100'005, sc_core::SC_US), [&] { soc.cpu.power_off(); });
  soc.cpu.power_on();
  run_for(sc_time(200, sc_core::SC_MS));
  EXPECT_EQ(soc.cpu.reg(A::a0), 10'000u);
  EXPECT_EQ(soc.cpu.reg(A::a1), 10'000u * 1000 + 2) << "the trampoline's jump and one addition after the tick";
  EXPECT_LT(soc.cpu.slices(), 100u);
}

TEST_F(CpuTime, SleepingCostsNothing) {
  // A timer interrupt each millisecond for a simulated minute, a short handler, WFI in between.
  Assembler a(kRam);
  const A::Label handler = a.label();
  const A::Label loop = a.label();
  arm_timer(a, 10'000, handler);
  a.li(A::s0, 10'000);
  a.li(A::s1, 10'000);
  a.place(loop);
  a.wfi();
  a.jump(loop);
  a.place(handler);
  a.addi(A::a0, A::a0, 1);
  a.add(A::s0, A::s0, A::s1);
  a.sw(A::s0, A::t1, 0);
  a.mret();
  VirtSoc soc(at_ram(200'000'000));
  soc.load(a.bytes());
  At off("off", sc_time(60'000.5, sc_core::SC_MS), [&] { soc.cpu.power_off(); });
  soc.cpu.power_on();
  run_for(sc_time(60'001, sc_core::SC_MS));
  EXPECT_EQ(soc.cpu.reg(A::a0), 60'000u);
  EXPECT_LE(soc.cpu.slices(), 60'000u + 10) << "one slice an interrupt";
}

TEST_F(CpuTime, LoadFollowsItsState) {
  Assembler a(kRam);
  for (int i = 0; i < 8; ++i) a.nop();
  a.wfi();
  CpuConfig config = at_ram();
  config.active_uw = 5000;
  config.sleep_uw = 100;
  VirtSoc soc(config);
  soc.load(a.bytes());
  std::vector<std::pair<uint64_t, uint32_t>> changes;
  soc.cpu.load.connect([&] { changes.emplace_back(std::max(soc.cpu.local_time(), sc_core::sc_time_stamp()).value(), soc.cpu.load.uw()); });
  At on("on", sc_time(100, sc_core::SC_NS), [&] { soc.cpu.power_on(); });
  At off("off", sc_time(500, sc_core::SC_NS), [&] { soc.cpu.power_off(); });
  run_for(sc_time(1, sc_core::SC_US));
  const std::vector<std::pair<uint64_t, uint32_t>> expected = {{100'000, 5000}, {190'000, 100}, {500'000, 0}};
  EXPECT_EQ(changes, expected);
}

// Power and reset.

std::vector<uint8_t> counting() {
  Assembler a(kRam);
  const A::Label loop = a.label();
  a.place(loop);
  a.addi(A::a0, A::a0, 1);
  a.jump(loop);
  return a.bytes();
}

TEST_F(CpuTime, PowerOffStopsAtThatInstant) {
  VirtSoc soc(at_ram());
  soc.load(counting());
  At off("off", sc_time(12'345, sc_core::SC_NS), [&] { soc.cpu.power_off(); });
  At on("on", sc_time(20'003, sc_core::SC_NS), [&] { soc.cpu.power_on(); });
  At probe("probe", sc_time(20'053, sc_core::SC_NS), [&] { soc.cpu.power_off(); });
  soc.cpu.power_on();
  run_for(sc_time(15, sc_core::SC_US));
  EXPECT_EQ(soc.cpu.instructions(), 1235u);
  EXPECT_EQ(soc.cpu.reg(A::a0), 618u);
  EXPECT_FALSE(soc.cpu.powered());
  run_for(sc_time(85, sc_core::SC_US));
  EXPECT_EQ(soc.cpu.retired_since_power_on(), 5u) << "the clock starts anew at power-on";
  EXPECT_EQ(soc.cpu.instructions(), 1240u);
  EXPECT_EQ(soc.cpu.reg(A::a0), 3u);
}

TEST_F(CpuTime, PowerOffWhileAsleep) {
  Assembler a(kRam);
  a.addi(A::a0, A::a0, 1);
  a.wfi();
  VirtSoc soc(at_ram());
  soc.load(a.bytes());
  At off("off", sc_time(5, sc_core::SC_US), [&] { soc.cpu.power_off(); });
  At on("on", sc_time(6, sc_core::SC_US), [&] { soc.cpu.power_on(); });
  soc.cpu.power_on();
  run_for(sc_time(5500, sc_core::SC_NS));
  EXPECT_FALSE(soc.cpu.powered());
  run_for(sc_time(5, sc_core::SC_US));
  EXPECT_TRUE(soc.cpu.sleeping());
  EXPECT_EQ(soc.cpu.instructions(), 4u);
}

TEST_F(CpuTime, ResetFromAnEvent) {
  VirtSoc soc(at_ram());
  soc.load(counting());
  At reset("reset", sc_time(1'005, sc_core::SC_NS), [&] { soc.cpu.reset(); });
  At off("off", sc_time(1'100, sc_core::SC_NS), [&] { soc.cpu.power_off(); });
  soc.cpu.power_on();
  run_for(sc_time(2, sc_core::SC_US));
  EXPECT_EQ(soc.cpu.reg(A::a0), 5u) << "steps 101 to 109";
  EXPECT_EQ(soc.cpu.csr(kMinstret), 9u);
  EXPECT_EQ(soc.cpu.instructions(), 110u);
}

TEST_F(CpuTime, ResetByItsOwnRegisterWrite) {
  Assembler a(kRam);
  a.li(A::t0, kResults);
  a.lw(A::a0, A::t0, 0);
  a.addi(A::a0, A::a0, 1);
  a.sw(A::a0, A::t0, 0);
  a.li(A::t0, VirtSoc::kFinisher);
  a.li(A::t1, Finisher::kReset);
  a.sw(A::t1, A::t0, 0);
  a.ebreak();
  VirtSoc soc(at_ram());
  soc.load(a.bytes());
  soc.finisher.on_finish([&](uint16_t, uint16_t) { soc.cpu.reset(); });
  At off("off", sc_time(995, sc_core::SC_NS), [&] { soc.cpu.power_off(); });
  soc.cpu.power_on();
  run_for(sc_time(2, sc_core::SC_US));
  EXPECT_EQ(soc.word(kResults), 10u) << "ten instructions a round";
  EXPECT_EQ(soc.cpu.instructions(), 100u);
}

TEST_F(CpuTime, PowerCycleByItsOwnRegisterWrite) {
  Assembler a(kRam);
  a.li(A::t0, VirtSoc::kFinisher);
  a.li(A::t1, Finisher::kReset);
  a.sw(A::t1, A::t0, 0);
  VirtSoc soc(at_ram());
  soc.load(a.bytes());
  soc.finisher.on_finish([&](uint16_t, uint16_t) {
    soc.cpu.power_off();
    soc.cpu.power_on();
  });
  At off("off", sc_time(495, sc_core::SC_NS), [&] { soc.cpu.power_off(); });
  soc.cpu.power_on();
  run_for(sc_time(1, sc_core::SC_US));
  EXPECT_EQ(soc.cpu.instructions(), 50u) << "no instruction is lost or made twice";
  EXPECT_EQ(soc.cpu.retired_since_power_on(), 0u) << "the tenth round of five has just ended";
}

// The bus.

TEST_F(CpuTime, AccessesThatNobodyAnswersFault) {
  Assembler a(kRam);
  const A::Label over = a.label();
  a.jal(A::t0, over);
  a.csrr(A::a0, 0x342);  // the handler
  a.csrr(A::a1, 0x343);
  a.sw(A::a0, A::s0, 0);
  a.sw(A::a1, A::s0, 4);
  a.addi(A::s0, A::s0, 8);
  a.csrr(A::a0, kMepc);
  a.addi(A::a0, A::a0, 4);
  a.csrw(kMepc, A::a0);
  a.mret();
  a.place(over);
  a.csrw(kMtvec, A::t0);
  a.li(A::s0, kResults);
  a.li(A::s1, 0x30000000);
  a.lw(A::a2, A::s1, 0);
  a.sw(A::a2, A::s1, 4);
  a.lui(A::s1, 0x1000);  // the ROM
  a.lw(A::a3, A::s1, 0);
  a.sw(A::a3, A::s1, 0);
  const A::Label end = a.label();
  a.place(end);
  a.jump(end);
  VirtSoc soc(at_ram());
  soc.load(a.bytes());
  soc.cpu.power_on();
  run_for(sc_time(10, sc_core::SC_US));
  EXPECT_EQ(soc.word(kResults), 5u);
  EXPECT_EQ(soc.word(kResults + 4), 0x30000000u);
  EXPECT_EQ(soc.word(kResults + 8), 7u);
  EXPECT_EQ(soc.word(kResults + 12), 0x30000004u);
  EXPECT_EQ(soc.word(kResults + 16), 7u);
  EXPECT_EQ(soc.word(kResults + 20), 0x1000u);
  EXPECT_EQ(soc.cpu.reg(A::a3), 0x297u) << "the ROM can be read as data";
}

TEST_F(CpuTime, BootsThroughTheResetRom) {
  VirtSoc soc;
  Assembler a(kRam + 0x400);
  const A::Label end = a.label();
  a.place(end);
  a.jump(end);
  std::copy(a.bytes().begin(), a.bytes().end(), soc.ram.direct() + 0x400);
  soc.rom.set_entry(kRam + 0x400);
  soc.rom.set_device_tree_address(0x87654320);
  soc.cpu.power_on();
  run_for(sc_time(1, sc_core::SC_US));
  EXPECT_EQ(soc.cpu.pc(), kRam + 0x400);
  EXPECT_EQ(soc.cpu.reg(A::a0), 0u);
  EXPECT_EQ(soc.cpu.reg(A::a1), 0x87654320u);
}

// Debugging.

TEST_F(CpuTime, MemoryThroughTheDebugInterface) {
  VirtSoc soc(at_ram());
  soc.load(counting());
  const uint32_t add_ten = encode::i(0x13, 0, A::a0, A::a0, 10);
  At patch("patch", sc_time(1000, sc_core::SC_NS), [&] { EXPECT_TRUE(soc.cpu.write_memory(kRam, &add_ten, 4)); });
  At off("off", sc_time(2000, sc_core::SC_NS), [&] { soc.cpu.power_off(); });
  soc.cpu.power_on();
  run_for(sc_time(3, sc_core::SC_US));
  EXPECT_EQ(soc.cpu.reg(A::a0), 50u + 500u) << "changed code takes effect at once";
  uint32_t word = 0;
  EXPECT_TRUE(soc.cpu.read_memory(kRam, &word, 4));
  EXPECT_EQ(word, add_ten);
  EXPECT_TRUE(soc.cpu.read_memory(0x1000, &word, 4)) << "the ROM";
  EXPECT_FALSE(soc.cpu.read_memory(0x30000000, &word, 4));
  EXPECT_FALSE(soc.cpu.read_memory(kRam + VirtSoc::kRamSize - 2, &word, 4));
  EXPECT_FALSE(soc.cpu.read_memory(VirtSoc::kUart, &word, 4)) << "registers are no memory";
}

TEST_F(CpuTime, GarbageFramePointersGiveAShortStack) {
  VirtSoc soc(at_ram());
  soc.load(counting());
  soc.cpu.power_on();
  run_for(sc_time(1, sc_core::SC_US));
  for (const uint32_t frame : {0u, 4u, 7u, 0xFFFFFFFFu, 0xFFFFFFFCu, 0x80000004u, kRam + 8, kRam + 9, 0x40000000u, kRam + VirtSoc::kRamSize + 4}) {
    soc.cpu.set_reg(8, frame);
    EXPECT_LE(soc.cpu.call_stack(32).size(), 3u) << std::hex << frame;
  }
  // A frame that points to itself ends the walk.
  const uint32_t frame = kResults + 8;
  const uint32_t saved[2] = {frame, kRam + 4};
  soc.cpu.write_memory(frame - 8, saved, sizeof saved);
  soc.cpu.set_reg(8, frame);
  EXPECT_EQ(soc.cpu.call_stack(32).size(), 2u);
}

// Bare programs.

class BareProgram : public SystemcTest {
 protected:
  static Program program(const std::string& name) {
    return load_program(std::string(SAKSI_CPU_PROGRAMS_DIR) + "/" + name + ".elf", VirtSoc::ram_range());
  }
};

TEST_F(BareProgram, HelloPasses) {
  VirtSoc soc;
  soc.load(program("hello"));
  soc.cpu.power_on();
  run_for(sc_time(10, sc_core::SC_MS));
  EXPECT_EQ(soc.console, "hello, world\n");
  EXPECT_EQ(soc.finish_status, Finisher::kPass);
}

TEST_F(BareProgram, FailGivesItsCode) {
  VirtSoc soc;
  soc.load(program("fail"));
  soc.cpu.power_on();
  run_for(sc_time(10, sc_core::SC_MS));
  EXPECT_EQ(soc.finish_status, Finisher::kFail);
  EXPECT_EQ(soc.finish_code, 7);
}

TEST_F(BareProgram, TohostEndsTheRun) {
  VirtSoc soc;
  const Program tohost = program("tohost");
  ASSERT_TRUE(tohost.tohost.has_value());
  soc.load(tohost);
  std::vector<uint32_t> values;
  soc.cpu.watch_stores(*tohost.tohost, 8, [&](uint32_t, uint32_t value) {
    values.push_back(value);
    if (value != 0) soc.cpu.power_off();
  });
  soc.cpu.power_on();
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(values, std::vector<uint32_t>{5 << 1 | 1});
  EXPECT_FALSE(soc.cpu.powered());
}

TEST_F(BareProgram, CallStackInTheMiddleOfARegisterWrite) {
  VirtSoc soc;
  const Program chain = program("call_chain");
  soc.load(chain);
  std::vector<std::string> names;
  soc.finisher.on_finish([&](uint16_t, uint16_t) {
    for (const uint32_t pc : soc.cpu.call_stack(32)) names.push_back(chain.symbols.find(pc) ? chain.symbols.find(pc)->name : "?");
    soc.cpu.power_off();
  });
  soc.cpu.power_on();
  run_for(sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(names, (std::vector<std::string>{"inner", "middle", "main", "_start"}));
}

TEST_F(BareProgram, EchoByInterrupts) {
  VirtSoc soc;
  soc.load(program("echo"));
  At type("type", sc_time(1, sc_core::SC_MS), [&] { soc.uart.receive("the quick brown fox "); });
  At more("more", sc_time(9, sc_core::SC_MS), [&] { soc.uart.receive("jumps."); });
  soc.cpu.power_on();
  run_for(sc_time(50, sc_core::SC_MS));
  EXPECT_EQ(soc.console, "THE QUICK BROWN FOX JUMPS.");
  EXPECT_EQ(soc.finish_status, Finisher::kPass);
}

}  // namespace
}  // namespace saksi::hw
