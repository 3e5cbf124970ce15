// Goal: an observer sees exactly what the hart does, in program order, and changes none of it (execution_observer.h). Method: small programs
// whose way is known; then random slices of one program with and without an observer, which must end alike.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hw-models/cpu/machine_for_test.h"

namespace saksi::hw {
namespace {

using A = Assembler;
constexpr uint32_t kMtvec = 0x305, kMepc = 0x341, kMie = 0x304;

struct Access {
  uint32_t pc, address, size;
  bool is_store;
  bool operator==(const Access& o) const { return pc == o.pc && address == o.address && size == o.size && is_store == o.is_store; }
};

void PrintTo(const Access& a, std::ostream* out) {
  *out << std::hex << "pc " << a.pc << " address " << a.address << " size " << a.size << (a.is_store ? " store" : " load");
}

/// Writes down what it is told, and follows the program counter through it.
class Recorder : public ExecutionObserver {
 public:
  explicit Recorder(Machine& machine, bool accesses = true) : machine_(machine), wants_(accesses), expected_(machine.cpu.pc()) {}

  void executed(const ExecutedRun& run) override {
    EXPECT_EQ(run.pc, expected_) << "a gap in the way of the program";
    EXPECT_GE(run.count, 1u);
    EXPECT_EQ(machine_.cpu.pc(), run.next_pc);
    expected_ = run.next_pc;
    begun += run.count;
    runs.push_back(run);
    order += "r";
  }
  void interrupted(uint32_t pc, uint32_t handler) override {
    EXPECT_EQ(pc, expected_);
    expected_ = handler;
    interrupts.push_back(pc);
    order += "i";
  }
  bool wants_accesses() const override { return wants_; }
  void accesses(uint32_t pc, uint32_t address, uint32_t size, bool is_store) override {
    seen.push_back({pc, address, size, is_store});
    words.push_back(machine_.word(address & ~3u));
    order += "a";
  }

  std::vector<ExecutedRun> runs;
  std::vector<uint32_t> interrupts;
  std::vector<Access> seen;
  std::vector<uint32_t> words;  ///< memory there when the access was told
  std::string order;
  uint64_t begun = 0;

