// Goal: the benchmark's kernels really loop for as long as they are asked to, and use only the caller's clock.
#include "hw-models/cpu/mips_bench.h"

#include <gtest/gtest.h>

namespace saksi::hw {
namespace {

TEST(MipsBench, CountsByTheCallersClock) {
  double now_s = 0;
  const CpuBenchmark result = run_cpu_benchmark([&] { return now_s += 0.5; }, 1'000'000);
  ASSERT_EQ(result.kernels.size(), 3u);
  for (const CpuBenchmark::Kernel& kernel : result.kernels) {
    EXPECT_EQ(kernel.instructions, 1'000'000u) << kernel.name << ": a trap would not count";
    EXPECT_DOUBLE_EQ(kernel.seconds, 0.5) << kernel.name;
    EXPECT_DOUBLE_EQ(kernel.mips(), 2.0) << kernel.name;
  }
}

}  // namespace
}  // namespace saksi::hw
