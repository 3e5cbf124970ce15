// Goal: each of the benchmark's programs passes its own check on the whole machine, and the engines agree on everything that can be seen of it:
// instructions, cycles, virtual time, every byte of memory.
#include "sim/benchmark/machine_run.h"

#include <gtest/gtest.h>

#include "sim/benchmark/simulators.h"

namespace saksi::sim {
namespace {

constexpr double kWallLimit = 280;

BootRequest request_for(const std::string& program) {
  BootRequest request;
  request.image_path = std::string(SAKSI_BUILD_DIR) + "/benchmark/" + program + ".elf";
  request.board_path = std::string(SAKSI_SOURCE_DIR) + "/boards/virt.yaml";
  request.digest_memory = true;
  return request;
}

/// All that can be seen of a run.
void expect_same(const MachineRun& a, const MachineRun& b) {
  EXPECT_TRUE(a.passed && b.passed) << a.problem << b.problem;
  EXPECT_EQ(a.instructions, b.instructions);
  EXPECT_EQ(a.minstret, b.minstret);
  EXPECT_EQ(a.mcycle, b.mcycle);
  EXPECT_EQ(a.time, b.time);
  EXPECT_EQ(a.console, b.console);
  EXPECT_EQ(a.memory_sha256, b.memory_sha256);
}

class BenchmarkProgram : public ::testing::TestWithParam<const char*> {};

TEST_P(BenchmarkProgram, PassesItsOwnCheckWithProtectionOn) {
  const MachineRun run = run_machine(request_for(GetParam()), kWallLimit);
  EXPECT_TRUE(run.passed) << run.problem << "\n" << run.console;
  EXPECT_NE(told(run.console, "pmpcfg0").value_or(0), 0u);
  EXPECT_GT(told(run.console, "instructions").value_or(0), 0u);
  EXPECT_LE(*told(run.console, "instructions"), run.instructions);
  EXPECT_EQ(run.memory_sha256.size(), 64u);
}

TEST_P(BenchmarkProgram, IsTheSameOnEveryEngine) {
  BootRequest request = request_for(GetParam());
  request.cpu_engine = hw::CpuEngine::kInterpreted;
  const MachineRun interpreted = run_machine(request, kWallLimit);
  request.cpu_engine = hw::CpuEngine::kTranslated;
  expect_same(interpreted, run_machine(request, kWallLimit));
  request.cpu_engine = hw::CpuEngine::kLockStep;
  expect_same(interpreted, run_machine(request, kWallLimit));
}

INSTANTIATE_TEST_SUITE_P(All, BenchmarkProgram,
                         ::testing::Values("empty", "coremark_like-short", "coremark_like_user-short", "sha256-short", "memory_copy_1mib-short",
                                           "memory_copy_other-short", "uart_poll-short", "timer_10us-short", "timer_1000-short", "idle-short"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST(MachineRun, TellsWhyAProgramCannotRun) {
  BootRequest request = request_for("no-such-program");
  const MachineRun run = run_machine(request, kWallLimit);
  EXPECT_FALSE(run.ended);
  EXPECT_NE(run.problem.find("no-such-program"), std::string::npos) << run.problem;
}

TEST(MachineRun, TenSecondsOfIdlingAreTenSeconds) {
  const MachineRun run = run_machine(request_for("idle-short"), kWallLimit);
  EXPECT_NEAR(static_cast<double>(run.time), 10e6 * 10, 1e4) << "10 s of a 10 MHz clock";
}

}  // namespace
}  // namespace saksi::sim
