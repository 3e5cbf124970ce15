// Goal: what is done to the mosaic mends what it should, leaves the rest alone, and the gradient-corrected demosaic beats the bilinear one. Method:
// small mosaics by hand; a colour picture with detail, taken apart into a mosaic and put together by both.
#include "hw-models/isp/mosaic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/seed_stream.h"
#include "hw-models/isp/pipeline.h"

namespace saksi::hw {
namespace {

constexpr int kSide = 128;

/// Luma of the middle of a picture of kSide x kSide, linear and unscaled.
std::vector<uint8_t> picture_of(IspSettings s, const std::vector<uint16_t>& raw) {
  s.in_width = s.crop_width = s.out_width = kSide;
  s.in_height = s.crop_height = s.out_height = kSide;
  s.gamma = false;
  std::vector<uint8_t> bytes(kSide * kSide * 3 / 2);
  IspPipeline().process(s, raw.data(), {bytes.data(), bytes.data() + kSide * kSide, kSide});
  bytes.resize(kSide * kSide);
  return bytes;
}

std::vector<uint16_t> flat(int level) { return std::vector<uint16_t>(kSide * kSide, static_cast<uint16_t>(level)); }
size_t at(int x, int y) { return static_cast<size_t>(y * kSide + x); }

TEST(Defects, HotAndDeadPixelsAreGoneAndNothingElseChanges) {
  std::vector<uint16_t> raw = flat(400);
  SeedStream random(1, "defects");
  for (uint16_t& sample : raw) sample = static_cast<uint16_t>(sample + random.below(20));
  IspSettings s;
  s.defect_threshold = 32;
  const std::vector<uint8_t> sound = picture_of(s, raw);
  EXPECT_EQ(sound, picture_of(IspSettings(), raw)) << "noise is no defect";
  std::vector<uint16_t> broken = raw;
  broken[at(20, 30)] = 1023;
  broken[at(51, 60)] = 64;
  broken[at(0, 0)] = 1023;
  broken[at(kSide - 1, kSide - 1)] = 64;
  const std::vector<uint8_t> mended = picture_of(s, broken), raw_look = picture_of(IspSettings(), broken);
  int worst = 0, worst_before = 0;
  for (size_t i = 0; i < mended.size(); ++i) {
    worst = std::max(worst, std::abs(mended[i] - sound[i]));
    worst_before = std::max(worst_before, std::abs(raw_look[i] - sound[i]));
  }
  EXPECT_LE(worst, 4);
  EXPECT_GT(worst_before, 40);
}

TEST(Defects, LinesAndSpotsThatALensSpreadsStay) {
  std::vector<uint16_t> raw = flat(80);
  for (int y = 0; y < kSide; ++y) raw[at(40, y)] = 900;  // a line a single column wide
  for (int y = 70; y < 90; ++y) {
    for (int x = 70; x < 90; ++x) {
      const double distance = (x - 80.3) * (x - 80.3) + (y - 79.6) * (y - 79.6);
      raw[at(x, y)] = static_cast<uint16_t>(80 + 900 * std::exp(-distance / (2 * 1.4 * 1.4)));  // a star
    }
  }
  IspSettings s;
  s.defect_threshold = 32;
  EXPECT_EQ(picture_of(s, raw), picture_of(IspSettings(), raw));
}

TEST(Shading, UndoesTheFallOfALens) {
  constexpr double kK = 0.33, kRadius = 80;
  std::vector<uint16_t> raw = flat(0);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const double r2 = ((x - 60.0) * (x - 60) + (y - 70.0) * (y - 70)) / (kRadius * kRadius);
      raw[at(x, y)] = static_cast<uint16_t>(64.5 + 500 / ((1 + kK * r2) * (1 + kK * r2)));
    }
  }
  IspSettings s;
  s.shading_k = static_cast<int>(kK * 4096 + 0.5);
  s.shading_radius = 80;
  s.shading_x = 60;
  s.shading_y = 70;
  const std::vector<uint8_t> even = picture_of(s, raw);
  const int expected = bt709_yuv(500 * 4095 / 959, 500 * 4095 / 959, 500 * 4095 / 959).y;
  for (uint8_t luma : even) ASSERT_NEAR(luma, expected, 1);
  EXPECT_LT(picture_of(IspSettings(), raw)[0], expected - 30);
}

/// A picture with edges, stripes and colours that follow the brightness for the most part, as those of things do.
double colour_at(int colour, double x, double y) {
  const double rings = std::sin((x * x + y * y) / 260);
  const double edge = x + 0.4 * y > 90 ? 250 : 0;
  const double tint[] = {1.1, 1.0, 0.8};
  return 64 + tint[colour] * (250 + 110 * rings + edge) + 30 * std::sin(y / 17 + colour);
}

double psnr_of(bool gradient) {
  std::vector<uint16_t> raw = flat(0);
  std::vector<double> truth(raw.size());
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      raw[at(x, y)] = static_cast<uint16_t>(colour_at((x & 1) + (y & 1), x, y) + 0.5);
      const auto linear = [&](int colour) { return (colour_at(colour, x, y) - 64) / 959; };
      truth[at(x, y)] = 16 + 219 * (0.2126 * linear(0) + 0.7152 * linear(1) + 0.0722 * linear(2));
    }
  }
  IspSettings s;
  s.gradient_demosaic = gradient;
  const std::vector<uint8_t> picture = picture_of(s, raw);
  double squares = 0;
  for (size_t i = 0; i < picture.size(); ++i) squares += (picture[i] - truth[i]) * (picture[i] - truth[i]);
  return 10 * std::log10(219 * 219 / (squares / static_cast<double>(picture.size())));
}

TEST(Demosaic, GradientsMakeItBetterThanBilinearBy3Db) {
  const double bilinear = psnr_of(false), corrected = psnr_of(true);
  RecordProperty("bilinear_db", std::to_string(bilinear));
  RecordProperty("corrected_db", std::to_string(corrected));
  EXPECT_GT(corrected, bilinear + 3) << bilinear;
}

TEST(Demosaic, EvenColourAndRampsComeOutExactly) {
  std::vector<uint16_t> raw = flat(0);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) raw[at(x, y)] = static_cast<uint16_t>(100 + 3 * x + 2 * y);
  }
  IspSettings s;
  s.gradient_demosaic = true;
  const std::vector<uint8_t> picture = picture_of(s, raw);
  for (int y = 2; y < kSide - 2; ++y) {
    for (int x = 2; x < kSide - 2; ++x) ASSERT_NEAR(picture[at(x, y)], 16 + 219 * (36 + 3 * x + 2 * y) / 959.0, 0.7);
  }
}

TEST(ColourMatrix, RowsAreTheOutputsColours) {
  std::vector<uint16_t> raw = flat(0);
  const int levels[] = {200, 400, 600};
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) raw[at(x, y)] = static_cast<uint16_t>(64 + levels[(x & 1) + (y & 1)]);
  }
  IspSettings s;
  s.colour_matrix = {1536, -512, 0, -256, 1408, -128, 0, -1024, 2047};
  const double red = 1.5 * 200 - 0.5 * 400, green = -0.25 * 200 + 1.375 * 400 - 0.125 * 600, blue = -400 + 600 * 2047.0 / 1024;
  EXPECT_NEAR(picture_of(s, raw)[at(64, 64)], 16 + 219 * (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 959, 0.7);
  s.colour_matrix = {-1024, 0, 0, 0, -1024, 0, 0, 0, -1024};
  EXPECT_EQ(picture_of(s, raw)[at(64, 64)], 16);
}

}  // namespace
}  // namespace saksi::hw
