// Goal: raw in, right picture out, to the bit the same everywhere. Method: BT.709's own formulas in floating point as the reference, mosaics
// of even colour, odd sizes, and the checksum of one picture as a golden value.
#include "hw-models/isp/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/seed_stream.h"
#include "base/sha256.h"
#include "hw-models/isp/statistics.h"

namespace saksi::hw {
namespace {

/// A picture in memory, with guard bytes that must stay untouched.
struct Output {
  explicit Output(const IspSettings& s) : width(padded_to_16(s.out_width)), height(padded_to_16(s.out_height)) {
    stride = width + 16;
    luma.assign(static_cast<size_t>(stride) * static_cast<size_t>(height), kGuard);
    chroma.assign(static_cast<size_t>(stride) * static_cast<size_t>(height) / 2, kGuard);
  }
  Nv12Planes planes() { return Nv12Planes{luma.data(), chroma.data(), static_cast<size_t>(stride)}; }
  int y(int column, int row) const { return luma[static_cast<size_t>(row * stride + column)]; }
  int cb(int column, int row) const { return chroma[static_cast<size_t>(row * stride + 2 * column)]; }
  int cr(int column, int row) const { return chroma[static_cast<size_t>(row * stride + 2 * column + 1)]; }

  static constexpr uint8_t kGuard = 0xA5;
  int width, height, stride;
  std::vector<uint8_t> luma, chroma;
};

IspSettings settings(int in_width, int in_height, int out_width, int out_height) {
  IspSettings s;
  s.in_width = s.crop_width = in_width;
  s.in_height = s.crop_height = in_height;
  s.out_width = out_width;
  s.out_height = out_height;
  return s;
}

std::vector<uint16_t> mosaic(int width, int height, uint16_t red, uint16_t green, uint16_t blue) {
  std::vector<uint16_t> raw(static_cast<size_t>(width) * static_cast<size_t>(height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int place = (y & 1) + (x & 1);
      raw[static_cast<size_t>(y * width + x)] = place == 0 ? red : place == 1 ? green : blue;
    }
  }
  return raw;
}

std::vector<uint16_t> noise(int width, int height, uint64_t seed) {
  SeedStream random(seed, "isp test");
  std::vector<uint16_t> raw(static_cast<size_t>(width) * static_cast<size_t>(height));
  for (uint16_t& sample : raw) sample = static_cast<uint16_t>(64 + random.below(900));
  return raw;
}

TEST(IspPipeline, MatrixIsBt709LimitedRange) {
  for (int red = 0; red <= 4095; red += 455) {
    for (int green = 0; green <= 4095; green += 455) {
      for (int blue = 0; blue <= 4095; blue += 455) {
        const double r = red / 4095.0, g = green / 4095.0, b = blue / 4095.0;
        const double luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
        const Yuv yuv = bt709_yuv(red, green, blue);
        ASSERT_NEAR(yuv.y, 16 + 219 * luma, 0.51);
        ASSERT_NEAR(yuv.cb, 128 + 224 * (b - luma) / 1.8556, 0.51);
        ASSERT_NEAR(yuv.cr, 128 + 224 * (r - luma) / 1.5748, 0.51);
      }
    }
  }
}

TEST(IspPipeline, MatrixAtTheCorners) {
  const auto expect = [](int red, int green, int blue, int y, int cb, int cr) {
    const Yuv yuv = bt709_yuv(red * 4095, green * 4095, blue * 4095);
    EXPECT_EQ(yuv.y, y);
    EXPECT_EQ(yuv.cb, cb);
    EXPECT_EQ(yuv.cr, cr);
  };
  expect(0, 0, 0, 16, 128, 128);
  expect(1, 1, 1, 235, 128, 128);
  expect(1, 0, 0, 63, 102, 240);
  expect(0, 1, 0, 173, 42, 26);
  expect(0, 0, 1, 32, 240, 118);
}

TEST(IspPipeline, GreyHasNoColourAtAnyLevel) {
  for (int level = 0; level <= 4095; ++level) {
    const Yuv yuv = bt709_yuv(level, level, level);
    ASSERT_EQ(yuv.cb, 128);
    ASSERT_EQ(yuv.cr, 128);
  }
}

TEST(IspPipeline, CurveIsBt709) {
  for (int i = 0; i <= 4095; ++i) {
    const double linear = i / 4095.0;
    const double coded = linear < 0.018 ? 4.5 * linear : 1.099 * std::pow(linear, 0.45) - 0.099;
    ASSERT_NEAR(bt709_curve()[static_cast<size_t>(i)], coded * 4095, 0.501);
  }
}

TEST(BoxWeights, EveryOutputsWeightsAddUpAndEveryInputCountsAlike) {
  for (const auto& [inputs, outputs] : {std::pair{820, 640}, {820, 352}, {616, 286}, {1920, 1920}, {1640, 1280}, {461, 360}, {3280, 64}}) {
    BoxWeights box;
    box.set(inputs, outputs);
    std::vector<int> used(static_cast<size_t>(inputs), 0);
    for (int i = 0; i < outputs; ++i) {
      int sum = 0;
      ASSERT_GE(box.first(i), 0);
      ASSERT_LE(box.first(i) + box.taps(), inputs);
      for (int k = 0; k < box.taps(); ++k) {
        ASSERT_GE(box.weights(i)[k], 0);
        sum += box.weights(i)[k];
        used[static_cast<size_t>(box.first(i) + k)] += box.weights(i)[k];
      }
      ASSERT_EQ(sum, 1 << BoxWeights::kBits);
    }
    const double each = static_cast<double>(outputs) * (1 << BoxWeights::kBits) / inputs;
    for (int count : used) ASSERT_NEAR(count, each, box.taps() + 1.0);
  }
}

TEST(IspPipeline, EvenColourComesOutEven) {
  IspSettings s = settings(128, 96, 100, 66);
  s.gamma = false;
  IspPipeline pipeline;
  Output out(s);
  const uint64_t sum = pipeline.process(s, mosaic(128, 96, 64 + 200, 64 + 400, 64 + 600).data(), out.planes());
  const Yuv expected = bt709_yuv(200 * 4095 / 959, 400 * 4095 / 959, 600 * 4095 / 959);
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) ASSERT_NEAR(out.y(x, y), expected.y, 1) << x << " " << y;
  }
  for (int y = 0; y < out.height / 2; ++y) {
    for (int x = 0; x < out.width / 2; ++x) {
      ASSERT_NEAR(out.cb(x, y), expected.cb, 1);
      ASSERT_NEAR(out.cr(x, y), expected.cr, 1);
    }
  }
  EXPECT_EQ(sum, static_cast<uint64_t>(out.y(0, 0)) * 100 * 66);
}

