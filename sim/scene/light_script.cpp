#include "sim/scene/light_script.h"

#include <algorithm>
#include <cmath>

#include "sim/scene/colour.h"

namespace saksi::sim {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kSecond = 1e-9;  ///< in ns

}  // namespace

LightScript::LightScript(const std::vector<Point>& points, const Flicker& flicker)
    : depth_(flicker.depth), omega_(2 * kPi * 2 * flicker.mains_hz), phase_(flicker.phase) {
  for (const Point& point : points) {
    const std::array<float, 3> colour = illuminant_colour(point.kelvin);
    knots_.push_back({point.at_ns, {point.lux * colour[0], point.lux * colour[1], point.lux * colour[2]}});
  }
}

void LightScript::add_piece(int64_t t0_ns, int64_t t1_ns, const Knot& from, const Knot& to, std::array<double, 3>* sum) const {
  const double length = static_cast<double>(t1_ns - t0_ns) * kSecond, span = static_cast<double>(to.at_ns - from.at_ns) * kSecond;
  // The ripple's integral, and the integral of time from t0 on times the ripple.
  const double start = omega_ * static_cast<double>(t0_ns) * kSecond + phase_, end = start + omega_ * length;
  const double ripple = (std::cos(start) - std::cos(end)) / omega_;
  const double rising = (std::sin(end) - std::sin(start)) / (omega_ * omega_) - length * std::cos(end) / omega_;
  for (size_t i = 0; i < 3; ++i) {
    const double slope = span > 0 ? (to.lux[i] - from.lux[i]) / span : 0;
    const double first = from.lux[i] + slope * static_cast<double>(t0_ns - from.at_ns) * kSecond;
    (*sum)[i] += first * length + slope * length * length / 2 + depth_ * (first * ripple + slope * rising);
  }
}

std::array<double, 3> LightScript::over(int64_t t0_ns, int64_t t1_ns) const {
  std::array<double, 3> sum{};
  size_t next = 0;  // the first knot after the time
  for (int64_t t = t0_ns; t < t1_ns;) {
    while (next < knots_.size() && knots_[next].at_ns <= t) ++next;
    const int64_t end = next < knots_.size() ? std::min(knots_[next].at_ns, t1_ns) : t1_ns;
    const bool between = next > 0 && next < knots_.size();
    const Knot& from = knots_[next > 0 ? next - 1 : 0];
    const Knot still{from.at_ns, from.lux};
    add_piece(t, end, from, between ? knots_[next] : still, &sum);
    t = end;
  }
  return sum;
}

}  // namespace saksi::sim
