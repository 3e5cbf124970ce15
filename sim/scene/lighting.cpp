#include "sim/scene/lighting.h"

#include <algorithm>
#include <cmath>

#include "sim/scene/colour.h"

namespace saksi::sim {

namespace {

constexpr double kPi = 3.14159265358979323846;

}  // namespace

Lighting::Lighting(double lux, double kelvin, const std::vector<LightStep>& steps, const Flicker& flicker)
    : depth_(flicker.depth), ripple_(2 * kPi * 2 * flicker.mains_hz), phase_(flicker.phase) {
  corners_.push_back({0, lux, illuminant_colour(kelvin)});
  for (const LightStep& step : steps) {
    const Corner before = corners_.back();
    corners_.push_back({step.at_ns, before.lux, before.colour});
    corners_.push_back({step.at_ns + step.over_ns, step.lux, step.kelvin ? illuminant_colour(*step.kelvin) : before.colour});
    one_colour_ = one_colour_ && corners_.back().colour == before.colour;
  }
}

double Lighting::piece(double from_s, double to_s, double lux_from, double lux_to) const {
  const double even = (lux_from + lux_to) / 2 * (to_s - from_s);
  if (depth_ == 0) return even;
  // The integral of (a + b (t - from)) cos(w t + phase).
  const double slope = to_s > from_s ? (lux_to - lux_from) / (to_s - from_s) : 0;
  const auto primitive = [&](double t) {
    const double level = lux_from + slope * (t - from_s), angle = ripple_ * t + phase_;
    return level * std::sin(angle) / ripple_ + slope * std::cos(angle) / (ripple_ * ripple_);
  };
  return even + depth_ * (primitive(to_s) - primitive(from_s));
}

template <typename Level>
double Lighting::integral(int64_t t0_ns, int64_t t1_ns, const Level& level) const {
  constexpr double kNs = 1e-9;
  if (corners_.size() == 1 && depth_ == 0) return level(corners_[0]) * (static_cast<double>(t1_ns - t0_ns) * kNs);
  double sum = 0;
  const auto level_at = [&](const Corner& a, const Corner& b, int64_t t_ns) {
    if (b.at_ns <= a.at_ns) return level(b);
    return level(a) + (level(b) - level(a)) * static_cast<double>(t_ns - a.at_ns) / static_cast<double>(b.at_ns - a.at_ns);
  };
  Corner before = corners_.front(), after = corners_.back();
  before.at_ns = INT64_MIN / 2;
  after.at_ns = INT64_MAX / 2;
  for (size_t i = 0; i <= corners_.size(); ++i) {
    const Corner& a = i == 0 ? before : corners_[i - 1];
    const Corner& b = i == corners_.size() ? after : corners_[i];
    const int64_t from = std::max(t0_ns, a.at_ns), to = std::min(t1_ns, b.at_ns);
    if (from >= to) continue;
    sum += piece(static_cast<double>(from) * kNs, static_cast<double>(to) * kNs, level_at(a, b, from), level_at(a, b, to));
  }
  return sum;
}

double Lighting::lux_s(int64_t t0_ns, int64_t t1_ns) const {
  return integral(t0_ns, t1_ns, [](const Corner& corner) { return corner.lux; });
}

Lighting::Dose Lighting::over(int64_t t0_ns, int64_t t1_ns) const {
  Dose dose{lux_s(t0_ns, t1_ns), corners_.front().colour};
  for (size_t i = 0; i < dose.colour.size() && !one_colour_ && dose.lux_s > 0; ++i) {
    const double light = integral(t0_ns, t1_ns, [i](const Corner& corner) { return corner.lux * corner.colour[i]; });
    dose.colour[i] = static_cast<float>(light / dose.lux_s);
  }
  return dose;
}

}  // namespace saksi::sim
