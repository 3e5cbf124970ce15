#include "judge/measure/uncertainty.h"

#include <algorithm>

namespace saksi::judge {

namespace {

constexpr size_t kDraws = 10'000;
// The shortest interval is preferred only where it is clearly shorter: among equals its place would be chance.
constexpr double kClearlyShorter = 0.9;

}  // namespace

std::optional<Estimate> propagate(const Model& model, const std::string& digest, const std::string& id) {
  SeedStream stream(0, "monte-carlo/" + id + "/" + digest);
  std::vector<double> values;
  for (size_t i = 0; i < kDraws; ++i) {
    // Rectangular values are evenly spread; only their pairing with the normal ones is left to chance.
    const double rectangular = (static_cast<double>(i) + 0.5) / kDraws;
    double normal = -6;
    for (int j = 0; j < 12; ++j) normal += stream.uniform();
    if (const std::optional<double> value = model(rectangular, normal)) values.push_back(*value);
  }
  const size_t inside = static_cast<size_t>(kCoverage * kDraws);
  if (values.size() < inside) return std::nullopt;
  std::sort(values.begin(), values.end());
  size_t begin = (values.size() - inside) / 2;
  const auto width = [&](size_t at) { return values[at + inside - 1] - values[at]; };
  for (size_t at = 0; at + inside <= values.size(); ++at) {
    if (width(at) < kClearlyShorter * width(begin)) begin = at;
  }
  return Estimate{(values[begin] + values[begin + inside - 1]) / 2, width(begin) / 2};
}

Estimate estimate_of(const Interval& interval, double u, const std::string& digest, const std::string& id) {
  if (u == 0) return {interval.middle(), kCoverage * interval.half_width()};
  return *propagate([&](double rectangular, double normal) { return interval.low + rectangular * (interval.high - interval.low) + u * normal; },
                    digest, id);
}

}  // namespace saksi::judge
