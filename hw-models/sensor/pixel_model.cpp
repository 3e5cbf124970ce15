#include "hw-models/sensor/pixel_model.h"

#include <array>
#include <cmath>

#include "hw-models/sensor/normal_noise.h"

namespace saksi::hw {

float dark_current(const PixelConfig& config) {
  constexpr double kLn2 = 0.69314718055994530942;
  const double powers = (config.temperature_c - config.dark_reference_c) / config.dark_doubling_k;
  const double factor = exp_of_minus(std::abs(powers) * kLn2);
  return static_cast<float>(config.dark_current_e_s * (powers < 0 ? factor : 1 / factor));
}

PixelModel::PixelModel(const PixelConfig& config, uint64_t seed) : config_(config), seed_(seed) { normal_quantiles(); }

void PixelModel::draw_noise(uint64_t frame, int row, int columns) {
  const std::array<float, kNormalQuantiles>& table = normal_quantiles();
  const uint64_t row_key = mix_bits(mix_bits(mix_bits(seed_ + kMixStep) + frame * kMixStep) + static_cast<uint64_t>(row) * kMixStep);
  for (int x = 0; x < columns; x += 4) {
    const uint64_t bits = mix_bits(row_key + static_cast<uint64_t>(x / 4) * kMixStep);
    for (int i = 0; i < 4; ++i) noise_[static_cast<size_t>(x + i)] = table[(bits >> (16 * i)) & (kNormalQuantiles - 1)];
  }
}

void PixelModel::collect(const Conversion& how, int row, int columns, const float* first, const float* second) {
  const float green = config_.photons_per_lux_s * config_.quantum_efficiency;
  const bool red_row = row % 2 == 0;
  const float first_scale = red_row ? green * config_.red_to_green : green;
  const float second_scale = red_row ? green : green * config_.blue_to_green;
  const float dark = dark_current(config_) * how.exposure_s;
  float* electrons = electrons_.data();
  for (int x = 0; x + 1 < columns; x += 2) {
    electrons[x] = first[x] * first_scale;
    electrons[x + 1] = second[x + 1] * second_scale;
  }
  if (columns % 2 != 0) electrons[columns - 1] = first[columns - 1] * first_scale;
  if (how.gain_pattern) {
    const float unit = config_.prnu / kPatternUnit;
    for (int x = 0; x < columns; ++x) electrons[x] *= 1.0f + unit * static_cast<float>(how.gain_pattern[x]);
  }
  for (int x = 0; x < columns; ++x) electrons[x] += dark;
}

void PixelModel::convert_row(const Conversion& how, int row, int columns, const float* first, const float* second, uint16_t* samples) {
  electrons_.resize(static_cast<size_t>(columns) + 3);
  noise_.resize(static_cast<size_t>(columns) + 3);
  draw_noise(how.frame, row, columns);
  collect(how, row, columns, first, second);

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
