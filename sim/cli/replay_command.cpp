#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "sim/cli/cli.h"
#include "sim/engine/bundle.h"
#include "sim/engine/jobs.h"
#include "sim/engine/run.h"
#include "sim/sweep/sweep.h"

namespace saksi::sim {

namespace {

namespace fs = std::filesystem;

struct ReplayCommandOptions {
  std::string place;      ///< a bundle's folder, a case's folder of a sweep, or the id of a cut
  std::string sweep_dir;  ///< of the id
  bool recovery = false;
  int gdb_port = kNoGdb;
  std::string out;
  RunRequest waves;  ///< of it only what add_trace_options() sets
};

ExitCode replay(const PreparedRun& prepared, const std::string& expected_digest) {
  const RunResult result = run(prepared, [](double, double) {});
  fmt::print(stderr, "{}", result.notes);
  if (result.digest != expected_digest) {
    fmt::print(stderr, "infra-error: the replay gave digest {}, the failed run had {}; was the bundle made by another version?\n", result.digest,
               expected_digest);
    return ExitCode::kInfraError;
  }
  fmt::print("{}: {}, digest {} as in the failed run; report: {}/report.html\n", prepared.request.name, verdict_word(result.code), result.digest,
             prepared.request.out_dir);
  return result.code;
}

/// The folder of a cut's case; makes it if the sweep did not.
std::string case_of(const CutId& id, const std::string& sweep_dir) {
  const std::string left = sweep_dir + "/cases/" + id.file_name();
  if (fs::exists(left + "/case.json")) return left;
  SweepRequest request = sweep_of(sweep_dir);
  request.cuts = id.text();
  request.run.out_dir = sweep_dir + "/replayed";
  sweep(
      request, [&](const std::string& text) { fmt::print(stderr, "  {}: {}\n", id.text(), text); }, [](size_t, size_t, size_t) {});
  return request.run.out_dir + "/cases/" + id.file_name();
}

/// Up to the cut, or the start after it.
ExitCode replay_cut(const ReplayCommandOptions& options, const std::string& dir) {
  const nlohmann::ordered_json left = nlohmann::ordered_json::parse(std::ifstream(dir + "/case.json"));
  RunRequest request = options.waves;
  request.scenario_path = dir + (options.recovery ? "/recover.yaml" : "/before.yaml");
  if (!fs::exists(request.scenario_path))
    throw UsageError(dir + ": the power was cut before anything was written; --recovery plays the start after it");
  request.firmware_path = left.at("firmware").get<std::string>();
  request.encoder = "model";
  request.out_dir = options.out.empty() ? dir + (options.recovery ? "/recovery" : "/before") : options.out;
  fmt::print("{}: {}\n", left.at("cut").get<std::string>(), options.recovery ? "the start after the cut" : "up to the cut");
  return run_scenario(request, options.gdb_port);
}

ExitCode replay_command(const ReplayCommandOptions& options) {
  if (fs::exists(options.place + "/case.json")) return replay_cut(options, options.place);
  if (options.place.rfind("cut=", 0) == 0) {
    if (options.sweep_dir.empty()) throw UsageError("replay " + options.place + ": whose cut? Name the sweep's folder with --sweep DIR");
    return replay_cut(options, case_of(CutId::parse(options.place), options.sweep_dir));
  }
  if (options.recovery || options.gdb_port != kNoGdb)
    throw UsageError("--gdb and --recovery are for a cut of a sweep; a bundle's scenario is run with 'saksi run --gdb'");
  Bundle bundle = read_bundle(options.place);
  bundle.request.out_dir = options.out.empty() ? options.place + "/replay" : options.out;
  bundle.request.trace = options.waves.trace;
  bundle.request.trace_signals = options.waves.trace_signals;
  const PreparedRun prepared = prepare_run(bundle.request);
  constexpr double kNoLimit = 1e9;
  const auto results =
      run_jobs({{bundle.request.name, [&] { return replay(prepared, bundle.digest); }}}, 1, kNoLimit, [](size_t, const JobResult&) {});
  if (!results[0].problem.empty()) fmt::print(stderr, "infra-error: {}\n", results[0].problem);
  return results[0].code;
}

}  // namespace

void add_replay_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ReplayCommandOptions>();
  CLI::App* command = app.add_subcommand("replay", "Play again what went wrong: a failed run, to the bit, or a cut of a sweep with gdb and waves");
  command->add_option("place", options->place, "Folder 'bundle' of a failed run, a case's folder of a sweep, or the id of a cut")->required();
  command->add_option("--sweep", options->sweep_dir, "Folder of the sweep whose cut is named");
  command->add_flag("--recovery", options->recovery, "Of a cut: the start after it, in place of what came before");
  command->add_option("--out", options->out, "Folder for what the replay makes; default one inside the bundle or case");
  add_gdb_option(*command, options->gdb_port);
  add_trace_options(*command, options->waves);
  command->footer(
      "Examples:\n"
      "  saksi replay out/press-at-desk/bundle\n"
      "  saksi replay out/press-at-desk/bundle --trace=irq:h264\n"
      "  saksi replay cut=600,torn=100,seed=3 --sweep out/sweep-press-at-desk --gdb 1234\n"
      "  saksi replay out/sweep-press-at-desk/cases/cut=600 --recovery --trace=irq:sdhci");
  command->callback([options, &chosen] { chosen = [options] { return replay_command(*options); }; });
}

}  // namespace saksi::sim
