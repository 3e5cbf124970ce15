// Goal: the light is recognised from daylight to lamps, in a colourful scene too, and changes slowly. Method: statistics of a grey scene under known
// lights, by the sensor's response to their chromaticities from the CIE's formulas; zones of strong colour among them.
#include "firmware-under-test/camera/white_balance.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace {

struct Light {
  double x, y;
};
constexpr Light kD65 = {0.31272, 0.32903}, kA = {0.44758, 0.40745}, k4000 = {0.38045, 0.37674};

/// What red, green and blue pixels make of a surface with linear BT.709 reflectances under a light, in the statistics' units.
isp_zone_t zone_of(const Light& light, const std::array<double, 3>& surface, double level) {
  const double x = light.x / light.y, z = (1 - light.x - light.y) / light.y;
  const double rgb[3] = {surface[0] * (3.2409699 * x - 1.5373832 - 0.4986108 * z), surface[1] * (-0.9692436 * x + 1.8759675 + 0.0415551 * z),
                         surface[2] * (0.0556301 * x - 0.2039770 + 1.0569715 * z)};
  const auto through = [&](double r, double g, double b) { return static_cast<uint16_t>(level * (r * rgb[0] + g * rgb[1] + b * rgb[2])); };
  isp_zone_t zone = {};
  zone.red = static_cast<uint16_t>(0.51 * through(0.80, 0.16, 0.04));
  zone.green = through(0.08, 0.82, 0.10);
  zone.blue = static_cast<uint16_t>(0.46 * through(0.02, 0.18, 0.80));
  return zone;
}

isp_statistics_t scene(const Light& light, int coloured_zones) {
  isp_statistics_t statistics;
  for (int i = 0; i < ISP_ZONES; ++i) {
    // A green lawn and a red door, a wall for the rest.
    const std::array<double, 3> surface = i >= coloured_zones ? std::array<double, 3>{0.5, 0.5, 0.5}
                                          : i % 2 == 0        ? std::array<double, 3>{0.1, 0.5, 0.05}
                                                              : std::array<double, 3>{0.6, 0.05, 0.05};
    statistics.zones[i] = zone_of(light, surface, 8000);
  }
  return statistics;
}

/// How far from neutral a grey surface comes out: the larger of |R/G - 1| and |B/G - 1|.
double cast_of(const white_balance_t& wb, const Light& light) {
  const isp_zone_t grey = zone_of(light, {0.5, 0.5, 0.5}, 40000);
  const isp_colour_t colour = white_balance_colour(&wb);
  const double red = grey.red * colour.red_gain / 256.0 / grey.green, blue = grey.blue * colour.blue_gain / 256.0 / grey.green;
  return std::max(std::abs(red - 1), std::abs(blue - 1));
}

TEST(WhiteBalance, GreyIsNeutralUnderDaylightAndLamps) {
  for (const auto& [light, kelvin] : {std::pair{kD65, 6504}, {kA, 2856}, {k4000, 4000}}) {
    for (int coloured : {0, 20}) {
      white_balance_t wb;
      white_balance_init(&wb);
      const isp_statistics_t statistics = scene(light, coloured);
      for (int frame = 0; frame < 10; ++frame) white_balance_step(&wb, &statistics);
      EXPECT_LT(cast_of(wb, light), 0.04) << kelvin << " K, " << coloured;
      EXPECT_NEAR(white_balance_kelvin(&wb), kelvin, kelvin * 0.06);
    }
  }
}

TEST(WhiteBalance, FirstFrameIsBelievedAndLaterOnesBitByBit) {
  white_balance_t wb;
  white_balance_init(&wb);
  const isp_statistics_t day = scene(kD65, 0), lamp = scene(kA, 0);
  white_balance_step(&wb, &lamp);
  EXPECT_LT(cast_of(wb, kA), 0.04);
  white_balance_step(&wb, &day);
  EXPECT_LT(white_balance_kelvin(&wb), 3600u);
  for (int frame = 0; frame < 40; ++frame) white_balance_step(&wb, &day);
  EXPECT_LT(cast_of(wb, kD65), 0.04);
}

TEST(WhiteBalance, MatricesKeepGreyAndFitTheRegisters) {
  white_balance_t wb;
  white_balance_init(&wb);
  for (wb.light = 0; wb.light <= (WHITE_BALANCE_LIGHTS - 1) * 256; wb.light += 7) {
    const isp_colour_t colour = white_balance_colour(&wb);
    for (int row = 0; row < 3; ++row) {
      EXPECT_NEAR(colour.matrix[3 * row] + colour.matrix[3 * row + 1] + colour.matrix[3 * row + 2], 1024, 2);
      for (int i = 0; i < 3; ++i) EXPECT_LT(std::abs(colour.matrix[3 * row + i]), 4096);
    }
    EXPECT_LT(colour.blue_gain, 4096u);
  }
}

TEST(WhiteBalance, DarknessAndGlareSayNothing) {
  white_balance_t wb;
  white_balance_init(&wb);
  isp_statistics_t statistics = scene(kA, 0);
  for (isp_zone_t& zone : statistics.zones) zone.clipped = 65535;
  white_balance_step(&wb, &statistics);
  for (isp_zone_t& zone : statistics.zones) zone = {10, 20, 10, 0};
  white_balance_step(&wb, &statistics);
  EXPECT_EQ(white_balance_kelvin(&wb), 6504u);
}

}  // namespace
