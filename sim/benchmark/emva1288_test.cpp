// Goal: the evaluation finds the parameters of a sensor whose frames are made here, with no part of the project's own sensor. Method: Gaussian frames
// with known gain, noise and pattern; and cases by hand.
#include "sim/benchmark/emva1288.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/seed_stream.h"

namespace saksi::sim {
namespace {

TEST(Emva1288, VarianceOfTwoPlanesIsHalfThatOfTheirDifference) {
  const TemporalFigures figures = temporal_of({10, 20, 30, 40}, {12, 18, 32, 38});
  EXPECT_DOUBLE_EQ(figures.mean, 25);
  EXPECT_DOUBLE_EQ(figures.variance, 2);
  EXPECT_DOUBLE_EQ(temporal_of({10, 20}, {13, 23}).variance, 0) << "light that drifts between the two is no noise";
}

/// Of the standard normal distribution, near enough: twelve even values less six.
double normal(SeedStream& random) {
  constexpr uint64_t kEven = 1 << 20;
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(random.below(kEven)) / kEven;
  return sum;
}

/// A sensor of this test: linear, with a converter of 10 bits.
struct Sensor {
  double gain = 0.2, efficiency = 0.5, read_e = 3, dark_e_s = 20, full_well_e = 4500, prnu = 0.01, dsnu_e = 2, black = 64;
  SeedStream random{7, "emva"};
  std::vector<double> gains, offsets;

  Sensor() {
    for (int i = 0; i < 40'000; ++i) {
      gains.push_back(1 + prnu * normal(random));
      offsets.push_back(dsnu_e * normal(random));
    }
  }
  RawPlane plane(double photons, double seconds) {
    RawPlane plane;
    for (size_t i = 0; i < gains.size(); ++i) {
      const double electrons = photons * efficiency * gains[i] + dark_e_s * seconds;
      const double level = std::min(full_well_e, electrons + offsets[i] + std::sqrt(electrons + read_e * read_e) * normal(random));
      plane.push_back(static_cast<uint16_t>(std::clamp(std::floor(level * gain + black + 0.5), 0.0, 1023.0)));
    }
    return plane;
  }
  TemporalFigures pair(double photons, double seconds) {
    const RawPlane a = plane(photons, seconds);
    return temporal_of(a, plane(photons, seconds));
  }
};

TEST(Emva1288, FindsASensorsParametersAgain) {
  Sensor sensor;
  std::vector<TransferStep> steps;
  constexpr int kSteps = 50;
  for (int i = 1; i <= kSteps; ++i) {
    TransferStep step;
    step.exposure_s = 2.0 * i / kSteps;
    step.photons = 10'000.0 * i / kSteps;
    step.dark = sensor.pair(0, step.exposure_s);
    step.light = sensor.pair(step.photons, step.exposure_s);
    steps.push_back(step);
  }
  const EmvaFigures figures = evaluate_transfer(steps);
  EXPECT_NEAR(figures.gain_dn_per_e, sensor.gain, 0.02 * sensor.gain);
  EXPECT_NEAR(figures.quantum_efficiency, sensor.efficiency, 0.02 * sensor.efficiency);
  EXPECT_NEAR(figures.dark_noise_e, std::sqrt(9 + 20 * 0.04), 0.1);
  EXPECT_FALSE(figures.is_quantised);
  EXPECT_NEAR(figures.dark_current_e_s, sensor.dark_e_s, 0.03 * sensor.dark_e_s);
  EXPECT_NEAR(figures.dark_offset_dn, sensor.black, 0.05);
  EXPECT_NEAR(figures.full_well_e, sensor.full_well_e, 0.02 * sensor.full_well_e);
  EXPECT_LT(figures.saturation_e, figures.full_well_e);
  EXPECT_GT(figures.saturation_e, 0.9 * figures.full_well_e);
  EXPECT_LT(figures.linearity_error, 0.005);
}

TEST(Emva1288, FindsThePatternUnderTheNoise) {
  Sensor sensor;
  PlaneStack half, dark;
  for (int i = 0; i < 32; ++i) {
    half.add(sensor.plane(4500, 0));
    dark.add(sensor.plane(0, 0));
  }
  EXPECT_NEAR(prnu_of(half, dark), sensor.prnu, 0.05 * sensor.prnu);
  EXPECT_NEAR(std::sqrt(dark.spatial_variance()) / sensor.gain, sensor.dsnu_e, 0.05 * sensor.dsnu_e);
  EXPECT_NEAR(dark.mean(), sensor.black, 0.05);
}

TEST(Emva1288, ASensorThatQuantisationHidesIsSaid) {
  Sensor sensor;
  sensor.read_e = 0.5;
  std::vector<TransferStep> steps;
  for (int i = 1; i <= 24; ++i) {
    const double photons = 11'000.0 * i / 24;
    steps.push_back({0.001, photons, sensor.pair(photons, 0), sensor.pair(0, 0)});
  }
  EXPECT_TRUE(evaluate_transfer(steps).is_quantised);
}

TEST(Emva1288, ASeriesThatIsTooShortIsRefused) {
  Sensor sensor;
  std::vector<TransferStep> steps;
  EXPECT_THROW(evaluate_transfer(steps), InfraError);
  for (int i = 1; i <= 30; ++i) steps.push_back({0.001, 100.0 * i, sensor.pair(100.0 * i, 0), sensor.pair(0, 0)});
  EXPECT_THROW(evaluate_transfer(steps), InfraError) << "it never saturates";
}

}  // namespace
}  // namespace saksi::sim
