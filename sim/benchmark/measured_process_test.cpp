// Goal: a child's output, end and CPU time are told as they were.
#include "sim/benchmark/measured_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace saksi::sim {
namespace {

TEST(MeasuredProcess, TellsOutputAndExitCode) {
  const ProcessOutcome outcome = run_measured(
      [] {
        std::printf("hello");
        return 7;
      },
      60);
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_EQ(outcome.output, "hello");
  EXPECT_FALSE(outcome.timed_out);
  EXPECT_EQ(run_measured([]() -> int { throw std::runtime_error("no"); }, 60).exit_code, 3);
  EXPECT_EQ(run_measured([]() -> int { std::abort(); }, 60).exit_code, 128 + 6);
}

TEST(MeasuredProcess, MeasuresUserTimeAndNotWaiting) {
  const ProcessOutcome busy = run_measured(
      [] {
        volatile uint64_t sum = 0;
        for (uint64_t i = 0; i < 300'000'000; ++i) sum = sum + i;
        return 0;
      },
      600);
  const ProcessOutcome waiting = run_measured(
      [] {
        usleep(300'000);
        return 0;
      },
      60);
  EXPECT_GT(busy.user_s, 0.02);
  EXPECT_LT(waiting.user_s, 0.1);
}

TEST(MeasuredProcess, EndsWhatTakesTooLong) {
  const ProcessOutcome outcome = run_measured(
      [] {
        std::printf("begun\n");
        std::fflush(stdout);
        for (;;) pause();
        return 0;
      },
      0.3);
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.output, "begun\n");
  EXPECT_EQ(outcome.exit_code, 128 + 9);
}

TEST(MeasuredProcess, ProgramsAreLookedForInThePath) {
  EXPECT_EQ(run_measured({"echo", "a b", "c"}, 60).output, "a b c\n");
  EXPECT_EQ(run_measured({"cat"}, 60).exit_code, 0) << "standard input is empty";
  EXPECT_EQ(run_measured({"no-such-program-here"}, 60).exit_code, 127);
}

}  // namespace
}  // namespace saksi::sim
