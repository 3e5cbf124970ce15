#include "hw-models/sensor/normal_noise.h"

#include <cmath>

namespace saksi::hw {

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

namespace {

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
std::array<float, kNormalQuantiles> make_quantiles() {
  std::array<double, kNormalQuantiles / 2> upper;
  double x = 0;
  double squares = 0;
  for (int i = 0; i < kNormalQuantiles / 2; ++i) {
    const double probability = (i + 0.5) / kNormalQuantiles;
    for (int step = 0; step < 8; ++step) x += (probability - normal_from_zero(x)) / normal_density(x);
    upper[static_cast<size_t>(i)] = x;
    squares += x * x;
  }
  const double scale = 1 / std::sqrt(squares / (kNormalQuantiles / 2));
  std::array<float, kNormalQuantiles> quantiles;
  for (int i = 0; i < kNormalQuantiles / 2; ++i) {
    const float value = static_cast<float>(upper[static_cast<size_t>(i)] * scale);
    quantiles[static_cast<size_t>(kNormalQuantiles / 2 + i)] = value;
    quantiles[static_cast<size_t>(kNormalQuantiles / 2 - 1 - i)] = -value;
  }
  return quantiles;
}

}  // namespace

const std::array<float, kNormalQuantiles>& normal_quantiles() {
  static const std::array<float, kNormalQuantiles> table = make_quantiles();
  return table;
}

}  // namespace saksi::hw
