// Goal: work in child processes comes back in order, and a child that dies or hangs is an infra-error that harms no other.
#include "sim/engine/jobs.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace saksi::sim {
namespace {

TEST(Jobs, ResultsComeInOrder) {
  const auto results = run_jobs({{"a", [] { usleep(50'000); return ExitCode::kFail; }}, {"b", [] { return ExitCode::kPass; }}}, 2, 60, [](size_t, const JobResult&) {});
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].code, ExitCode::kFail);
  EXPECT_EQ(results[1].code, ExitCode::kPass);
}

TEST(Jobs, ADeadChildIsAnInfraError) {
  const auto results = run_jobs({{"a", [] { raise(SIGKILL); return ExitCode::kPass; }}, {"b", [] { return ExitCode::kPass; }}}, 1, 60, [](size_t, const JobResult&) {});
  EXPECT_EQ(results[0].code, ExitCode::kInfraError);
  EXPECT_NE(results[0].problem.find("signal 9"), std::string::npos);
  EXPECT_EQ(results[1].code, ExitCode::kPass);
}

TEST(Jobs, AHangingChildIsEnded) {
  const auto results = run_jobs({{"a", []() -> ExitCode { while (true) usleep(1000); }}}, 1, 0.2, [](size_t, const JobResult&) {});
  EXPECT_EQ(results[0].code, ExitCode::kInfraError);
  EXPECT_NE(results[0].problem.find("host time"), std::string::npos);
}

TEST(Jobs, AnExceptionIsAnInfraError) {
  const auto results = run_jobs({{"a", []() -> ExitCode { throw std::runtime_error("no disk"); }}}, 1, 60, [](size_t, const JobResult&) {});
  EXPECT_EQ(results[0].code, ExitCode::kInfraError);
}

}  // namespace
}  // namespace saksi::sim
