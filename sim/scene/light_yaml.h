#ifndef SAKSI_SIM_SCENE_LIGHT_YAML_H_
#define SAKSI_SIM_SCENE_LIGHT_YAML_H_

#include <vector>

#include "base/yaml.h"
#include "sim/scene/lighting.h"

namespace saksi::sim {

/// The light that falls on a scene, or on a thing in one, as a file describes it.
struct LightConfig {
  double lux = 500;
  double kelvin = 0;  ///< as illuminant_colour(); 0: D65
  std::vector<LightStep> changes;
  Flicker flicker;

  Lighting lighting() const { return Lighting(lux, kelvin, changes, flicker); }
};

/// Reads lux (0.001 to 200000), colour_temperature_k (1667 to 25000), light_changes and flicker of a map; what is not there is as in `otherwise`.
/// UsageError on any mistake.
LightConfig read_light(const YamlNode& node, LightConfig otherwise);

}  // namespace saksi::sim

#endif
