// Goal: the time that an exposure takes to settle is found, and nothing else is taken for a change of the light. Method: mean lumas by hand, in a
// clip whose frames have known times.
#include "judge/measure/exposure_settling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace saksi::judge {
namespace {

constexpr double kPeriod = 1.0 / 15;

Measurement settling(int frames, const std::function<double(double t_s)>& luma) {
  Observations observations;
  StoredClip clip;
  clip.file = "A.MP4";
  for (int i = 0; i < frames; ++i) {
    const double t = 1 + i * kPeriod;
    clip.frames.push_back({i * kPeriod, false, luma(t)});
    FrameTime time;
    time.known = true;
    time.time_s = {t - 1e-4, t + 1e-4};
    clip.photon.frames.push_back(time);
  }
  observations.card.clips.push_back(clip);
  return measure(*find_measurement_kind("exposure_settling"), observations);
}

TEST(ExposureSettling, AStepThatIsRegulatedAwayIsMeasured) {
  // At 3 s it becomes bright; from 3.6 s on the picture is as it was.
  const Measurement m = settling(90, [](double t) { return t < 3 ? 100.0 : t < 3.6 ? 220.0 - 150 * (t - 3) : 101.0; });
  ASSERT_TRUE(m.value.has_value()) << m.reason;
  EXPECT_NEAR(*m.value, 0.6, m.uncertainty + 3e-3);
  EXPECT_NEAR(m.uncertainty, 0.95 * kPeriod / 2, 1e-3);
}

TEST(ExposureSettling, AnOscillationHasNotSettledBeforeItEnds) {
  const Measurement m = settling(90, [](double t) { return t < 3 || t > 4.5 ? 100.0 : std::lround(t * 15) % 2 == 0 ? 140.0 : 70.0; });
  ASSERT_TRUE(m.value.has_value()) << m.reason;
  EXPECT_NEAR(*m.value, 1.5, m.uncertainty + kPeriod);
}

TEST(ExposureSettling, TheLongestOfSeveralCounts) {
  const Measurement m = settling(150, [](double t) { return t < 3 ? 100.0 : t < 3.4 ? 200.0 : t < 7 ? 100.0 : t < 7.8 ? 30.0 : 100.0; });
  ASSERT_EQ(m.samples.size(), 2u);
  EXPECT_NEAR(*m.value, 0.8, m.uncertainty + 3e-3);
}

TEST(ExposureSettling, AFrameThatIsExposedIntoTheNextChangeBelongsToIt) {
  // The frame that begins at 6.93 s shows a part of the light that comes on at 7 s: too little for a change, too much for what had settled.
  const Measurement m = settling(150, [](double t) { return t < 3 ? 106.0 : t < 3.4 ? 20.0 : t < 6.9 ? 28.9 : t < 7 ? 30.4 : 50.0; });
  ASSERT_EQ(m.samples.size(), 2u) << m.reason << m.explain;
  EXPECT_NEAR(m.samples[0], 0.4, kPeriod);
}

TEST(ExposureSettling, WhatHasNotSettledIsAtLeastSoLong) {
  const Measurement m = settling(60, [](double t) { return t < 3 ? 50.0 : 50.0 + 40 * (t - 2); });
  EXPECT_FALSE(m.value.has_value());
  ASSERT_TRUE(m.at_least.has_value());
  EXPECT_NEAR(*m.at_least, 1 + 59 * kPeriod - 3, 0.1);
}

TEST(ExposureSettling, SmallAndSlowChangesAreNone) {
  EXPECT_FALSE(settling(90, [](double t) { return 100 + 5 * (std::lround(t * 15) % 2); }).value.has_value());
  const Measurement slow = settling(90, [](double t) { return 60 + 15 * t; });
  EXPECT_FALSE(slow.value.has_value());
  EXPECT_NE(slow.reason.find("did not change"), std::string::npos);
}

}  // namespace
}  // namespace saksi::judge
