// Goal: triggers as the Sdtrig chapter of the debug specification 1.0 says: firmware's own breakpoints and watchpoints.
// Method: registers first, then instructions on the hart: the breakpoint comes before the instruction, with the address in mtval.
#include "hw-models/cpu/trigger.h"

#include <gtest/gtest.h>

#include "hw-models/cpu/machine_for_test.h"

namespace saksi::hw {
namespace {

using A = Assembler;
constexpr uint32_t kTselect = 0x7A0, kTdata1 = 0x7A1, kTdata2 = 0x7A2, kTdata3 = 0x7A3, kTinfo = 0x7A4;
constexpr uint32_t kMcontrol = 2u << 28, kMcontrol6 = 6u << 28, kDisabled = 15u << 28;
constexpr uint32_t kLoad = 1, kStore = 2, kExecute = 4, kU = 1 << 3, kM = 1 << 6, kChain = 1 << 11;
constexpr uint32_t kNapot = 1 << 7, kAtLeast = 2 << 7, kBelow = 3 << 7;
constexpr uint32_t kHit = 1 << 20, kHit6 = 1 << 22;
constexpr uint32_t kHandler = Machine::kRam + 0x4000;
constexpr uint32_t kMie = 8;

class TriggersOnTheHart : public ::testing::Test {
 protected:
  TriggersOnTheHart() {
    set(0x305, kHandler);
    set(0x300, kMie);
  }
  void set(uint32_t number, uint32_t value) { ASSERT_TRUE(m_.cpu.debug_set_csr(number, value)); }
  uint32_t get(uint32_t number) const { return m_.cpu.debug_csr(number).value_or(0xDEADBEEF); }
  void arm(unsigned index, uint32_t control, uint32_t value) {
    set(kTselect, index);
    set(kTdata2, value);
    set(kTdata1, control);
  }
  void run_one(uint32_t instruction) {
    set(0x300, kMie | 3u << 11);
    m_.run_one(instruction);
  }
  bool trapped() const { return m_.cpu.pc() == kHandler; }
  void expect_breakpoint(uint32_t tval, uint32_t epc = Machine::kRam) {
    EXPECT_TRUE(trapped());
    EXPECT_EQ(get(0x342), 3u);
    EXPECT_EQ(get(0x343), tval);
    EXPECT_EQ(get(0x341), epc);
  }
  Machine m_;
};

TEST_F(TriggersOnTheHart, RegistersKeepWhatTheyCanHold) {
  EXPECT_EQ(get(kTinfo), 1u << 24 | 1u << 15 | 1u << 6 | 1u << 2);
  set(kTselect, 3);
  EXPECT_EQ(get(kTselect), 3u);
  set(kTselect, 4);
  EXPECT_EQ(get(kTselect), 3u) << "there are four";
  set(kTselect, 0);
  EXPECT_EQ(get(kTdata1), kMcontrol);
  set(kTdata1, kMcontrol | kM | kU | kLoad | kStore | kExecute);
  EXPECT_EQ(get(kTdata1), kMcontrol | kM | kU | kLoad | kStore | kExecute);
  set(kTdata1, 0);
  EXPECT_EQ(get(kTdata1), kDisabled);
  set(kTdata1, 3u << 28 | kM);
  EXPECT_EQ(get(kTdata1), kDisabled) << "no instruction counter";
  set(kTdata1, kMcontrol | 1 << 27 | 1 << 19 | 1 << 18 | 3 << 16 | 1 << 12 | kNapot | kM);
  EXPECT_EQ(get(kTdata1), kMcontrol | kM) << "no debug mode, data match, late timing, size, action 1, NAPOT";
  set(kTdata1, kMcontrol6 | kNapot | kM);
  EXPECT_EQ(get(kTdata1), kMcontrol6 | kNapot | kM);
  set(kTdata1, kMcontrol6 | 8 << 7 | kM);
  EXPECT_EQ(get(kTdata1), kMcontrol6 | kM);
  set(kTdata1, kMcontrol | kChain);
  EXPECT_EQ(get(kTdata1), kMcontrol | kChain);
  set(kTselect, 3);
  set(kTdata1, kMcontrol | kChain);
  EXPECT_EQ(get(kTdata1), kMcontrol) << "nothing to chain to";
  set(kTdata3, 0xFFFFFFFF);
  EXPECT_EQ(get(kTdata3), 0u);
  EXPECT_EQ(m_.cpu.debug_csr(0x7A5), std::nullopt) << "tcontrol: mstatus.MIE has its part";
  m_.cpu.reset(Machine::kRam);
  EXPECT_EQ(get(kTselect), 0u);
  EXPECT_EQ(get(kTdata1), kMcontrol);
}

TEST_F(TriggersOnTheHart, ExecuteStopsBeforeTheInstructionWhereverItLies) {
  for (uint32_t address = Machine::kRam; address < Machine::kRam + 0x40; address += 4) m_.set_word(address, 0x00150513);  // addi a0, a0, 1
  m_.cpu.set_pc(Machine::kRam);
  m_.cpu.run(m_.cpu.steps() + 8);  // decoded as one block
  arm(2, kMcontrol | kM | kExecute, Machine::kRam + 20);
  m_.cpu.set_reg(10, 0);
  m_.cpu.set_pc(Machine::kRam);
  const uint64_t retired = m_.cpu.retired();
  m_.cpu.run(m_.cpu.steps() + 6);
  expect_breakpoint(Machine::kRam + 20, Machine::kRam + 20);
  EXPECT_EQ(m_.cpu.reg(10), 5u);
  EXPECT_EQ(m_.cpu.retired(), retired + 5);
  EXPECT_EQ(get(kTdata1), kMcontrol | kHit | kM | kExecute);
  // Taken away, it lets go on.
  set(kTdata1, 0);
  m_.cpu.set_pc(Machine::kRam + 20);
  m_.cpu.run(m_.cpu.steps() + 3);
  EXPECT_EQ(m_.cpu.reg(10), 8u);
}

TEST_F(TriggersOnTheHart, LoadsAndStores) {
  m_.set_word(Machine::kData, 5);
  m_.cpu.set_reg(11, Machine::kData);
  m_.cpu.set_reg(12, 9);
  m_.cpu.set_reg(10, 1);
  arm(0, kMcontrol | kM | kLoad, Machine::kData);
  run_one(encode::i(0x03, 2, 10, 11, 0));
  expect_breakpoint(Machine::kData);
  EXPECT_EQ(m_.cpu.reg(10), 1u);
  run_one(encode::s(0x23, 2, 11, 12, 0));
  EXPECT_FALSE(trapped()) << "stores are not asked for";
  run_one(encode::i(0x03, 2, 10, 11, 4));
  EXPECT_FALSE(trapped());
  arm(0, kMcontrol | kM | kStore, Machine::kData + 2);
  run_one(encode::s(0x23, 2, 11, 12, 0));
  expect_breakpoint(Machine::kData);
  EXPECT_EQ(get(kTdata1) & kHit, kHit);
  run_one(encode::s(0x23, 1, 11, 12, 0));
  EXPECT_FALSE(trapped()) << "the halfword does not reach that byte";
  run_one(encode::i(0x03, 2, 10, 11, 0));
  EXPECT_FALSE(trapped());
}

TEST_F(TriggersOnTheHart, AnAmoIsALoadAndAStore) {
  m_.cpu.set_reg(11, Machine::kData);
  for (const uint32_t kind : {kLoad, kStore}) {
    m_.set_word(Machine::kData, 5);
    arm(0, kMcontrol | kM | kind, Machine::kData);
    run_one(encode::r(0x2F, 2, 0, 10, 11, 12));
    expect_breakpoint(Machine::kData);
    EXPECT_EQ(m_.word(Machine::kData), 5u);
  }
  arm(0, kMcontrol | kM | kStore, Machine::kData);
  run_one(encode::r(0x2F, 2, 0x02 << 2, 10, 11, 0));
  EXPECT_FALSE(trapped()) << "lr.w is a load";
  run_one(encode::r(0x2F, 2, 0x03 << 2, 10, 11, 12));
  expect_breakpoint(Machine::kData);
}

TEST_F(TriggersOnTheHart, DevicesAreWatchedToo) {
  m_.cpu.set_reg(11, Machine::kDevice);
  arm(1, kMcontrol | kM | kStore, Machine::kDevice + 4);
  run_one(encode::s(0x23, 2, 11, 12, 4));
  expect_breakpoint(Machine::kDevice + 4);
  EXPECT_TRUE(m_.accesses.empty());
}

TEST_F(TriggersOnTheHart, ABreakpointGoesBeforeOtherExceptionsOfTheAccess) {
  m_.cpu.set_reg(11, 0x40000001);
  arm(1, kMcontrol | kM | kLoad, 0x40000001);
  run_one(encode::i(0x03, 2, 10, 11, 0));
  expect_breakpoint(0x40000001);
}

TEST_F(TriggersOnTheHart, InMachineModeOnlyWithInterruptsEnabled) {
  m_.cpu.set_reg(11, Machine::kData);
  arm(0, kMcontrol | kM | kLoad, Machine::kData);
  set(0x300, 0);
  m_.run_one(encode::i(0x03, 2, 10, 11, 0));
  EXPECT_FALSE(trapped()) << "so that a trap handler is not trapped again";
}

TEST_F(TriggersOnTheHart, ModesAreChosen) {
  set(0x3B0, 0xFFFFFFFF);
  set(0x3A0, 0x1F);
  m_.cpu.set_reg(11, Machine::kData);
  arm(0, kMcontrol | kU | kLoad, Machine::kData);
  run_one(encode::i(0x03, 2, 10, 11, 0));
  EXPECT_FALSE(trapped()) << "machine mode";
  for (const uint32_t mode : {kU, kM}) {
    arm(0, kMcontrol | mode | kLoad, Machine::kData);
    set(0x300, 0);
    set(0x341, Machine::kRam);
    m_.set_word(Machine::kRam + 0x100, 0x30200073);
    m_.cpu.flush_code();
    m_.cpu.set_pc(Machine::kRam + 0x100);
    m_.cpu.run(m_.cpu.steps() + 2);
    EXPECT_EQ(trapped(), mode == kU);
  }
}

TEST_F(TriggersOnTheHart, RangesAndChains) {
  m_.cpu.set_reg(11, Machine::kData);
  arm(0, kMcontrol6 | kNapot | kM | kStore, (Machine::kData + 0x40) | 0x1F);  // 64 bytes
  for (const auto& [offset, hit] : {std::pair<int, bool>{0x3F, false}, {0x40, true}, {0x7F, true}, {0x80, false}}) {
    run_one(encode::s(0x23, 0, 11, 12, offset));
    EXPECT_EQ(trapped(), hit) << offset;
  }
  EXPECT_EQ(get(kTdata1) & kHit6, kHit6);
  arm(0, kMcontrol | kChain | kAtLeast | kM | kLoad, Machine::kData + 0x10);
  arm(1, kMcontrol | kBelow | kM | kLoad, Machine::kData + 0x18);
  for (const auto& [offset, hit] : {std::pair<int, bool>{0x0F, false}, {0x10, true}, {0x17, true}, {0x18, false}}) {
    run_one(encode::i(0x03, 0, 10, 11, offset));
    EXPECT_EQ(trapped(), hit) << offset;
  }
  run_one(encode::i(0x03, 2, 10, 11, 0x0E));
  EXPECT_TRUE(trapped()) << "its last bytes are inside";
  arm(1, kDisabled, 0);
  run_one(encode::i(0x03, 0, 10, 11, 0x10));
  EXPECT_FALSE(trapped()) << "a chain with a disabled part";
}

TEST_F(TriggersOnTheHart, AccessesToOtherPlacesWorkWhileOneIsArmed) {
  arm(0, kMcontrol | kM | kLoad | kStore, Machine::kData + 0x100);
  Assembler a(Machine::kRam);
  const A::Label loop = a.label();
  a.li(A::a1, Machine::kData);
  a.addi(A::a2, A::zero, 100);
  a.place(loop);
  a.lw(A::a0, A::a1, 0);
  a.add(A::a0, A::a0, A::a2);
  a.sw(A::a0, A::a1, 0);
  a.addi(A::a2, A::a2, -1);
  a.bne(A::a2, A::zero, loop);
  m_.load(a.bytes());
  m_.cpu.set_pc(Machine::kRam);
  m_.cpu.run(m_.cpu.steps() + 3 + 500);
  EXPECT_EQ(m_.word(Machine::kData), 5050u);
}

}  // namespace
}  // namespace saksi::hw
