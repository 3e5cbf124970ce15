// Goal: the light that a scene gives is the lux seconds that its numbers say, at the right place and time. Method: even pictures whose
// integral is known, and clips and light codes that change within the exposure.
#include "sim/scene/picture_scene.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/light_code.h"
#include "sim/scene/clip_source.h"
#include "sim/scene/colour.h"
#include "sim/scene/pattern_source.h"
#include "sim/scene/still_source.h"
#include "sim/scene/test_clip.h"

namespace saksi::sim {
namespace {

hw::SampleGrid whole_field(int columns, int rows) {
  hw::SampleGrid grid;
  grid.field_width = grid.width = 3280;
  grid.field_height = grid.height = 2464;
  grid.columns = columns;
  grid.rows = rows;
  return grid;
}

struct Row {
  std::vector<float> red, green, blue;
};

Row expose(PictureScene& scene, const hw::SampleGrid& grid, int row, int64_t t0_ns, int64_t t1_ns) {
  Row out;
  for (auto* plane : {&out.red, &out.green, &out.blue}) plane->assign(static_cast<size_t>(grid.columns), -1.0f);
  scene.expose_row(grid, row, t0_ns, t1_ns, hw::RowExposure{out.red.data(), out.green.data(), out.blue.data()});
  return out;
}

PictureSceneConfig plain(double lux = 500) {
  PictureSceneConfig config;
  config.light.lux = lux;
  config.light_code = false;
  return config;
}

TEST(PictureScene, AGreyCardUnderFiveHundredLux) {
  PictureSceneConfig config = plain();
  config.white_reflectance = 0.4;
  PictureScene scene(config, std::make_unique<StillSource>(StillSource::uniform(255)));
  const Row row = expose(scene, whole_field(820, 616), 300, 0, 10'000'000);
  for (size_t x = 0; x < 820; ++x) {
    ASSERT_NEAR(row.red[x], 2.0, 1e-5);
    ASSERT_NEAR(row.green[x], 2.0, 1e-5);
    ASSERT_NEAR(row.blue[x], 2.0, 1e-5);
  }
}

TEST(PictureScene, LightIsIntegratedOverEveryPictureOfTheExposure) {
  // Frames of 100 ms: black, then white.
  PictureScene scene(plain(1000), std::make_unique<ClipSource>(write_test_clip("a.y4m", {16, 235, 16, 235}), ClipSource::AtEnd::kHold));
  const hw::SampleGrid grid = whole_field(82, 61);
  EXPECT_NEAR(expose(scene, grid, 5, 90'000'000, 130'000'000).green[9], 1000 * 0.030, 1e-3);
  EXPECT_NEAR(expose(scene, grid, 5, 50'000'000, 350'000'000).green[9], 1000 * 0.150, 1e-3);
  EXPECT_NEAR(expose(scene, grid, 5, 0, 100'000'000).green[9], 0, 1e-3);
  EXPECT_NEAR(expose(scene, grid, 5, 100'000'000, 200'000'000).green[9], 100, 1e-3);
}

TEST(PictureScene, OnlyTheWantedColoursAreWritten) {
  PictureScene scene(plain(), std::make_unique<StillSource>(StillSource::uniform(255)));
  std::vector<float> green(82, -1.0f);
  scene.expose_row(whole_field(82, 61), 3, 0, 1'000'000, hw::RowExposure{nullptr, green.data(), nullptr});
  EXPECT_NEAR(green[40], 0.5, 1e-6);
}

TEST(PictureScene, AnswersDoNotDependOnWhatWasAskedBefore) {
  const auto make = [] { return PictureScene(PictureSceneConfig(), std::make_unique<PatternSource>(PatternSource::Kind::kPan, 3)); };
  PictureScene one = make();
  PictureScene other = make();
  const hw::SampleGrid grid = whole_field(820, 616);
  const hw::SampleGrid small = whole_field(410, 308);
  expose(other, small, 7, 900'000'000, 950'000'000);
  expose(other, grid, 100, 2'000'000'000, 2'010'000'000);
  for (int row = 120; row < 130; ++row) {
    const Row a = expose(one, grid, row, 1'000'000'000 + row * 18'904, 1'010'000'000 + row * 18'904);
    const Row b = expose(other, grid, row, 1'000'000'000 + row * 18'904, 1'010'000'000 + row * 18'904);
    ASSERT_EQ(a.red, b.red);
    ASSERT_EQ(a.green, b.green);
    ASSERT_EQ(a.blue, b.blue);
  }
}

TEST(PictureScene, APartOfTheFieldSeesThatPartOfThePicture) {
  PictureScene scene(plain(), std::make_unique<PatternSource>(PatternSource::Kind::kPan, 3));
  const hw::SampleGrid whole = whole_field(820, 616);
  hw::SampleGrid part = whole;
  part.x = 400;
  part.y = 800;
  part.width = 1200;
  part.height = 400;
  part.columns = 300;
  part.rows = 100;
  const Row expected = expose(scene, whole, 200 + 30, 0, 1'000'000);
  const Row row = expose(scene, part, 30, 0, 1'000'000);
  for (size_t x = 0; x < 300; ++x) ASSERT_NEAR(row.green[x], expected.green[100 + x], 1e-5);
}

TEST(PictureScene, AWideClipIsCutAtItsSidesAndATallOneAboveAndBelow) {
  Picture wide;
  wide.width = 400;
  wide.height = 100;
  wide.rgb.assign(3 * 400 * 100, 0);
  for (size_t y = 0; y < 100; ++y) {
    for (size_t x = 3 * 133; x < 3 * 267; ++x) wide.rgb[y * 1200 + x] = 255;
  }
  PictureScene scene(plain(), std::make_unique<StillSource>(wide));
  const Row row = expose(scene, whole_field(82, 61), 30, 0, 1'000'000);
  for (size_t x = 1; x < 81; ++x) ASSERT_NEAR(row.green[x], 0.5, 1e-5) << x;

  Picture tall;
  tall.width = 100;
  tall.height = 400;
  tall.rgb.assign(3 * 100 * 400, 0);
  for (size_t y = 162; y < 238; ++y) std::fill_n(&tall.rgb[y * 300], 300, uint8_t{255});
  PictureScene upright(plain(), std::make_unique<StillSource>(tall));
  for (int y = 0; y < 61; ++y) ASSERT_NEAR(expose(upright, whole_field(82, 61), y, 0, 1'000'000).green[40], 0.5, 1e-5) << y;
}

TEST(PictureScene, ResamplingKeepsTheMean) {
  PatternSource pattern(PatternSource::Kind::kNoise, 5);
  const Picture& picture = pattern.picture(0);
  double expected = 0;
  for (size_t i = 1; i < picture.rgb.size(); i += 3) expected += srgb_to_linear()[picture.rgb[i]];
  expected /= 640.0 * 480;
  for (const auto& [columns, rows] : {std::pair{820, 616}, {3280, 2464}, {64, 48}}) {
    // A field of exactly the picture's shape, so that nothing is cut.
    hw::SampleGrid grid = whole_field(columns, rows);
    grid.field_height = grid.height = 2460;
    PictureScene scene(plain(1000), std::make_unique<PatternSource>(PatternSource::Kind::kNoise, 5));
    double sum = 0;
    for (int row = 0; row < rows; ++row) {
      for (const float value : expose(scene, grid, row, 0, 1'000'000).green) sum += value;
    }
    EXPECT_NEAR(sum / columns / rows, expected, 2e-4) << columns;
  }
}

TEST(PictureScene, WarmLightHasMoreRedAndTheSameLuminance) {
  PictureSceneConfig config = plain(1000);
  config.light.kelvin = 3000;
  PictureScene scene(config, std::make_unique<StillSource>(StillSource::uniform(255)));
  const Row row = expose(scene, whole_field(82, 61), 3, 0, 1'000'000);
  EXPECT_GT(row.red[0], 1.5f * row.green[0]);
  EXPECT_LT(row.blue[0], 0.5f * row.green[0]);
  EXPECT_NEAR(0.2126 * row.red[0] + 0.7152 * row.green[0] + 0.0722 * row.blue[0], 1.0, 1e-3);
}

TEST(Colour, IlluminantsHaveTheirKnownChromaticities) {
  // Correlated colour temperatures and xy of CIE illuminants A and D50, and of D65 at 6504 K.
  const auto chromaticity = [](const std::array<float, 3>& c) {
    const double x = 0.4123908 * c[0] + 0.3575843 * c[1] + 0.1804808 * c[2];
    const double y = 0.2126390 * c[0] + 0.7151687 * c[1] + 0.0721923 * c[2];
    const double z = 0.0193308 * c[0] + 0.1191948 * c[1] + 0.9505322 * c[2];
    return std::pair{x / (x + y + z), y / (x + y + z)};
  };
  const auto near = [&](double kelvin, double x, double y) {
    EXPECT_NEAR(chromaticity(illuminant_colour(kelvin)).first, x, 0.001) << kelvin;
    EXPECT_NEAR(chromaticity(illuminant_colour(kelvin)).second, y, 0.001) << kelvin;
  };
  near(2856, 0.4476, 0.4074);
  near(5003, 0.3457, 0.3585);
  near(6504, 0.3127, 0.3290);
  near(0, 0.3127, 0.3290);
  near(10000, 0.2788, 0.2920);
}

TEST(Colour, SrgbTableMeetsTheStandard) {
  EXPECT_EQ(srgb_to_linear()[0], 0.0f);
  EXPECT_FLOAT_EQ(srgb_to_linear()[255], 1.0f);
  EXPECT_NEAR(srgb_to_linear()[188], 0.5029, 1e-4);
  EXPECT_NEAR(srgb_to_linear()[10], 10 / 255.0 / 12.92, 1e-7);
  EXPECT_NEAR(srgb_to_linear()[128], 0.21586, 1e-5);
}

/// A black scene with the code, 100 lux.
class LightCodeInScene : public ::testing::Test {
 protected:
  LightCodeInScene() : scene_(config(), std::make_unique<StillSource>(StillSource::uniform(0))), grid_(whole_field(kColumns, kRows)) {}

