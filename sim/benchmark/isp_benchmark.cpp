#include "sim/benchmark/isp_benchmark.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include "base/seed_stream.h"
#include "hw-models/isp/pipeline.h"
#include "hw-models/isp/statistics.h"

namespace saksi::sim {

namespace {

/// Of this process: other processes do not count.
double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

struct Case {
  const char* name;
  int in_width, in_height, crop_y, crop_height, out_width, out_height, radius;
};
constexpr Case kCases[] = {{"640x360 out of 820x616", 820, 616, 78, 460, 640, 360, 512}, {"1920x1080", 1920, 1080, 0, 1080, 1920, 1080, 2051}};

/// Everything on, as the reference firmware has it.
hw::IspSettings settings_of(const Case& c) {
  hw::IspSettings s;
  s.in_width = s.crop_width = c.in_width;
  s.in_height = c.in_height;
  s.crop_y = c.crop_y;
  s.crop_height = c.crop_height;
  s.out_width = c.out_width;
  s.out_height = c.out_height;
  s.red_gain = 502;
  s.blue_gain = 557;
  s.defect_threshold = 24;
  s.shading_k = 1376;
  s.shading_x = c.in_width / 2;
  s.shading_y = c.in_height / 2;
  s.shading_radius = c.radius;
  s.gradient_demosaic = true;
  s.colour_matrix = {1305, -247, -34, -127, 1308, -157, -4, -288, 1316};
  s.luma_finish = {40, 8, 32};
  s.chroma_finish.denoise = 64;
  return s;
}

IspSpeed measure(const Case& c, int frames) {
  const hw::IspSettings settings = settings_of(c);
  SeedStream random(1, "isp benchmark");
  std::vector<uint16_t> raw(static_cast<size_t>(c.in_width) * static_cast<size_t>(c.in_height));
  for (uint16_t& sample : raw) sample = static_cast<uint16_t>(300 + random.below(60));
  const size_t stride = static_cast<size_t>(hw::padded_to_16(c.out_width));
  std::vector<uint8_t> luma(stride * static_cast<size_t>(hw::padded_to_16(c.out_height))), chroma(luma.size() / 2);
  hw::IspPipeline pipeline;
  const auto take = [&] {
    pipeline.process(settings, raw.data(), {luma.data(), chroma.data(), stride});
    return hw::statistics_of(settings, raw.data()).zones[0].green;
  };
  take();  // warms memory and tables
  const double start_s = cpu_seconds();
  for (int i = 0; i < frames; ++i) take();
  return {c.name, frames / (cpu_seconds() - start_s)};
}

}  // namespace

std::vector<IspSpeed> measure_isp(int frames) {
  std::vector<IspSpeed> speeds;
  for (const Case& c : kCases) speeds.push_back(measure(c, frames));
  return speeds;
}

std::string text_of(const std::vector<IspSpeed>& speeds) {
  std::string text = "Image signal processor alone, every correction on\n";
  for (const IspSpeed& speed : speeds)
    text += fmt::format("  {:<40} {:>8.1f} frames/s, {:.1f} ms a frame\n", speed.name, speed.frames_per_s, 1000 / speed.frames_per_s);
  return text;
}

nlohmann::ordered_json json_of(const std::vector<IspSpeed>& speeds) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const IspSpeed& speed : speeds) json.push_back({{"name", speed.name}, {"frames_per_s", speed.frames_per_s}});
  return json;
}

}  // namespace saksi::sim
