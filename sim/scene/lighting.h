#ifndef SAKSI_SIM_SCENE_LIGHTING_H_
#define SAKSI_SIM_SCENE_LIGHTING_H_

#include <cstdint>
#include <vector>

namespace saksi::sim {

/// A change of the light: from what it is at a time to another illuminance, evenly over a while.
struct LightStep {
  int64_t at_ns = 0;
  double lux = 0;
  int64_t over_ns = 0;  ///< 0: at once
};

/// How bright it is, and when: an illuminance, its changes, and the flicker of lamps on the mains.
class Lighting {
 public:
  /// Steps must come in order of time and not overlap. `flicker_depth` is the amplitude of the ripple over the mean, 0 to 1; lamps flicker at twice
  /// the mains frequency, and are at their brightest at t = 0.
  Lighting(double lux, std::vector<LightStep> steps, double flicker_depth, double mains_hz);

  /// Lux seconds from t0 to t1, exactly; before t = 0 it is as at 0.
  double lux_s(int64_t t0_ns, int64_t t1_ns) const;

 private:
  /// Lux at a time, the ripple left out: from one corner to the next it is a straight line.
  struct Corner {
    int64_t at_ns;
    double lux;
  };
  double piece(double from_s, double to_s, double lux_from, double lux_to) const;

  std::vector<Corner> corners_;  ///< the first one at t = 0; behind the last it stays
  double depth_;
  double ripple_;  ///< of the flicker, radians a second
};

}  // namespace saksi::sim

#endif
