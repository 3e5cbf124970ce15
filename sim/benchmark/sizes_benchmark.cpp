#include "sim/benchmark/sizes_benchmark.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>

#include "base/error.h"
#include "sim/benchmark/size_fit.h"
#include "sim/engine/jobs.h"
#include "sim/engine/run.h"
#include "sim/scene/size_tables.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kHourS = 3600;

struct Setting {
  const char* name;
  int qp;
  int bitrate_kbps;
};
constexpr Setting kSettings[] = {{"QP 27", 27, 0}, {"QP 22", 22, 0}, {"QP 36", 36, 0}, {"500 kbit/s", 27, 500}};

/// Runs the camera and leaves what came of it in a file, since each run needs a process of its own.
ExitCode run_to_file(const CameraJob& job, const std::string& path) {
  const std::vector<CameraPicture> pictures = run_camera(job);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  Json json = {{"cpu_s", static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) / 1e6},
               {"pictures", Json::array()}};
  for (const CameraPicture& picture : pictures) json["pictures"].push_back({picture.bytes, picture.cycles});
  std::ofstream(path) << json;
  return ExitCode::kPass;
}

struct FinishedRun {
  std::vector<CameraPicture> pictures;
  double cpu_s_an_hour = 0;
};

FinishedRun read_run(const std::string& path, double seconds) {
  std::ifstream in(path);
  const Json json = Json::parse(in, nullptr, false);
  if (!json.is_object()) throw InfraError(path + ": was not written");
  FinishedRun run;
  run.cpu_s_an_hour = json.at("cpu_s").get<double>() * kHourS / seconds;
  for (const Json& picture : json.at("pictures")) run.pictures.push_back({picture.at(0).get<uint32_t>(), picture.at(1).get<double>()});
  return run;
}

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())))];
}

/// The largest sum of `fps` pictures in a row, all left out from fitting.
double largest_second(const std::vector<CameraPicture>& pictures, size_t from, size_t count, int fps) {
  double largest = 0, sum = 0;
  int row = 0;
  for (size_t n = 0; n < count; ++n) {
    if (is_for_fit(n, fps)) {
      row = 0;
      sum = 0;
      continue;
    }
    sum += pictures[from + n].bytes;
    if (++row > fps) sum -= pictures[from + n - static_cast<size_t>(fps)].bytes;
    if (row >= fps) largest = std::max(largest, sum);
  }
  return largest;
}