TEST(IspPipeline, BlackIsBlackAndTheConvertersEndIsWhite) {
  const IspSettings s = settings(64, 64, 64, 64);
  IspPipeline pipeline;
  Output out(s);
  pipeline.process(s, mosaic(64, 64, 64, 64, 64).data(), out.planes());
  EXPECT_EQ(out.y(5, 5), 16);
  pipeline.process(s, mosaic(64, 64, 1023, 1023, 1023).data(), out.planes());
  EXPECT_EQ(out.y(5, 5), 235);
  EXPECT_EQ(out.cb(5, 5), 128);
}

TEST(IspPipeline, WhiteBalanceMakesGreyNeutral) {
  IspSettings s = settings(64, 64, 64, 64);
  s.red_gain = 502;
  s.blue_gain = 557;
  IspPipeline pipeline;
  Output out(s);
  for (int green : {50, 200, 450}) {
    const auto raw =
        mosaic(64, 64, static_cast<uint16_t>(64.5 + green * 0.51), static_cast<uint16_t>(64 + green), static_cast<uint16_t>(64.5 + green * 0.46));
    pipeline.process(s, raw.data(), out.planes());
    EXPECT_NEAR(out.cb(8, 8), 128, 1);
    EXPECT_NEAR(out.cr(8, 8), 128, 1);
  }
}

