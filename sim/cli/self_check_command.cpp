#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

#include "base/seed_stream.h"
#include "sim/cli/cli.h"
#include "sim/engine/jobs.h"
#include "sim/engine/run.h"
#include "sim/self-check/coverage_table.h"

namespace saksi::sim {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct SelfCheckOptions {
  int runs = 2000;
  int parallel = static_cast<int>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  uint64_t seed = 1;
  std::string encoder = "model";
  std::string out = "out/self-check";
  bool json = false;
  int only = -1;  ///< number of the one recording that is made and kept; -1: all are made
};

/// What is drawn for one run.
struct Drawn {
  uint64_t seed = 0;
  int fps = 0;
  int exposure_us = 0;
  int qp = 0;
  int pre_event_s = 0;
  std::string scene;
};

Drawn draw(uint64_t seed, int index) {
  constexpr int kRates[] = {10, 12, 15, 20, 24, 25, 30};
  const char* const kScenes[] = {"desk", "dim-hall", "golden"};
  constexpr int kExposureLeastUs = 1000, kExposureMostUs = 16'000;
  constexpr int kQpLeast = 18, kQpMost = 40;
  SeedStream random(seed, "self-check/" + std::to_string(index));
  Drawn drawn;
  drawn.seed = random.next() >> 1;
  drawn.fps = kRates[random.below(std::size(kRates))];
  drawn.exposure_us = kExposureLeastUs + static_cast<int>(random.below(kExposureMostUs - kExposureLeastUs + 1));
  drawn.qp = kQpLeast + static_cast<int>(random.below(kQpMost - kQpLeast + 1));
  drawn.pre_event_s = static_cast<int>(random.below(2));
  drawn.scene = kScenes[random.below(std::size(kScenes))];
  return drawn;
}

RunRequest request_of(const Drawn& drawn, const SelfCheckOptions& options, int index) {
  RunRequest request;
  request.scenario_path = project_dir() + "/scenarios/self-check/random-press.yaml";
  request.name = fmt::format("random-press-{}", index);
  request.light_path = fmt::format("{}/scenarios/scenes/{}.yaml", project_dir(), drawn.scene);
  request.parameters = {{"qp", std::to_string(drawn.qp)},
                        {"exposure_us", std::to_string(drawn.exposure_us)},
                        {"pre_event_s", std::to_string(drawn.pre_event_s)},
                        {"pre_event_ms", std::to_string(1000 * drawn.pre_event_s)}};
  request.seed = drawn.seed;
  request.fps = drawn.fps;
  request.encoder = options.encoder;
  request.out_dir = fmt::format("{}/{}", options.out, index);
  return request;
}

std::string result_path(const SelfCheckOptions& options, int index) { return fmt::format("{}/{}.json", options.out, index); }

Json json_of(const Drawn& drawn) {
  return {{"seed", drawn.seed},  {"fps", drawn.fps}, {"exposure_us", drawn.exposure_us}, {"qp", drawn.qp}, {"pre_event_s", drawn.pre_event_s},
          {"scene", drawn.scene}};
}

/// Leaves the judge's errors in one small file, and nothing of the recording.
ExitCode one_run(const SelfCheckOptions& options, int index) {
  const Drawn drawn = draw(options.seed, index);
  const RunRequest request = request_of(drawn, options, index);
  run(prepare_run(request), [](double, double) {});
  Json result = Json::parse(std::ifstream(request.out_dir + "/self-check.json"));
  result["drawn"] = json_of(drawn);
  fs::remove_all(request.out_dir);
  std::ofstream out(result_path(options, index));
  out << result.dump() << "\n";
  return out.flush() ? ExitCode::kPass : ExitCode::kInfraError;
}

/// A result of an earlier call with the same draw; null if there is none.
Json earlier(const SelfCheckOptions& options, int index) {
  std::ifstream in(result_path(options, index));
  const Json result = in ? Json::parse(in, nullptr, false) : Json();
  return result.is_object() && result.value("drawn", Json()) == json_of(draw(options.seed, index)) ? result : Json();
}

void show_progress(int done, int of, size_t failed) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (!terminal && done % std::max(1, of / 20) != 0 && done != of) return;
  fmt::print(stderr, "{}  {} of {} runs{}{}", terminal ? "\r" : "", done, of, failed > 0 ? fmt::format(", {} failed", failed) : "",
             terminal && done < of ? "" : "\n");
  std::fflush(stderr);
}