/// A folder for the runs' results, for as long as the benchmark lasts.
class ScratchFolder {
 public:
  ScratchFolder() : path_(std::filesystem::temp_directory_path() / fmt::format("saksi-sizes-{}", getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

double error_percent(double drawn, double twin) { return twin > 0 ? 100 * (drawn - twin) / twin : 0; }

}  // namespace

SizeStatistics statistics_of(const std::vector<CameraPicture>& pictures, int fps, double seconds) {
  constexpr double kKbit = 8.0 / 1000;
  const size_t piece = std::min(pictures.size(), static_cast<size_t>(seconds * fps));
  SizeStatistics sum;
  double pieces = 0;
  for (size_t from = 0; piece > 0 && from + piece <= pictures.size(); from += piece) {
    std::vector<double> kbits;
    double all_kbit = 0, cycles = 0;
    for (size_t n = 0; n < piece; ++n) {
      if (is_for_fit(n, fps)) continue;
      kbits.push_back(kKbit * pictures[from + n].bytes);
      all_kbit += kbits.back();
      cycles += pictures[from + n].cycles;
    }
    if (kbits.empty()) continue;
    ++pieces;
    sum.mean_kbit += all_kbit / static_cast<double>(kbits.size());
    sum.cycles += cycles / static_cast<double>(kbits.size());
    sum.p95_kbit += percentile(kbits, 0.95);
    sum.p99_kbit += percentile(kbits, 0.99);
    sum.second_kbit += kKbit * largest_second(pictures, from, piece, fps);
  }
  for (double* value : {&sum.mean_kbit, &sum.p95_kbit, &sum.p99_kbit, &sum.second_kbit, &sum.cycles}) *value /= std::max(pieces, 1.0);
  return sum;
}

SizesBenchmarkResult run_sizes_benchmark(const SizesBenchmarkOptions& options) {
  const ScratchFolder scratch;
  SizesBenchmarkResult result{options.width, options.height, {}};
  std::vector<Job> jobs;
  for (const std::string& scene : options.scenes) {
    for (const Setting& setting : kSettings) {
      if (options.quick && &setting != kSettings) break;
      result.figures.push_back({std::filesystem::path(scene).stem().string(), setting.name, {}, {}, 0, 0});
      CameraJob job;
      job.scene_path = scene;
      job.width = options.width;
      job.height = options.height;
      job.qp = setting.qp;
      job.bitrate_kbps = setting.bitrate_kbps;
      for (const bool drawn : {false, true}) {
        job.encoder.kind = drawn ? hw::EncoderKind::kSizes : hw::EncoderKind::kModel;
        job.encoder.size_table = find_size_table(scene, project_dir());
        job.seconds = drawn ? options.seconds * options.lengths : options.seconds;
        const std::string file = scratch.file(fmt::format("{}.json", jobs.size()));
        const std::string what = fmt::format("{}, {}, {}", result.figures.back().scene, setting.name, drawn ? "sizes drawn" : "twin");
        jobs.push_back({what, [job, file] { return run_to_file(job, file); }});
      }
    }
  }
  run_jobs(jobs, options.parallel, std::numeric_limits<double>::infinity(), [&](size_t index, const JobResult& done) {
    if (done.code != ExitCode::kPass) throw InfraError(jobs[index].name + ": the run failed: " + done.problem);
    if (options.progress) options.progress(jobs[index].name);
  });
  const int fps = CameraJob{}.fps;
  for (size_t i = 0; i < result.figures.size(); ++i) {
    SizesFigure& figure = result.figures[i];
    const FinishedRun twin = read_run(scratch.file(fmt::format("{}.json", 2 * i)), options.seconds);
    const FinishedRun drawn = read_run(scratch.file(fmt::format("{}.json", 2 * i + 1)), options.seconds * options.lengths);
    // The camera needs a moment from power-on to its first picture.
    const double seconds = static_cast<double>(twin.pictures.size()) / fps;
    figure.twin = statistics_of(twin.pictures, fps, seconds);
    figure.drawn = statistics_of(drawn.pictures, fps, seconds);
    figure.twin_cpu_s = twin.cpu_s_an_hour;
    figure.drawn_cpu_s = drawn.cpu_s_an_hour;
  }
  return result;
}

std::string text_of(const SizesBenchmarkResult& result) {
  std::string text = fmt::format("Sizes drawn against the encoder's twin, {}x{}: error of what was drawn, in percent\n", result.width, result.height);
  text += fmt::format("{:<12} {:<11} {:>12} {:>7} {:>7} {:>7} {:>9} {:>8} {:>22}\n", "scene", "setting", "kbit/picture", "mean", "95 %", "99 %",
                      "largest s", "cycles", "host s/h: twin, sizes");
  for (const SizesFigure& f : result.figures) {
    const SizeStatistics &t = f.twin, &d = f.drawn;
    text += fmt::format("{:<12} {:<11} {:>12.2f} {:>+7.1f} {:>+7.1f} {:>+7.1f} {:>+9.1f} {:>+8.1f} {:>11.0f} {:>10.1f}\n", f.scene, f.setting,
                        t.mean_kbit, error_percent(d.mean_kbit, t.mean_kbit), error_percent(d.p95_kbit, t.p95_kbit),
                        error_percent(d.p99_kbit, t.p99_kbit), error_percent(d.second_kbit, t.second_kbit), error_percent(d.cycles, t.cycles),
                        f.twin_cpu_s, f.drawn_cpu_s);
  }
  return text;
}

Json json_of(const SizesBenchmarkResult& result) {
  const auto statistics = [](const SizeStatistics& s) {
    return Json{
        {"mean_kbit", s.mean_kbit}, {"p95_kbit", s.p95_kbit}, {"p99_kbit", s.p99_kbit}, {"largest_second_kbit", s.second_kbit}, {"cycles", s.cycles}};
  };
  Json json = {{"width", result.width}, {"height", result.height}, {"figures", Json::array()}};
  for (const SizesFigure& f : result.figures) {
    json["figures"].push_back({{"scene", f.scene},
                               {"setting", f.setting},
                               {"twin", statistics(f.twin)},
                               {"drawn", statistics(f.drawn)},
                               {"twin_cpu_s_an_hour", f.twin_cpu_s},
                               {"drawn_cpu_s_an_hour", f.drawn_cpu_s}});
  }
  return json;
}

}  // namespace saksi::sim
