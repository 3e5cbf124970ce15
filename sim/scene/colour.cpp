#include "sim/scene/colour.h"

#include <algorithm>
#include <cstddef>

namespace saksi::sim {

namespace {

/// The positive fifth root of a value in (0, 1], by Newton's method in basic arithmetic: the C library's pow may differ from one machine to
/// the next.
double fifth_root(double value) {
  double root = 1;
  for (int i = 0; i < 100; ++i) {
    const double power = root * root * root * root;
    root -= (power * root - value) / (5 * power);
  }
  return root;
}

std::array<float, 256> make_srgb_to_linear() {
  std::array<float, 256> table;
  for (int i = 0; i < 256; ++i) {
    const double coded = i / 255.0;
    double linear = coded / 12.92;
    if (coded > 0.04045) {
      const double root = fifth_root((coded + 0.055) / 1.055);
      const double squared = root * root;
      linear = squared * squared * squared * squared * squared * squared;  // to the power 12/5
    }
    table[static_cast<size_t>(i)] = static_cast<float>(linear);
  }
  return table;
}

/// Chromaticity x, y of a daylight, CIE 15:2004, 3.1.
void daylight(double kelvin, double* x, double* y) {
  const double t = 1 / kelvin;
  if (kelvin <= 7000) {
    *x = 0.244063 + t * (0.09911e3 + t * (2.9678e6 - t * 4.6070e9));
  } else {
    *x = 0.237040 + t * (0.24748e3 + t * (1.9018e6 - t * 2.0064e9));
  }
  *y = -3.000 * *x * *x + 2.870 * *x - 0.275;
}

/// Chromaticity of a black body below 4000 K, cubic fit of Kim et al. (US patent 7024034).
void black_body(double kelvin, double* x, double* y) {
  const double t = 1000 / kelvin;
  *x = 0.179910 + t * (0.8776956 + t * (-0.2343589 - t * 0.2661239));
  const double u = *x;
  if (kelvin <= 2222) {
    *y = -0.20219683 + u * (2.18555832 + u * (-1.34811020 - u * 1.1063814));
  } else {
    *y = -0.16748867 + u * (2.09137015 + u * (-1.37418593 - u * 0.9549476));
  }
}

}  // namespace

const std::array<float, 256>& srgb_to_linear() {
  static const std::array<float, 256> table = make_srgb_to_linear();
  return table;
}

std::array<float, 3> illuminant_colour(double kelvin) {
  if (kelvin == 0) return {1.0f, 1.0f, 1.0f};
  double x = 0;
  double y = 0;
  if (kelvin >= 4000) {
    daylight(kelvin, &x, &y);
  } else {
    black_body(kelvin, &x, &y);
  }
  const double big_x = x / y;
  const double big_z = (1 - x - y) / y;
  // CIE XYZ with Y = 1 to linear BT.709.
  const double rgb[3] = {3.2409699 * big_x - 1.5373832 - 0.4986108 * big_z, -0.9692436 * big_x + 1.8759675 + 0.0415551 * big_z,
                         0.0556301 * big_x - 0.2039770 + 1.0569715 * big_z};
  std::array<float, 3> colour;
  for (size_t c = 0; c < 3; ++c) colour[c] = static_cast<float>(std::max(0.0, rgb[c]));
  return colour;
}

}  // namespace saksi::sim
