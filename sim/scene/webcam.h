#ifndef SAKSI_SIM_SCENE_WEBCAM_H_
#define SAKSI_SIM_SCENE_WEBCAM_H_

#include <functional>
#include <optional>
#include <string>

#include "base/yaml.h"

namespace saksi::sim {

/// What stands in for a scene and must be recorded before a run, so that the run itself stays the same each time.
struct Webcam {
  std::string device;           ///< /dev/video0, or what `format` calls its input
  std::string format = "v4l2";  ///< of FFmpeg's input devices
  double seconds = 10;
};

/// The webcam of a scene, keys `webcam` and `seconds` (1 to 600); nullopt if it has none. UsageError for a mistake, and for a device that is not
/// there.
std::optional<Webcam> webcam_of(const YamlNode& scene);

/// Records it with the ffmpeg program into a file without loss, and tells how many seconds have passed. UsageError, with what ffmpeg says, if it
/// cannot.
void capture_webcam(const Webcam& webcam, const std::string& file, const std::function<void(double seconds)>& progress);

}  // namespace saksi::sim

#endif