 private:
  Machine& machine_;
  bool wants_;
  uint32_t expected_;
};

class Observer : public ::testing::Test {
 protected:
  void load(const A& code) { m_.load(code.bytes()); }
  Machine m_;
};

TEST_F(Observer, StraightRunsEndWhereTheWayLeavesTheLine) {
  A a(Machine::kRam);
  const auto loop = a.label();
  a.addi(A::t0, A::zero, 3);  // 0x80000000
  a.place(loop);
  a.addi(A::t1, A::t1, 1);  // 0x80000004
  a.addi(A::t0, A::t0, -1);
  a.bne(A::t0, A::zero, loop);
  a.nop();  // 0x80000010
  load(a);
  Recorder seen(m_);
  m_.cpu.set_observer(&seen);
  m_.cpu.run(m_.cpu.steps() + 11);
  EXPECT_EQ(seen.begun, 11u);
  ASSERT_GE(seen.runs.size(), 3u);
  std::vector<uint32_t> executions(5);
  for (const ExecutedRun& run : seen.runs) {
    for (uint32_t i = 0; i < run.count; ++i) ++executions.at((run.pc - Machine::kRam) / 4 + i);
    EXPECT_FALSE(run.trapped);
  }
  EXPECT_EQ(executions, (std::vector<uint32_t>{1, 3, 3, 3, 1}));
}

TEST_F(Observer, ALimitInTheMiddleOfABlockCutsTheRun) {
  A a(Machine::kRam);
  for (int i = 0; i < 8; ++i) a.addi(A::t0, A::t0, 1);
  load(a);
  Recorder seen(m_);
  m_.cpu.set_observer(&seen);
  m_.cpu.run(m_.cpu.steps() + 3);
  m_.cpu.run(m_.cpu.steps() + 4);
  EXPECT_EQ(seen.begun, 7u);
  EXPECT_EQ(m_.cpu.reg(A::t0), 7u);
  ASSERT_EQ(seen.runs.size(), 2u);
  EXPECT_EQ(seen.runs[1].pc, Machine::kRam + 12);
}

TEST_F(Observer, ATrapCountsTheInstructionThatRaisedIt) {
  A a(Machine::kRam);
  a.li(A::t0, Machine::kRam + 0x100);
  a.csrw(kMtvec, A::t0);
  a.nop();
  a.ecall();
  load(a);
  A handler(Machine::kRam + 0x100);
  handler.nop();
  m_.load(handler.bytes(), Machine::kRam + 0x100);
  Recorder seen(m_);
  m_.cpu.set_observer(&seen);
  m_.cpu.run(m_.cpu.steps() + 6);
  ASSERT_GE(seen.runs.size(), 2u);
  const ExecutedRun& trapped = seen.runs[seen.runs.size() - 2];
  EXPECT_TRUE(trapped.trapped);
  EXPECT_EQ(trapped.pc + 4 * (trapped.count - 1), Machine::kRam + 16) << "the ecall is its last one";
  EXPECT_EQ(trapped.next_pc, Machine::kRam + 0x100);
  EXPECT_FALSE(seen.runs.back().trapped);
}

TEST_F(Observer, AFetchThatFailsIsARunOfOne) {
  A a(Machine::kRam);
  a.li(A::t0, Machine::kRam + 0x100);
  a.csrw(kMtvec, A::t0);
  a.jalr(A::zero, A::zero, 0);
  load(a);
  Recorder seen(m_);
  m_.cpu.set_observer(&seen);
  m_.cpu.run(m_.cpu.steps() + 5);
  ASSERT_FALSE(seen.runs.empty());
  EXPECT_EQ(seen.runs.back().pc, 0u);
  EXPECT_EQ(seen.runs.back().count, 1u);
  EXPECT_TRUE(seen.runs.back().trapped);
  EXPECT_EQ(seen.begun, 5u);
}

TEST_F(Observer, AnInterruptIsToldBeforeItsHandlerRuns) {
  A a(Machine::kRam);
  a.li(A::t0, Machine::kRam + 0x100);
  a.csrw(kMtvec, A::t0);
  a.li(A::t0, 1u << 7);
  a.csrw(kMie, A::t0);
  a.word(0x30046073);  // csrsi mstatus, 8
  for (int i = 0; i < 8; ++i) a.nop();
  load(a);
  A handler(Machine::kRam + 0x100);
  handler.csrr(A::t1, kMepc);
  m_.load(handler.bytes(), Machine::kRam + 0x100);
  Recorder seen(m_);
  m_.cpu.set_observer(&seen);
  m_.cpu.run(m_.cpu.steps() + 9);
  EXPECT_TRUE(seen.interrupts.empty());
  m_.cpu.set_irq(Irq::kTimer, true);
  m_.cpu.run(m_.cpu.steps() + 1);
  ASSERT_EQ(seen.interrupts.size(), 1u);
  EXPECT_EQ(seen.interrupts[0], Machine::kRam + 36);
  EXPECT_EQ(m_.cpu.reg(A::t1), Machine::kRam + 36);
  EXPECT_EQ(seen.order.substr(seen.order.size() - 2), "ir");
  EXPECT_FALSE(seen.runs.back().trapped);
}

TEST_F(Observer, AccessesComeInProgramOrderBeforeTheyAreMadeAndBeforeTheirRun) {
  A a(Machine::kRam);
  a.li(A::s0, Machine::kData);  // 0, 4
  a.li(A::t0, 0x11223344);      // 8, 12
  a.sw(A::t0, A::s0, 0);        // 16
  a.lbu(A::t1, A::s0, 1);       // 20
  a.sb(A::t1, A::s0, 7);        // 24
  a.lw(A::t2, A::s0, 2);        // 28: misaligned
  load(a);
  Recorder seen(m_);
  m_.cpu.set_observer(&seen);
  m_.cpu.run(m_.cpu.steps() + 8);
  const std::vector<Access> expected = {{Machine::kRam + 16, Machine::kData, 4, true},
                                        {Machine::kRam + 20, Machine::kData + 1, 1, false},
                                        {Machine::kRam + 24, Machine::kData + 7, 1, true},
                                        {Machine::kRam + 28, Machine::kData + 2, 4, false}};
  EXPECT_EQ(seen.seen, expected);
  EXPECT_EQ(seen.words[0], 0u) << "told before it is made";
  EXPECT_EQ(seen.words[1], 0x11223344u);
  EXPECT_EQ(seen.order.back(), 'r');
  EXPECT_EQ(m_.cpu.reg(A::t2), 0x00001122u);
}

TEST_F(Observer, AtomicsTellTheirLoadAndTheirStore) {
  A a(Machine::kRam);
  a.li(A::s0, Machine::kData);
  a.word(encode::r(0x2F, 2, 0x02 << 2, A::t0, A::s0, 0));      // 8: lr.w
  a.word(encode::r(0x2F, 2, 0x03 << 2, A::t1, A::s0, A::t0));  // 12: sc.w, succeeds
  a.word(encode::r(0x2F, 2, 0x03 << 2, A::t1, A::s0, A::t0));  // 16: sc.w, fails
  a.word(encode::r(0x2F, 2, 0x00 << 2, A::t0, A::s0, A::s0));  // 20: amoadd.w
  load(a);
  Recorder seen(m_);
  m_.cpu.set_observer(&seen);
  m_.cpu.run(m_.cpu.steps() + 6);
  const std::vector<Access> expected = {{Machine::kRam + 8, Machine::kData, 4, false},
                                        {Machine::kRam + 12, Machine::kData, 4, true},
                                        {Machine::kRam + 20, Machine::kData, 4, false},
                                        {Machine::kRam + 20, Machine::kData, 4, true}};
  EXPECT_EQ(seen.seen, expected);
}

TEST_F(Observer, DevicesAreNoRam) {
  A a(Machine::kRam);
  a.li(A::s0, Machine::kDevice);
  a.lw(A::t0, A::s0, 0);
  a.sw(A::t0, A::s0, 4);
  load(a);
  Recorder seen(m_);
  m_.cpu.set_observer(&seen);
  m_.cpu.run(m_.cpu.steps() + 4);
  EXPECT_TRUE(seen.seen.empty());
  EXPECT_EQ(m_.accesses.size(), 2u);
  EXPECT_EQ(seen.begun, 4u);
}

TEST_F(Observer, CodeThatOverwritesItselfIsFollowed) {
  A a(Machine::kRam);
  const auto victim = a.label();
  a.li(A::s0, Machine::kRam + 20);                // 0, 4
  a.li(A::t0, encode::i(0x13, 0, A::a0, 0, 42));  // 8, 12: addi a0, zero, 42
  a.sw(A::t0, A::s0, 0);                          // 16
  a.place(victim);
  a.addi(A::a0, A::zero, 1);  // 20: replaced right before
  a.nop();
  load(a);
  Recorder seen(m_);
  m_.cpu.set_observer(&seen);
  m_.cpu.run(m_.cpu.steps() + 7);
  EXPECT_EQ(m_.cpu.reg(A::a0), 42u);
  EXPECT_EQ(seen.begun, 7u);
}

TEST_F(Observer, OneThatWantsNoAccessesGetsNone) {
  A a(Machine::kRam);
  a.li(A::s0, Machine::kData);
  a.sw(A::s0, A::s0, 0);
  load(a);
  Recorder seen(m_, false);
  m_.cpu.set_observer(&seen);
  m_.cpu.run(m_.cpu.steps() + 3);
  EXPECT_TRUE(seen.seen.empty());
  m_.cpu.set_observer(nullptr);
  m_.cpu.run(m_.cpu.steps() + 1);
  EXPECT_EQ(seen.begun, 3u) << "nothing is told once it is detached";
}

TEST_F(Observer, TheTraceHoldsWhatEachInstructionChanged) {
  A a(Machine::kRam);
  a.addi(A::a0, A::zero, 5);
  a.sw(A::a0, A::zero, 0);  // traps: there is no memory
  load(a);
  m_.cpu.set_trace_length(8);
  m_.cpu.run(m_.cpu.steps() + 2);
  const std::vector<TraceEntry> trace = m_.cpu.trace();
  ASSERT_EQ(trace.size(), 2u);
  EXPECT_EQ(trace[0].rd, A::a0);
  EXPECT_EQ(trace[0].rd_before, 0u);
  EXPECT_EQ(trace[0].rd_after, 5u);
  EXPECT_EQ(trace[1].rd, 0u);
}

TEST_F(Observer, AHandlerThatTrapsAtOnceIsLost) {
  A a(Machine::kRam);
  a.li(A::t0, 0x40000000);  // nothing is there
  a.csrw(kMtvec, A::t0);
  a.ecall();  // 12
  load(a);
  std::vector<LostTrap> lost;
  m_.cpu.set_lost_trap_listener([&](const LostTrap& trap) { lost.push_back(trap); });
  m_.cpu.run(m_.cpu.steps() + 4);
  EXPECT_TRUE(lost.empty()) << "the first trap may have a handler";
  m_.cpu.run(m_.cpu.steps() + 1);
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].mcause, 11u);
  EXPECT_EQ(lost[0].mepc, Machine::kRam + 12);
  EXPECT_EQ(lost[0].handler, 0x40000000u);
  EXPECT_EQ(lost[0].handler_mcause, 1u);
}

TEST_F(Observer, AHandlerThatTrapsLaterIsNotLost) {
  A a(Machine::kRam);
  a.li(A::t0, Machine::kRam + 0x100);
  a.csrw(kMtvec, A::t0);
  a.ecall();
  load(a);
  A handler(Machine::kRam + 0x100);
  handler.nop();
  handler.ecall();
  m_.load(handler.bytes(), Machine::kRam + 0x100);
  int lost = 0;
  m_.cpu.set_lost_trap_listener([&](const LostTrap&) { ++lost; });
  m_.cpu.run(m_.cpu.steps() + 40);
  EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace saksi::hw
