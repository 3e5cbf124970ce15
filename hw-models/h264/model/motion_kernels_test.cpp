// The pixel loops that this machine runs against the portable ones, on noise and on the black and white that makes filters overshoot.

#include "hw-models/h264/model/motion_kernels.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/seed_stream.h"

namespace saksi::hw::h264::motion {
namespace {

constexpr int kStride = 40;

class MotionKernels : public ::testing::Test {
 protected:
  std::vector<uint8_t> pixels(bool extremes) {
    std::vector<uint8_t> out(kStride * 32);
    for (uint8_t& pixel : out) pixel = static_cast<uint8_t>(extremes ? random_.below(2) * 255 : random_.next());
    return out;
  }
  SeedStream random_{1, "motion kernels"};
};

TEST_F(MotionKernels, Sads) {
  for (int n = 0; n < 200; n++) {
    const std::vector<uint8_t> a = pixels(n % 2);
    const std::vector<uint8_t> b = pixels(n % 4 == 1);
    EXPECT_EQ(kernels::sad16(&a[0], kStride, &b[n % 16], kStride), portable::sad16(&a[0], kStride, &b[n % 16], kStride));
    EXPECT_EQ(kernels::sad8(&a[0], kStride, &b[n % 16], kStride), portable::sad8(&a[0], kStride, &b[n % 16], kStride));
    EXPECT_EQ(kernels::sad8_mean(&a[0], kStride, &b[0], &b[64]), portable::sad8_mean(&a[0], kStride, &b[0], &b[64]));
    std::vector<uint8_t> means(128), expected(128);
    kernels::mean8(&a[0], &b[0], means.data());
    portable::mean8(&a[0], &b[0], expected.data());
    EXPECT_EQ(means, expected);
  }
}

TEST_F(MotionKernels, Interpolation) {
  for (int n = 0; n < 4000; n++) {
    const std::vector<uint8_t> from = pixels(n % 2);
    const Quadrant quadrant = {n / 2 % 2, n / 4 % 2};
    Planes planes;
    Planes expected;
    kernels::interpolate8(&from[n % 8], kStride, quadrant, planes);
    portable::interpolate8(&from[n % 8], kStride, quadrant, expected);
    for (int i = 0; i < 256; i++) ASSERT_EQ(planes.pixels[i / 64][i % 64], expected.pixels[i / 64][i % 64]) << "sample " << i / 64;
  }
}

/// Rows of one colour and columns of the other sign drive the sums of the second filter to their ends.
TEST_F(MotionKernels, InterpolationAtItsEnds) {
  for (int pattern = 0; pattern < 4096; pattern++) {
    std::vector<uint8_t> from(kStride * 32);
    for (int i = 0; i < kStride * 32; i++) from[i] = (pattern >> (i % kStride % 6) ^ pattern >> (6 + i / kStride % 6)) & 1 ? 255 : 0;
    Planes planes;
    Planes expected;
    kernels::interpolate8(from.data(), kStride, {}, planes);
    portable::interpolate8(from.data(), kStride, {}, expected);
    for (int i = 0; i < 64; i++) ASSERT_EQ(planes.pixels[kBoth][i], expected.pixels[kBoth][i]) << "pattern " << pattern << ", pixel " << i;
  }
}

TEST_F(MotionKernels, Chroma) {
  for (int n = 0; n < 64 * 8; n++) {
    const std::vector<uint8_t> from = pixels(n >= 256);
    std::vector<uint8_t> out(128), expected(128);
    kernels::chroma4(&from[0], kStride, n % 8, n / 8 % 8, &out[0], &out[64]);
    portable::chroma4(&from[0], kStride, n % 8, n / 8 % 8, &expected[0], &expected[64]);
    ASSERT_EQ(out, expected);
  }
}

}  // namespace
}  // namespace saksi::hw::h264::motion
