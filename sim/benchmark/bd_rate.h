#ifndef SAKSI_SIM_BENCHMARK_BD_RATE_H_
#define SAKSI_SIM_BENCHMARK_BD_RATE_H_

#include <array>
#include <optional>

namespace saksi::sim {

/// What an encoder makes of a clip at one QP.
struct RatePoint {
  double rate = 0;  ///< in any unit, above 0
  double psnr_db = 0;
};
using RateCurve = std::array<RatePoint, 4>;

/// Bjontegaard's mean difference in rate at equal PSNR (VCEG-M33, 2001), as a part: -0.1 is a tenth fewer bits than `reference`. The logarithm
/// of the rate is the cubic through the four points, and both are averaged over the PSNR that both curves reach. Nothing if there is no such
/// PSNR, or two points of a curve have the same.
std::optional<double> bd_rate(const RateCurve& reference, const RateCurve& tested);

}  // namespace saksi::sim

#endif
