// Goal: a pixel's mean and noise are those that its parameters say. Method: many samples under even light, and the photon transfer of EMVA
// 1288: the variance against the mean has the conversion gain as its slope.
#include "hw-models/sensor/pixel_model.h"

#include <gtest/gtest.h>

#include <vector>

namespace saksi::hw {
namespace {

constexpr int kColumns = 512;
constexpr int kRows = 256;

struct Statistics {
  double mean = 0;
  double variance = 0;
};

/// The same light in all three colours.
RowLight white(const std::vector<float>& light) {
  RowLight row;
  row.colours = {light.data(), light.data(), light.data()};
  return row;
}

/// Of the green samples of a frame under `lux_s` everywhere.
Statistics measure(PixelModel& model, const Conversion& how, float lux_s) {
  const std::vector<float> light(kColumns, lux_s);
  std::vector<uint16_t> samples(kColumns);
  double sum = 0;
  double squares = 0;
  for (int row = 0; row < kRows; ++row) {
    model.convert_row(how, row, kColumns, white(light), samples.data());
    for (int x = row % 2 == 0 ? 1 : 0; x < kColumns; x += 2) {
      const double value = samples[static_cast<size_t>(x)];
      sum += value;
      squares += value * value;
    }
  }
  const double n = kColumns * kRows / 2;
  const double mean = sum / n;
  return Statistics{mean, squares / n - mean * mean};
}

PixelModel make_model(uint64_t seed = 1) { return PixelModel(PixelConfig(), seed); }

TEST(PixelModel, MeanFollowsTheConstantOfLightToElectrons) {
  PixelModel model = make_model();
  for (float lux_s : {0.5f, 2.0f, 5.0f, 20.0f}) {
    const Statistics s = measure(model, Conversion(), lux_s);
    EXPECT_NEAR(s.mean, 64 + lux_s * 176.4 / 5.0, 0.1) << lux_s;
  }
}

TEST(PixelModel, VarianceIsShotNoiseReadNoiseAndRounding) {
  PixelModel model = make_model();
  for (int analog_gain : {0, 128, 192, 224}) {
    const double dn_per_electron = 256.0 / (256 - analog_gain) / 5.0;
    for (float lux_s : {0.0f, 0.5f, 1.0f, 2.0f}) {
      Conversion how;
      how.analog_gain = analog_gain;
      const double expected = (lux_s * 176.4 + 2.5 * 2.5) * dn_per_electron * dn_per_electron + 1.0 / 12;
      // 65536 samples know their variance to 0.6 % (one standard deviation). A narrow distribution is rounded unevenly.
      EXPECT_NEAR(measure(model, how, lux_s).variance, expected, 0.03 * expected + 0.02) << analog_gain << " " << lux_s;
    }
  }
}

TEST(PixelModel, PhotonTransferFindsTheConversionGainAgain) {
  PixelModel model = make_model();
  double xx = 0, xy = 0, x_sum = 0, y_sum = 0;
  const int kLevels = 16;
  for (int i = 1; i <= kLevels; ++i) {
    const Statistics s = measure(model, Conversion(), static_cast<float>(i));
    const double x = s.mean - 64;
    xx += x * x;
    xy += x * s.variance;
    x_sum += x;
    y_sum += s.variance;
  }
  const double slope = (kLevels * xy - x_sum * y_sum) / (kLevels * xx - x_sum * x_sum);
  EXPECT_NEAR(slope, 1 / 5.0, 0.03 / 5.0);
}

TEST(PixelModel, GainsMultiplyTheSignalAboveBlack) {
  PixelModel model = make_model();
  const double plain = measure(model, Conversion(), 2.0f).mean - 64;
  Conversion how;
  how.analog_gain = 192;
  EXPECT_NEAR(measure(model, how, 2.0f).mean - 64, 4 * plain, 0.5);
  how.analog_gain = 232;
  EXPECT_NEAR(measure(model, how, 1.0f).mean - 64, 256.0 / 24 / 2 * plain, 0.5);
  how.analog_gain = 0;
  how.digital_gain = 512;
  EXPECT_NEAR(measure(model, how, 2.0f).mean - 64, 2 * plain, 1.0);
}

TEST(PixelModel, BinningAveragesTheNoise) {
  PixelModel model = make_model();
  Conversion how;
  how.analog_gain = 192;
  const Statistics single = measure(model, how, 3.0f);
  how.binned_samples = 16;
  const Statistics binned = measure(model, how, 3.0f);
  EXPECT_NEAR(binned.mean, single.mean, 0.2);
  EXPECT_NEAR(binned.variance - 1.0 / 12, (single.variance - 1.0 / 12) / 16, 0.3);
}

TEST(PixelModel, SaturatesAtTheConvertersEndAndAtTheFullWell) {
  PixelModel model = make_model();
  Conversion how;
  how.analog_gain = 192;
  const Statistics converter = measure(model, how, 1000.0f);
  EXPECT_EQ(converter.mean, 1023);
  EXPECT_EQ(converter.variance, 0);

  PixelConfig shallow;
  shallow.full_well_e = 2000;
  PixelModel full(shallow, 1);
  EXPECT_EQ(measure(full, Conversion(), 1000.0f).mean, 64 + 2000 / 5);
}

TEST(PixelModel, RedAndBlueSeeLessThanGreen) {
  PixelModel model = make_model();
  Conversion how;
  how.binned_samples = 1'000'000;  // no noise to speak of
  const std::vector<float> light(4, 20.0f);
  uint16_t red_row[4];
  uint16_t blue_row[4];
  model.convert_row(how, 0, 4, white(light), red_row);
  model.convert_row(how, 1, 4, white(light), blue_row);
  const double green = 20 * 176.4 / 5;
  EXPECT_NEAR(red_row[0], 64 + 0.51 * green, 1);
  EXPECT_NEAR(red_row[1], 64 + green, 1);
  EXPECT_NEAR(blue_row[0], 64 + green, 1);
  EXPECT_NEAR(blue_row[1], 64 + 0.46 * green, 1);
}

TEST(PixelModel, FiltersPassSomeOfTheOtherColours) {
  PixelModel model = make_model();
  Conversion how;
  how.binned_samples = 1'000'000;
  const std::vector<float> dark(6, 0.0f), lit(6, 20.0f);  // six columns: four at once, and two more
  for (size_t primary = 0; primary < 3; ++primary) {
    RowLight light;
    for (size_t colour = 0; colour < 3; ++colour) light.colours[colour] = colour == primary ? lit.data() : dark.data();
    uint16_t rows[2][6];
    for (int row = 0; row < 2; ++row) model.convert_row(how, row, 6, light, rows[row]);
    const PixelConfig config;
    const float sensitivity[3] = {config.red_to_green, 1.0f, config.blue_to_green};
    for (int row = 0; row < 2; ++row) {
      for (int x = 0; x < 6; ++x) {
        const size_t colour = static_cast<size_t>(row + x % 2);
        const double expected = 64 + 20 * 176.4 / 5 * static_cast<double>(sensitivity[colour] * config.colour_response[colour][primary]);
        EXPECT_NEAR(rows[row][x], expected, 1) << "primary " << primary << ", row " << row << ", column " << x;
      }
    }
  }
}

TEST(PixelModel, IlluminationScalesTheLightAndGlareIsAddedToIt) {
  PixelModel model = make_model();
  Conversion how;
  how.binned_samples = 1'000'000;
  const std::vector<float> light(8, 10.0f);
  const std::vector<float> illumination = {1, 1, 0.5f, 0.5f, 0.25f, 0.25f, 0, 0};
  RowLight row = white(light);
  row.illumination = illumination.data();
  row.glare = {2, 2, 2};
  uint16_t samples[8];
  model.convert_row(how, 0, 8, row, samples);
  for (size_t x = 1; x < 8; x += 2) EXPECT_NEAR(samples[x], 64 + (10 * static_cast<double>(illumination[x]) + 2) * 176.4 / 5, 1) << x;
}

TEST(PixelModel, BrokenPixelsLoseSensitivityOrFillByThemselves) {
  PixelModel model = make_model();
  const std::vector<float> light(8, 10.0f);
  const Defect defects[] = {{0, 3, 0.05f, 0}, {0, 5, 1, 40'000}};
  Conversion how;
  how.binned_samples = 1'000'000;
  how.exposure_s = 0.01f;
  how.defects = defects;
  how.defect_count = 2;
  uint16_t samples[8];
  model.convert_row(how, 0, 8, white(light), samples);
  const double sound = 10 * 176.4 / 5;
  EXPECT_NEAR(samples[1], 64 + sound, 1);
  EXPECT_NEAR(samples[3], 64 + 0.05 * sound, 1);
  EXPECT_NEAR(samples[5], 64 + sound + 400 / 5.0, 1);
}

TEST(PixelModel, NoiseIsAFunctionOfSeedFrameRowAndColumn) {
  const std::vector<float> light(64, 5.0f);
  const auto row_of = [&light](PixelModel& model, uint64_t frame, int row) {
    Conversion how;
    how.frame = frame;
    std::vector<uint16_t> samples(64);
    model.convert_row(how, row, 64, white(light), samples.data());
    return samples;
  };
  PixelModel one = make_model(1);
  PixelModel same = make_model(1);
  PixelModel other = make_model(2);
  row_of(one, 7, 3);
  EXPECT_EQ(row_of(one, 5, 2), row_of(same, 5, 2));
  EXPECT_NE(row_of(one, 5, 2), row_of(one, 6, 2));
  EXPECT_NE(row_of(one, 5, 2), row_of(one, 5, 4));
  EXPECT_NE(row_of(one, 5, 2), row_of(other, 5, 2));
}

TEST(PixelModel, FramesRowsAndColumnsAreUncorrelated) {
  PixelModel model = make_model();
  const std::vector<float> light(kColumns, 20.0f);
  const auto noise = [&](uint64_t frame) {
    std::vector<double> values;
    std::vector<uint16_t> samples(kColumns);
    Conversion how;
    how.frame = frame;
    for (int row = 0; row < kRows; row += 2) {
      model.convert_row(how, row, kColumns, white(light), samples.data());
      for (int x = 1; x < kColumns; x += 2) values.push_back(samples[static_cast<size_t>(x)] - (64 + 20 * 176.4 / 5));
    }
    return values;
  };
  const std::vector<double> a = noise(0);
  const std::vector<double> b = noise(1);
  const auto correlation = [](const std::vector<double>& u, const std::vector<double>& v, size_t shift) {
    double uv = 0, uu = 0, vv = 0;
    for (size_t i = 0; i + shift < u.size(); ++i) {
      uv += u[i] * v[i + shift];
      uu += u[i] * u[i];
      vv += v[i + shift] * v[i + shift];
    }
    return uv * uv / (uu * vv);
  };
  // 32768 pairs: a correlation beyond 4 standard deviations squared is 4.9e-4.
  EXPECT_LT(correlation(a, b, 0), 4.9e-4);
  EXPECT_LT(correlation(a, a, 1), 4.9e-4);
  EXPECT_LT(correlation(a, a, kColumns / 2), 4.9e-4);
}

}  // namespace
}  // namespace saksi::hw
