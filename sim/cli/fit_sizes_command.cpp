#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

#include "base/error.h"
#include "sim/benchmark/camera_run.h"
#include "sim/benchmark/size_fit.h"
#include "sim/cli/cli.h"
#include "sim/engine/jobs.h"
#include "sim/scene/scene_yaml.h"
#include "sim/scene/size_tables.h"

namespace saksi::sim {

namespace {

namespace fs = std::filesystem;

struct FitSizesOptions {
  std::string scene;
  std::vector<std::string> sizes{"352x288", "640x360"};
  int fps = 15;
  int gop = 15;
  double seconds = 80;
  uint64_t seed = 1;
  int parallel = 1;
  bool add = false;
  std::string out;
};

std::string command_line(const FitSizesOptions& options, const std::string& size) {
  return fmt::format("saksi fit-sizes {} --sizes {} --fps {} --gop {} --seconds {:g} --seed {}", fs::path(options.scene).filename().string(), size,
                     options.fps, options.gop, options.seconds, options.seed);
}

/// Runs the camera at one size, and leaves what was fitted as a table of its own.
void fit(const FitSizesOptions& options, const std::string& size, const std::string& part) {
  CameraJob job;
  int used = 0;
  const bool good = std::sscanf(size.c_str(), "%dx%d%n", &job.width, &job.height, &used) == 2 && static_cast<size_t>(used) == size.size();
  if (!good) throw UsageError(fmt::format("--sizes {}: WIDTHxHEIGHT was expected", size));
  job.scene_path = options.scene;
  job.fps = options.fps;
  job.gop = options.gop;
  job.seconds = options.seconds;
  job.seed = options.seed;
  SizeFit fit(options.fps);
  job.encoder.kind = hw::EncoderKind::kModel;
  job.encoder.tap = [&](const hw::PictureInput& input) { fit.add(input); };
  run_camera(job);
  hw::SizeTable table;
  table.scene_class = size_class_of(options.scene);
  table.pictures = {fit.fitted(job.width, job.height)};
  table.pictures[0].command = command_line(options, size);
  std::ofstream(part) << text_of(table, {});
}

/// Joins the parts, and with --add what the table has of other sizes.
void write_table(const FitSizesOptions& options, const std::vector<std::string>& parts) {
  hw::SizeTable table;
  table.scene_class = size_class_of(options.scene);
  for (const std::string& part : parts) {
    table.pictures.push_back(hw::SizeTable::load(part).pictures.front());
    fs::remove(part);
  }
  if (options.add && fs::exists(options.out)) {
    for (const hw::SizesOfPicture& old : hw::SizeTable::load(options.out).pictures) {
      const auto same = [&](const hw::SizesOfPicture& picture) { return picture.width == old.width && picture.height == old.height; };
      if (std::none_of(table.pictures.begin(), table.pictures.end(), same)) table.pictures.push_back(old);
    }
  }
  std::sort(table.pictures.begin(), table.pictures.end(), [](const auto& a, const auto& b) { return a.width * a.height < b.width * b.height; });
  SceneOverrides overrides;
  overrides.seed = options.seed;
  const std::string shown = fs::path(load_scene(options.scene, overrides)->source_file()).filename().string();
  const std::string pictures = fmt::format("blocks of {} s in turns, even ones fitted, odd ones left for 'saksi benchmark sizes'", kFitBlockS);
  std::ofstream out(options.out);
  out << text_of(table, {"scene: " + fs::path(options.scene).filename().string(), "shows: " + (shown.empty() ? "a computed picture" : shown),
                         "pictures: \"" + pictures + "\""});
  if (!out.flush()) throw InfraError(options.out + ": cannot be written");
}

ExitCode fit_sizes_command(FitSizesOptions options) {
  if (options.out.empty()) options.out = own_size_table(options.scene);
  if (!fs::path(options.out).parent_path().empty()) fs::create_directories(fs::path(options.out).parent_path());
  std::vector<Job> jobs;
  std::vector<std::string> parts;
  for (const std::string& size : options.sizes) {
    parts.push_back(options.out + "." + size);
    jobs.push_back({size, [&options, size, part = parts.back()] {
                      fit(options, size, part);
                      return ExitCode::kPass;
                    }});
  }
  ExitCode worst = ExitCode::kPass;
  run_jobs(jobs, options.parallel, std::numeric_limits<double>::infinity(), [&](size_t index, const JobResult& result) {
    worst = worse(worst, result.code);
    fmt::print(stderr, "  {}: {}\n", options.sizes[index], result.code == ExitCode::kPass ? "fitted" : "failed " + result.problem);
  });
  if (worst != ExitCode::kPass) return worst;
  write_table(options, parts);
  fmt::print("{}\n", options.out);
  return ExitCode::kPass;
}

}  // namespace

void add_fit_sizes_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<FitSizesOptions>();
  CLI::App* command = app.add_subcommand("fit-sizes", "Fit a table of picture sizes to a scene, for 'run --encoder sizes'");
  command->add_option("scene", options->scene, "Scene file (YAML)")->required()->type_name("SCENE.yaml");
  command->add_option("--sizes", options->sizes, "Picture sizes to fit at")->type_name("WxH ...")->capture_default_str();
  command->add_option("--fps", options->fps, "Frames per second")->check(CLI::Range(1, 60))->capture_default_str();
  command->add_option("--gop", options->gop, "Pictures from one IDR picture to the next")->check(CLI::Range(1, 600))->capture_default_str();
  command->add_option("--seconds", options->seconds, "Simulated seconds of the scene")->check(CLI::Range(10.0, 3600.0))->capture_default_str();
  command->add_option("--seed", options->seed, "Of the sensor's noise and of computed pictures")->capture_default_str();
  command->add_option("-j", options->parallel, "Sizes at a time")->check(CLI::Range(1, 64))->capture_default_str();
  command->add_option("--out", options->out, "The table; default sizes/<class>.yaml beside the scene, where 'run' looks for it");
  command->add_flag("--add", options->add, "Keep what the table has of other sizes");
  command->footer(
      "The reference camera looks at the scene, and the encoder's C++ twin codes every picture at quantisation parameters 10, 12 .. 50 and 51, once "
      "after the\n"
      "picture before it and, each fifth, alone. Blocks of 5 s are fitted and left out in turns, so that 'saksi benchmark sizes' can check the "
      "table\n"
      "against pictures that it has not seen.\n"
      "Examples:\n"
      "  saksi fit-sizes my-scenes/street.yaml\n"
      "  saksi fit-sizes scenarios/scenes/desk.yaml --sizes 1920x1080 --seconds 30 --add");
  command->callback([options, &chosen] { chosen = [options] { return fit_sizes_command(*options); }; });
}

}  // namespace saksi::sim