TEST(IspPipeline, ScalingKeepsTheMean) {
  const std::vector<uint16_t> raw = noise(820, 616, 3);
  double mean_raw[3] = {0, 0, 0};
  for (size_t i = 0; i < raw.size(); ++i) mean_raw[(i / 820 & 1) + (i % 820 & 1)] += raw[i] - 64.0;
  mean_raw[0] /= 820.0 * 616 / 4;
  mean_raw[1] /= 820.0 * 616 / 2;
  mean_raw[2] /= 820.0 * 616 / 4;
  const double expected = 16 + 219 * (0.2126 * mean_raw[0] + 0.7152 * mean_raw[1] + 0.0722 * mean_raw[2]) / 959;
  for (const auto& [width, height] : {std::pair{640, 480}, {352, 264}, {350, 286}, {64, 64}, {818, 614}}) {
    IspSettings s = settings(820, 616, width, height);
    s.gamma = false;
    IspPipeline pipeline;
    Output out(s);
    const uint64_t sum = pipeline.process(s, raw.data(), out.planes());
    EXPECT_NEAR(static_cast<double>(sum) / (width * height), expected, 0.1) << width;
  }
}

TEST(IspPipeline, PicturesKeepTheirPlace) {
  // One bright square in the crop; its centre of gravity must come out where it went in.
  const int kWidth = 200, kHeight = 160;
  IspSettings s = settings(kWidth, kHeight, 80, 64);
  s.crop_x = 20;
  s.crop_y = 10;
  s.crop_width = 160;
  s.crop_height = 128;
  s.gamma = false;
  std::vector<uint16_t> raw = mosaic(kWidth, kHeight, 64, 64, 64);
  for (int y = 70; y < 90; ++y) {
    for (int x = 120; x < 150; ++x) raw[static_cast<size_t>(y * kWidth + x)] = 900;
  }
  IspPipeline pipeline;
  Output out(s);
  pipeline.process(s, raw.data(), out.planes());
  double total = 0, x_sum = 0, y_sum = 0;
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 80; ++x) {
      const double level = out.y(x, y) - 16;
      total += level;
      x_sum += level * (x + 0.5);
      y_sum += level * (y + 0.5);
    }
  }
  EXPECT_NEAR(x_sum / total, (135.0 - 20) / 2, 0.05);
  EXPECT_NEAR(y_sum / total, (80.0 - 10) / 2, 0.05);
}

TEST(IspPipeline, PaddingRepeatsTheEdgeAndNothingElseIsWritten) {
  const IspSettings s = settings(820, 616, 350, 286);
  IspPipeline pipeline;
  Output out(s);
  pipeline.process(s, noise(820, 616, 4).data(), out.planes());
  ASSERT_EQ(out.width, 352);
  ASSERT_EQ(out.height, 288);
  for (int y = 0; y < 288; ++y) {
    const int inside = std::min(y, 285);
    for (int x = 350; x < 352; ++x) ASSERT_EQ(out.y(x, y), out.y(349, inside));
    ASSERT_EQ(out.y(100, y), out.y(100, inside));
    for (int x = 352; x < out.stride; ++x) ASSERT_EQ(out.y(x, y), Output::kGuard);
  }
  for (int y = 0; y < 144; ++y) {
    const int inside = std::min(y, 142);
    ASSERT_EQ(out.cb(175, y), out.cb(174, inside));
    ASSERT_EQ(out.cr(175, y), out.cr(174, inside));
    for (int x = 352; x < out.stride; ++x) ASSERT_EQ(out.chroma[static_cast<size_t>(y * out.stride + x)], Output::kGuard);
  }
}