/// One recording by its number, to look at: its folder stays.
ExitCode keep_one(const SelfCheckOptions& options) {
  const Drawn drawn = draw(options.seed, options.only);
  const RunRequest request = request_of(drawn, options, options.only);
  run(prepare_run(request), [](double, double) {});
  if (options.json) {
    fmt::print("{}\n", Json::parse(std::ifstream(request.out_dir + "/self-check.json")).dump(2));
  } else {
    fmt::print("run {}: {}\n  report: {}/report.html\n", options.only, json_of(drawn).dump(), request.out_dir);
  }
  return ExitCode::kPass;
}

ExitCode self_check_command(const SelfCheckOptions& options) {
  if (options.only >= 0) return keep_one(options);
  fs::create_directories(options.out);
  std::vector<Job> jobs;
  for (int i = 0; i < options.runs; ++i) {
    if (!earlier(options, i).is_null()) continue;
    jobs.push_back({std::to_string(i), [&options, i] { return one_run(options, i); }});
  }
  int done = options.runs - static_cast<int>(jobs.size());
  if (done > 0) fmt::print(stderr, "  {} of {} runs are there from an earlier call\n", done, options.runs);
  std::vector<std::string> problems;
  constexpr double kWallLimitS = 600;
  run_jobs(jobs, options.parallel, kWallLimitS, [&](size_t index, const JobResult& result) {
    if (result.code != ExitCode::kPass) problems.push_back(fmt::format("run {}: {}", jobs[index].name, result.problem));
    show_progress(++done, options.runs, problems.size());
  });
  CoverageTable table;
  for (int i = 0; i < options.runs; ++i) {
    const Json result = earlier(options, i);
    if (!result.is_null()) table.add(result);
  }
  const std::vector<CoverageRow> rows = table.rows();
  const Json document = {{"schema", "saksi-self-check/1"},
                         {"seed", options.seed},
                         {"runs", options.runs},
                         {"encoder", options.encoder},
                         {"measurements", json_of(rows)}};
  std::ofstream(options.out + "/self-check.json") << document.dump(2) << "\n";
  for (const std::string& problem : problems) fmt::print(stderr, "  {}\n", problem);
  if (options.json) {
    fmt::print("{}\n", document.dump(2));
  } else {
    fmt::print("{}", text_of(rows));
  }
  if (!problems.empty()) return ExitCode::kInfraError;
  return std::all_of(rows.begin(), rows.end(), keeps_bars) ? ExitCode::kPass : ExitCode::kFail;
}

}  // namespace

void add_self_check_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<SelfCheckOptions>();
  CLI::App* command =
      app.add_subcommand("self-check", "Prove the judge's uncertainties: hold its figures against the truth of many random recordings");
  command->add_option("--runs", options->runs, "Recordings")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  command->add_option("-j", options->parallel, "Recordings at a time; default: one for each processor")->check(CLI::Range(1, 256));
  command->add_option("--seed", options->seed, "Of all that is drawn")->capture_default_str();
  command->add_option("--encoder", options->encoder, "model or rtl")->check(CLI::IsMember({"model", "rtl"}))->capture_default_str();
  command->add_option("--out", options->out, "Folder for the results; what is there from an earlier call is not run again")->capture_default_str();
  command->add_option("--only", options->only, "Make the recording of this number alone, from 0, and keep its folder: to look at one that is off")
      ->check(CLI::Range(0, 999'999));
  command->add_flag("--json", options->json, "Print one JSON document instead of the table");
  command->footer(
      "Each recording has a press at a random phase, a random frame rate, exposure, quantisation parameter, scene, and pre-event video or none. The "
      "judge\n"
      "sees its files alone. The table says, of each measurement, in how many recordings the truth lay inside the stated 95 % interval (93 to 97 % "
      "is\n"
      "right) and how wide the interval was against the errors that were made (at most 1.3 times their 95th percentile: the median one against all\n"
      "errors, and each against its own).\n"
      "Exit code 1 if a measurement is off. 2,000 recordings take about 40 minutes of processor time; it can be stopped and called again.\n"
      "Examples:\n"
      "  saksi self-check --runs 200\n"
      "  saksi self-check --runs 2000 --out out/proof\n"
      "  saksi self-check --only 17 --out out/off");
  command->callback([options, &chosen] { chosen = [options] { return self_check_command(*options); }; });
}

}  // namespace saksi::sim
