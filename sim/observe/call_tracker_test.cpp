// Goal: the call stack is right whatever code does (call_tracker.h). Method: a CPU that exists on paper only is told which runs it executed; the
// stack is compared by names. Programs that really run are in tests/end-to-end/observe_test.cpp.
#include "sim/observe/call_tracker.h"

#include <gtest/gtest.h>

#include <array>

#include "sim/observe/paper_cpu_for_test.h"
#include "sim/observe/profile.h"
#include "sim/observe/spans.h"

namespace saksi::sim {
namespace {

constexpr uint32_t kMain = 0x1000, kF = 0x2000, kG = 0x3000, kHandler = 0x4000, kThread = 0x5000;
constexpr uint32_t kCall = 0x000000EF, kRet = 0x00008067, kMret = 0x30200073, kJump = 0x0000006F, kEcall = 0x00000073, kSaveCall = 0x000002EF,
                   kReturnT0 = 0x00028067;

class Calls : public ::testing::Test, public CallListener {
 protected:
  Calls()
      : symbols_({{kMain, 0x100, "main"}, {kF, 0x100, "f"}, {kG, 0x100, "g"}, {kHandler, 0x100, "handler"}, {kThread, 0x100, "thread"}}),
        table_(cpu_),
        calls_(cpu_, symbols_),
        profile_(calls_),
        spans_(calls_, SpanFilter{100, {}, 1000}, [this] { return now_++; }) {
    calls_.add_listener(profile_);
    calls_.add_listener(spans_);
    calls_.add_listener(*this);
    cpu_.regs[2] = 0x9000;
  }

  /// Executes one instruction at `pc`, which goes on at `next`, with the stack pointer at `sp` afterwards.
  void step(uint32_t pc, uint32_t raw, uint32_t next, uint32_t sp, bool trapped = false) {
    if (cpu_.code[pc] != raw) table_.forget_code();
    cpu_.code[pc] = raw;
    cpu_.regs[2] = sp;
    const hw::ExecutedRun run{pc, 1, next, trapped};
    calls_.begin(run);
    profile_.count(1);
    calls_.end(run, table_.find(pc, 1));
  }
  std::string stack() const {
    std::string text;
    for (const CallFrame& frame : calls_.stack()) text += (text.empty() ? "" : " ") + calls_.name(frame.function);
    return text;
  }
  void entered(const CallFrame&, size_t depth) override { EXPECT_EQ(depth, depth_++); }
  void left(size_t depth) override { EXPECT_EQ(depth, --depth_); }
  void replaced(const CallFrame&, size_t depth) override { EXPECT_EQ(depth + 1, depth_); }

