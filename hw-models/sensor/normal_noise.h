#ifndef SAKSI_HW_MODELS_SENSOR_NORMAL_NOISE_H_
#define SAKSI_HW_MODELS_SENSOR_NORMAL_NOISE_H_

#include <array>
#include <cstdint>

namespace saksi::hw {

constexpr int kNormalBits = 12;
constexpr int kNormalQuantiles = 1 << kNormalBits;

/// The middle of each of 4096 equally likely parts of the standard normal distribution, scaled to variance 1. The same on every IEEE machine.
const std::array<float, kNormalQuantiles>& normal_quantiles();

/// e^-y for 0 <= y < 16, by basic arithmetic only: the C library's exp may differ in the last bit from one machine to the next.
double exp_of_minus(double y);

/// A bijection of 64 bits that mixes well (splitmix64's, Steele, Lea and Flood 2014), and the step between what it is given.
inline uint64_t mix_bits(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}
constexpr uint64_t kMixStep = 0x9E3779B97F4A7C15u;

}  // namespace saksi::hw

#endif
