// Goal: light is integrated exactly, whatever it does. Method: integrals known by formula, parts against their whole, and sums of many small steps.
#include "sim/scene/lighting.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sim/scene/colour.h"

namespace saksi::sim {
namespace {

constexpr int64_t kMs = 1'000'000;

TEST(Lighting, StandingLightIsLuxTimesSeconds) {
  const Lighting light(500, 0, {}, {0, 50, 0});
  EXPECT_DOUBLE_EQ(light.lux_s(10 * kMs, 20 * kMs), 5);
  EXPECT_DOUBLE_EQ(light.lux_s(-10 * kMs, 10 * kMs), 10);
}

TEST(Lighting, AStepIsAtItsTimeAndARampIsEven) {
  const Lighting light(500, 0, {{1000 * kMs, 5, 0, {}}, {6000 * kMs, 20, 100 * kMs, {}}}, {0, 50, 0});
  EXPECT_NEAR(light.lux_s(990 * kMs, 1000 * kMs), 5, 1e-12);
  EXPECT_NEAR(light.lux_s(1000 * kMs, 1010 * kMs), 0.05, 1e-12);
  EXPECT_NEAR(light.lux_s(995 * kMs, 1005 * kMs), 2.525, 1e-12);
  EXPECT_NEAR(light.lux_s(6000 * kMs, 6100 * kMs), 12.5 * 0.1, 1e-12);
  EXPECT_NEAR(light.lux_s(6025 * kMs, 6075 * kMs), 12.5 * 0.05, 1e-12);
  EXPECT_NEAR(light.lux_s(9000 * kMs, 9001 * kMs), 0.02, 1e-12);
}

TEST(Lighting, FlickerVanishesOverWholePeriodsAndIsAsDeepAsItsFormula) {
  const Lighting light(100, 0, {}, {0.3, 50, 0});
  for (const int64_t start : {0, 1, 3, 7}) EXPECT_NEAR(light.lux_s(start * kMs, (start + 10) * kMs), 1, 1e-9);
  // Two milliseconds about the brightest moment: depth times sin(w t / 2) / (w t / 2).
  const double half = 2 * 3.14159265358979 * 100 * 0.001;
  EXPECT_NEAR(light.lux_s(9 * kMs, 11 * kMs), 0.2 * (1 + 0.3 * std::sin(half) / half), 1e-9);
  EXPECT_NEAR(light.lux_s(4 * kMs, 6 * kMs), 0.2 * (1 - 0.3 * std::sin(half) / half), 1e-9);
}

TEST(Lighting, PartsAddUpWhateverHappensInThem) {
  const Lighting light(800, 0, {{5 * kMs, 10, 3 * kMs, {}}, {20 * kMs, 400, 0, {}}}, {0.2, 60, 0});
  double sum = 0;
  for (int64_t t = -5; t < 40; ++t) sum += light.lux_s(t * kMs, (t + 1) * kMs);
  EXPECT_NEAR(light.lux_s(-5 * kMs, 40 * kMs), sum, 1e-9);
  double fine = 0;
  for (int64_t t = 0; t < 10'000; ++t) {
    const double at_s = (static_cast<double>(t) + 0.5) * 1e-6;  // over the ramp, by its middle values
    const double lux = at_s < 0.005 ? 800 : at_s < 0.008 ? 800 - 790 * (at_s - 0.005) / 0.003 : 10;
    fine += lux * (1 + 0.2 * std::cos(2 * 3.14159265358979 * 120 * at_s)) * 1e-6;
  }
  EXPECT_NEAR(light.lux_s(0, 10 * kMs), fine, 1e-6);
}

TEST(Lighting, FlickerBeginsAtItsPhase) {
  const double quarter = 3.14159265358979 / 2, omega = 2 * 3.14159265358979 * 100;
  const Lighting light(100, 0, {}, {0.5, 50, quarter});
  EXPECT_NEAR(light.lux_s(0, kMs), 0.1 - 100 * 0.5 * (1 - std::cos(omega * 0.001)) / omega, 1e-9);
}

TEST(Lighting, ColourChangesWithTheLightAndKeepsItsLuminance) {
  // From warm to cold while it gets ten times as bright: half way each primary is the mean of its ends.
  const Lighting light(100, 3000, {{1000 * kMs, 1000, 1000 * kMs, 6500}}, {0.3, 50, 0});
  EXPECT_EQ(light.over(0, 10 * kMs).colour, illuminant_colour(3000));
  const auto warm = illuminant_colour(3000), cold = illuminant_colour(6500);
  const Lighting::Dose whole = light.over(1000 * kMs, 2000 * kMs), end = light.over(3000 * kMs, 3010 * kMs);
  EXPECT_NEAR(whole.lux_s, 550, 1);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(whole.colour[i], (100 * warm[i] + 1000 * cold[i]) / 1100, 2e-3) << i;
    EXPECT_NEAR(end.colour[i], cold[i], 1e-6) << i;
  }
  EXPECT_NEAR(0.2126 * whole.colour[0] + 0.7152 * whole.colour[1] + 0.0722 * whole.colour[2], 1, 1e-4);
}

}  // namespace
}  // namespace saksi::sim
