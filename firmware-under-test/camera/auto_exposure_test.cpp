// Goal: exposure settles in under a second for steps of light of 100 to 1 both ways and stays there, spares highlights, and does not flicker. Method:
// a camera in numbers: light times exposure, clipped at white, settings that hold two frames later.
#include "firmware-under-test/camera/auto_exposure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

namespace {

constexpr double kWhite = 959 * 32;

class Camera {
 public:
  explicit Camera(uint32_t mains_hz = 50, uint32_t longest_us = 10000, int delay = 2) {
    auto_exposure_init(&ae, mains_hz, longest_us);
    in_force_.assign(static_cast<size_t>(delay), auto_exposure_setting(&ae));
  }

  /// One frame of a scene of grey with a part `highlight` that is eight times brighter; `light` is the mean at 1 us and gain 1, of white. Returns the
  /// mean of the frame, of white.
  double frame(double light, double highlight = 0) {
    const exposure_t used = in_force_.front();
    in_force_.pop_front();
    const double level = light * used.exposure_us * used.gain_percent / 100 * used.digital_gain / 256;
    const double grey = std::min(level, 1.0), bright = std::min(8 * level, 1.0);
    const double mean = (1 - highlight) * grey + highlight * bright;
    isp_statistics_t statistics;
    clipped = (grey >= 1 ? 1 - highlight : 0) + (bright >= 1 ? highlight : 0);
    for (isp_zone_t& zone : statistics.zones) {
      zone.red = zone.green = zone.blue = static_cast<uint16_t>(mean * kWhite);
      zone.clipped = static_cast<uint16_t>(clipped * 65535);
    }
    if (wait_ > 0) --wait_;
    if (wait_ == 0 && auto_exposure_step(&ae, &statistics, 256, 256)) wait_ = AUTO_EXPOSURE_LATENCY;
    in_force_.push_back(auto_exposure_setting(&ae));
    return mean;
  }

  auto_exposure_t ae;
  double clipped = 0;

 private:
  std::deque<exposure_t> in_force_;
  int wait_ = 0;
};

/// Frames until the mean is within a tenth of the last one, and stays.
int frames_to_settle(Camera& camera, double light) {
  std::vector<double> means;
  for (int i = 0; i < 120; ++i) means.push_back(camera.frame(light));
  int settled = 120;
  while (settled > 0 && std::abs(means[static_cast<size_t>(settled - 1)] / means.back() - 1) < 0.1) --settled;
  EXPECT_NEAR(means.back(), 0.18, 0.18 * 0.06);
  return settled;
}

TEST(AutoExposure, SettlesInUnderASecondAfterStepsOf100To1BothWays) {
  for (int delay : {2, 3}) {
    for (double dim : {5e-7, 3e-6, 1.5e-5}) {
      Camera camera(50, 10000, delay);
      frames_to_settle(camera, dim);
      EXPECT_LT(frames_to_settle(camera, 100 * dim), 14) << dim << " " << delay << ": at 15 frames/s a second is 15 frames";
      EXPECT_LT(frames_to_settle(camera, dim), 14) << dim << " " << delay;
    }
  }
}

TEST(AutoExposure, SmallChangesOfLightChangeNothing) {
  Camera camera;
  frames_to_settle(camera, 1e-6);
  const uint32_t before = camera.ae.product;
  for (int i = 0; i < 30; ++i) camera.frame(1e-6 * (1 + 0.01 * (i % 3 - 1)));
  EXPECT_EQ(camera.ae.product, before);
}

TEST(AutoExposure, HighlightsAreSparedButNotAtAnyPrice) {
  Camera window;
  for (int i = 0; i < 90; ++i) window.frame(1e-6, 0.1);
  EXPECT_EQ(window.clipped, 0) << "a tenth of the picture eight times brighter need not clip";
  std::vector<double> means;
  for (int i = 0; i < 30; ++i) means.push_back(window.frame(1e-6, 0.1));
  EXPECT_EQ(*std::min_element(means.begin(), means.end()), *std::max_element(means.begin(), means.end())) << "no oscillation";
  EXPECT_GT(means.back(), 0.05);
}

TEST(AutoExposure, ExposuresAreWholePeriodsOfFlickerUnlessItIsTooBright) {
  for (uint32_t mains : {50u, 60u}) {
    auto_exposure_t ae;
    auto_exposure_init(&ae, mains, 33000);
    const uint32_t period = 1000000 / (2 * mains);
    for (uint64_t product = 8000; product < 100000000; product = product * 21 / 20) {
      ae.product = static_cast<uint32_t>(product);
      const exposure_t e = auto_exposure_setting(&ae);
      EXPECT_LE(e.exposure_us, 33000u);
      if (product >= 100 * period) {
        EXPECT_EQ(e.exposure_us % period, 0u) << product;
      } else {
        EXPECT_EQ(e.gain_percent, 100u) << product;
      }
      if (e.digital_gain > 256) {
        EXPECT_EQ(e.gain_percent, 1066u);
      }
      EXPECT_NEAR(e.exposure_us * (e.gain_percent / 100.0) * e.digital_gain / 256, product / 100.0, product / 100.0 * 0.02);
    }
  }
}

TEST(AutoExposure, AtLeastOnePeriodAndNothingWithoutLight) {
  auto_exposure_t ae;
  auto_exposure_init(&ae, 60, 8000);
  EXPECT_EQ(ae.longest_us, 8333u);
  isp_statistics_t nothing = {};
  EXPECT_FALSE(auto_exposure_step(&ae, &nothing, 256, 256));
}

}  // namespace
