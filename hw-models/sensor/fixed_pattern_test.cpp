// Goal: a chip's pattern is that of its pixels, whatever window or binning they are seen through. Method: moments over many pixels; windows that
// overlap; binned samples held against the pixels that they are made of.
#include "hw-models/sensor/fixed_pattern.h"

#include <gtest/gtest.h>

#include <cmath>

#include "hw-models/sensor/pixel_model.h"

namespace saksi::hw {
namespace {

SampleGrid window(int x, int y, int columns, int rows, int binning = 1) {
  SampleGrid grid;
  grid.field_width = 3280;
  grid.field_height = 2464;
  grid.x = x;
  grid.y = y;
  grid.columns = columns;
  grid.rows = rows;
  grid.width = columns * binning;
  grid.height = rows * binning;
  return grid;
}

struct Moments {
  double mean = 0, deviation = 0;
};
Moments moments(const FixedPattern& pattern, const SampleGrid& grid, bool of_gain) {
  double sum = 0, squares = 0;
  for (int row = 0; row < grid.rows; ++row) {
    const int16_t* values = of_gain ? pattern.gain_row(row) : pattern.offset_row(row);
    for (int x = 0; x < grid.columns; ++x) {
      const double z = values[x] / static_cast<double>(kPatternUnit);
      sum += z;
      squares += z * z;
    }
  }
  const double n = static_cast<double>(grid.columns) * grid.rows;
  return {sum / n, std::sqrt(squares / n - sum / n * sum / n)};
}

TEST(FixedPattern, IsStandardNormalAndOfTwoIndependentKinds) {
  FixedPattern pattern(1, 0);
  const SampleGrid grid = window(100, 200, 512, 512);
  pattern.set_grid(grid);
  for (const bool of_gain : {true, false}) {
    EXPECT_NEAR(moments(pattern, grid, of_gain).mean, 0, 0.01);
    EXPECT_NEAR(moments(pattern, grid, of_gain).deviation, 1, 0.01);
  }
  double product = 0;
  for (int row = 0; row < 512; ++row) {
    for (int x = 0; x < 512; ++x) product += pattern.gain_row(row)[x] / 4096.0 * (pattern.offset_row(row)[x] / 4096.0);
  }
  EXPECT_NEAR(product / (512 * 512), 0, 0.01);
}

TEST(FixedPattern, APixelIsTheSameInEveryWindow) {
  FixedPattern a(3, 0), b(3, 0), other(4, 0);
  a.set_grid(window(100, 200, 64, 32));
  b.set_grid(window(110, 208, 64, 32));
  other.set_grid(window(100, 200, 64, 32));
  int same = 0;
  for (int row = 0; row < 24; ++row) {
    for (int x = 0; x < 54; ++x) {
      ASSERT_EQ(a.gain_row(row + 8)[x + 10], b.gain_row(row)[x]);
      ASSERT_EQ(a.offset_row(row + 8)[x + 10], b.offset_row(row)[x]);
      same += a.gain_row(row)[x] == other.gain_row(row)[x] ? 1 : 0;
    }
  }
  EXPECT_LT(same, 20) << "another chip has another pattern";
}

TEST(FixedPattern, ABinnedSampleHasTheMeanOfItsFourPixelsOfOneColour) {
  FixedPattern whole(1, 0), binned(1, 0);
  whole.set_grid(window(40, 80, 64, 64));
  binned.set_grid(window(40, 80, 32, 32, 2));
  for (int row = 0; row < 32; ++row) {
    for (int x = 0; x < 32; ++x) {
      const int px = 4 * (x / 2) + x % 2, py = 4 * (row / 2) + row % 2;
      const double mean = (whole.gain_row(py)[px] + whole.gain_row(py)[px + 2] + whole.gain_row(py + 2)[px] + whole.gain_row(py + 2)[px + 2]) / 4.0;
      ASSERT_NEAR(binned.gain_row(row)[x], mean, 1.5) << row << " " << x;
    }
  }
}

TEST(FixedPattern, AnEmptyGridHasNone) {
  FixedPattern pattern(1, 0);
  pattern.set_grid(window(0, 0, 2, 2));
  pattern.set_grid(SampleGrid());
  pattern.set_grid(window(0, 0, 4, 2));
  EXPECT_NE(pattern.gain_row(1)[3], 0);
}

/// All broken samples of a grid.
std::vector<Defect> defects_of(FixedPattern& pattern, const SampleGrid& grid) {
  pattern.set_grid(grid);
  std::vector<Defect> all;
  for (int row = 0; row < grid.rows; ++row) all.insert(all.end(), pattern.defects(row), pattern.defects(row) + pattern.defect_count(row));
  return all;
}

TEST(FixedPattern, AsManyPixelsAreBrokenAsIsAskedForHalfOfThemHot) {
  FixedPattern pattern(1, 1e-3f);
  const std::vector<Defect> defects = defects_of(pattern, window(100, 200, 1024, 1024));
  const double expected = 1024 * 1024 * 1e-3;
  EXPECT_NEAR(static_cast<double>(defects.size()), expected, 4 * std::sqrt(expected));
  double hot = 0;
  for (const Defect& defect : defects) {
    const bool is_hot = defect.dark_e_s > 0;
    hot += is_hot ? 1 : 0;
    EXPECT_NEAR(defect.gain, is_hot ? 1.0f : 0.05f, 1e-6);
    if (!is_hot) continue;
    EXPECT_GE(defect.dark_e_s, 2000);
    EXPECT_LE(defect.dark_e_s, 64'000);
  }
  EXPECT_NEAR(hot, expected / 2, 4 * std::sqrt(expected / 4));
  EXPECT_TRUE(defects_of(pattern, window(0, 0, 0, 0)).empty());
  FixedPattern sound(1, 0);
  EXPECT_TRUE(defects_of(sound, window(100, 200, 1024, 1024)).empty());
}

TEST(FixedPattern, ABrokenPixelIsBrokenInEveryWindowAndOneOfManyInABinnedSample) {
  FixedPattern pattern(1, 1e-3f);
  const std::vector<Defect> whole = defects_of(pattern, window(0, 0, 512, 512));
  const std::vector<Defect> part = defects_of(pattern, window(100, 200, 256, 256));
  ASSERT_FALSE(part.empty());
  size_t found = 0;
  for (const Defect& defect : whole) {
    if (defect.row < 200 || defect.row >= 456 || defect.column < 100 || defect.column >= 356) continue;
    ASSERT_LT(found, part.size());
    EXPECT_EQ(part[found].row, defect.row - 200);
    EXPECT_EQ(part[found].column, defect.column - 100);
    EXPECT_EQ(part[found].gain, defect.gain);
    ++found;
  }
  EXPECT_EQ(found, part.size());
  double lost = 0, lost_binned = 0;
  for (const Defect& defect : whole) lost += 1 - defect.gain;
  for (const Defect& defect : defects_of(pattern, window(0, 0, 128, 128, 4))) lost_binned += 16 * (1 - defect.gain);
  EXPECT_NEAR(lost_binned, lost, 1e-3 * lost);
}

}  // namespace
}  // namespace saksi::hw
