// Goal: traps, interrupts and CSRs as the privileged architecture 1.12 says, with exact mepc, mcause, mtval and mstatus.
// Method: instructions run on the hart, so that what is tested is what a guest sees.
#include "hw-models/cpu/csr.h"

#include <gtest/gtest.h>

#include "hw-models/cpu/machine_for_test.h"

namespace saksi::hw {
namespace {

using A = Assembler;
constexpr uint32_t kHandler = Machine::kRam + 0x1000;
constexpr uint32_t kMieBit = 1u << 3, kMpieBit = 1u << 7, kMpp = 3u << 11, kMprv = 1u << 17, kTw = 1u << 21, kFs = 3u << 13, kSd = 1u << 31;

uint32_t number(CsrNumber csr) { return static_cast<uint32_t>(csr); }

class Traps : public ::testing::Test {
 protected:
  Traps() { write(CsrNumber::kMtvec, kHandler); }

  void write(CsrNumber csr, uint32_t value) {
    m_.cpu.set_reg(A::t0, value);
    m_.run_one(encode::i(0x73, 1, 0, A::t0, static_cast<int32_t>(number(csr))));
  }
  uint32_t read(CsrNumber csr) const { return m_.cpu.debug_csr(number(csr)).value_or(0xDEADBEEF); }

  void expect_trap(uint32_t cause, uint32_t tval, const char* what) {
    EXPECT_EQ(m_.cpu.pc(), kHandler) << what;
    EXPECT_EQ(read(CsrNumber::kMcause), cause) << what;
    EXPECT_EQ(read(CsrNumber::kMtval), tval) << what;
    EXPECT_EQ(read(CsrNumber::kMepc), Machine::kRam) << what;
  }