  static PictureSceneConfig config() {
    PictureSceneConfig c;
    c.light.lux = 100;
    return c;
  }
  /// The reflectance at a cell's middle, time-averaged.
  double cell(int strip, int bank, int cell_index, int64_t t0_ns, int64_t t1_ns) {
    const double y = light_code::kStripCentreY[strip] + (bank - 0.5) * light_code::kBankHeight;
    const double x = light_code::kStripLeft + (cell_index + 0.5) * light_code::kStripWidth / light_code::kCells;
    const Row row = expose(scene_, grid_, static_cast<int>(y * kRows), t0_ns, t1_ns);
    return row.green[static_cast<size_t>(x * kColumns)] / (100 * static_cast<double>(t1_ns - t0_ns) * 1e-9);
  }

  static constexpr int kColumns = 820;
  static constexpr int kRows = 616;
  PictureScene scene_;
  hw::SampleGrid grid_;
};

TEST_F(LightCodeInScene, EveryStripShowsBothBanks) {
  const int64_t tick = 1001;
  const int64_t t0 = light_code::tick_begin_ns(tick) + 1'000'000;
  for (int strip = 0; strip < light_code::kStrips; ++strip) {
    for (int bank = 0; bank < light_code::kBanks; ++bank) {
      const light_code::Cells cells = light_code::encode(light_code::shown(bank, tick));
      for (int i = 0; i < light_code::kCells; ++i) {
        const double expected = cells[static_cast<size_t>(i)] ? light_code::kWhite : light_code::kBlack;
        ASSERT_NEAR(cell(strip, bank, i, t0, t0 + 10'000'000), expected, 1e-4) << strip << " " << bank << " " << i;
      }
    }
  }
}

TEST_F(LightCodeInScene, AnExposureOverATickBlendsOneBankByTime) {
  const int64_t tick = 1001;  // the lower bank changes from 999 to 1001
  const int64_t t0 = light_code::tick_begin_ns(tick) - 3'000'000;
  const light_code::Cells before = light_code::encode(999);
  const light_code::Cells after = light_code::encode(1001);
  const light_code::Cells even = light_code::encode(1000);
  const auto level = [](bool white) { return white ? light_code::kWhite : light_code::kBlack; };
  for (size_t i = 0; i < light_code::kCells; ++i) {
    const double expected = 0.3 * level(before[i]) + 0.7 * level(after[i]);
    ASSERT_NEAR(cell(1, 1, static_cast<int>(i), t0, t0 + 10'000'000), expected, 1e-4) << i;
    ASSERT_NEAR(cell(1, 0, static_cast<int>(i), t0, t0 + 10'000'000), level(even[i]), 1e-4) << i;
  }
}

TEST_F(LightCodeInScene, WhiteAreaIsThatOfTheWhiteCells) {
  // Summed over the whole field: the edges' partial samples must add up to the exact areas.
  const int64_t tick = 4242;
  const int64_t t0 = light_code::tick_begin_ns(tick);
  double sum = 0;
  for (int row = 0; row < kRows; ++row) {
    for (const float value : expose(scene_, grid_, row, t0, t0 + 1'000'000).green) sum += value / 0.1;
  }
  int white = 0;
  for (int bank = 0; bank < light_code::kBanks; ++bank) {
    for (const bool cell_white : light_code::encode(light_code::shown(bank, tick))) white += cell_white ? 1 : 0;
  }
  const double cell_area = light_code::kStripWidth / light_code::kCells * light_code::kBankHeight;
  const double margin_x = light_code::kMargin * 2464 / 3280;
  const double box = (light_code::kStripWidth + 2 * margin_x) * (2 * light_code::kBankHeight + 2 * light_code::kMargin);
  const double expected = light_code::kStrips * (white * cell_area * (light_code::kWhite - light_code::kBlack) + box * light_code::kBlack);
  EXPECT_NEAR(sum / kColumns / kRows, expected, 1e-5);
}

TEST(PatternSource, IsAFunctionOfSeedAndTime) {
  for (const auto kind : {PatternSource::Kind::kPan, PatternSource::Kind::kNoise}) {
    PatternSource one(kind, 1);
    PatternSource same(kind, 1);
    PatternSource other(kind, 2);
    one.picture(7);
    EXPECT_EQ(one.picture(3).rgb, same.picture(3).rgb);
    EXPECT_NE(one.picture(3).rgb, same.picture(4).rgb);
    EXPECT_NE(one.picture(3).rgb, other.picture(3).rgb);
  }
}

}  // namespace
}  // namespace saksi::sim
