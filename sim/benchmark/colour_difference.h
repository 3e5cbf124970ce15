#ifndef SAKSI_SIM_BENCHMARK_COLOUR_DIFFERENCE_H_
#define SAKSI_SIM_BENCHMARK_COLOUR_DIFFERENCE_H_

#include <array>

namespace saksi::sim {

/// CIE 1976 L*a*b*.
struct Lab {
  double l = 0, a = 0, b = 0;
};

/// Of linear BT.709, where 1, 1, 1 is the white (D65).
Lab lab_of(const std::array<double, 3>& linear);

/// CIEDE2000 (CIE 142-2001, ISO/CIE 11664-6) with all parametric factors 1.
double ciede2000(const Lab& one, const Lab& other);

}  // namespace saksi::sim

#endif