  Machine m_;
};

// Exceptions.

TEST_F(Traps, EnvironmentCallAndBreakpoint) {
  m_.run_one(0x00000073);
  expect_trap(11, 0, "ecall");
  m_.run_one(0x00100073);
  expect_trap(3, Machine::kRam, "ebreak");
  m_.run_one(0x9002);
  expect_trap(3, Machine::kRam, "c.ebreak");
}

TEST_F(Traps, IllegalInstructionsShowTheirBits) {
  m_.run_one(0xFFFFFFFF);
  expect_trap(2, 0xFFFFFFFF, "all ones");
  m_.run_one(0xABCD0000);
  expect_trap(2, 0x0000, "a compressed instruction, without what follows it");
  m_.run_one(0x12348002);
  expect_trap(2, 0x8002, "c.jr x0");
}

TEST_F(Traps, CsrFaultsAreIllegalInstructions) {
  const uint32_t missing = encode::i(0x73, 2, 10, 0, 0x7C0);
  m_.run_one(missing);
  expect_trap(2, missing, "a CSR that does not exist");
  const uint32_t read_only = encode::i(0x73, 1, 0, 10, 0xF14 - 0x1000);
  m_.run_one(read_only);
  expect_trap(2, read_only, "a write to a read-only CSR");
  const uint32_t set_read_only = encode::i(0x73, 6, 10, 1, 0xC00 - 0x1000);
  m_.run_one(set_read_only);
  expect_trap(2, set_read_only, "csrrsi of a bit of a read-only CSR");
  const uint32_t supervisor = encode::i(0x73, 2, 10, 0, 0x100);
  m_.run_one(supervisor);
  expect_trap(2, supervisor, "sstatus");
  const uint32_t time = encode::i(0x73, 2, 10, 0, 0xC01 - 0x1000);
  m_.run_one(time);
  expect_trap(2, time, "time without a source");
}

TEST_F(Traps, AccessFaultsShowTheAddress) {
  m_.cpu.set_reg(11, 0x40000000);
  m_.run_one(encode::i(0x03, 2, 10, 11, 8));
  expect_trap(5, 0x40000008, "lw");
  m_.run_one(encode::s(0x23, 0, 11, 10, -1));
  expect_trap(7, 0x3FFFFFFF, "sb");
  m_.run_one(encode::r(0x2F, 2, 0x02 << 2, 10, 11, 0));
  expect_trap(5, 0x40000000, "lr.w");
  m_.run_one(encode::r(0x2F, 2, 0x03 << 2, 10, 11, 12));
  expect_trap(7, 0x40000000, "sc.w");
  m_.cpu.set_reg(11, Machine::kDevice);
  m_.run_one(encode::r(0x2F, 2, 0, 10, 11, 12));
  expect_trap(7, Machine::kDevice, "amoadd.w on a device");
}

TEST_F(Traps, MisalignedOutsideRam) {
  m_.cpu.set_reg(11, Machine::kDevice + 1);
  m_.run_one(encode::i(0x03, 2, 10, 11, 0));
  expect_trap(4, Machine::kDevice + 1, "lw");
  m_.run_one(encode::i(0x03, 5, 10, 11, 2));
  expect_trap(4, Machine::kDevice + 3, "lhu");
  m_.run_one(encode::s(0x23, 1, 11, 10, 0));
  expect_trap(6, Machine::kDevice + 1, "sh");
  EXPECT_TRUE(m_.accesses.empty());
  m_.cpu.set_reg(11, Machine::kRam + Machine::kRamSize - 2);
  m_.run_one(encode::i(0x03, 2, 10, 11, 0));
  expect_trap(4, Machine::kRam + Machine::kRamSize - 2, "lw over the end of RAM");
}

TEST_F(Traps, MisalignedAtomics) {
  m_.cpu.set_reg(11, Machine::kData + 2);
  m_.run_one(encode::r(0x2F, 2, 0x02 << 2, 10, 11, 0));
  expect_trap(4, Machine::kData + 2, "lr.w");
  m_.run_one(encode::r(0x2F, 2, 0x03 << 2, 10, 11, 12));
  expect_trap(6, Machine::kData + 2, "sc.w");
  m_.run_one(encode::r(0x2F, 2, 0x04 << 2, 10, 11, 12));
  expect_trap(6, Machine::kData + 2, "amoxor.w");
}

TEST_F(Traps, AFaultingLoadLeavesItsDestination) {
  m_.cpu.set_reg(10, 1234);
  m_.cpu.set_reg(11, 0x40000000);
  m_.run_one(encode::i(0x03, 2, 10, 11, 0));
  EXPECT_EQ(m_.cpu.reg(10), 1234u);
}

TEST_F(Traps, FetchFaults) {
  m_.cpu.set_pc(Machine::kDevice);
  m_.cpu.run(m_.cpu.steps() + 1);
  EXPECT_EQ(read(CsrNumber::kMcause), 1u);
  EXPECT_EQ(read(CsrNumber::kMtval), Machine::kDevice);
  EXPECT_EQ(read(CsrNumber::kMepc), Machine::kDevice);

  // The first half of a 32-bit instruction is the last of RAM: mtval is the part that cannot be fetched.
  const uint32_t last = Machine::kRam + Machine::kRamSize - 2;
  m_.ram[Machine::kRamSize - 2] = 0x13;
  m_.cpu.set_pc(last);
  m_.cpu.run(m_.cpu.steps() + 1);
  EXPECT_EQ(read(CsrNumber::kMcause), 1u);
  EXPECT_EQ(read(CsrNumber::kMtval), last + 2);
  EXPECT_EQ(read(CsrNumber::kMepc), last);
}

TEST_F(Traps, RunningOffTheEndOfRamFaultsThere) {
  const uint32_t last = Machine::kRam + Machine::kRamSize - 4;
  m_.set_word(last, 0x00000013);
  m_.cpu.set_pc(last);
  m_.cpu.run(m_.cpu.steps() + 2);
  EXPECT_EQ(m_.cpu.pc(), kHandler);
  EXPECT_EQ(read(CsrNumber::kMtval), last + 4);
}

TEST_F(Traps, AJumpToNowhereFaultsAtTheTarget) {
  m_.cpu.set_reg(11, 0x50000000);
  m_.run_one(encode::i(0x67, 0, 1, 11, 0));
  EXPECT_EQ(m_.cpu.pc(), 0x50000000u) << "the jump itself completes";
  m_.cpu.run(m_.cpu.steps() + 1);
  EXPECT_EQ(m_.cpu.pc(), kHandler);
  EXPECT_EQ(read(CsrNumber::kMepc), 0x50000000u);
}

TEST_F(Traps, ATrapTakesAStepButRetiresNothing) {
  const uint64_t steps = m_.cpu.steps();
  const uint64_t retired = m_.cpu.retired();
  m_.run_one(0x00000073);
  EXPECT_EQ(m_.cpu.steps(), steps + 1);
  EXPECT_EQ(m_.cpu.retired(), retired);
}

TEST_F(Traps, StatusStacksOnEntryAndReturn) {
  write(CsrNumber::kMstatus, kMieBit);
  m_.run_one(0x00000073);
  EXPECT_EQ(read(CsrNumber::kMstatus), kMpp | kMpieBit);
  write(CsrNumber::kMepc, Machine::kRam + 0x101);
  EXPECT_EQ(read(CsrNumber::kMepc), Machine::kRam + 0x100) << "bit 0 is always 0";
  m_.run_one(0x30200073);
  EXPECT_EQ(m_.cpu.pc(), Machine::kRam + 0x100);
  EXPECT_EQ(read(CsrNumber::kMstatus), kMpieBit | kMieBit) << "MPP becomes the least privileged mode";
  write(CsrNumber::kMstatus, kMpp);
  m_.run_one(0x30200073);
  EXPECT_EQ(read(CsrNumber::kMstatus), kMpieBit);
}

// Interrupts.

class Interrupts : public Traps {
 protected:
  Interrupts() {
    for (uint32_t address = Machine::kRam; address < Machine::kRam + 0x100; address += 4) m_.set_word(address, 0x00150513);  // addi a0, a0, 1
    m_.set_word(kHandler, 0x0000006F);  // j .
    write(CsrNumber::kMie, 0x888);
    write(CsrNumber::kMstatus, kMieBit);
    m_.set_word(Machine::kRam, 0x00150513);
    m_.cpu.flush_code();
    m_.cpu.set_pc(Machine::kRam);
  }
};

TEST_F(Interrupts, AreTakenBeforeTheNextInstruction) {
  const uint64_t steps = m_.cpu.steps();
  m_.cpu.run(steps + 3);
  m_.cpu.set_irq(Irq::kTimer, true);
  m_.cpu.run(steps + 4);
  EXPECT_EQ(read(CsrNumber::kMcause), 0x80000007u);
  EXPECT_EQ(read(CsrNumber::kMepc), Machine::kRam + 12);
  EXPECT_EQ(read(CsrNumber::kMtval), 0u);
  EXPECT_EQ(m_.cpu.reg(10), 3u);
  EXPECT_EQ(m_.cpu.steps(), steps + 4) << "entry takes no step: the handler's first instruction took the fourth";
}

TEST_F(Interrupts, PriorityIsExternalSoftwareTimer) {
  m_.cpu.set_irq(Irq::kTimer, true);
  m_.cpu.set_irq(Irq::kSoftware, true);
  m_.cpu.set_irq(Irq::kExternal, true);
  EXPECT_EQ(read(CsrNumber::kMip), 0x888u);
  m_.cpu.run(m_.cpu.steps() + 1);
  EXPECT_EQ(read(CsrNumber::kMcause), 0x8000000Bu);
  m_.cpu.set_irq(Irq::kExternal, false);
  write(CsrNumber::kMstatus, kMieBit);
  m_.cpu.run(m_.cpu.steps() + 1);
  EXPECT_EQ(read(CsrNumber::kMcause), 0x80000003u);
  m_.cpu.set_irq(Irq::kSoftware, false);
  write(CsrNumber::kMstatus, kMieBit);
  m_.cpu.run(m_.cpu.steps() + 1);
  EXPECT_EQ(read(CsrNumber::kMcause), 0x80000007u);
}

TEST_F(Interrupts, VectoredModeSpreadsInterruptsOnly) {
  write(CsrNumber::kMtvec, kHandler | 1);
  m_.cpu.set_irq(Irq::kTimer, true);
  m_.cpu.set_pc(Machine::kRam + 8);
  m_.cpu.run(m_.cpu.steps());
  EXPECT_EQ(m_.cpu.pc(), Machine::kRam + 8) << "no step, no interrupt";
  m_.set_word(kHandler + 4 * 7, 0x0000006F);  // j .
  m_.cpu.run(m_.cpu.steps() + 1);
  EXPECT_EQ(m_.cpu.pc(), kHandler + 4 * 7);
  m_.run_one(0x00000073);
  EXPECT_EQ(m_.cpu.pc(), kHandler) << "exceptions go to the base";
}

TEST_F(Interrupts, AreHeldBackByMstatusAndMie) {
  write(CsrNumber::kMstatus, 0);
  m_.cpu.set_irq(Irq::kTimer, true);
  m_.cpu.run(m_.cpu.steps() + 5);
  EXPECT_LT(m_.cpu.pc(), kHandler);
  write(CsrNumber::kMie, 0x808);
  write(CsrNumber::kMstatus, kMieBit);
  m_.cpu.run(m_.cpu.steps() + 5);
  EXPECT_LT(m_.cpu.pc(), kHandler);
}

TEST_F(Interrupts, AreTakenRightAfterTheInstructionThatEnablesThem) {
  write(CsrNumber::kMstatus, 0);
  m_.cpu.set_irq(Irq::kSoftware, true);
  m_.set_word(Machine::kRam + 0x20, encode::i(0x73, 6, 0, 8, 0x300));  // csrsi mstatus, 8
  m_.cpu.flush_code();
  m_.cpu.set_pc(Machine::kRam + 0x20);
  m_.cpu.run(m_.cpu.steps() + 2);
  EXPECT_EQ(read(CsrNumber::kMcause), 0x80000003u);
  EXPECT_EQ(read(CsrNumber::kMepc), Machine::kRam + 0x24);
}

TEST_F(Interrupts, RaisedByARegisterAccessAreTakenAfterIt) {
  m_.cpu.set_reg(11, Machine::kDevice);
  m_.set_word(Machine::kRam + 0x20, encode::s(0x23, 2, 11, 10, 0));
  m_.cpu.flush_code();
  m_.cpu.set_pc(Machine::kRam + 0x20);
  m_.on_access = [this] { m_.cpu.set_irq(Irq::kExternal, true); };
  m_.cpu.run(m_.cpu.steps() + 2);
  EXPECT_EQ(read(CsrNumber::kMcause), 0x8000000Bu);
  EXPECT_EQ(read(CsrNumber::kMepc), Machine::kRam + 0x24);
}

TEST_F(Interrupts, WfiWaitsForAnEnabledWireEvenWithInterruptsOff) {
  write(CsrNumber::kMstatus, 0);
  m_.run_one(0x10500073);
  EXPECT_TRUE(m_.cpu.waiting());
  EXPECT_EQ(m_.cpu.pc(), Machine::kRam + 4);
  EXPECT_FALSE(m_.cpu.wake_up_ready());
  m_.cpu.set_irq(Irq::kTimer, true);
  EXPECT_TRUE(m_.cpu.wake_up_ready());
  m_.cpu.wake_up();
  m_.run_one(0x10500073);
  EXPECT_FALSE(m_.cpu.waiting()) << "with a wire pending WFI does nothing";
}

// Registers.

TEST_F(Traps, ReadSetAndClear) {
  write(CsrNumber::kMscratch, 0xF0F0);
  m_.cpu.set_reg(11, 0x0FF0);
  m_.run_one(encode::i(0x73, 2, 10, 11, 0x340));
  EXPECT_EQ(m_.cpu.reg(10), 0xF0F0u);
  EXPECT_EQ(read(CsrNumber::kMscratch), 0xFFF0u);
  m_.run_one(encode::i(0x73, 3, 10, 11, 0x340));
  EXPECT_EQ(m_.cpu.reg(10), 0xFFF0u);
  EXPECT_EQ(read(CsrNumber::kMscratch), 0xF000u);
  m_.run_one(encode::i(0x73, 5, 10, 31, 0x340));
  EXPECT_EQ(m_.cpu.reg(10), 0xF000u);
  EXPECT_EQ(read(CsrNumber::kMscratch), 31u);
  m_.run_one(encode::i(0x73, 6, 0, 4, 0x340));
  EXPECT_EQ(read(CsrNumber::kMscratch), 31u);
  m_.run_one(encode::i(0x73, 7, 0, 1, 0x340));
  EXPECT_EQ(read(CsrNumber::kMscratch), 30u);
  m_.cpu.set_reg(11, 5);
  m_.run_one(encode::i(0x73, 1, 11, 11, 0x340));
  EXPECT_EQ(m_.cpu.reg(11), 30u) << "csrrw with one register for both swaps";
  EXPECT_EQ(read(CsrNumber::kMscratch), 5u);
}

TEST_F(Traps, FieldsKeepOnlyWhatTheyCanHold) {
  write(CsrNumber::kMstatus, 0xFFFFFFFF);
  EXPECT_EQ(read(CsrNumber::kMstatus), kSd | kFs | kTw | kMprv | kMpp | kMpieBit | kMieBit);
  for (const uint32_t missing : {1u << 11, 2u << 11}) {
    write(CsrNumber::kMstatus, missing);
    EXPECT_EQ(read(CsrNumber::kMstatus), 0u) << "a mode that the hart lacks becomes user mode";
  }
  write(CsrNumber::kMie, 0xFFFFFFFF);
  EXPECT_EQ(read(CsrNumber::kMie), 0x888u);
  write(CsrNumber::kMip, 0xFFFFFFFF);
  EXPECT_EQ(read(CsrNumber::kMip), 0u);
  write(CsrNumber::kMtvec, 0x80001003);
  EXPECT_EQ(read(CsrNumber::kMtvec), 0x80001001u);
  write(CsrNumber::kMisa, 0);
  EXPECT_EQ(read(CsrNumber::kMisa), 0x4010112Du);
  EXPECT_EQ(read(CsrNumber::kMhartid), 0u);
}

TEST_F(Traps, CountersCountAndCanBeSet) {
  // The counter holds what was written when the next instruction reads it.
  Assembler a(Machine::kRam);
  a.li(A::t0, 0xFFFFFFFF);
  a.csrw(0xB02, A::t0);   // minstret
  a.csrr(A::a0, 0xB02);
  a.csrr(A::a1, 0xB82);   // minstreth: one more instruction carried into it
  a.csrw(0xB80, A::t0);   // mcycleh
  a.csrw(0xB00, A::zero); // mcycle
  a.nop();
  a.csrr(A::a2, 0xC00);   // cycle
  a.csrr(A::a3, 0xC80);
  m_.load(a.bytes());
  m_.cpu.set_pc(Machine::kRam);
  m_.cpu.run(m_.cpu.steps() + 10);
  EXPECT_EQ(m_.cpu.reg(A::a0), 0xFFFFFFFFu);
  EXPECT_EQ(m_.cpu.reg(A::a1), 1u);
  EXPECT_EQ(m_.cpu.reg(A::a2), 1u);
  EXPECT_EQ(m_.cpu.reg(A::a3), 0xFFFFFFFFu);
}

TEST_F(Traps, CountersCanBeStopped) {
  Assembler a(Machine::kRam);
  a.addi(A::t0, A::zero, 5);
  a.csrw(0x320, A::t0);   // mcountinhibit: cycle and instret
  a.csrr(A::a0, 0xC02);
  a.nop();
  a.csrr(A::a1, 0xC02);
  a.csrr(A::a2, 0x320);
  a.csrw(0x320, A::zero);
  a.csrr(A::a3, 0xC02);
  a.csrr(A::a4, 0xC02);
  m_.load(a.bytes());
  m_.cpu.set_pc(Machine::kRam);
  m_.cpu.run(m_.cpu.steps() + 9);
  EXPECT_EQ(m_.cpu.reg(A::a1), m_.cpu.reg(A::a0));
  EXPECT_EQ(m_.cpu.reg(A::a2), 5u);
  EXPECT_EQ(m_.cpu.reg(A::a3), m_.cpu.reg(A::a0));
  EXPECT_EQ(m_.cpu.reg(A::a4), m_.cpu.reg(A::a3) + 1);
}

TEST_F(Traps, TimeComesFromItsSource) {
  m_.time = 0x123456789ABCDEF0u;
  EXPECT_EQ(read(CsrNumber::kTime), 0x9ABCDEF0u);
  EXPECT_EQ(read(CsrNumber::kTimeh), 0x12345678u);
}

// User mode. PMP lets it do everything here.

class UserMode : public Traps {
 protected:
  UserMode() {
    write(CsrNumber::kMstatus, 0);
    m_.cpu.debug_set_csr(0x3B0, 0xFFFFFFFF);
    m_.cpu.debug_set_csr(0x3A0, 0x1F);
  }
  void write(CsrNumber csr, uint32_t value) { m_.cpu.debug_set_csr(number(csr), value); }
  /// Runs one instruction in user mode, at the start of RAM.
  void run_in_user(uint32_t instruction) {
    m_.run_one(0x00000073);  // to machine mode, whatever the mode was
    write(CsrNumber::kMstatus, read(CsrNumber::kMstatus) & kTw);
    m_.cpu.debug_set_csr(number(CsrNumber::kMepc), Machine::kRam);
    m_.set_word(Machine::kRam, instruction);
    m_.set_word(kHandler, 0x30200073);
    m_.cpu.flush_code();
    m_.cpu.set_pc(kHandler);
    m_.cpu.run(m_.cpu.steps() + 1);
    m_.cpu.run(m_.cpu.steps() + 1);
  }
};

TEST_F(UserMode, EnvironmentCallHasACauseOfItsOwn) {
  run_in_user(0x00000073);
  expect_trap(8, 0, "ecall");
  EXPECT_EQ(read(CsrNumber::kMstatus), 0u) << "MPP is user mode; MIE was 0 when it was stacked";
}

TEST_F(UserMode, MachineModeInstructionsAreIllegal) {
  run_in_user(0x30200073);
  expect_trap(2, 0x30200073, "mret");
  for (const uint32_t csr : {0x300u, 0x340u, 0x3A0u, 0x7A1u, 0xB00u, 0xF14u}) {
    const uint32_t instruction = encode::i(0x73, 2, 10, 0, static_cast<int32_t>(csr));
    run_in_user(instruction);
    expect_trap(2, instruction, "a machine-mode CSR");
    EXPECT_TRUE(m_.cpu.debug_csr(csr)) << "a debugger reads it all the same";
  }
  write(CsrNumber::kMscratch, 7);
  run_in_user(encode::i(0x73, 5, 0, 9, 0x340));
  EXPECT_EQ(read(CsrNumber::kMscratch), 7u);
}

TEST_F(UserMode, CountersShowWhenEnabled) {
  m_.time = 0x1122334455667788u;
  for (const uint32_t csr : {0xC00u, 0xC01u, 0xC02u, 0xC80u, 0xC81u, 0xC82u}) {
    const uint32_t instruction = encode::i(0x73, 2, 10, 0, static_cast<int32_t>(csr));
    write(CsrNumber::kMcounteren, ~(1u << (csr & 31)));
    run_in_user(instruction);
    expect_trap(2, instruction, "a counter that is not enabled");
    write(CsrNumber::kMcounteren, 1u << (csr & 31));
    run_in_user(instruction);
    EXPECT_EQ(m_.cpu.pc(), Machine::kRam + 4) << std::hex << csr;
  }
  write(CsrNumber::kMcounteren, ~0u);
  EXPECT_EQ(read(CsrNumber::kMcounteren), 7u);
  const uint32_t other = encode::i(0x73, 2, 10, 0, 0xC03);
  run_in_user(other);
  expect_trap(2, other, "hpmcounter3");
}

TEST_F(UserMode, WaitForInterrupt) {
  run_in_user(0x10500073);
  EXPECT_TRUE(m_.cpu.waiting());
  m_.cpu.wake_up();
  write(CsrNumber::kMstatus, kTw);
  run_in_user(0x10500073);
  expect_trap(2, 0x10500073, "with TW");
  EXPECT_FALSE(m_.cpu.waiting());
  m_.run_one(0x10500073);
  EXPECT_TRUE(m_.cpu.waiting()) << "TW does not concern machine mode";
}

TEST_F(UserMode, InterruptsAreTakenWhateverMieSays) {
  write(CsrNumber::kMie, 0x888);
  m_.set_word(Machine::kRam + 4, 0x00000013);
  run_in_user(0x00000013);
  m_.cpu.debug_set_csr(number(CsrNumber::kMstatus), 0);
  m_.cpu.set_irq(Irq::kTimer, true);
  m_.set_word(kHandler, 0x00000013);
  m_.cpu.flush_code();
  m_.cpu.run(m_.cpu.steps() + 1);
  EXPECT_EQ(m_.cpu.pc(), kHandler + 4);
  EXPECT_EQ(read(CsrNumber::kMcause), 0x80000007u);
  EXPECT_EQ(read(CsrNumber::kMepc), Machine::kRam + 4);
  EXPECT_EQ(read(CsrNumber::kMstatus), 0u) << "MPP is user mode";
}

TEST_F(UserMode, EnvironmentConfiguration) {
  write(CsrNumber::kMenvcfg, ~0u);
  EXPECT_EQ(read(CsrNumber::kMenvcfg), 1u);
  write(CsrNumber::kMenvcfgh, ~0u);
  EXPECT_EQ(read(CsrNumber::kMenvcfgh), 0u);
}

TEST_F(Traps, ResetClearsEverything) {
  write(CsrNumber::kMstatus, kMieBit);
  write(CsrNumber::kMie, 0x888);
  write(CsrNumber::kMscratch, 7);
  m_.cpu.set_reg(10, 7);
  m_.cpu.reset(Machine::kRam + 0x40);
  EXPECT_EQ(m_.cpu.pc(), Machine::kRam + 0x40);
  EXPECT_EQ(m_.cpu.reg(10), 0u);
  EXPECT_EQ(read(CsrNumber::kMstatus), kMpp);
  EXPECT_EQ(read(CsrNumber::kMie), 0u);
  EXPECT_EQ(read(CsrNumber::kMtvec), 0u);
  EXPECT_EQ(read(CsrNumber::kMscratch), 0u);
  EXPECT_EQ(read(CsrNumber::kMinstret), 0u);
  EXPECT_EQ(read(CsrNumber::kMcycle), 0u);
}

}  // namespace
}  // namespace saksi::hw
