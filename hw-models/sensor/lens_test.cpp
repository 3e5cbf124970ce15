// Goal: a lens blurs, shades and scatters light as its parameters say, and shifts it neither in place nor in time. Method: scenes whose picture
// through the lens is known by formula: even light, one bright column or row, a light that changes in time.
#include "hw-models/sensor/lens.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace saksi::hw {
namespace {

constexpr int64_t kRowNs = 18'904;
constexpr int64_t kExposureNs = 5'000'000;

/// Light by formula, in lux s, the same in all colours but for factors 1, 2 and 4.
class FormulaLight : public LightSource {
 public:
  std::function<float(int column, int row, int64_t t1_ns)> light = [](int, int, int64_t) { return 1.0f; };
  void expose_row(const SampleGrid& grid, int row, int64_t, int64_t t1_ns, const RowExposure& out) override {
    for (int x = 0; x < grid.columns; ++x) {
      out.red[x] = light(x, row, t1_ns);
      out.green[x] = 2 * out.red[x];
      out.blue[x] = 4 * out.red[x];
    }
  }
};

LensConfig clear() {
  LensConfig config;
  config.mtf50_lp_mm = 0;
  config.corner_illumination = 1;
  config.veiling_glare = 0;
  return config;
}

SampleGrid middle(int columns, int rows, int binning = 1) {
  SampleGrid grid;
  grid.field_width = 3280;
  grid.field_height = 2464;
  grid.columns = columns;
  grid.rows = rows;
  grid.width = columns * binning;
  grid.height = rows * binning;
  grid.x = (grid.field_width - grid.width) / 2;
  grid.y = (grid.field_height - grid.height) / 2;
  return grid;
}

/// One row of a frame, with all that the lens says of it, for one colour.
std::vector<double> row_through(const LensConfig& config, LightSource& scene, const SampleGrid& grid, int row, size_t colour = 0) {
  Lens lens(config);
  lens.begin_frame(scene, grid, kExposureNs, [](int r) { return kExposureNs + r * kRowNs; });
  RowLight light;
  for (int r = 0; r <= row; ++r) light = lens.row(r);
  std::vector<double> out;
  for (int x = 0; x < grid.columns; ++x) {
    const double through = light.illumination ? light.illumination[x] : 1;
    out.push_back(light.colours[colour][x] * through + light.glare[colour]);
  }
  return out;
}

TEST(Lens, AClearOneChangesNothing) {
  FormulaLight scene;
  scene.light = [](int x, int y, int64_t) { return static_cast<float>(x + 100 * y); };
  for (size_t colour = 0; colour < 3; ++colour) {
    const std::vector<double> row = row_through(clear(), scene, middle(16, 8), 5, colour);
    for (size_t x = 0; x < row.size(); ++x) EXPECT_EQ(row[x], (1 << colour) * (static_cast<double>(x) + 500));
  }
}

TEST(Lens, BlurSpreadsALineAsItsMtfSaysAndKeepsItsLight) {
  for (const double mtf50 : {60.0, 130.0, 300.0}) {
    LensConfig config = clear();
    config.mtf50_lp_mm = mtf50;
    const double sigma = std::sqrt(std::log(2.0) / 2) / (3.14159265358979 * mtf50) / 1.12e-3;  // pixels
    for (const bool upright : {true, false}) {
      FormulaLight scene;
      scene.light = [upright](int x, int y, int64_t) { return (upright ? x : y) == 30 ? 1.0f : 0.0f; };
      double sum = 0, moment = 0, squares = 0;
      Lens lens(config);
      const SampleGrid grid = middle(61, 61);
      lens.begin_frame(scene, grid, kExposureNs, [](int r) { return kExposureNs + r * kRowNs; });
      for (int row = 0; row < 61; ++row) {
        const float* light = lens.row(row).colours[0];
        for (int x = 0; x < 61; ++x) {
          const double value = static_cast<double>(light[x]) / 61;
          const double from_line = (upright ? x : row) - 30;
          sum += value;
          moment += value * from_line;
          squares += value * from_line * from_line;
        }
      }
      EXPECT_NEAR(sum, 1, 1e-4) << mtf50;
      EXPECT_NEAR(moment, 0, 1e-4) << mtf50;
      EXPECT_NEAR(std::sqrt(squares), sigma, 0.05 * sigma) << mtf50 << (upright ? " upright" : " level");
    }
  }
}

TEST(Lens, OfBinnedSamplesBlurIsAsManyTimesNarrower) {
  LensConfig config = clear();
  FormulaLight scene;
  scene.light = [](int x, int, int64_t) { return x == 10 ? 1.0f : 0.0f; };
  config.mtf50_lp_mm = 40;
  const std::vector<double> binned = row_through(config, scene, middle(21, 4, 4), 1);
  config.mtf50_lp_mm = 160;
  const std::vector<double> plain = row_through(config, scene, middle(21, 4), 1);
  for (size_t x = 0; x < plain.size(); ++x) EXPECT_NEAR(binned[x], plain[x], 1e-6);
}

TEST(Lens, BlurShiftsNoTime) {
  // Light that grows with time: a row's light must stand for its own exposure, though its neighbours' light is in it.
  LensConfig config = clear();
  config.mtf50_lp_mm = 50;
  FormulaLight scene;
  scene.light = [](int, int, int64_t t1_ns) { return static_cast<float>(t1_ns) * 1e-6f; };
  const std::vector<double> row = row_through(config, scene, middle(40, 60), 30);
  EXPECT_NEAR(row[20], (kExposureNs + 30 * kRowNs) * 1e-6, 1e-3);
}

TEST(Lens, ShadingIsThatOfTheWholeArrayWhateverIsReadOfIt) {
  LensConfig config = clear();
  config.corner_illumination = 0.4;
  FormulaLight scene;
  const auto level = [&](const SampleGrid& grid, int column, int row) { return row_through(config, scene, grid, row)[static_cast<size_t>(column)]; };
  EXPECT_NEAR(level(middle(820, 616, 4), 410, 308), 1, 1e-4);
  EXPECT_NEAR(level(middle(820, 616, 4), 0, 0), 0.4, 0.004);
  EXPECT_NEAR(level(middle(820, 616, 4), 819, 615), 0.4, 0.004);
  // The same place of the array, in a window: 960 pixels to the left of the axis.
  EXPECT_NEAR(level(middle(1920, 8), 0, 4), level(middle(820, 616, 4), (3280 / 2 - 960) / 4, 308), 0.002);
  const double k = 1 / std::sqrt(0.4) - 1, r_squared = 960.0 * 960 / (1640.0 * 1640 + 1232.0 * 1232);
  EXPECT_NEAR(level(middle(1920, 8), 0, 4), 1 / ((1 + k * r_squared) * (1 + k * r_squared)), 0.002);
}

TEST(Lens, GlareIsTheFieldsMeanEverywhere) {
  LensConfig config = clear();
  config.veiling_glare = 0.02;
  FormulaLight scene;
  scene.light = [](int x, int, int64_t) { return x < 60 ? 10.0f : 0.0f; };  // half of the field
  for (size_t colour = 0; colour < 3; ++colour) {
    const std::vector<double> row = row_through(config, scene, middle(120, 96), 50, colour);
    const double full = 10 * (1 << colour);
    EXPECT_NEAR(row[100], 0.02 * full / 2, 1e-3 * full);
    EXPECT_NEAR(row[20], 0.98 * full + 0.02 * full / 2, 1e-3 * full);
  }
}

TEST(Lens, ASmearTakesContrastWhereItIsAndKeepsEvenLight) {
  LensConfig config = clear();
  config.smear = 0.8;
  FormulaLight stripes;
  stripes.light = [](int x, int, int64_t) { return x % 2 == 0 ? 10.0f : 0.0f; };
  const std::vector<double> row = row_through(config, stripes, middle(240, 96), 48);
  const auto contrast = [&](size_t x) { return std::abs(row[x] - row[x + 1]) / 10; };
  EXPECT_NEAR(contrast(96), 0.2, 0.02) << "the worst place";
  EXPECT_NEAR(contrast(236), 1, 1e-6) << "beyond it";
  EXPECT_NEAR(row[96] + row[97], 10, 0.2);
  FormulaLight even;
  for (const double level : row_through(config, even, middle(240, 96), 48)) EXPECT_NEAR(level, 1, 1e-5);
}

TEST(Lens, TheSameFrameIsTheSameWhateverWasBefore) {
  FormulaLight scene;
  scene.light = [](int x, int y, int64_t t1_ns) { return static_cast<float>((x * 7 + y * 13) % 31) + static_cast<float>(t1_ns) * 1e-7f; };
  LensConfig config;
  config.smear = 0.3;
  Lens used(config), fresh(config);
  const auto rows = [&](Lens& lens, const SampleGrid& grid) {
    std::vector<float> all;
    lens.begin_frame(scene, grid, kExposureNs, [](int r) { return kExposureNs + r * kRowNs; });
    for (int row = 0; row < grid.rows; ++row) {
      const RowLight light = lens.row(row);
      all.insert(all.end(), light.colours[1], light.colours[1] + grid.columns);
      all.insert(all.end(), light.illumination, light.illumination + grid.columns);
      all.push_back(light.glare[2]);
    }
    return all;
  };
  rows(used, middle(33, 20));
  rows(used, middle(64, 48, 2));
  EXPECT_EQ(rows(used, middle(50, 40)), rows(fresh, middle(50, 40)));
}

}  // namespace
}  // namespace saksi::hw
