#include "hw-models/sensor/pixel_model.h"

#include <array>
#include <cmath>

namespace saksi::hw {

namespace {

constexpr int kQuantileBits = 12;
constexpr int kQuantiles = 1 << kQuantileBits;

/// e^-y for 0 <= y < 16, by basic arithmetic only: the C library's exp may differ in the last bit from one machine to the next.
double exp_of_minus(double y) {
  const double x = -y / 64;
  double term = 1;
  double sum = 1;
  for (int i = 1; i < 20; ++i) {
    term *= x / i;
    sum += term;
  }
  for (int i = 0; i < 6; ++i) sum *= sum;
  return sum;
}

constexpr double kInverseRootOfTwoPi = 0.39894228040143267794;
double normal_density(double x) { return kInverseRootOfTwoPi * exp_of_minus(x * x / 2); }

/// The probability that a standard normal value is between 0 and x, for 0 <= x < 5.
double normal_from_zero(double x) {
  double term = x;
  double sum = x;
  for (int i = 3; i < 200; i += 2) {
    term *= x * x / i;
    sum += term;
  }
  return sum * normal_density(x);
}

/// The middle of each of 4096 equally likely parts of the standard normal distribution, scaled to variance 1.
std::array<float, kQuantiles> make_quantiles() {
  std::array<double, kQuantiles / 2> upper;
  double x = 0;
  double squares = 0;
  for (int i = 0; i < kQuantiles / 2; ++i) {
    const double probability = (i + 0.5) / kQuantiles;
    for (int step = 0; step < 8; ++step) x += (probability - normal_from_zero(x)) / normal_density(x);
    upper[static_cast<size_t>(i)] = x;
    squares += x * x;
  }
  const double scale = 1 / std::sqrt(squares / (kQuantiles / 2));
  std::array<float, kQuantiles> quantiles;
  for (int i = 0; i < kQuantiles / 2; ++i) {
    const float value = static_cast<float>(upper[static_cast<size_t>(i)] * scale);
    quantiles[static_cast<size_t>(kQuantiles / 2 + i)] = value;
    quantiles[static_cast<size_t>(kQuantiles / 2 - 1 - i)] = -value;
  }
  return quantiles;
}

const std::array<float, kQuantiles>& quantiles() {
  static const std::array<float, kQuantiles> table = make_quantiles();
  return table;
}

/// A bijection of 64 bits that mixes well (splitmix64's, Steele, Lea and Flood 2014).
uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}
constexpr uint64_t kStep = 0x9E3779B97F4A7C15u;

}  // namespace

PixelModel::PixelModel(const PixelConfig& config, uint64_t seed) : config_(config), seed_(seed) { quantiles(); }

void PixelModel::draw_noise(uint64_t frame, int row, int columns) {
  const std::array<float, kQuantiles>& table = quantiles();
  const uint64_t row_key = mix(mix(mix(seed_ + kStep) + frame * kStep) + static_cast<uint64_t>(row) * kStep);
  for (int x = 0; x < columns; x += 4) {
    const uint64_t bits = mix(row_key + static_cast<uint64_t>(x / 4) * kStep);
    for (int i = 0; i < 4; ++i) noise_[static_cast<size_t>(x + i)] = table[(bits >> (16 * i)) & (kQuantiles - 1)];
  }
}

void PixelModel::convert_row(const Conversion& how, int row, int columns, const float* first, const float* second, uint16_t* samples) {
  electrons_.resize(static_cast<size_t>(columns) + 3);
  noise_.resize(static_cast<size_t>(columns) + 3);
  draw_noise(how.frame, row, columns);

  const float green = config_.green_electrons_per_lux_s;
  const bool red_row = row % 2 == 0;
  const float first_scale = red_row ? green * config_.red_to_green : green;
  const float second_scale = red_row ? green : green * config_.blue_to_green;
  float* electrons = electrons_.data();
  for (int x = 0; x + 1 < columns; x += 2) {
    electrons[x] = first[x] * first_scale;
    electrons[x + 1] = second[x + 1] * second_scale;
  }
  if (columns % 2 != 0) electrons[columns - 1] = first[columns - 1] * first_scale;

  const float averaging = 1.0f / static_cast<float>(how.binned_samples);
  const float read_variance = config_.read_noise_e * config_.read_noise_e;
  const float full_well = config_.full_well_e;
  const float dn_per_electron = 256.0f / (static_cast<float>(256 - how.analog_gain) * config_.electrons_per_dn);
  const float offset = static_cast<float>(config_.black_level) + 0.5f;
  const float* noise = noise_.data();
  for (int x = 0; x < columns; ++x) {
    const float sigma = std::sqrt((electrons[x] + read_variance) * averaging);
    float level = electrons[x] + sigma * noise[x];
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
