#include "sim/benchmark/light_path_benchmark.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/error.h"
#include "base/host_profile.h"
#include "sim/benchmark/camera_run.h"
#include "sim/benchmark/measured_process.h"
#include "sim/scene/scene_yaml.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kWallLimitS = 600;

struct Case {
  int width, height;
  double bar;
};
constexpr Case kCases[] = {{640, 360, 60}, {1920, 1080, 15}};

double processor_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Seconds of processor time of each part and the frames, as JSON. The parts are timed by the wall's clock, which is cheap to read; the run has one
/// thread, and the time in which other programs had its core is taken off all parts alike.
std::string run_once(const LightPathOptions& options, const Case& c) {
  CameraJob job;
  job.scene_path = options.scene_path;
  job.width = c.width;
  job.height = c.height;
  job.seconds = options.quick ? 1.5 : 4;
  job.encoder.kind = hw::EncoderKind::kModel;
  job.scene_from_s = look_at_s(YamlNode::load(options.scene_path)) - job.seconds / 2;
  uint64_t frames = 0;
  job.encoder.tap = [&](const hw::PictureInput&) { ++frames; };
  const double wall_s = wall_clock_s(), had_s = processor_s();
  run_camera(job);
  const double share = std::min(1.0, (processor_s() - had_s) / (wall_clock_s() - wall_s));
  const Json json = {{"frames", frames},
                     {"scene", share * HostProfile::seconds(HostWork::kScene)},
                     {"sensor", share * HostProfile::seconds(HostWork::kSensor)},
                     {"isp", share * HostProfile::seconds(HostWork::kIsp)}};
  return json.dump();
}

LightPathSpeed speed_of(const LightPathOptions& options, const Case& c) {
  const ProcessOutcome outcome = run_measured(
      [&] {
        fmt::print("{}", run_once(options, c));
        return 0;
      },
      kWallLimitS);
  const Json json = Json::parse(outcome.output, nullptr, false);
  if (outcome.exit_code != 0 || !json.is_object() || json.at("frames") == 0)
    throw InfraError(fmt::format("the light path at {}x{} could not be measured (exit code {})", c.width, c.height, outcome.exit_code));
  const auto ms = [&](const char* part) { return 1000 * json.at(part).get<double>() / json.at("frames").get<double>(); };
  return {fmt::format("{}x{}", c.width, c.height), ms("scene"), ms("sensor"), ms("isp"), c.bar};
}

}  // namespace

std::vector<LightPathSpeed> measure_light_path(const LightPathOptions& options) {
  load_scene(options.scene_path, {});  // a mistake in the file is told here
  std::vector<LightPathSpeed> speeds;
  for (const Case& c : kCases) {
    const int runs = options.quick ? 1 : 3;
    for (int i = 0; i < runs; ++i) {
      if (options.progress) options.progress(fmt::format("{}x{}, {} of {}", c.width, c.height, i + 1, runs));
      const LightPathSpeed speed = speed_of(options, c);
      if (i == 0) speeds.push_back(speed);
      LightPathSpeed& least = speeds.back();
      least.scene_ms = std::min(least.scene_ms, speed.scene_ms);
      least.sensor_ms = std::min(least.sensor_ms, speed.sensor_ms);
      least.isp_ms = std::min(least.isp_ms, speed.isp_ms);
    }
  }
  return speeds;
}

std::string text_of(const std::vector<LightPathSpeed>& speeds, const std::string& scene_path) {
  std::string text = fmt::format("Light to picture, {}\n  {:<12}{:>10}{:>16}{:>8}{:>8} ms of processor time a frame\n", scene_path, "", "scene",
                                 "sensor, lens", "ISP", "sum");
  for (const LightPathSpeed& s : speeds) {
    text += fmt::format("  {:<12}{:>10.1f}{:>16.1f}{:>8.1f}{:>8.1f}   {:.1f} frames/s, bar {:.0f}: {}\n", s.size, s.scene_ms, s.sensor_ms, s.isp_ms,
                        1000 / s.frames_per_s(), s.frames_per_s(), s.bar, s.met() ? "met" : "not met");
  }
  return text;
}

nlohmann::ordered_json json_of(const std::vector<LightPathSpeed>& speeds) {
  Json json = Json::array();
  for (const LightPathSpeed& s : speeds) {
    json.push_back({{"size", s.size},
                    {"scene_ms", s.scene_ms},
                    {"sensor_ms", s.sensor_ms},
                    {"isp_ms", s.isp_ms},
                    {"frames_per_s", s.frames_per_s()},
                    {"bar", s.bar}});
  }
  return json;
}

}  // namespace saksi::sim
