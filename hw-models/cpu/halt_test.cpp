// Goal: halts happen before exactly the instruction that was asked for, once, and leave no trace in what the guest does.
// Method: small programs whose instruction count is known, on the hart alone and on the CPU with bus, blocks and time; every halt is noted.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hw-models/base/systemc_test.h"
#include "hw-models/cpu/machine_for_test.h"
#include "hw-models/cpu/virt_soc_for_test.h"
#include "regs/clint_regs.hpp"

namespace saksi::hw {
namespace {

using A = Assembler;
using Reason = Halt::Reason;
constexpr uint32_t kRam = Machine::kRam;
constexpr uint32_t kMie = 0x304, kMtvec = 0x305, kMstatus = 0x300;

struct Noted {
  Halt halt;
  uint32_t pc;
  uint64_t begun;
};

/// A hart on which every halt is noted.
struct Halting : Machine {
  Halting() {
    cpu.set_halt_listener([this](const Halt& halt) {
      halts.push_back({halt, cpu.pc(), cpu.begun()});
      if (on_halt) on_halt(halts.back());
    });
  }
  std::vector<Noted> halts;
  std::function<void(const Noted&)> on_halt;
};

/// Ten nops, then a jump back to the first.
std::vector<uint8_t> nops_in_a_loop() {
  Assembler a(kRam);
  const A::Label loop = a.label();
  a.place(loop);
  for (int i = 0; i < 10; ++i) a.nop();
  a.jump(loop);
  return a.bytes();
}

TEST(Halts, ABreakpointInTheMiddleOfADecodedBlockIsHit) {
  Halting m;
  m.load(nops_in_a_loop());
  m.cpu.run(25);  // the loop is decoded as one block now
  m.cpu.set_breakpoint(kRam + 12, true);
  m.cpu.run(50);
  ASSERT_EQ(m.halts.size(), 3u);
  EXPECT_EQ(m.halts[0].halt.reason, Reason::kBreakpoint);
  EXPECT_EQ(m.halts[0].pc, kRam + 12);
  EXPECT_EQ(m.halts[0].begun, 25u) << "step 25 is the fourth nop of the third round: the place where it was set counts";
  EXPECT_EQ(m.halts[1].begun, 36u);
  EXPECT_EQ(m.halts[2].begun, 47u);
  m.cpu.set_breakpoint(kRam + 12, false);
  m.cpu.run(100);
  EXPECT_EQ(m.halts.size(), 3u);
  EXPECT_EQ(m.cpu.steps(), 100u) << "a halt takes no step";
}

TEST(Halts, ABreakpointHaltsOnceForEachArrival) {
  Halting m;
  Assembler a(kRam);
  const A::Label self = a.label();
  a.place(self);
  a.jump(self);
  m.load(a.bytes());
  m.cpu.set_breakpoint(kRam, true);
  m.cpu.run(3);
  ASSERT_EQ(m.halts.size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(m.halts[i].begun, i);
}

TEST(Halts, SteppingHaltsBeforeEachInstruction) {
  Halting m;
  m.load(nops_in_a_loop());
  m.on_halt = [&](const Noted& n) { m.cpu.halt_at(n.begun + 1); };
  m.cpu.halt_at(0);
  m.cpu.run(12);
  ASSERT_EQ(m.halts.size(), 12u);
  for (size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(m.halts[i].halt.reason, Reason::kPosition);
    EXPECT_EQ(m.halts[i].begun, i);
    EXPECT_EQ(m.halts[i].pc, kRam + 4 * (i % 11));
  }
}

TEST(Halts, APositionInThePastIsNeverReached) {
  Halting m;
  m.load(nops_in_a_loop());
  m.cpu.run(20);
  m.cpu.halt_at(10);
  m.cpu.run(40);
  EXPECT_TRUE(m.halts.empty());
}

TEST(Halts, ATrapIsOneStepAndHaltsAtItsHandler) {
  Halting m;
  Assembler a(kRam);
  a.li(A::t0, kRam + 0x100);
  a.csrw(kMtvec, A::t0);
  a.ecall();  // step 3
  m.load(a.bytes());
  Assembler handler(kRam + 0x100);
  handler.nop();
  handler.nop();
  m.load(handler.bytes(), kRam + 0x100);
  m.cpu.halt_at(4);
  m.cpu.run(6);
  ASSERT_EQ(m.halts.size(), 1u);
  EXPECT_EQ(m.halts[0].pc, kRam + 0x100);
  EXPECT_EQ(m.cpu.retired(), 5u) << "the ecall did not complete";
}

TEST(Halts, AStoreWatchpointHaltsAfterTheStoreThatOverlapsIt) {
  Halting m;
  Assembler a(kRam);
  a.li(A::t0, Machine::kData);
  a.sw(A::t0, A::t0, 4);   // step 2: beside it
  a.lw(A::t1, A::t0, 8);   // step 3: a load
  a.sb(A::t0, A::t0, 11);  // step 4: its last byte
  a.nop();
  m.load(a.bytes());
  m.cpu.set_watchpoint(Machine::kData + 8, 4, WatchKind::kStore, true);
  m.cpu.run(6);
  ASSERT_EQ(m.halts.size(), 1u);
  EXPECT_EQ(m.halts[0].halt.reason, Reason::kWatchpoint);
  EXPECT_EQ(m.halts[0].halt.address, Machine::kData + 11);
  EXPECT_TRUE(m.halts[0].halt.is_store);
  EXPECT_EQ(m.halts[0].begun, 5u);
  EXPECT_EQ(m.halts[0].pc, kRam + 20);
  EXPECT_EQ(m.word(Machine::kData + 8) >> 24, 0x00u) << "the low byte of the address is stored";
}

TEST(Halts, EachKindOfWatchpointSeesItsAccesses) {
  for (const WatchKind kind : {WatchKind::kLoad, WatchKind::kStore, WatchKind::kAccess}) {
    Halting m;
    Assembler a(kRam);
    a.li(A::t0, Machine::kData);
    a.lw(A::t1, A::t0, 0);                                         // step 2: load
    a.sw(A::t1, A::t0, 0);                                         // step 3: store
    a.word(encode::r(0x2F, 2, 0x00, A::t2, A::t0, A::t1));         // step 4: amoadd.w, both
    a.word(encode::r(0x2F, 2, 0x02 << 2, A::t2, A::t0, A::zero));  // step 5: lr.w, load
    a.word(encode::r(0x2F, 2, 0x03 << 2, A::t2, A::t0, A::t1));    // step 6: sc.w, store
    a.word(encode::r(0x2F, 2, 0x03 << 2, A::t2, A::t0, A::t1));    // step 7: sc.w that fails, none
    a.nop();
    m.load(a.bytes());
    m.cpu.set_watchpoint(Machine::kData, 4, kind, true);
    m.cpu.run(9);
    std::vector<uint64_t> after;
    for (const Noted& n : m.halts) after.push_back(n.begun);
    const std::vector<uint64_t> loads{3, 5, 6}, stores{4, 5, 7}, all{3, 4, 5, 6, 7};
    EXPECT_EQ(after, kind == WatchKind::kLoad ? loads : kind == WatchKind::kStore ? stores : all);
  }
}

TEST(Halts, AnInterruptAtABreakpointIsTakenFirstAndItsHandlerCanHalt) {
  Halting m;
  m.load(nops_in_a_loop());
  Assembler handler(kRam + 0x100);
  handler.mret();
  m.load(handler.bytes(), kRam + 0x100);
  m.cpu.debug_set_csr(kMtvec, kRam + 0x100);
  m.cpu.debug_set_csr(kMie, 1u << 7);
  m.cpu.debug_set_csr(kMstatus, 8);
  m.cpu.run(4);
  m.cpu.set_breakpoint(kRam + 16, true);
  m.cpu.set_breakpoint(kRam + 0x100, true);
  m.cpu.set_irq(Irq::kTimer, true);
  m.on_halt = [&](const Noted& n) {
    if (n.pc == kRam + 0x100) m.cpu.set_irq(Irq::kTimer, false);
  };
  m.cpu.run(8);
  ASSERT_EQ(m.halts.size(), 2u);
  EXPECT_EQ(m.halts[0].pc, kRam + 0x100);
  EXPECT_EQ(m.halts[0].begun, 4u) << "the interrupt itself is no instruction";
  EXPECT_EQ(m.halts[1].pc, kRam + 16);
  EXPECT_EQ(m.halts[1].begun, 5u);
}

TEST(Halts, AfterAHaltAnInterruptThatComesBeforeTheInstructionHaltsAnew) {
  Halting m;
  m.load(nops_in_a_loop());
  m.cpu.debug_set_csr(kMtvec, kRam + 0x100);
  m.cpu.debug_set_csr(kMie, 1u << 7);
  m.cpu.debug_set_csr(kMstatus, 8);
  m.cpu.set_breakpoint(kRam + 8, true);
  m.cpu.set_breakpoint(kRam + 0x100, true);
  m.on_halt = [&](const Noted& n) { m.cpu.set_irq(Irq::kTimer, n.pc == kRam + 8); };
  m.cpu.run(3);
  ASSERT_EQ(m.halts.size(), 2u);
  EXPECT_EQ(m.halts[0].pc, kRam + 8);
  EXPECT_EQ(m.halts[1].pc, kRam + 0x100) << "raised while halted, taken before the instruction at the breakpoint";
}

TEST(Halts, ARequestFromWithinARegisterAccessHaltsAfterIt) {
  Halting m;
  Assembler a(kRam);
  a.li(A::t0, Machine::kDevice);
  a.lw(A::t1, A::t0, 0);  // step 2
  a.nop();
  a.nop();
  m.load(a.bytes());
  m.on_access = [&] { m.cpu.request_halt(); };
  m.cpu.run(5);
  ASSERT_EQ(m.halts.size(), 1u);
  EXPECT_EQ(m.halts[0].halt.reason, Reason::kRequest);
  EXPECT_EQ(m.halts[0].begun, 3u);
}

TEST(Halts, TheDebuggerMayMoveTheProgramCounterAndCode) {
  Halting m;
  m.load(nops_in_a_loop());
  m.cpu.run(11);
  Assembler other(kRam + 0x200);
  other.addi(A::a0, A::zero, 7);
  other.nop();
  m.on_halt = [&](const Noted&) {
    std::copy(other.bytes().begin(), other.bytes().end(), m.ram.begin() + 0x200);
    m.cpu.code_changed(kRam + 0x200, 8);
    m.cpu.set_pc(kRam + 0x200);
  };
  m.cpu.halt_at(13);
  m.cpu.run(14);
  EXPECT_EQ(m.cpu.reg(A::a0), 7u);
}

// With time.

using CpuHalts = SystemcTest;

CpuConfig at_ram() {
  CpuConfig config;
  config.reset_pc = VirtSoc::kRamBase;
  return config;
}

/// Calls a function every so often, as a poll for a debugger does.
class Every : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Every);
  Every(sc_core::sc_module_name name, const sc_core::sc_time& period, std::function<void()> action)
      : sc_core::sc_module(name), period_(period), action_(std::move(action)) {
    SC_METHOD(act);
    sensitive << event_;
    dont_initialize();
    event_.notify(period_);
  }

