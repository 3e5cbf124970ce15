#include "sim/benchmark/colour_difference.h"

#include <cmath>

namespace saksi::sim {

namespace {

constexpr double kPi = 3.14159265358979323846;

double radians(double degrees) { return degrees * kPi / 180; }

double hue_of(double a, double b) {
  if (a == 0 && b == 0) return 0;
  const double degrees = std::atan2(b, a) * 180 / kPi;
  return degrees < 0 ? degrees + 360 : degrees;
}

double cube_root_or_line(double t) { return t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116; }

double seventh_power_share(double chroma) {
  const double power = std::pow(chroma, 7);
  return std::sqrt(power / (power + 6103515625.0));  // 25^7
}

/// Mean of two hues, the short way round.
double mean_hue(double one, double other, bool grey) {
  if (grey) return one + other;
  if (std::abs(one - other) <= 180) return (one + other) / 2;
  return (one + other + (one + other < 360 ? 360 : -360)) / 2;
}

double hue_step(double one, double other, bool grey) {
  if (grey) return 0;
  const double step = other - one;
  return step > 180 ? step - 360 : step < -180 ? step + 360 : step;
}

}  // namespace

Lab lab_of(const std::array<double, 3>& rgb) {
  const double x = (0.4123907993 * rgb[0] + 0.3575843394 * rgb[1] + 0.1804807884 * rgb[2]) / 0.9504559271;
  const double y = 0.2126390059 * rgb[0] + 0.7151686788 * rgb[1] + 0.0721923154 * rgb[2];
  const double z = (0.0193308187 * rgb[0] + 0.1191947798 * rgb[1] + 0.9505321522 * rgb[2]) / 1.0890577508;
  const double fx = cube_root_or_line(x), fy = cube_root_or_line(y), fz = cube_root_or_line(z);
  return {116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)};
}

double ciede2000(const Lab& one, const Lab& other) {
  const double stretch = 1 + 0.5 * (1 - seventh_power_share((std::hypot(one.a, one.b) + std::hypot(other.a, other.b)) / 2));
  const double a1 = stretch * one.a, a2 = stretch * other.a;
  const double c1 = std::hypot(a1, one.b), c2 = std::hypot(a2, other.b);
  const double h1 = hue_of(a1, one.b), h2 = hue_of(a2, other.b);
  const bool grey = c1 * c2 == 0;
  const double lightness = (one.l + other.l) / 2, chroma = (c1 + c2) / 2, hue = mean_hue(h1, h2, grey);
  const double t = 1 - 0.17 * std::cos(radians(hue - 30)) + 0.24 * std::cos(radians(2 * hue)) + 0.32 * std::cos(radians(3 * hue + 6)) -
                   0.20 * std::cos(radians(4 * hue - 63));
  const double from_middle = (lightness - 50) * (lightness - 50);
  const double l_step = (other.l - one.l) / (1 + 0.015 * from_middle / std::sqrt(20 + from_middle));
  const double c_step = (c2 - c1) / (1 + 0.045 * chroma);
  const double h_step = 2 * std::sqrt(c1 * c2) * std::sin(radians(hue_step(h1, h2, grey) / 2)) / (1 + 0.015 * chroma * t);
  const double turn = (hue - 275) / 25;
  const double rotation = -std::sin(radians(60 * std::exp(-turn * turn))) * 2 * seventh_power_share(chroma);
  return std::sqrt(l_step * l_step + c_step * c_step + h_step * h_step + rotation * c_step * h_step);
}

}  // namespace saksi::sim
