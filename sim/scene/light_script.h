#ifndef SAKSI_SIM_SCENE_LIGHT_SCRIPT_H_
#define SAKSI_SIM_SCENE_LIGHT_SCRIPT_H_

#include <array>
#include <cstdint>
#include <vector>

namespace saksi::sim {

/// A light over time: illuminance and colour between points of a script, with the ripple of lamps on mains, in closed form.
class LightScript {
 public:
  struct Point {
    int64_t at_ns = 0;
    double lux = 500;
    double kelvin = 0;  ///< as illuminant_colour(); 0: D65
  };
  /// Lamps on alternating mains burn twice in each of its periods: 1 + depth sin(2 pi 2 mains t + phase).
  struct Flicker {
    double depth = 0;  ///< 0 to 1: (largest - smallest) / (largest + smallest)
    double mains_hz = 50;
    double phase = 0;  ///< radians
  };

  /// At least one point, in order of time. Between two points each primary goes in a straight line; before the first and after the last it stays.
  LightScript(const std::vector<Point>& points, const Flicker& flicker);

  /// Lux seconds of each linear BT.709 primary over [t0_ns, t1_ns), exactly.
  std::array<double, 3> over(int64_t t0_ns, int64_t t1_ns) const;

 private:
  struct Knot {
    int64_t at_ns = 0;
    std::array<double, 3> lux{};
  };
  void add_piece(int64_t t0_ns, int64_t t1_ns, const Knot& from, const Knot& to, std::array<double, 3>* sum) const;

  std::vector<Knot> knots_;
  double depth_, omega_, phase_;  ///< omega: radians a second
};

}  // namespace saksi::sim

#endif
