#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>

#include "base/error.h"
#include "reports/report.h"
#include "sim/cli/claim_progress.h"
#include "sim/cli/cli.h"
#include "sim/cli/probe_options.h"
#include "sim/cli/table.h"
#include "sim/debug/debug_port.h"
#include "sim/engine/bundle.h"
#include "sim/engine/determinism.h"
#include "sim/engine/explain.h"
#include "sim/engine/jobs.h"
#include "sim/engine/run.h"
#include "sim/player/suite_search.h"
#include "sim/swarm/swarm.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;

struct RunCommandOptions {
  std::vector<std::string> files;
  RunRequest base;
  ProbeArguments probes;
  std::string size;
  std::vector<std::string> set;
  std::string shard;
  int parallel = 1;
  double wall_limit_s = 3600;
  bool check_determinism = false;
  int swarm = 0;  ///< runs; 0: none
  bool explain = false;
  std::string lang = "en";
  int gdb_port = kNoGdb;
  OutputOptions output;
};

Parameters read_set(const std::vector<std::string>& set) {
  Parameters parameters;
  for (const std::string& item : set) {
    const size_t equals = item.find('=');
    if (equals == std::string::npos || equals == 0) throw UsageError(fmt::format("--set {}: NAME=VALUE was expected", item));
    parameters[item.substr(0, equals)] = item.substr(equals + 1);
  }
  return parameters;
}

void read_size(const std::string& size, RunRequest& request) {
  if (size.empty()) return;
  int width = 0;
  int height = 0;
  int used = 0;
  const bool good = std::sscanf(size.c_str(), "%dx%d%n", &width, &height, &used) == 2 && static_cast<size_t>(used) == size.size();
  if (!good || width < 64 || width > 1920 || height < 64 || height > 1080 || width % 2 || height % 2) {
    throw UsageError(fmt::format("--size {}: WIDTHxHEIGHT was expected, both even, from 64x64 to 1920x1080", size));
  }
  request.width = width;
  request.height = height;
}

/// Every scenario of the files named, suites expanded.
std::vector<RunRequest> expand(const RunCommandOptions& options) {
  std::vector<RunRequest> requests;
  for (const std::string& file : options.files) {
    RunRequest request = options.base;
    request.scenario_path = file;
    if (!is_suite(file)) {
      requests.push_back(request);
      continue;
    }
    if (suite_search(file) && !options.explain) throw UsageError(fmt::format("{}: a suite with a search is run by 'saksi search {}'", file, file));
    for (const SuiteEntry& entry : load_suite(file)) {
      request.scenario_path = entry.scenario_path;
      request.name = entry.name;
      request.parameters = entry.parameters;
      for (const auto& [name, value] : options.base.parameters) request.parameters[name] = value;
      request.seed = options.base.seed ? options.base.seed : entry.seed;
      requests.push_back(request);
    }
  }
  return requests;
}

/// The requests of a suite's claim: one for each press of the plan, its states in turns. nullopt if the suite has no claim.
std::optional<judge::Requirement> plan_claim(const RunCommandOptions& options, std::vector<RunRequest>& requests) {
  for (const std::string& file : options.files) {
    if (!is_suite(file) || !suite_claim(file)) continue;
    if (options.files.size() > 1) throw UsageError(file + ": a suite with a claim is run alone; name no other file beside it");
    if (!options.shard.empty()) throw UsageError("--shard: the presses of a claim are counted together; run the suite on one machine");
    if (options.gdb_port != kNoGdb) throw UsageError("--gdb debugs one scenario at a time; name one, not a suite");
    const SuiteClaim claim = *suite_claim(file);
    const judge::Requirement requirement = claim_requirement(judge::RequirementSet::load(claim.requirements_path), *claim.place);
    const std::vector<RunRequest> states = std::move(requests);
    const uint64_t first_seed = options.base.seed ? *options.base.seed : claim.first_seed;
    requests.clear();
    for (size_t i = 0; i < static_cast<size_t>(requirement.percentile->n); ++i) {
      RunRequest request = states[i % states.size()];
      request.state = request.name;
      request.seed = first_seed + i;
      request.name = fmt::format("{}-seed-{}", request.state, *request.seed);
      requests.push_back(request);
    }
    return requirement;
  }
  return std::nullopt;
}

