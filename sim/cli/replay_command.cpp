#include <fmt/format.h>

#include <memory>

#include "base/error.h"
#include "sim/cli/cli.h"
#include "sim/engine/bundle.h"
#include "sim/engine/jobs.h"
#include "sim/engine/run.h"

namespace saksi::sim {

namespace {

struct ReplayCommandOptions {
  std::string bundle;
  std::string out;
  RunRequest waves;  ///< of it only what add_trace_options() sets
};

ExitCode replay(const PreparedRun& prepared, const std::string& expected_digest) {
  const RunResult result = run(prepared, [](double, double) {});
  fmt::print(stderr, "{}", result.notes);
  if (result.digest != expected_digest) {
    fmt::print(stderr, "infra-error: the replay gave digest {}, the failed run had {}; was the bundle made by another version?\n", result.digest, expected_digest);
    return ExitCode::kInfraError;
  }
  fmt::print("{}: {}, digest {} as in the failed run; report: {}/report.html\n", prepared.request.name, verdict_word(result.code), result.digest,
             prepared.request.out_dir);
  return result.code;
}

ExitCode replay_command(const ReplayCommandOptions& options) {
  Bundle bundle = read_bundle(options.bundle);
  bundle.request.out_dir = options.out.empty() ? options.bundle + "/replay" : options.out;
  bundle.request.trace = options.waves.trace;
  bundle.request.trace_signals = options.waves.trace_signals;
  const PreparedRun prepared = prepare_run(bundle.request);
  constexpr double kNoLimit = 1e9;
  const auto results = run_jobs({{bundle.request.name, [&] { return replay(prepared, bundle.digest); }}}, 1, kNoLimit, [](size_t, const JobResult&) {});
  if (!results[0].problem.empty()) fmt::print(stderr, "infra-error: {}\n", results[0].problem);
  return results[0].code;
}

}  // namespace

void add_replay_command(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<ReplayCommandOptions>();
  CLI::App* command = app.add_subcommand("replay", "Run a failed run again from the bundle it left, and check that it comes out the same");
  command->add_option("bundle", options->bundle, "Folder 'bundle' of a failed run")->required();
  command->add_option("--out", options->out, "Folder for what the replay makes; default BUNDLE/replay");
  add_trace_options(*command, options->waves);
  command->footer("Examples:\n  saksi replay out/press-at-desk/bundle\n  saksi replay out/press-at-desk/bundle --trace=irq:h264");
  command->callback([options, &chosen] { chosen = [options] { return replay_command(*options); }; });
}

}  // namespace saksi::sim
