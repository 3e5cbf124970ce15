// The firmware's constant bit rate with the encoder's twin in its loop, over ten seconds: within 3 % of the rate, no picture above its bound, and a
// decoder's buffer that never runs dry.

#include "firmware-under-test/camera/rate_control.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "hw-models/h264/model/picture_coder.h"
#include "rtl/h264/tb/picture.h"

namespace saksi {
namespace {

using hw::h264::PictureCoder;
using hw::h264::PictureConfig;
using tb::Picture;

constexpr int kWidth = 352;
constexpr int kHeight = 288;
constexpr int kFps = 25;
constexpr int kGop = 25;
constexpr int kSeconds = 10;

struct Outcome {
  double rate = 0;         ///< bits a second
  double lowest_fill = 0;  ///< of the decoder's buffer after a picture was taken out, bytes
  int above_bound = 0;     ///< pictures
  double mean_qp = 0;
};

/// Codes ten seconds of pictures as the camera does.
Outcome code(uint32_t bit_rate, const std::function<Picture(int)>& source) {
  rate_control_t rate;
  rate_control_start(&rate, bit_rate, kFps, kGop, kWidth / 16 * kHeight / 16, 30);
  PictureCoder coder(hw::h264::BusTiming{});
  std::vector<uint8_t> pictures[2] = {std::vector<uint8_t>(kWidth * kHeight * 3 / 2), std::vector<uint8_t>(kWidth * kHeight * 3 / 2)};
  Outcome outcome;
  double fill = bit_rate / 8.0 * 3 / 4;
  outcome.lowest_fill = fill;
  double bytes = 0;
  for (int n = 0; n < kSeconds * kFps; ++n) {
    const Picture picture = source(n);
    const bool idr = n % kGop == 0;
    const rate_plan_t plan = rate_control_plan(&rate, idr);
    PictureConfig config;
    config.width_mbs = kWidth / 16;
    config.height_mbs = kHeight / 16;
    config.src_stride = config.rec_stride = kWidth;
    config.src_c = config.rec_c = config.ref_c = kWidth * kHeight;
    config.bs_size = 1 << 20;
    config.qp = static_cast<int>(plan.qp);
    config.idr = idr;
    config.inter = !idr;
    config.deblock = config.rate_control = true;
    config.frame_num = n % kGop % 16;
    config.qp_min = RATE_QP_MIN;
    config.qp_max = RATE_QP_MAX;
    config.row_bytes = plan.plan_bytes / (kHeight / 16);
    config.max_bytes = plan.max_bytes;
    std::vector<uint8_t>& made = pictures[n % 2];
    const std::vector<uint8_t>& reference = pictures[1 - n % 2];
    coder.code(config, {picture.luma(), picture.chroma(), made.data(), made.data() + kWidth * kHeight, reference.data(),
                        reference.data() + kWidth * kHeight});
    const auto size = static_cast<uint32_t>(coder.bytes().size());
    const uint32_t qp_sum = coder.counters().qp_sum;
    rate_control_took(&rate, idr, size, qp_sum * 16 / (kHeight / 16));
    outcome.above_bound += size > plan.max_bytes;
    outcome.mean_qp += qp_sum / (kHeight / 16.0) / (kSeconds * kFps);
    bytes += size;
    fill -= size;
    outcome.lowest_fill = std::min(outcome.lowest_fill, fill);
    fill = std::min(fill + bit_rate / 8.0 / kFps, bit_rate / 8.0);
  }
  outcome.rate = bytes * 8 / kSeconds;
  return outcome;
}

void expect_constant(uint32_t bit_rate, const std::function<Picture(int)>& source) {
  const Outcome outcome = code(bit_rate, source);
  std::printf("%7u bit/s: %+.2f %%, lowest buffer %.0f of %u bytes, mean QP %.1f\n", bit_rate, 100 * (outcome.rate / bit_rate - 1),
              outcome.lowest_fill, bit_rate / 8, outcome.mean_qp);
  EXPECT_NEAR(outcome.rate, bit_rate, 0.03 * bit_rate);
  EXPECT_GE(outcome.lowest_fill, 0);
  EXPECT_EQ(outcome.above_bound, 0);
}

class RateControl : public ::testing::TestWithParam<uint32_t> {};
INSTANTIATE_TEST_SUITE_P(BitRate, RateControl, ::testing::Values(250'000u, 500'000u, 1'000'000u, 2'000'000u));

TEST_P(RateControl, Clip) {
  tb::Clip clip(tb::Clip::default_path(), kWidth, kHeight);
  expect_constant(GetParam(), [&](int) {
    Picture picture;
    if (!clip.next(picture)) throw std::runtime_error("the clip is too short");
    return picture;
  });
}

TEST_P(RateControl, Pan) {
  expect_constant(GetParam(), [](int n) { return tb::texture(3 * n, 2 * n, kWidth, kHeight); });
}

// A new scene every two seconds, a flash of light in between.
TEST_P(RateControl, CutsAndFlashes) {
  expect_constant(GetParam(), [](int n) {
    Picture picture = tb::texture(n / 50 * 7000 + n % 50, 0, kWidth, kHeight);
    if (n % 50 == 30) {
      for (uint8_t& pixel : picture.pixels) pixel = static_cast<uint8_t>(std::min(255, pixel + 80));
    }
    return picture;
  });
}

// Calm and noise in turns: as hard as it can get. Noise cannot be coded in a low rate's share, so only the bound and the buffer hold then.
TEST(RateControlLimits, NoiseNeverEmptiesTheBuffer) {
  SeedStream random(1, "rate noise");
  for (const uint32_t bit_rate : {1'000'000u, 4'000'000u}) {
    const Outcome outcome = code(bit_rate, [&](int n) {
      if (n / 20 % 2 == 0) return tb::texture(n, 0, kWidth, kHeight);
      return tb::noise(random, kWidth, kHeight);
    });
    EXPECT_GE(outcome.lowest_fill, 0) << bit_rate;
    EXPECT_EQ(outcome.above_bound, 0) << bit_rate;
  }
}

}  // namespace
}  // namespace saksi
