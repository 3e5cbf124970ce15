#ifndef SAKSI_SIM_SCENE_WORLD_YAML_H_
#define SAKSI_SIM_SCENE_WORLD_YAML_H_

#include <memory>

#include "base/yaml.h"
#include "sim/scene/scene_yaml.h"
#include "sim/scene/world_scene.h"

namespace saksi::sim {

/// The light where a world says nothing else: of the keys beside it.
struct WorldLight {
  double lux = 500, kelvin = 0, flicker = 0, mains_hz = 50;
};

/// Reads the key `world` of a scene file, docs/formats/scene.md, and draws its things. `config` brings what stands beside that key.
/// UsageError on any mistake.
std::unique_ptr<Scene> load_world(const YamlNode& node, WorldConfig config, const WorldLight& light, const SceneOverrides& overrides);

}  // namespace saksi::sim

#endif
