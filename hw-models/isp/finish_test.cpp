// Goal: the noise filter takes noise and leaves edges, sharpening makes edges steeper and leaves noise. Method: rows by hand.
#include "hw-models/isp/finish.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/seed_stream.h"

namespace saksi::hw {
namespace {

constexpr int kWidth = 200, kRows = 60;

/// A step from 60 to 160 in column 100, with noise of +-`noise` steps; and what came of it, as bytes.
struct Plane {
  explicit Plane(int noise) : fine((kWidth + 2) * (kRows + 2)) {
    SeedStream random(3, "finish");
    for (size_t i = 0; i < fine.size(); ++i) {
      const int column = static_cast<int>(i % (kWidth + 2));
      fine[i] =
          static_cast<int16_t>(16 * (column <= 100 ? 60 : 160) + static_cast<int>(random.below(static_cast<uint64_t>(32 * noise + 1))) - 16 * noise);
    }
  }
  std::vector<uint8_t> finish(const FinishSettings& settings) const {
    std::vector<uint8_t> out(kWidth * kRows);
    for (int y = 0; y < kRows; ++y) {
      const int16_t* here = &fine[static_cast<size_t>(y + 1) * (kWidth + 2) + 1];
      finish_row(settings, here - (kWidth + 2), here, here + (kWidth + 2), kWidth, &out[static_cast<size_t>(y) * kWidth], 1);
    }
    return out;
  }
  std::vector<int16_t> fine;
};

double deviation(const std::vector<uint8_t>& out, int first, int last) {
  double n = 0, sum = 0, squares = 0;
  for (int y = 0; y < kRows; ++y) {
    for (int x = first; x < last; ++x) {
      const double value = out[static_cast<size_t>(y * kWidth + x)];
      n += 1;
      sum += value;
      squares += value * value;
    }
  }
  return std::sqrt(squares / n - sum * sum / n / n);
}

FinishSettings denoise(int limit) {
  FinishSettings settings;
  settings.denoise = limit;
  return settings;
}

TEST(Finish, NoiseIsHalvedAndTheEdgeStays) {
  const Plane plane(4);
  const std::vector<uint8_t> before = plane.finish({}), after = plane.finish(denoise(16 * 10));
  EXPECT_LT(deviation(after, 10, 90), 0.55 * deviation(before, 10, 90));
  double left = 0, right = 0;
  for (int y = 0; y < kRows; ++y) {
    left += after[static_cast<size_t>(y * kWidth + 99)];
    right += after[static_cast<size_t>(y * kWidth + 100)];
  }
  EXPECT_NEAR(left / kRows, 60, 1.2);
  EXPECT_NEAR(right / kRows, 160, 1.2);
}

TEST(Finish, SharpeningSteepensTheEdgeAndCoringSparesNoise) {
  FinishSettings sharp;
  sharp.gain = 16;
  const std::vector<uint8_t> edge = Plane(0).finish(sharp);
  EXPECT_LT(edge[99], 60 - 10);
  EXPECT_GT(edge[100], 160 + 10);
  EXPECT_EQ(edge[50], 60);
  const Plane noisy(3);
  sharp.coring = 16 * 6;
  EXPECT_NEAR(deviation(noisy.finish(sharp), 10, 90), deviation(noisy.finish({}), 10, 90), 0.02);
  sharp.coring = 0;
  EXPECT_GT(deviation(noisy.finish(sharp), 10, 90), 1.3 * deviation(noisy.finish({}), 10, 90));
}

TEST(Finish, StaysWithinWhatVideoMayHave) {
  std::vector<int16_t> dark(5, 16), light(5, 16 * 254);
  uint8_t out[3];
  FinishSettings sharp;
  sharp.gain = 255;
  finish_row(sharp, &light[1], &dark[1], &light[1], 3, out, 1);
  EXPECT_EQ(out[1], 1);
  finish_row(sharp, &dark[1], &light[1], &dark[1], 3, out, 1);
  EXPECT_EQ(out[1], 254);
}

}  // namespace
}  // namespace saksi::hw
