// Goal: the sequence has mean 0, standard deviation 1 and the correlations asked for, those of something that comes back every third value too.
// Method: many values of one seed.
#include "hw-models/h264/autoregression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace saksi::hw {
namespace {

constexpr size_t kCount = 200'000;

std::vector<double> values_of(const std::array<double, kSizeLags>& correlations) {
  Autoregression sequence(correlations);
  SeedStream random(1, "test");
  std::vector<double> values(kCount);
  for (double& value : values) value = sequence.next(random);
  return values;
}

double product(const std::vector<double>& values, size_t lag) {
  double sum = 0;
  for (size_t n = lag; n < values.size(); ++n) sum += values[n] * values[n - lag];
  return sum / static_cast<double>(values.size() - lag);
}

TEST(Autoregression, KeepsCorrelationsThatFade) {
  std::array<double, kSizeLags> correlations{};
  for (size_t lag = 1; lag <= kSizeLags; ++lag) correlations[lag - 1] = std::pow(0.9, static_cast<double>(lag));
  const std::vector<double> values = values_of(correlations);
  EXPECT_NEAR(product(values, 0), 1, 0.03);
  for (const size_t lag : {1, 5, 15, 20}) EXPECT_NEAR(product(values, lag), std::pow(0.9, static_cast<double>(lag)), 0.03) << lag;
}

TEST(Autoregression, KeepsCorrelationsThatComeBack) {
  std::array<double, kSizeLags> correlations{};
  for (size_t lag = 1; lag <= kSizeLags; ++lag) correlations[lag - 1] = lag % 3 == 0 ? 0.7 : -0.2;
  const std::vector<double> values = values_of(correlations);
  for (size_t lag = 1; lag <= kSizeLags; ++lag) EXPECT_NEAR(product(values, lag), correlations[lag - 1], 0.03) << lag;
}

TEST(Autoregression, StaysFiniteForWhatCannotBe) {
  std::array<double, kSizeLags> correlations{};
  for (size_t lag = 1; lag <= kSizeLags; ++lag) correlations[lag - 1] = lag % 2 == 0 ? -1 : 1;
  for (const double value : values_of(correlations)) ASSERT_TRUE(std::abs(value) < 100) << value;
}

}  // namespace
}  // namespace saksi::hw