 private:
  void act() {
    action_();
    event_.notify(period_);
  }
  sc_core::sc_time period_;
  std::function<void()> action_;
  sc_core::sc_event event_;
};

/// Sleeps in WFI and counts timer interrupts, every 10 us.
std::vector<uint8_t> sleeper() {
  constexpr uint32_t kMtimecmp = VirtSoc::kClint + regs::clint::kMtimecmpLo;
  Assembler a(VirtSoc::kRamBase);
  const A::Label handler = a.label(), over = a.label(), loop = a.label();
  a.jal(A::t0, over);
  a.place(handler);
  a.addi(A::a0, A::a0, 1);
  a.addi(A::t2, A::t2, 100);
  a.sw(A::t2, A::t1, 0);
  a.mret();
  a.place(over);
  a.csrw(kMtvec, A::t0);
  a.li(A::t1, kMtimecmp);
  a.li(A::t2, 100);
  a.sw(A::t2, A::t1, 0);
  a.sw(A::zero, A::t1, 4);
  a.addi(A::a5, A::zero, 0x80);
  a.csrw(kMie, A::a5);
  a.word(encode::i(0x73, 6, 0, 8, kMstatus));  // csrsi mstatus, 8
  a.place(loop);
  a.wfi();
  a.jump(loop);
  return a.bytes();
}

TEST_F(CpuHalts, WhileAsleepARequestHaltsAtOnceAndDisturbsNothing) {
  VirtSoc soc(at_ram());
  soc.load(sleeper());
  std::vector<std::pair<uint64_t, uint32_t>> halts;
  soc.cpu.set_halt_listener([&](const Halt& halt) {
    EXPECT_EQ(halt.reason, Reason::kRequest);
    halts.emplace_back(sc_core::sc_time_stamp().value(), soc.cpu.pc());
  });
  Every every("every", sc_core::sc_time(7, sc_core::SC_US), [&] { soc.cpu.request_halt(); });
  soc.cpu.power_on();
  run_for(sc_core::sc_time(1, sc_core::SC_MS));
  EXPECT_EQ(halts.size(), 142u);
  EXPECT_EQ(halts[0].first, 7'000'000u);
  EXPECT_EQ(soc.cpu.reg(A::a0), 99u);
  EXPECT_EQ(soc.cpu.instructions(), 12u + 99 * 6) << "set-up to the first wfi; handler, jump and wfi each time";
}

TEST_F(CpuHalts, SteppingOverWfiHaltsInTheHandlerThatWokeIt) {
  VirtSoc soc(at_ram());
  soc.load(sleeper());
  std::vector<std::pair<uint64_t, uint32_t>> halts;
  soc.cpu.set_halt_listener([&](const Halt&) {
    halts.emplace_back(soc.cpu.local_time().value(), soc.cpu.pc());
    soc.cpu.halt_at(soc.cpu.position() + 1);
  });
  soc.cpu.halt_at(11);  // the wfi
  soc.cpu.power_on();
  run_for(sc_core::sc_time(11, sc_core::SC_US));
  ASSERT_GE(halts.size(), 2u);
  EXPECT_EQ(halts[0].second, VirtSoc::kRamBase + 4 * 15);
  EXPECT_EQ(halts[1].second, VirtSoc::kRamBase + 4);
  EXPECT_EQ(halts[1].first, 10'000'000u) << "the tick of mtimecmp";
}

TEST_F(CpuHalts, PositionGoesOnOverPowerCyclesAndHaltsAreKept) {
  VirtSoc soc(at_ram());
  soc.load(nops_in_a_loop());
  std::vector<uint64_t> halts;
  soc.cpu.set_halt_listener([&](const Halt&) { halts.push_back(soc.cpu.position()); });
  std::vector<uint64_t> positions;
  Every every("every", sc_core::sc_time(1, sc_core::SC_US), [&] {  // 100 instructions
    positions.push_back(soc.cpu.position());
    soc.cpu.powered() ? soc.cpu.power_off() : soc.cpu.power_on();
  });
  soc.cpu.halt_at(150);
  soc.cpu.power_on();
  run_for_ns(3500);
  EXPECT_EQ(positions, (std::vector<uint64_t>{100, 100, 200}));
  EXPECT_EQ(halts, std::vector<uint64_t>{150});
}

TEST_F(CpuHalts, ARequestWhilePoweredOffHalts) {
  VirtSoc soc(at_ram());
  soc.load(nops_in_a_loop());
  int halts = 0;
  soc.cpu.set_halt_listener([&](const Halt&) { ++halts; });
  Every every("every", sc_core::sc_time(100, sc_core::SC_NS), [&] { soc.cpu.request_halt(); });
  run_for_ns(350);
  EXPECT_EQ(halts, 3);
}

TEST_F(CpuHalts, VirtualTimeStandsStillAndTheDebuggersAccessHappensNow) {
  VirtSoc soc(at_ram());
  Assembler handler(VirtSoc::kRamBase + 0x100);
  const A::Label stay = handler.label();
  handler.place(stay);
  handler.jump(stay);
  std::vector<uint8_t> code = nops_in_a_loop();
  code.resize(0x100);
  code.insert(code.end(), handler.bytes().begin(), handler.bytes().end());
  soc.load(code);
  uint32_t mtime = 0;
  soc.cpu.set_halt_listener([&](const Halt&) {
    EXPECT_TRUE(soc.cpu.debug_access(false, VirtSoc::kClint + regs::clint::kMtimeLo, 4, &mtime));
    uint32_t soon = 300;
    EXPECT_TRUE(soc.cpu.debug_access(true, VirtSoc::kClint + regs::clint::kMtimecmpLo, 4, &soon));
    uint32_t zero = 0;
    EXPECT_TRUE(soc.cpu.debug_access(true, VirtSoc::kClint + regs::clint::kMtimecmpHi, 4, &zero));
    EXPECT_TRUE(soc.cpu.set_csr(kMie, 0x80));
    EXPECT_TRUE(soc.cpu.set_csr(kMtvec, VirtSoc::kRamBase + 0x100));
    EXPECT_TRUE(soc.cpu.set_csr(kMstatus, 8));
  });
  soc.cpu.halt_at(2000);  // at 20 us
  soc.cpu.power_on();
  run_for(sc_core::sc_time(31, sc_core::SC_US));
  EXPECT_EQ(mtime, 200u);
  EXPECT_EQ(soc.cpu.csr(0x341).value_or(0), VirtSoc::kRamBase + 4 * (3000 % 11)) << "the interrupt at 30 us, step 3000, set by the debugger";
}

}  // namespace
}  // namespace saksi::hw