/// Keeps every n-th request, so that machines can share a suite.
std::vector<RunRequest> take_shard(const std::vector<RunRequest>& requests, const std::string& shard) {
  if (shard.empty()) return requests;
  int index = 0;
  int count = 0;
  int used = 0;
  const bool good = std::sscanf(shard.c_str(), "%d/%d%n", &index, &count, &used) == 2 && static_cast<size_t>(used) == shard.size();
  if (!good || count < 1 || index < 1 || index > count) throw UsageError(fmt::format("--shard {}: I/N with 1 <= I <= N was expected", shard));
  std::vector<RunRequest> mine;
  for (size_t i = static_cast<size_t>(index) - 1; i < requests.size(); i += static_cast<size_t>(count)) mine.push_back(requests[i]);
  return mine;
}

void place_outputs(std::vector<RunRequest>& requests) {
  const bool several = requests.size() > 1;
  for (RunRequest& request : requests) {
    const std::string name = !request.name.empty() ? request.name : load_scenario(request.scenario_path, request.parameters, request.seed).name;
    if (request.out_dir.empty()) {
      request.out_dir = "out/" + name;
    } else if (several) {
      request.out_dir += "/" + name;
    }
  }
  for (size_t i = 0; i < requests.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (requests[i].out_dir != requests[j].out_dir) continue;
      throw UsageError(fmt::format("{} and {} would both be written to {}; give one of them another name", requests[j].scenario_path,
                                   requests[i].scenario_path, requests[i].out_dir));
    }
  }
}

/// Prints "name: 1.0 of 2.0 what" now and then.
std::function<void(double, double)> progress_printer(const std::string& name, const std::string& what, bool wanted) {
  if (!wanted) return [](double, double) {};
  const bool terminal = isatty(STDERR_FILENO) != 0;
  auto last = std::make_shared<double>(-1);
  return [=](double reached, double of) {
    const double step = terminal ? 0.1 : of / 5;
    if (reached - *last < step && reached < of) return;
    if (reached == *last) return;
    *last = reached;
    fmt::print(stderr, "{}  {}: {:.1f} of {:.1f} {}{}", terminal ? "\r" : "", name, reached, of, what, terminal && reached < of ? "" : "\n");
    std::fflush(stderr);
  };
}

Json read_json(const std::string& path) {
  std::ifstream in(path);
  return in ? Json::parse(in, nullptr, false) : Json();
}

/// Of the recording in an out folder; empty if the run did not come to a verdict.
std::string digest_in(const std::string& out_dir) {
  const Json verdicts = read_json(out_dir + "/verdicts.json");
  return verdicts.is_object() ? verdicts.value("digest", "") : "";
}

ExitCode run_one(const PreparedRun& prepared, const RunCommandOptions& options, bool show_progress, DebugPort* debug) {
  const std::string& out = prepared.request.out_dir;
  const std::string& name = prepared.request.name;
  RunResult result = run(prepared, progress_printer(name, "simulated seconds", show_progress), debug,
                         progress_printer(name, "simulated milliseconds of waves", show_progress));
  fmt::print(stderr, "{}", result.notes);
  if (options.check_determinism) {
    const std::string difference = check_determinism(prepared);
    if (!difference.empty()) {
      fmt::print(stderr, "{}: infra-error: not deterministic: {}\n", prepared.request.name, difference);
      return ExitCode::kInfraError;
    }
  }
  if (result.code != ExitCode::kPass && result.code != ExitCode::kNotOffered) write_bundle(prepared, result.digest, out + "/bundle");
  return result.code;
}

void print_result(const PreparedRun& prepared, const JobResult& result, const RunCommandOptions& options) {
  const std::string& out = prepared.request.out_dir;
  fmt::print("{}: {}\n", prepared.request.name, verdict_word(result.code));
  if (!result.problem.empty()) fmt::print(stderr, "{}: infra-error: {}\n", prepared.request.name, result.problem);
  const Json verdicts = read_json(out + "/verdicts.json");
  if (!options.output.quiet && verdicts.is_object()) {
    fmt::print("{}  report: {}/report.html\n", requirement_table(verdicts), out);
    if (options.check_determinism && result.code != ExitCode::kInfraError) fmt::print("  a second run in another environment gave the same digest\n");
  }
  if (result.code != ExitCode::kPass && std::filesystem::exists(out + "/bundle/bundle.json")) fmt::print("  ./saksi replay {}/bundle\n", out);
  std::fflush(stdout);
}

/// Where suite.html and the JUnit file over all scenarios go: the folder that holds the scenarios' own.
std::string suite_dir(const std::string& out_dir) { return out_dir.empty() ? "out" : out_dir; }

