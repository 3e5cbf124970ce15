#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/error.h"
#include "sim/benchmark/cpu_benchmark.h"
#include "sim/benchmark/h264_benchmark.h"
#include "sim/benchmark/isp_benchmark.h"
#include "sim/benchmark/judge_benchmark.h"
#include "sim/benchmark/light_path_benchmark.h"
#include "sim/benchmark/sensor_benchmark.h"
#include "sim/benchmark/sizes_benchmark.h"
#include "sim/cli/cli.h"
#include "sim/engine/jobs.h"
#include "sim/engine/run.h"
#include "sim/scene/scene_yaml.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kPictures = 120;
constexpr int kQuickPictures = 12;
constexpr int kPicturesMax = 1000;  // which take about a gigabyte

struct BenchmarkOptions {
  std::vector<std::string> parts;
  std::string size = "352x288";
  std::string clip;
  int pictures = 0;
  std::vector<std::string> elves;
  bool only_elves = false;
  std::vector<std::string> scenes;
  int parallel = 1;
  bool quick = false;
  int repeats = 3;
  OutputOptions output;
};

/// One line of the table.
struct Figure {
  std::string name;
  double value;
  std::string unit;
};

void read_size(const std::string& size, int& width, int& height) {
  if (std::sscanf(size.c_str(), "%dx%d", &width, &height) != 2) throw UsageError("--size: WIDTHxHEIGHT was expected");
}

/// Tells on standard error what is being measured, unless that would be in the way.
std::function<void(const std::string&)> progress_of(const OutputOptions& output) {
  if (output.quiet || output.json) return nullptr;
  return [](const std::string& what) { fmt::print(stderr, "  {}\n", what); };
}

CpuBenchmarkResult measure_cpu(const BenchmarkOptions& options) {
  CpuBenchmarkOptions cpu;
  cpu.elves = options.elves;
  cpu.only_elves = options.only_elves;
  cpu.repeats = options.quick ? 1 : options.repeats;
  cpu.quick = options.quick;
  cpu.board_path = project_dir() + "/boards/virt.yaml";
  cpu.progress = progress_of(options.output);
  return run_cpu_benchmark(cpu);
}

H264BenchmarkResult measure_h264(const BenchmarkOptions& options) {
  H264BenchmarkOptions h264;
  h264.clip = options.clip.empty() ? default_clip() : options.clip;
  h264.pictures = options.quick ? kQuickPictures : kPictures;
  if (options.pictures > 0) h264.pictures = options.pictures;
  h264.repeats = options.quick ? 1 : options.repeats;
  h264.bars = !options.quick;
  h264.progress = progress_of(options.output);
  return run_h264_benchmark(h264);
}

SizesBenchmarkResult measure_sizes(const BenchmarkOptions& options) {
  SizesBenchmarkOptions sizes;
  sizes.scenes = options.scenes;
  for (const char* const scene : {"desk", "dim-hall", "golden"}) {
    if (options.scenes.empty()) sizes.scenes.push_back(project_dir() + "/scenarios/scenes/" + scene + ".yaml");
  }
  read_size(options.size, sizes.width, sizes.height);
  if (options.quick) {
    sizes.seconds = 20;
    sizes.lengths = 2;
  }
  sizes.quick = options.quick;
  sizes.parallel = options.parallel;
  sizes.progress = progress_of(options.output);
  return run_sizes_benchmark(sizes);
}

Json read_json(const std::string& path) {
  std::ifstream in(path);
  const Json json = Json::parse(in, nullptr, false);
  if (!json.is_object()) throw InfraError(path + ": was not written");
  return json;
}

size_t count_lines(const std::string& path) {
  std::ifstream in(path);
  size_t lines = 0;
  for (std::string line; std::getline(in, line);) ++lines;
  return lines;
}

constexpr char kOutDir[] = "out/benchmark";

RunRequest main_scenario(const BenchmarkOptions& options) {
  RunRequest request;
  request.scenario_path = project_dir() + "/scenarios/start/press-at-desk.yaml";
  request.out_dir = kOutDir;
  int width = 0;
  int height = 0;
  read_size(options.size, width, height);
  request.width = width;
  request.height = height;
  return request;
}

