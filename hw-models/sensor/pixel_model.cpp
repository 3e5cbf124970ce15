#include "hw-models/sensor/pixel_model.h"

#include <array>
#include <cmath>

#include "base/wide_vectors.h"
#include "hw-models/sensor/normal_noise.h"

namespace saksi::hw {

float dark_current(const PixelConfig& config) {
  constexpr double kLn2 = 0.69314718055994530942;
  const double powers = (config.temperature_c - config.dark_reference_c) / config.dark_doubling_k;
  const double factor = exp_of_minus(std::abs(powers) * kLn2);
  return static_cast<float>(config.dark_current_e_s * (powers < 0 ? factor : 1 / factor));
}

PixelModel::PixelModel(const PixelConfig& config, uint64_t seed) : config_(config), seed_(seed) { normal_quantiles(); }

SAKSI_WIDE_VECTORS void PixelModel::draw_noise(uint64_t frame, int row, int columns) {
  const std::array<float, kNormalQuantiles>& table = normal_quantiles();
  const uint64_t row_key = mix_bits(mix_bits(mix_bits(seed_ + kMixStep) + frame * kMixStep) + static_cast<uint64_t>(row) * kMixStep);
  for (int x = 0; x < columns; x += 4) {
    const uint64_t bits = mix_bits(row_key + static_cast<uint64_t>(x / 4) * kMixStep);
    for (int i = 0; i < 4; ++i) noise_[static_cast<size_t>(x + i)] = table[(bits >> (16 * i)) & (kNormalQuantiles - 1)];
  }
}

namespace {

/// The colours of four neighbouring samples, from an even column on: electrons for a lux second of each primary, and for the glare.
struct FourSamples {
  float red[4], green[4], blue[4], glare[4];
};

FourSamples four_samples(const PixelConfig& config, int row, const std::array<float, 3>& glare) {
  const float per_lux_s = config.photons_per_lux_s * config.quantum_efficiency;
  const float sensitivity[3] = {per_lux_s * config.red_to_green, per_lux_s, per_lux_s * config.blue_to_green};
  FourSamples four;
  for (size_t i = 0; i < 4; ++i) {
    const size_t colour = static_cast<size_t>(row % 2) + i % 2;
    const std::array<float, 3>& response = config.colour_response[colour];
    four.red[i] = response[0] * sensitivity[colour];
    four.green[i] = response[1] * sensitivity[colour];
    four.blue[i] = response[2] * sensitivity[colour];
    four.glare[i] = four.red[i] * glare[0] + four.green[i] * glare[1] + four.blue[i] * glare[2];
  }
  return four;
}

}  // namespace

SAKSI_WIDE_VECTORS void PixelModel::collect(const Conversion& how, int row, int columns, const RowLight& light) {
  const FourSamples four = four_samples(config_, row, light.glare);
  const float dark = dark_current(config_) * how.exposure_s;
  float* electrons = electrons_.data();
  const float *red = light.colours[0], *green = light.colours[1], *blue = light.colours[2];
  const int fours = columns / 4 * 4;
  for (int x = 0; x < fours; x += 4) {
    for (int i = 0; i < 4; ++i) electrons[x + i] = red[x + i] * four.red[i] + green[x + i] * four.green[i] + blue[x + i] * four.blue[i];
  }
  for (int x = fours; x < columns; ++x) electrons[x] = red[x] * four.red[x % 4] + green[x] * four.green[x % 4] + blue[x] * four.blue[x % 4];
  if (light.illumination) {
    for (int x = 0; x < columns; ++x) electrons[x] *= light.illumination[x];
  }
  if (four.glare[0] > 0 || four.glare[1] > 0) {
    for (int x = 0; x < columns; ++x) electrons[x] += four.glare[x % 4];
  }
  if (how.gain_pattern) {
    const float unit = config_.prnu / kPatternUnit;
    for (int x = 0; x < columns; ++x) electrons[x] *= 1.0f + unit * static_cast<float>(how.gain_pattern[x]);
  }
  for (int x = 0; x < columns; ++x) electrons[x] += dark;
  add_defects(how);
}

void PixelModel::add_defects(const Conversion& how) {
  for (int i = 0; i < how.defect_count; ++i) {
    const Defect& defect = how.defects[i];
    float& electrons = electrons_[static_cast<size_t>(defect.column)];
    electrons = electrons * defect.gain + defect.dark_e_s * how.exposure_s;
  }
}

SAKSI_WIDE_VECTORS void PixelModel::convert_row(const Conversion& how, int row, int columns, const RowLight& light, uint16_t* samples) {
  electrons_.resize(static_cast<size_t>(columns) + 3);
  noise_.resize(static_cast<size_t>(columns) + 3);
  draw_noise(how.frame, row, columns);
  collect(how, row, columns, light);

  const float averaging = 1.0f / static_cast<float>(how.binned_samples);
  const float read_variance = config_.read_noise_e * config_.read_noise_e;
  const float full_well = config_.full_well_e;
  const float dn_per_electron = 256.0f / (static_cast<float>(256 - how.analog_gain) * config_.electrons_per_dn);
  const float offset = static_cast<float>(config_.black_level) + 0.5f;
  const float* electrons = electrons_.data();
  float* noise = noise_.data();
  for (int x = 0; x < columns; ++x) noise[x] *= std::sqrt((electrons[x] + read_variance) * averaging);
  if (how.offset_pattern) {
    const float unit = config_.dsnu_e / kPatternUnit;
    for (int x = 0; x < columns; ++x) noise[x] += unit * static_cast<float>(how.offset_pattern[x]);
  }
  for (int x = 0; x < columns; ++x) {
    float level = electrons[x] + noise[x];
    level = level < full_well ? level : full_well;
    float dn = level * dn_per_electron + offset;
    dn = dn > 0.0f ? dn : 0.0f;
    dn = dn < 1023.0f ? dn : 1023.0f;
    samples[x] = static_cast<uint16_t>(static_cast<int32_t>(dn));
  }
  if (how.digital_gain == 256) return;
  for (int x = 0; x < columns; ++x) {
    const int32_t amplified = (static_cast<int32_t>(samples[x]) - config_.black_level) * how.digital_gain / 256 + config_.black_level;
    samples[x] = static_cast<uint16_t>(amplified < 0 ? 0 : amplified > 1023 ? 1023 : amplified);
  }
}

}  // namespace saksi::hw
