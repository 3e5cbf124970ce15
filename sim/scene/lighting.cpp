#include "sim/scene/lighting.h"

#include <algorithm>
#include <cmath>

namespace saksi::sim {

namespace {

constexpr double kPi = 3.14159265358979323846;

}  // namespace

Lighting::Lighting(double lux, std::vector<LightStep> steps, double flicker_depth, double mains_hz)
    : depth_(flicker_depth), ripple_(2 * kPi * 2 * mains_hz) {
  corners_.push_back({0, lux});
  for (const LightStep& step : steps) {
    corners_.push_back({step.at_ns, corners_.back().lux});
    corners_.push_back({step.at_ns + step.over_ns, step.lux});
  }
}

double Lighting::piece(double from_s, double to_s, double lux_from, double lux_to) const {
  const double even = (lux_from + lux_to) / 2 * (to_s - from_s);
  if (depth_ == 0) return even;
  // The integral of (a + b (t - from)) cos(w t).
  const double slope = to_s > from_s ? (lux_to - lux_from) / (to_s - from_s) : 0;
  const auto primitive = [&](double t) {
    const double level = lux_from + slope * (t - from_s);
    return level * std::sin(ripple_ * t) / ripple_ + slope * std::cos(ripple_ * t) / (ripple_ * ripple_);
  };
  return even + depth_ * (primitive(to_s) - primitive(from_s));
}

double Lighting::lux_s(int64_t t0_ns, int64_t t1_ns) const {
  constexpr double kNs = 1e-9;
  if (corners_.size() == 1 && depth_ == 0) return corners_[0].lux * (static_cast<double>(t1_ns - t0_ns) * kNs);
  double sum = 0;
  const auto lux_at = [](const Corner& a, const Corner& b, int64_t t_ns) {
    if (b.at_ns <= a.at_ns) return b.lux;
    return a.lux + (b.lux - a.lux) * static_cast<double>(t_ns - a.at_ns) / static_cast<double>(b.at_ns - a.at_ns);
  };
  const Corner before{INT64_MIN / 2, corners_.front().lux}, after{INT64_MAX / 2, corners_.back().lux};
  for (size_t i = 0; i <= corners_.size(); ++i) {
    const Corner& a = i == 0 ? before : corners_[i - 1];
    const Corner& b = i == corners_.size() ? after : corners_[i];
    const int64_t from = std::max(t0_ns, a.at_ns), to = std::min(t1_ns, b.at_ns);
    if (from >= to) continue;
    sum += piece(static_cast<double>(from) * kNs, static_cast<double>(to) * kNs, lux_at(a, b, from), lux_at(a, b, to));
  }
  return sum;
}

}  // namespace saksi::sim
