// Goal: the statistics are of the pictures that fitting leaves out, and mean what they are called. Method: pictures by hand.
#include "sim/benchmark/sizes_benchmark.h"

#include <gtest/gtest.h>

#include "sim/benchmark/size_fit.h"

namespace saksi::sim {
namespace {

constexpr int kFps = 10;
constexpr double kSeconds = 10;  // a block for fitting, a block for checking

TEST(SizesBenchmark, StatisticsAreOfWhatFittingLeavesOut) {
  std::vector<CameraPicture> pictures;
  for (size_t n = 0; n < 200; ++n) {
    const bool checked = !is_for_fit(n, kFps);
    // Of the 50 pictures of a block one is large, and in the second piece all are twice as long.
    const uint32_t bytes = (n % 100 == 75 ? 1000u : 125u) * (n < 100 ? 1 : 2);
    pictures.push_back({checked ? bytes : 99999u, checked ? 10.0 : 77.0});
  }
  const SizeStatistics s = statistics_of(pictures, kFps, kSeconds);
  EXPECT_DOUBLE_EQ(s.mean_kbit, 1.5 * (49 * 1.0 + 8.0) / 50);
  EXPECT_DOUBLE_EQ(s.p95_kbit, 1.5);
  EXPECT_DOUBLE_EQ(s.p99_kbit, 1.5 * 8);
  EXPECT_DOUBLE_EQ(s.second_kbit, 1.5 * (9 * 1.0 + 8.0));
  EXPECT_DOUBLE_EQ(s.cycles, 10);
}

TEST(SizesBenchmark, NoPicturesGiveNothing) { EXPECT_EQ(statistics_of({}, kFps, kSeconds).mean_kbit, 0); }

}  // namespace
}  // namespace saksi::sim
