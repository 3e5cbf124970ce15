// Goal: what light costs on its way to a picture can be measured before any scene, and is told. Method: a moment of a plain scene; the sums must fit.
#include "sim/benchmark/light_path_benchmark.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace saksi::sim {
namespace {

TEST(LightPathBenchmark, PartsAddUpAtBothSizes) {
  LightPathOptions options;
  options.scene_path = SAKSI_SOURCE_DIR "/scenarios/scenes/golden.yaml";
  options.quick = true;
  const std::vector<LightPathSpeed> speeds = measure_light_path(options);
  ASSERT_EQ(speeds.size(), 2u);
  for (const LightPathSpeed& speed : speeds) {
    EXPECT_GT(speed.scene_ms, 0);
    EXPECT_GT(speed.sensor_ms, 0);
    EXPECT_GT(speed.isp_ms, 0);
    EXPECT_NEAR(speed.frames_per_s() * (speed.scene_ms + speed.sensor_ms + speed.isp_ms), 1000, 1e-6);
  }
  EXPECT_LT(speeds[0].isp_ms, speeds[1].isp_ms) << "1080p has nine times the pixels";
  EXPECT_NE(text_of(speeds, "x").find("1920x1080"), std::string::npos);
  EXPECT_EQ(json_of(speeds).size(), 2u);
}

TEST(LightPathBenchmark, ABadSceneIsToldBeforeItIsRun) {
  LightPathOptions options;
  options.scene_path = "/nowhere.yaml";
  EXPECT_THROW(measure_light_path(options), UsageError);
}

}  // namespace
}  // namespace saksi::sim