void play(const RunRequest& request) {
  const PreparedRun prepared = prepare_run(request);
  constexpr double kWallLimit = 3600;
  const auto results =
      run_jobs({{"benchmark", [&] { return run(prepared, [](double, double) {}).code; }}}, 1, kWallLimit, [](size_t, const JobResult&) {});
  if (results[0].code == ExitCode::kInfraError) throw InfraError("the benchmark run failed: " + results[0].problem);
}

/// Plays the main scenario once and takes the figures from what the run measured of itself.
void add_run(const BenchmarkOptions& options, std::vector<Figure>& figures) {
  const RunRequest request = main_scenario(options);
  const int width = *request.width;
  const int height = *request.height;
  play(request);
  const std::string out = kOutDir;
  const Json performance = read_json(out + "/performance.json");
  const double wall_s = performance.at("wall_s").get<double>();
  const auto seconds = [&](const char* part) { return performance.at("share").at(part).get<double>() * wall_s; };
  const double pictures = static_cast<double>(count_lines(out + "/truth/encoder.jsonl"));
  const double frames = static_cast<double>(count_lines(out + "/truth/frames.jsonl"));
  const double macroblocks = pictures * ((width + 15) / 16) * ((height + 15) / 16);
  const double rtl_cycles = performance.at("rtl_cycles").get<double>();
  const double simulated_s = performance.at("simulated_s").get<double>();
  const std::string at = ", " + options.size;
  figures.push_back({"encoder RTL" + at, rtl_cycles / seconds("rtl") / 1e3, "kcycles/s"});
  figures.push_back({"encoder RTL" + at, pictures / seconds("rtl"), "frames/s"});
  figures.push_back({"encoder RTL" + at, seconds("rtl") * 1e9 / macroblocks, "ns/macroblock"});
  figures.push_back({"encoder RTL" + at, rtl_cycles / macroblocks, "cycles/macroblock"});
  figures.push_back({"scene, sensor and ISP" + at, frames / (seconds("scene") + seconds("sensor") + seconds("isp")), "frames/s"});
  figures.push_back({"simulated to host time, recording" + at, simulated_s / (wall_s - seconds("judge") - seconds("report")), "s/s"});
  figures.push_back({"simulated to host time, with judge and report" + at, simulated_s / wall_s, "s/s"});
}

/// CPU seconds, of all its processes, that the main scenario takes with that --trace (empty: without).
double cpu_s_of_run(const BenchmarkOptions& options, const std::string& trace) {
  RunRequest request = main_scenario(options);
  request.trace = trace;
  if (!options.output.quiet && !options.output.json) fmt::print(stderr, "  {}\n", trace.empty() ? "without waves" : "--trace=" + trace);
  const auto used_s = [] {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  };
  const double before_s = used_s();
  play(request);
  return used_s() - before_s;
}

/// What waves cost: while they are only waited for, and while they are recorded. In turns, the least of each counts.
void add_waves(const BenchmarkOptions& options, std::vector<Figure>& figures) {
  constexpr double kFromMs = 6000;  // pictures are being coded and written
  constexpr double kLengthMs = 100;
  const std::string never = "watchdog";
  const std::string window = fmt::format("{}:{}", kFromMs, kFromMs + kLengthMs);
  double plain_s = 1e9, armed_s = 1e9, recorded_s = 1e9;
  for (int i = 0; i < (options.quick ? 1 : options.repeats); ++i) {
    plain_s = std::min(plain_s, cpu_s_of_run(options, ""));
    armed_s = std::min(armed_s, cpu_s_of_run(options, never));
    recorded_s = std::min(recorded_s, cpu_s_of_run(options, window));
  }
  const double plain_ms = read_json(std::string(kOutDir) + "/performance.json").at("simulated_s").get<double>() * 1e3;
  const std::string at = ", " + options.size;
  figures.push_back({"waves waited for and not recorded" + at, armed_s / plain_s, "of the CPU time without"});
  figures.push_back({"waves of all signals recorded" + at, (recorded_s - plain_s) / kLengthMs / (plain_s / plain_ms), "of the CPU time without"});
}

