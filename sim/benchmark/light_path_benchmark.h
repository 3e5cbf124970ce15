#ifndef SAKSI_SIM_BENCHMARK_LIGHT_PATH_BENCHMARK_H_
#define SAKSI_SIM_BENCHMARK_LIGHT_PATH_BENCHMARK_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace saksi::sim {

/// What the way from light to picture costs, in milliseconds of processor time for each frame.
struct LightPathSpeed {
  std::string size;
  double scene_ms = 0, sensor_ms = 0, isp_ms = 0;  ///< the sensor with its lens
  double bar = 0;                                  ///< frames a second that all three together ought to reach

  double frames_per_s() const { return 1000 / (scene_ms + sensor_ms + isp_ms); }
  bool met() const { return frames_per_s() >= bar; }
};

struct LightPathOptions {
  std::string scene_path;
  bool quick = false;                                     ///< to see that it works
  std::function<void(const std::string& what)> progress;  ///< may be empty
};

/// The reference camera before a scene, with its own exposure, at the two sizes that have bars: each part's share of the host's time. The least of
/// several runs, each in a process of its own. UsageError for a bad scene.
std::vector<LightPathSpeed> measure_light_path(const LightPathOptions& options);

/// For a terminal.
std::string text_of(const std::vector<LightPathSpeed>& speeds, const std::string& scene_path);
nlohmann::ordered_json json_of(const std::vector<LightPathSpeed>& speeds);

}  // namespace saksi::sim

#endif
