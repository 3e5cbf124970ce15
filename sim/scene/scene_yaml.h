#ifndef SAKSI_SIM_SCENE_SCENE_YAML_H_
#define SAKSI_SIM_SCENE_SCENE_YAML_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/yaml.h"
#include "hw-models/sensor/lens_projection.h"
#include "sim/scene/scene.h"

namespace saksi::sim {

/// What a run sets that the scene file leaves open or says otherwise.
struct SceneOverrides {
  std::optional<std::string> clip;   ///< a file to show instead of the scene's own pictures, or "default"
  std::optional<double> field_part;  ///< as the key
  uint64_t seed = 1;                 ///< of computed patterns, and of who and what is in a world
  hw::LensProjection lens;           ///< of the device, through which a world is seen
  int64_t from_ns = 0;               ///< the scene's own time at t = 0; the light code counts from t = 0 all the same
  uint32_t code_epoch = 0;           ///< tick that the light code shows at t = 0, even
};

/// Reads a scene file and opens what it shows. Keys:
///
///     name: desk
///     clip: default | a video file         one of these six; `default` is resolved by default_clip()
///     webcam: /dev/video0                  a camera that is recorded for `seconds: 10` before a run, webcam.h
///     picture: a still picture
///     grey: 0.4                            a reflectance, 0 to 1
///     pattern: pan | noise                 computed from the seed
///     world: {...}                         a room with people and things before a moving camera, docs/formats/scene.md
///     lux: 500                             illuminance at the subject, 0.001 to 200000
///     light_changes: [{at_s: 4, lux: 5, over_s: 0.1}]    what becomes of it, in order; over_s 0: at once; a
///                                          colour_temperature_k changes its colour too
///     flicker: {depth: 0.3, mains_hz: 50}  of lamps: the ripple's amplitude over the mean, 0 to 1, at twice the mains frequency, 45 to 65
///     colour_temperature_k: 6500           1667 to 25000; without it the light is D65
///     field_part: 1.0                      part of the sensor's field, in width and height, that the scene fills, 0.05 to 1; a camera that
///                                          reads 1920 x 1080 pixels of its 3280 x 2464 sees all of the code with 0.585
///     at_end: loop | hold                  what follows the clip's last frame; default loop
///     light_code: true                     the strips of base/light_code.h; default true
///     look_at_s: 12                        the moment that 'saksi scenes' shows; default 1
///     size_class: desk                     whose picture sizes --encoder sizes draws (size_tables.h); default the name
///
/// Throws UsageError on any mistake, a file that cannot be shown included.
std::unique_ptr<Scene> load_scene(const std::string& path, const SceneOverrides& overrides);
std::unique_ptr<Scene> load_scene(const YamlNode& node, const SceneOverrides& overrides);

/// The time of a scene's most telling moment, key look_at_s.
double look_at_s(const YamlNode& node);

/// The clip shown by default: $SAKSI_CLIP; else vtest.avi of Debian's opencv-doc (people walking through a hall); else out/cache/vtest.avi.
/// UsageError, saying how to get one, if there is none.
std::string default_clip();

}  // namespace saksi::sim

#endif