/// A run that died has no verdict of its own making, but its place in the reports.
void tell_infra_error(const PreparedRun& one, const JobResult& result) {
  const std::string& dir = one.request.out_dir;
  if (result.code != ExitCode::kInfraError || std::filesystem::exists(dir + "/verdicts.json")) return;
  const Json verdicts = {{"schema", "saksi-verdicts/1"},
                         {"scenario", one.request.name},
                         {"verdict", verdict_word(ExitCode::kInfraError)},
                         {"reason", result.problem.empty() ? "the run ended before it was judged" : result.problem},
                         {"measurements", Json::array()},
                         {"requirements", Json::array()},
                         {"evidence", Json::array()},
                         {"not_judged", Json::array()}};
  std::filesystem::create_directories(dir);
  std::ofstream(dir + "/verdicts.json") << verdicts.dump(2) << "\n";
  report::report_folder(dir, "en");
}

/// The page and the JUnit file over all scenarios.
void write_suite(const std::vector<std::string>& dirs, const Json& claim, const RunCommandOptions& options) {
  const report::WrittenSuite suite = report::report_suite(dirs, "en", suite_dir(options.base.out_dir), claim);
  if (!options.output.json && !options.output.quiet) fmt::print("  all reports: {}\n", suite.html);
}

/// Says what each run would do; all of them are checked before a word is printed.
ExitCode explain_runs(const std::vector<RunRequest>& requests, const std::string& lang) {
  std::string text;
  for (const RunRequest& request : requests) text += (text.empty() ? "" : "\n\n") + explain(check_run(request), report::Language::get(lang));
  fmt::print("{}", text);
  return ExitCode::kPass;
}

/// A run of a claim has ended: how far the claim is.
void count_press(ClaimProgress& claim, size_t index, const PreparedRun& one, const RunCommandOptions& options) {
  claim.add(index, judge::press_of(read_json(one.request.out_dir + "/verdicts.json"), claim.requirement(), one.request.name, one.request.state));
  if (options.output.quiet || options.output.json) return;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const std::string text = judge::progress_text(*claim.requirement().percentile, claim.count());
  fmt::print(stderr, "{}  {}{}", terminal ? "\r" : "", text, terminal && !claim.count().settled ? "" : "\n");
  std::fflush(stderr);
}

/// What all runs come to: the summary, the page of a suite, a claim's verdict.
ExitCode finish_runs(const std::vector<PreparedRun>& prepared, const std::vector<JobResult>& results, const std::optional<ClaimProgress>& claim,
                     const RunCommandOptions& options) {
  Json summary = Json::array();
  std::vector<std::string> dirs;
  std::optional<ExitCode> worst;
  for (size_t i = 0; i < results.size(); ++i) {
    const std::string& dir = prepared[i].request.out_dir;
    if (!results[i].started) {
      std::filesystem::remove(dir);  // made for it, and empty
      continue;
    }
    dirs.push_back(dir);
    worst = worst ? worse(*worst, results[i].code) : results[i].code;
    summary.push_back({{"name", prepared[i].request.name}, {"verdict", verdict_word(results[i].code)}, {"out", dir}, {"digest", digest_in(dir)}});
  }
  const std::string out_dir = suite_dir(options.base.out_dir);
  Json claim_json;
  if (claim) {
    claim_json = claim->json();
    write_claim(claim_json, out_dir);
    worst = worse(*worst, claim->count().verdict);
  }
  if (options.output.json) fmt::print("{}\n", claim ? Json({{"claim", claim_json}, {"runs", summary}}).dump(2) : summary.dump(2));
  if (claim && !options.output.json) fmt::print("{}", claim_table(claim_json));
  if (results.size() > 1) write_suite(dirs, claim_json, options);
  if (!options.output.json && results.size() > 1) fmt::print("all {}: {}\n", dirs.size(), verdict_word(*worst));
  return *worst;
}

std::string swarm_table(const Json& swarm, const std::string& out) {
  std::string text = "  faults:";
  for (const auto& [kind, count] : swarm.at("faults").items()) text += fmt::format(" {} {}", kind, count.get<size_t>());
  text += "\n";
  for (const Json& broken : swarm.at("broken")) {
    text += fmt::format("  run {}: {}: {}\n", broken.at("run").get<int>(), broken.at("requirement").get<std::string>(),
                        broken.at("why").get<std::string>());
    for (const Json& fault : broken.at("faults")) text += fmt::format("    {}\n", fault.get<std::string>());
    text += fmt::format("    saksi sweep {}/{}/scenario.yaml --encoder sizes --new-card --cuts {}\n", out, broken.at("folder").get<std::string>(),
                        broken.at("cut").get<std::string>());
  }
  for (const Json& one : swarm.at("not_run")) text += fmt::format("  run {}: {}\n", one.at("run").get<int>(), one.at("problem").get<std::string>());
  return text;
}

