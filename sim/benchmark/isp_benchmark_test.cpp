// Goal: the speed of the image signal processor can be measured at both sizes and is told. Method: one frame of each.
#include "sim/benchmark/isp_benchmark.h"

#include <gtest/gtest.h>

namespace saksi::sim {
namespace {

TEST(IspBenchmark, MeasuresBothSizesAndTellsThem) {
  const std::vector<IspSpeed> speeds = measure_isp(1);
  ASSERT_EQ(speeds.size(), 2u);
  EXPECT_GT(speeds[0].frames_per_s, speeds[1].frames_per_s) << "1080p has nine times the pixels";
  EXPECT_NE(text_of(speeds).find("1920x1080"), std::string::npos);
  EXPECT_EQ(json_of(speeds).size(), 2u);
}

}  // namespace
}  // namespace saksi::sim