  PaperCpu cpu_;
  hw::SymbolTable symbols_;
  RunTable table_;
  CallTracker calls_;
  Profile profile_;
  int64_t now_ = 0;
  Spans spans_;
  size_t depth_ = 0;
};

TEST_F(Calls, CallAndReturn) {
  step(kMain, kCall, kF, 0x8FF0);
  EXPECT_EQ(stack(), "main f");
  step(kF, kCall, kG, 0x8FE0);
  EXPECT_EQ(stack(), "main f g");
  step(kG, kRet, kF + 4, 0x8FE0);
  EXPECT_EQ(stack(), "main f");
  step(kF + 4, kRet, kMain + 4, 0x8FF0);
  EXPECT_EQ(stack(), "main");
  EXPECT_EQ(profile_.folded(), "main 1\nmain;f 2\nmain;f;g 1\n");
}

TEST_F(Calls, ATailCallTakesTheFrame) {
  step(kMain, kCall, kF, 0x8FF0);
  step(kF, kJump, kG, 0x8FF0);
  step(kG, kRet, kMain + 4, 0x8FF0);
  step(kMain + 4, kJump, kMain, 0x8FF0);
  EXPECT_EQ(stack(), "main");
  EXPECT_EQ(profile_.folded(), "main 2\nmain;f 1\nmain;g 1\n");
}

TEST_F(Calls, ARoutineThatSavesRegistersMayMoveTheStack) {
  step(kMain, kCall, kF, 0x8FF0);
  step(kF, kSaveCall, kG, 0x8FF0);  // jal t0, __riscv_save
  step(kG, kReturnT0, kF + 4, 0x8FC0);
  EXPECT_EQ(stack(), "main f");
  step(kF + 4, kRet, kMain + 4, 0x8FF0);
  EXPECT_EQ(stack(), "main");
}

TEST_F(Calls, AnInterruptHasAFrameOfItsOwn) {
  step(kMain, kCall, kF, 0x8FF0);
  cpu_.mcause = 0x80000007;
  calls_.interrupted(kF, kHandler);
  EXPECT_EQ(stack(), "main f [interrupt: timer] handler");
  step(kHandler, kCall, kG, 0x8F00);
  step(kG, kRet, kHandler + 4, 0x8F00);
  step(kHandler + 4, kMret, kF, 0x8FF0);
  EXPECT_EQ(stack(), "main f");
  step(kF, kRet, kMain + 4, 0x8FF0);
  EXPECT_EQ(profile_.folded(), "[interrupt: timer];handler 2\n[interrupt: timer];handler;g 1\nmain 1\nmain;f 1\n");
}

TEST_F(Calls, AnExceptionReturnsBehindItsInstruction) {
  cpu_.mcause = 11;
  step(kMain, kEcall, kHandler, 0x8FF0, true);
  EXPECT_EQ(stack(), "main [exception: ecall] handler");
  step(kHandler, kMret, kMain + 4, 0x8FF0);
  EXPECT_EQ(stack(), "main");
}

TEST_F(Calls, LongjmpDropsWhatItLeaves) {
  step(kMain, kCall, kF, 0x8FF0);
  step(kF, kCall, kG, 0x8FE0);
  step(kG, kCall, kG, 0x8FD0);
  step(kG, kCall, kG, 0x8FC0);
  step(kG, kRet, kF + 8, 0x8FE0);  // to where setjmp had been called in f
  EXPECT_EQ(stack(), "main f");
  step(kF + 8, kRet, kMain + 4, 0x8FF0);
  EXPECT_EQ(stack(), "main");
}

TEST_F(Calls, ThreadsKeepTheirStacks) {
  for (int i = 0; i < 1000; ++i) {
    if (i == 0) step(kMain, kCall, kF, 0x8FF0);
    cpu_.mcause = 0x80000007;
    calls_.interrupted(kF, kHandler);
    step(kHandler, kMret, i == 0 ? kThread : kThread + 4, 0x7000);  // to another thread
    EXPECT_EQ(stack(), i == 0 ? "thread" : "thread");
    if (i == 0) step(kThread, kJump, kThread + 4, 0x7000);
    calls_.interrupted(kThread + 4, kHandler);
    step(kHandler, kMret, kF, 0x8FF0);
    ASSERT_EQ(stack(), "main f");
  }
  step(kF, kRet, kMain + 4, 0x8FF0);
  EXPECT_EQ(stack(), "main");
}

TEST_F(Calls, ARecursionWithoutEndStaysBounded) {
  step(kMain, kCall, kG, 0x8FF0);
  uint32_t sp = 0x80000000;
  for (int i = 0; i < 100'000; ++i) step(kG, kCall, kG, sp -= 16);
  EXPECT_LE(calls_.stack().size(), CallTracker::kDepthMax);
  EXPECT_EQ(depth_, calls_.stack().size());
}

TEST_F(Calls, AResetBeginsAnew) {
  step(kMain, kCall, kF, 0x8FF0);
  step(kMain, kCall, kG, 0x8FF0);  // f was not gone on with
  EXPECT_EQ(stack(), "main g");
}

TEST_F(Calls, SpansNestAndEnd) {
  step(kMain, kCall, kF, 0x8FF0);
  step(kF, kJump, kG, 0x8FF0);
  step(kG, kCall, kF, 0x8FE0);
  spans_.leave_all();
  EXPECT_EQ(spans_.jsonl(),
            "{\"t_ns\":0,\"ph\":\"B\",\"name\":\"main\"}\n{\"t_ns\":1,\"ph\":\"B\",\"name\":\"f\"}\n{\"t_ns\":2,\"ph\":\"E\"}\n"
            "{\"t_ns\":3,\"ph\":\"B\",\"name\":\"g\"}\n{\"t_ns\":4,\"ph\":\"B\",\"name\":\"f\"}\n"
            "{\"t_ns\":5,\"ph\":\"E\"}\n{\"t_ns\":6,\"ph\":\"E\"}\n{\"t_ns\":7,\"ph\":\"E\"}\n");
}

}  // namespace
}  // namespace saksi::sim
