#ifndef SAKSI_SIM_SCENE_SCENE_H_
#define SAKSI_SIM_SCENE_SCENE_H_

#include <string>
#include <vector>

#include "hw-models/sensor/light_source.h"

namespace saksi::sim {

/// What stands before the camera in a run.
class Scene : public hw::LightSource {
 public:
  /// The name in the scene file.
  virtual const std::string& name() const = 0;
  /// The file whose pictures are shown, empty if they are computed: goes into the manifest with its hash.
  virtual const std::string& source_file() const = 0;
  /// What the user should know about the light so far: the clip started over, frames were damaged.
  virtual std::vector<std::string> warnings() const = 0;
};

}  // namespace saksi::sim

#endif
