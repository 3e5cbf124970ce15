#include "hw-models/h264/autoregression.h"

#include <algorithm>
#include <cmath>

namespace saksi::hw {

namespace {

constexpr double kReflectionMax = 0.99;
constexpr int kRunUp = 300;  // values until the sequence has forgotten that it began at 0

/// The sum of twelve uniform variables is near enough to normal, and the same on every machine.
double normal(SeedStream& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum;
}

}  // namespace

Autoregression::Autoregression(const std::array<double, kSizeLags>& correlations) {
  double variance = 1;
  for (size_t order = 0; order < kSizeLags; ++order) {
    double rest = correlations[order];
    for (size_t i = 0; i < order; ++i) rest -= coefficients_[i] * correlations[order - 1 - i];
    const double reflection = std::clamp(rest / variance, -kReflectionMax, kReflectionMax);
    const std::array<double, kSizeLags> before = coefficients_;
    for (size_t i = 0; i < order; ++i) coefficients_[i] = before[i] - reflection * before[order - 1 - i];
    coefficients_[order] = reflection;
    variance *= 1 - reflection * reflection;
    if (std::abs(reflection) == kReflectionMax) break;
  }
  deviation_ = std::sqrt(variance);
}

double Autoregression::next(SeedStream& random) {
  const auto step = [&] {
    double value = deviation_ * normal(random);
    for (size_t i = 0; i < kSizeLags; ++i) value += coefficients_[i] * past_[i];
    std::copy_backward(past_.begin(), past_.end() - 1, past_.end());
    past_[0] = value;
  };
  for (int i = 0; !begun_ && i < kRunUp; ++i) step();
  begun_ = true;
  step();
  return past_[0];
}

}  // namespace saksi::hw
