#ifndef SAKSI_SIM_SCENE_LIGHTING_H_
#define SAKSI_SIM_SCENE_LIGHTING_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace saksi::sim {

/// A change of the light: from what it is at a time to another illuminance, and another colour if one is given, evenly over a while.
struct LightStep {
  int64_t at_ns = 0;
  double lux = 0;
  int64_t over_ns = 0;           ///< 0: at once
  std::optional<double> kelvin;  ///< as illuminant_colour(); without, the colour stays
};

/// The ripple of lamps on the mains: they burn twice in each of its periods.
struct Flicker {
  double depth = 0;  ///< amplitude over mean, 0 to 1
  double mains_hz = 50;
  double phase = 0;  ///< radians after the brightest moment, at t = 0
};

/// How bright it is, in which colour, and when: an illuminance, its changes, and the flicker of lamps.
class Lighting {
 public:
  /// What falls on a place during some time: lux seconds, and their colour in linear BT.709 with a luminance of 1.
  struct Dose {
    double lux_s = 0;
    std::array<float, 3> colour{};
  };

  /// Steps must come in order of time and not overlap. `kelvin` as illuminant_colour(); 0: D65.
  Lighting(double lux, double kelvin, const std::vector<LightStep>& steps, const Flicker& flicker);

  /// From t0 to t1, exactly; before t = 0 it is as at 0. In a change of colour each primary goes in a straight line.
  Dose over(int64_t t0_ns, int64_t t1_ns) const;
  double lux_s(int64_t t0_ns, int64_t t1_ns) const;

 private:
  /// The light at a time, the ripple left out: from one corner to the next everything is a straight line.
  struct Corner {
    int64_t at_ns;
    double lux;
    std::array<float, 3> colour;
  };
  template <typename Level>
  double integral(int64_t t0_ns, int64_t t1_ns, const Level& level) const;
  double piece(double from_s, double to_s, double lux_from, double lux_to) const;

  std::vector<Corner> corners_;  ///< the first one at t = 0; behind the last it stays
  bool one_colour_ = true;
  double depth_;
  double ripple_;  ///< of the flicker, radians a second
  double phase_;
};

}  // namespace saksi::sim

#endif