std::vector<LightPathSpeed> measure_light(const BenchmarkOptions& options, std::string* text) {
  LightPathOptions light;
  light.scene_path = options.scenes.empty() ? project_dir() + "/scenarios/scenes/c01-arrival-counter.yaml" : options.scenes.front();
  light.quick = options.quick;
  light.progress = progress_of(options.output);
  std::vector<LightPathSpeed> speeds = measure_light_path(light);
  *text = text_of(speeds, light.scene_path);
  return speeds;
}

ExitCode benchmark_command(const BenchmarkOptions& options) {
  const auto wanted = [&](const char* part) {
    return options.parts.empty() || std::find(options.parts.begin(), options.parts.end(), part) != options.parts.end();
  };
  Json json = Json::object();
  bool all_right = true;
  if (wanted("cpu")) {
    const CpuBenchmarkResult cpu = measure_cpu(options);
    all_right = cpu.all_right;
    json["cpu"] = json_of(cpu);
    if (!options.output.json) fmt::print("{}\n", text_of(cpu));
  }
  if (wanted("h264")) {
    const H264BenchmarkResult h264 = measure_h264(options);
    all_right = all_right && h264.all_right();
    json["h264"] = json_of(h264);
    if (!options.output.json) fmt::print("{}\n", text_of(h264));
  }
  if (wanted("sensor")) {
    const SensorBenchmarkResult sensor = run_sensor_benchmark({options.quick, progress_of(options.output)});
    all_right = all_right && sensor.all_right();
    json["sensor"] = json_of(sensor);
    if (!options.output.json) fmt::print("{}\n", text_of(sensor));
  }
  if (wanted("isp")) {
    const std::vector<IspSpeed> isp = measure_isp(options.quick ? 3 : 100);
    json["isp"] = json_of(isp);
    if (!options.output.json) fmt::print("{}\n", text_of(isp));
  }
  if (wanted("light")) {
    std::string text;
    json["light"] = json_of(measure_light(options, &text));
    if (!options.output.json) fmt::print("{}\n", text);
  }
  // Not without being asked: it needs a clip.
  if (std::find(options.parts.begin(), options.parts.end(), "judge") != options.parts.end()) {
    if (options.clip.empty()) throw UsageError("benchmark judge: give a signed clip with --clip; the bars are for 1080p30 of 8 Mbit/s");
    const JudgeSpeed judge = run_judge_benchmark(options.clip, options.quick ? 1 : options.repeats);
    json["judge"] = json_of(judge);
    if (!options.output.json) fmt::print("{}\n", text_of(judge));
  }
  // Not without being asked: it takes many minutes.
  if (std::find(options.parts.begin(), options.parts.end(), "sizes") != options.parts.end()) {
    const SizesBenchmarkResult sizes = measure_sizes(options);
    json["sizes"] = json_of(sizes);
    if (!options.output.json) fmt::print("{}\n", text_of(sizes));
  }
  std::vector<Figure> figures;
  if (wanted("run")) add_run(options, figures);
  if (wanted("waves")) add_waves(options, figures);
  for (const Figure& figure : figures) {
    json["run"].push_back({{"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}});
    if (!options.output.json) fmt::print("{:<55} {:>12.{}f} {}\n", figure.name, figure.value, figure.value < 10 ? 3 : 1, figure.unit);
  }
  if (options.output.json) fmt::print("{}\n", json.dump(2));
  return all_right ? ExitCode::kPass : ExitCode::kFail;
}

}  // namespace

void add_benchmark_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<BenchmarkOptions>();
  CLI::App* command = app.add_subcommand("benchmark", "The performance table: CPU, encoder and its twin, sensor, simulated to host time");
  command->add_option("parts", options->parts, "cpu, h264, sensor, isp, light, run, waves, judge, sizes; default all but judge and sizes")
      ->check(CLI::IsMember({"cpu", "h264", "sensor", "isp", "light", "run", "waves", "judge", "sizes"}));
  command->add_option("--size", options->size, "Picture size of run and sizes")->capture_default_str();
  command->add_option("--elf", options->elves, "Measure this program for QEMU virt as well; may be repeated")->type_name("ELF");
  command->add_flag("--only-elf", options->only_elves, "Measure the programs of --elf and none else");
  command->add_option("--clip", options->clip, "h264: the video to code; default $SAKSI_CLIP, else vtest.avi. judge: the clip")->type_name("FILE");
  command->add_option("--pictures", options->pictures, "h264: how many pictures of it; default 120, with --quick 12")
      ->check(CLI::Range(1, kPicturesMax));
  command->add_option("--repeats", options->repeats, "How often each CPU program, each clip and each run for waves runs; the fastest counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_option("--scene", options->scenes, "sizes, light: a scene file, for sizes also several; default the project's own")
      ->type_name("SCENE.yaml");
  command->add_option("-j", options->parallel, "sizes: runs at a time")->check(CLI::Range(1, 64))->capture_default_str();
  command->add_flag("--quick", options->quick, "Once, with a tenth of the work and without bars: shows that all works");
  add_output_options(*command, options->output);
  command->footer(
      "cpu: the same bare programs on the whole simulated machine (boards/virt.yaml, devices on, physical memory protection on) and on QEMU virt,\n"
      "in turns. MIPS are instructions, as this project's machine counts them, per second of user CPU time of the process, less the time of a\n"
      "program that does nothing; QEMU executes the same instructions, save those of the timer programs, which it counts itself.\n"
      "A program of --elf must end at the test finisher. A failed self-check of a program gives exit code 1; a bar that is short does not.\n"
      "h264: the encoder by itself, without kernel, bus or firmware: the Verilated circuit and its C++ twin on the clip and on a camera that moves\n"
      "over it (the clip at twice the size, 5 pixels across and 3 down a picture), IDR every 60 pictures or every picture, QP 27, deblocked. Frames\n"
      "a second are of CPU time of this process. Circuit and twin must agree in every byte: a difference gives exit code 1, a bar that is short\n"
      "does not. BD-rate (Bjontegaard's cubic, luma PSNR, QP 22, 27, 32, 37) is against libx264 through FFmpeg's libavcodec; slices alone count.\n"
      "sensor: two sensors in front of an evenly lit surface, measured by EMVA 1288 (photon transfer, dark current, PRNU, DSNU) on their raw\n"
      "frames: what was set must be found again within 3 %, PRNU and DSNU within 5 %, or the exit code is 1.\n"
      "isp: frames a second of CPU time of the image signal processor alone, every correction on.\n"
      "light: the reference camera before a scene (default c01-arrival-counter), what scene, sensor with lens, and image signal processor take of "
      "the\n"
      "host's time for a frame, at 640x360 and 1920x1080; the least of three runs.\n"
      "waves: the main scenario without --trace, with a --trace that waits for what never comes, and with one that records 100 ms, in turns.\n"
      "judge: how many times faster than it plays a clip is verified (signatures alone) and judged whole (decoded), and the memory it takes.\n"
      "sizes: the whole camera before each scene with --encoder model and with --encoder sizes, at QP 22, 27 and 36 and at a constant 500 kbit/s:\n"
      "errors of the mean, the 95th and 99th percentile of picture sizes, of the largest second and of the encoder's clock cycles, on pictures that\n"
      "the scene's table was not fitted to; and the host's CPU seconds for an hour of the camera's.\n"
      "Figures are of this host, one core, while nothing else runs; compare ratios of one call rather than figures of two.\n"
      "Examples:\n"
      "  saksi benchmark cpu\n"
      "  saksi benchmark sizes --size 640x360 -j 2\n"
      "  saksi benchmark h264 --clip street.mp4 --pictures 60\n"
      "  saksi benchmark cpu --only-elf --elf coremark.elf --json");
  command->callback([options, &chosen] { chosen = [options] { return benchmark_command(*options); }; });
}

}  // namespace saksi::sim
