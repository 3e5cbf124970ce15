// Goal: the time that a white balance takes to come to rest is found, whatever the exposure does meanwhile. Method: mean colours by hand, in a clip
// whose frames have known times.
#include "judge/measure/white_balance_settling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace saksi::judge {
namespace {

constexpr double kPeriod = 1.0 / 15;

struct Colour {
  double luma, blue, red;  ///< above black; Cb and Cr about neutral in parts of that
};

Measurement settling(int frames, const std::function<Colour(double t_s)>& colour) {
  Observations observations;
  StoredClip clip;
  clip.file = "A.MP4";
  for (int i = 0; i < frames; ++i) {
    const double t = 1 + i * kPeriod;
    const Colour c = colour(t);
    clip.frames.push_back({i * kPeriod, false, 16 + c.luma, 128 + c.luma * c.blue, 128 + c.luma * c.red});
    FrameTime time;
    time.known = true;
    time.time_s = {t - 1e-4, t + 1e-4};
    clip.photon.frames.push_back(time);
  }
  observations.card.clips.push_back(clip);
  return measure(*find_measurement_kind("white_balance_settling"), observations);
}

/// At 3 s lamps take over from daylight; the balance follows in a straight line in 1.2 s, and leaves a little of it.
double warm_at(double t_s) { return t_s < 3 ? 0 : t_s < 4.2 ? 0.2 - 0.15 * (t_s - 3) / 1.2 : 0.05; }

TEST(WhiteBalanceSettling, AStepThatIsFollowedIsMeasured) {
  const Measurement m = settling(120, [](double t) { return Colour{90, -warm_at(t), warm_at(t) / 2}; });
  ASSERT_TRUE(m.value.has_value()) << m.reason << m.explain;
  // Within 0.015 of where it ends: hypot(1, 1/2) of what is left, so from 0.0134 / 0.15 of 1.2 s before that on.
  const double truth = 1.2 - 1.2 * (0.015 / std::hypot(1, 0.5)) / 0.15;
  EXPECT_NEAR(*m.value, truth, m.uncertainty + kPeriod);
  EXPECT_NEAR(m.uncertainty, 0.95 * kPeriod / 2, 1e-3);
  ASSERT_FALSE(m.budget.empty());
}

TEST(WhiteBalanceSettling, AnExposureThatMovesIsNoChangeOfColour) {
  const Measurement m = settling(120, [](double t) { return Colour{t < 3 ? 40.0 : 150.0 - 60 * std::min(1.0, t - 3), 0.08, -0.04}; });
  EXPECT_FALSE(m.value.has_value()) << m.explain;
  EXPECT_NE(m.reason.find("did not change its colour"), std::string::npos);
}

TEST(WhiteBalanceSettling, ABalanceThatPumpsHasNotComeToRest) {
  const Measurement m = settling(75, [](double t) { return Colour{90, t < 3 ? 0.0 : std::lround(t * 15) % 2 == 0 ? 0.08 : 0.12, 0}; });
  EXPECT_FALSE(m.value.has_value()) << m.explain;
  EXPECT_TRUE(m.at_least.has_value());
}

TEST(WhiteBalanceSettling, TheLongestOfSeveralCounts) {
  const Measurement m = settling(240, [](double t) { return Colour{90, t < 3 ? 0 : t < 3.5 ? 0.1 : t < 8 ? 0 : t < 9 ? -0.1 : 0, 0}; });
  ASSERT_EQ(m.samples.size(), 2u) << m.reason << m.explain;
  EXPECT_NEAR(*m.value, 1.0, m.uncertainty + kPeriod);
}

TEST(WhiteBalanceSettling, InTheDarkATintIsNoise) {
  const Measurement m = settling(120, [](double t) { return Colour{0.2, std::lround(t * 15) % 3 == 0 ? 0.5 : 0.0, 0}; });
  EXPECT_FALSE(m.value.has_value()) << m.explain;
}

}  // namespace
}  // namespace saksi::judge