/// One scenario, many times, each time with other faults.
ExitCode run_swarm(const RunCommandOptions& options) {
  if (options.files.size() != 1 || is_suite(options.files[0])) throw UsageError("--swarm: one scenario was expected, and no suite");
  SwarmRequest request;
  request.run = options.base;
  request.run.scenario_path = options.files[0];
  request.run.encoder = "sizes";  // what the faults break shows in how clips are stored, not in their pictures
  request.requirements_path = project_dir() + "/scenarios/requirements/power-cut.yaml";
  request.runs = options.swarm;
  request.seed = options.base.seed.value_or(1);
  request.parallel = options.parallel;
  const std::string name = load_scenario(request.run.scenario_path, request.run.parameters, request.run.seed).name;
  if (request.run.out_dir.empty()) request.run.out_dir = "out/swarm-" + name;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const SwarmResult result = swarm(request, [&](int done, size_t broke) {
    if (options.output.quiet || options.output.json || (!terminal && done % std::max(1, options.swarm / 20) != 0)) return;
    fmt::print(stderr, "{}  {}: {} of {} runs, {} broke a requirement{}", terminal ? "\r" : "", name, done, options.swarm, broke,
               terminal && done < options.swarm ? "" : "\n");
    std::fflush(stderr);
  });
  if (options.output.json) {
    fmt::print("{}\n", result.json.dump(2));
    return result.code;
  }
  fmt::print("{}: {}: {} runs with faults, {} cuts, {} runs broke a requirement\n", name, verdict_word(result.code), options.swarm,
             result.json.at("cuts").get<size_t>(), result.json.at("broken").size());
  if (!options.output.quiet) fmt::print("{}", swarm_table(result.json, request.run.out_dir));
  return result.code;
}

ExitCode run_command(RunCommandOptions options) {
  take_back(options.probes, options.files);
  if (options.files.empty()) throw UsageError("run: a scenario or suite file was expected; saksi run --help shows how");
  options.base.probes = probe_options(options.probes);
  options.base.parameters = read_set(options.set);
  read_size(options.size, options.base);
  if (options.swarm > 0) return run_swarm(options);
  std::vector<RunRequest> expanded = expand(options);
  const std::optional<judge::Requirement> requirement = options.explain ? std::nullopt : plan_claim(options, expanded);
  std::vector<RunRequest> requests = take_shard(expanded, options.shard);
  if (requests.empty()) throw UsageError("this shard has no scenario");
  place_outputs(requests);
  if (options.explain) return explain_runs(requests, options.lang);
  // One file for all runs would hold the last one's coverage only.
  if (requests.size() > 1) {
    for (RunRequest& request : requests) request.probes.coverage_path = std::filesystem::path(request.probes.coverage_path).filename().string();
  }

  std::vector<PreparedRun> prepared;
  for (const RunRequest& request : requests) prepared.push_back(prepare_run(request));

  std::unique_ptr<DebugPort> debug;
  if (options.gdb_port != kNoGdb) {
    if (!options.base.trace.empty()) {
      throw UsageError("--gdb and --trace do not go together: a debugger may change the run, which the recorder of waves repeats");
    }
    if (prepared.size() != 1) throw UsageError("--gdb debugs one scenario at a time; name one, not a suite");
    debug = std::make_unique<DebugPort>(options.gdb_port);
    debug->invite(firmware_of(prepared[0]));
    options.wall_limit_s = std::numeric_limits<double>::infinity();  // a person at a breakpoint takes the time that it takes
  }
  const bool show_progress = !debug && !options.output.quiet && !options.output.json && (options.parallel == 1 || prepared.size() == 1);
  std::vector<Job> jobs;
  for (const PreparedRun& one : prepared) {
    jobs.push_back({one.request.name, [&one, &options, &debug, show_progress] {
                      const auto work = [&] { return run_one(one, options, show_progress, debug.get()); };
                      return debug ? debug->run(work) : work();
                    }});
  }
  std::optional<ClaimProgress> claim;
  if (requirement) claim.emplace(*requirement, prepared.size());
  const std::vector<JobResult> results = run_jobs(
      jobs, options.parallel, options.wall_limit_s,
      [&](size_t index, const JobResult& result) {
        tell_infra_error(prepared[index], result);
        if (claim) return count_press(*claim, index, prepared[index], options);
        if (!options.output.json) print_result(prepared[index], result, options);
      },
      [&] { return !claim || !claim->count().settled; });
  return finish_runs(prepared, results, claim, options);
}

}  // namespace