TEST(IspPipeline, ChangedSettingsLeaveNothingBehind) {
  const std::vector<uint16_t> raw = noise(820, 616, 5);
  const IspSettings small = settings(820, 616, 352, 288);
  IspSettings large = settings(820, 616, 640, 480);
  large.red_gain = 400;
  large.gamma = false;
  IspPipeline used;
  Output scratch(large);
  used.process(large, raw.data(), scratch.planes());
  Output second(small);
  used.process(small, raw.data(), second.planes());
  IspPipeline fresh;
  Output first(small);
  fresh.process(small, raw.data(), first.planes());
  EXPECT_EQ(first.luma, second.luma);
  EXPECT_EQ(first.chroma, second.chroma);
}

TEST(IspPipeline, RefusesImpossibleGeometry) {
  EXPECT_TRUE(settings(820, 616, 640, 480).valid());
  EXPECT_FALSE(settings(820, 616, 822, 480).valid());
  EXPECT_FALSE(settings(820, 616, 641, 480).valid());
  EXPECT_FALSE(settings(820, 616, 62, 480).valid());
  IspSettings s = settings(820, 616, 640, 480);
  s.crop_x = 2;
  EXPECT_FALSE(s.valid());
  s = settings(820, 616, 640, 480);
  s.crop_y = 1;
  EXPECT_FALSE(s.valid());
  s = settings(0, 0, 0, 0);
  EXPECT_FALSE(s.valid());
}

// Another compiler, optimiser or machine must give the same picture.
TEST(IspPipeline, GoldenPicture) {
  IspSettings s = settings(820, 616, 352, 288);
  s.red_gain = 502;
  s.blue_gain = 557;
  IspPipeline pipeline;
  Output out(s);
  pipeline.process(s, noise(820, 616, 6).data(), out.planes());
  std::string bytes(out.luma.begin(), out.luma.end());
  bytes.append(out.chroma.begin(), out.chroma.end());
  EXPECT_EQ(hex(sha256(bytes)), "e49f5ac436b7a93b3a0f7a57072f03a763c7fba3fe7015f4ac56c7b634a7c4ad");
}

// A sensor need not make what nothing depends on: with other numbers there the picture and its statistics are the same.
TEST(IspPipeline, RowsBeyondTheOnesThatItNamesCountForNothing) {
  SeedStream random(5, "rows");
  constexpr int kWidth = 96, kHeight = 128;
  for (int i = 0; i < 60; ++i) {
    IspSettings s = settings(kWidth, kHeight, 64, 64);
    s.crop_height = 64 + 2 * static_cast<int>(random.below(33));
    s.crop_y = 2 * static_cast<int>(random.below(static_cast<uint64_t>(kHeight - s.crop_height) / 2 + 1));
    s.defect_threshold = random.below(2) == 0 ? 0 : 60;
    s.gradient_demosaic = random.below(2) == 0;
    s.luma_finish = {static_cast<int>(random.below(8)), 20, 4};
    ASSERT_TRUE(s.valid());
    const std::vector<uint16_t> raw = noise(kWidth, kHeight, random.next());
    std::vector<uint16_t> other = noise(kWidth, kHeight, random.next());
    std::copy(raw.begin() + s.first_row() * kWidth, raw.begin() + s.end_row() * kWidth, other.begin() + s.first_row() * kWidth);
    Output a(s), b(s);
    IspPipeline pipeline;
    EXPECT_EQ(pipeline.process(s, raw.data(), a.planes()), pipeline.process(s, other.data(), b.planes()));
    EXPECT_EQ(a.luma, b.luma);
    EXPECT_EQ(a.chroma, b.chroma);
    const FrameStatistics of_raw = statistics_of(s, raw.data()), of_other = statistics_of(s, other.data());
    for (size_t zone = 0; zone < of_raw.zones.size(); ++zone) EXPECT_EQ(of_raw.zones[zone].green, of_other.zones[zone].green);
  }
}

}  // namespace
}  // namespace saksi::hw
