#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>

#include "base/error.h"
#include "reports/jpeg.h"
#include "sim/benchmark/scene_sheet.h"
#include "sim/cli/cli.h"
#include "sim/engine/jobs.h"
#include "sim/engine/run.h"
#include "sim/scene/scene_yaml.h"

namespace saksi::sim {

namespace {

namespace fs = std::filesystem;

struct ScenesOptions {
  std::vector<std::string> scenes;
  std::string out = "out/scenes.jpg";
  uint64_t seed = 1;
  int parallel = 1;
};

/// The checkpoint scenes c01 to c16, in order.
std::vector<std::string> checkpoint_scenes() {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(project_dir() + "/scenarios/scenes")) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".yaml" && name[0] == 'c' && std::isdigit(static_cast<unsigned char>(name[1]))) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void write_planes(const report::YuvPicture& tile, const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  for (const auto* plane : {&tile.y, &tile.cb, &tile.cr})
    out.write(reinterpret_cast<const char*>(plane->data()), static_cast<std::streamsize>(plane->size()));
  if (!out.flush()) throw InfraError(path + ": cannot be written; check free space and permissions");
}

report::YuvPicture read_planes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
  const size_t luma = static_cast<size_t>(kTileWidth) * kTileHeight;
  if (bytes.size() != luma * 3 / 2) throw InfraError(path + ": a tile of the sheet is not whole");
  const auto at = [&](size_t i) { return bytes.begin() + static_cast<std::ptrdiff_t>(i); };
  return {kTileWidth, kTileHeight, {at(0), at(luma)}, {at(luma), at(luma * 5 / 4)}, {at(luma * 5 / 4), bytes.end()}};
}

ExitCode scenes_command(ScenesOptions options) {
  if (options.scenes.empty()) options.scenes = checkpoint_scenes();
  SceneOverrides overrides;
  overrides.seed = options.seed;
  std::vector<std::string> names;
  // A mistake in a file is told before the camera is run for the others.
  for (const std::string& path : options.scenes) names.push_back(load_scene(path, overrides)->name());
  if (!fs::path(options.out).parent_path().empty()) fs::create_directories(fs::path(options.out).parent_path());
  std::vector<Job> jobs;
  for (size_t i = 0; i < options.scenes.size(); ++i) {
    jobs.push_back({names[i], [&options, i] {
                      write_planes(scene_tile(options.scenes[i], options.seed), fmt::format("{}.{}", options.out, i));
                      return ExitCode::kPass;
                    }});
  }
  ExitCode worst = ExitCode::kPass;
  size_t done = 0;
  run_jobs(jobs, options.parallel, std::numeric_limits<double>::infinity(), [&](size_t index, const JobResult& result) {
    worst = worse(worst, result.code);
    fmt::print(stderr, "  {}/{} {}: {}\n", ++done, jobs.size(), names[index], result.code == ExitCode::kPass ? "seen" : "failed " + result.problem);
  });
  std::vector<report::YuvPicture> tiles;
  for (size_t i = 0; i < jobs.size(); ++i) {
    const std::string part = fmt::format("{}.{}", options.out, i);
    if (worst == ExitCode::kPass) tiles.push_back(read_planes(part));
    fs::remove(part);
  }
  if (worst != ExitCode::kPass) return worst;
  constexpr int kQuantiser = 3;
  const report::YuvPicture sheet = contact_sheet(tiles, names);
  const std::vector<uint8_t> jpeg = report::encode_jpeg(sheet, sheet.width, kQuantiser);
  std::ofstream out(options.out, std::ios::binary);
  out.write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
  if (!out.flush()) throw UsageError(options.out + ": cannot be written; name another file with --out");
  fmt::print("{}\n", options.out);
  return ExitCode::kPass;
}

}  // namespace

void add_scenes_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ScenesOptions>();
  CLI::App* command = app.add_subcommand("scenes", "Show scenes as the camera sees them, on one sheet");
  command->add_option("scenes", options->scenes, "Scene files (YAML); default the checkpoint scenes c01 to c16")->type_name("SCENE.yaml ...");
  command->add_option("--out", options->out, "The sheet, a JPEG file")->capture_default_str();
  command->add_option("--seed", options->seed, "Who and what is in the scenes, and the sensor's noise")->capture_default_str();
  command->add_option("-j", options->parallel, "Scenes at a time")->check(CLI::Range(1, 64))->capture_default_str();
  command->footer(
      "Each scene is shown at its look_at_s, after the reference camera has had five seconds to settle its exposure and white balance: what its "
      "image\n"
      "signal processor hands to the encoder at 640x360, at half of that size.\n"
      "Examples:\n"
      "  saksi scenes -j 2\n"
      "  saksi scenes my-scene.yaml --seed 7 --out mine.jpg");
  command->callback([options, &chosen] { chosen = [options] { return scenes_command(*options); }; });
}

}  // namespace saksi::sim