ExitCode run_scenario(const RunRequest& request, int gdb_port) {
  RunCommandOptions options;
  options.files = {request.scenario_path};
  options.base = request;
  options.gdb_port = gdb_port;
  return run_command(options);
}

void add_run_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<RunCommandOptions>();
  CLI::App* command = app.add_subcommand("run", "Play scenarios on a device, judge the recordings and write the reports");
  command->add_option("files", options->files, "Scenario or suite files (YAML)")->type_name("SCENARIO|SUITE.yaml");
  command->add_option("--device", options->base.device_path, "Device file; default scenarios/devices/saksi-cam.yaml, or the scenario's own");
  command->add_option("--board", options->base.board_path, "Board file, in place of the device file's");
  command->add_option("--firmware", options->base.firmware_path, "Firmware to run, an RV32 ELF; default the reference firmware");
  command->add_option("--clip", options->base.clip_path, "Any video that FFmpeg reads, in place of the scene's own");
  command
      ->add_option("--encoder", options->base.encoder,
                   "What plays the encoder: rtl (Verilated), model (its C++ twin, the same results much faster),"
                   " model+check=N (every Nth picture through both), or sizes (draws picture sizes and codes no picture: for whole shifts)")
      ->type_name("rtl|model|model+check=N|sizes")
      ->capture_default_str();
  command->add_option("--size-table", options->base.size_table, "Of encoder sizes: a table of fit-sizes, in place of that of the scene's class");
  add_cpu_option(*command, options->base.cpu_engine);
  command->add_option("--size", options->size, "Picture size, WIDTHxHEIGHT")->type_name("WxH");
  command->add_option("--fps", options->base.fps, "Frames per second")->check(CLI::Range(1, 60));
  command->add_option("--seed", options->base.seed, "Seed, in place of the file's");
  command->add_option("--set", options->set, "NAME=VALUE: a parameter of the scenario; may be repeated");
  command->add_option("--out", options->base.out_dir, "Folder for what the run makes; default out/<scenario>");
  command->add_option("-j", options->parallel, "Scenarios at a time")->check(CLI::Range(1, 256))->capture_default_str();
  command->add_option("--shard", options->shard, "I/N: run each N-th scenario, beginning with the I-th");
  command->add_option("--time-limit", options->base.time_limit_s, "End each scenario after this many simulated seconds")->check(CLI::PositiveNumber);
  command->add_option("--wall-limit", options->wall_limit_s, "Host seconds after which a run is an infra-error")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--check-determinism", options->check_determinism, "Run twice, the second time in another environment, and compare");
  command
      ->add_option("--swarm", options->swarm,
                   "Run one scenario so many times, each with other faults of supply, card, button and heat, recover and judge; what breaks is"
                   " kept with as few faults as do it")
      ->type_name("N")
      ->check(CLI::Range(1, 10'000'000));
  CLI::Option* explain = command->add_flag("--explain", options->explain, "Say in words what would be done, and run nothing");
  command->add_option("--lang", options->lang, "Language of --explain")
      ->check(CLI::IsMember(report::languages()))
      ->capture_default_str()
      ->needs(explain);
  add_trace_options(*command, options->base);
  add_probe_options(*command, options->probes, false);
  add_gdb_option(*command, options->gdb_port);
  add_output_options(*command, options->output);
  explain->excludes("--json");
  command->footer(
      "Examples:\n"
      "  saksi run scenarios/start/press-at-desk.yaml --out out/a\n"
      "  saksi run scenarios/start/press-at-desk.yaml --explain --lang id\n"
      "  saksi run scenarios/start/press-at-desk.yaml --size 352x288 --seed 2 --clip hall.mp4\n"
      "  saksi run scenarios/suites/first-light.yaml -j 2\n"
      "  saksi run scenarios/start/press-at-desk.yaml --swarm 1000 --seed 7 -j 2\n"
      "  saksi run scenarios/start/press-at-desk.yaml --coverage --profile --check-guest\n"
      "  saksi run scenarios/start/press-at-desk.yaml --firmware my.elf --gdb 1234\n"
      "  saksi run scenarios/start/press-at-desk.yaml --board my-board.yaml\n"
      "  saksi run scenarios/start/press-at-desk.yaml --trace=irq:h264 --trace-signals 'h264.u_entropy'\n"
      "  saksi run scenarios/power/cut-after-led.yaml --set cut_after_ms=40");
  command->callback([options, &chosen] { chosen = [options] { return run_command(*options); }; });
}

}  // namespace saksi::sim
