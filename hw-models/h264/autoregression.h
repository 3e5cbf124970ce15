#ifndef SAKSI_HW_MODELS_H264_AUTOREGRESSION_H_
#define SAKSI_HW_MODELS_H264_AUTOREGRESSION_H_

#include <array>
#include <cstddef>

#include "base/seed_stream.h"

namespace saksi::hw {

/// Distances, in pictures, at which the correlation of sizes is kept: 1 to this.
constexpr size_t kSizeLags = 15;

/// A random sequence of mean 0 and standard deviation 1 whose correlations at distances 1 to kSizeLags are given: an autoregression of that order,
/// its coefficients by Levinson and Durbin's recursion. Correlations that no sequence can have, or all but, are kept up to there.
class Autoregression {
 public:
  explicit Autoregression(const std::array<double, kSizeLags>& correlations);

  /// The next value, by the next random numbers.
  double next(SeedStream& random);

 private:
  std::array<double, kSizeLags> coefficients_{};  ///< of the value before, the one before that, and so on
  double deviation_ = 1;                          ///< of what is new in a value
  std::array<double, kSizeLags> past_{};          ///< the latest first
  bool begun_ = false;
};

}  // namespace saksi::hw

#endif
