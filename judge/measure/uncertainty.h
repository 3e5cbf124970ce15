#ifndef SAKSI_JUDGE_MEASURE_UNCERTAINTY_H_
#define SAKSI_JUDGE_MEASURE_UNCERTAINTY_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/seed_stream.h"
#include "judge/measure/photon_time.h"

namespace saksi::judge {

/// An estimate and the half-width of its 95 % interval.
struct Estimate {
  double value;
  double uncertainty;
};

constexpr double kCoverage = 0.95;

/// One draw from the joint distribution of what a value depends on. `rectangular` is uniform in [0, 1): the place within an interval;
/// `normal` has mean 0 and standard deviation 1. nullopt if the value does not exist for this draw.
using Model = std::function<std::optional<double>(double rectangular, double normal)>;

/// Propagates distributions by Monte Carlo (JCGM 101:2008): the 95 % interval of the model's values, the symmetric one, or the shortest
/// where that is clearly shorter. The estimate is its middle. nullopt if more than one draw in twenty gives no value.
/// The draws come from a stream named after the digest of what is judged, so they are always the same; normal ones are sums of twelve rectangular ones.
std::optional<Estimate> propagate(const Model& model, const std::string& digest, const std::string& id);

/// A value known to lie anywhere in an interval, plus a normal error of standard deviation `u`.
Estimate estimate_of(const Interval& interval, double u, const std::string& digest, const std::string& id);

}  // namespace saksi::judge

#endif
