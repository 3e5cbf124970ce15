#ifndef SAKSI_SIM_SCENE_WORLD_YAML_H_
#define SAKSI_SIM_SCENE_WORLD_YAML_H_

#include <memory>

#include "base/yaml.h"
#include "sim/scene/light_yaml.h"
#include "sim/scene/scene_yaml.h"
#include "sim/scene/world_scene.h"

namespace saksi::sim {

/// Reads the key `world` of a scene file, docs/formats/scene.md, and draws its things. `config` and `light` are what stands beside that key.
/// UsageError on any mistake.
std::unique_ptr<Scene> load_world(const YamlNode& node, WorldConfig config, const LightConfig& light, const SceneOverrides& overrides);

}  // namespace saksi::sim

#endif
