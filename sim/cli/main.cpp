#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/spelling.h"
#include "sim/cli/cli.h"

namespace saksi::sim {

void add_output_options(CLI::App& command, OutputOptions& options) {
  command.add_flag("--quiet", options.quiet, "Print the verdict only");
  command.add_flag("--json", options.json, "Print one JSON document instead of text");
}

void add_cpu_option(CLI::App& command, hw::CpuEngine& engine) {
  command.add_option("--cpu", engine, "How the CPU executes: translated (to host code), interpreted, or lock-step (both, compared after each block)")
      ->transform(CLI::CheckedTransformer(hw::cpu_engines()))
      ->default_str("translated");
}

void add_gdb_option(CLI::App& command, int& port) {
  constexpr int kPortMax = 65535;
  command.add_option("--gdb", port, "Wait for gdb on this port of 127.0.0.1 before the first instruction; 0: any free port")
      ->type_name("PORT")
      ->check(CLI::Range(0, kPortMax));
}

void add_trace_options(CLI::App& command, RunRequest& request) {
  const std::string group = "Waves";
  command
      .add_flag(
          "--trace{scenario}", request.trace,
          "Record waves of the RTL blocks, truth/waves.fst for GTKWave, around the event that the scenario's 'trace' names (default: the first "
          "press, 5 ms before and after); --trace=EVENT, --trace=irq:BLOCK, --trace=console:PATTERN or --trace=FROM_MS:TO_MS in its place")
      ->group(group);
  command
      .add_option("--trace-signals", request.trace_signals,
                  "Only signals, or scopes, of this name, as h264.u_entropy; * stands for any characters; may be repeated")
      ->group(group)
      ->allow_extra_args(false);
}

namespace {

/// A first word that is no command: CLI11 would only say that one is missing.
void check_command(const CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) known.push_back(command->get_name());
  if (std::find(known.begin(), known.end(), word) != known.end()) return;
  throw UsageError(fmt::format("'{}' is no command{}\nCommands: {}; './saksi help' tells of those that build and test, too", word,
                               did_you_mean(word, known), fmt::join(known, ", ")));
}

int run_program(int argc, char** argv) {
  CLI::App app{"Saksi: does a body-worn camera record soon enough, and does its evidence survive?", "saksi"};
  app.require_subcommand(1);
  app.set_version_flag("--version", SAKSI_VERSION);
  app.footer(
      "Exit codes: 0 pass, 1 fail, 2 usage or bad input, 3 infra-error, 4 inconclusive, 5 not-offered only.\n"
      "Examples:\n"
      "  saksi run scenarios/start/press-at-desk.yaml --out out/a\n"
      "  saksi judge out/a/recording\n"
      "  saksi COMMAND --help");
  Command chosen;
  add_run_command(app, chosen);
  add_demo_command(app, chosen);
  add_boot_command(app, chosen);
  add_judge_command(app, chosen);
  add_claim_command(app, chosen);
  add_sweep_command(app, chosen);
  add_why_command(app, chosen);
  add_report_command(app, chosen);
  add_replay_command(app, chosen);
  add_benchmark_command(app, chosen);
  add_fit_sizes_command(app, chosen);
  add_search_command(app, chosen);
  add_self_check_command(app, chosen);
  add_scenes_command(app, chosen);
  try {
    if (argc > 1 && argv[1][0] != '-') check_command(app, argv[1]);
    app.parse(argc, argv);
  } catch (const UsageError& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return static_cast<int>(ExitCode::kUsage);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }
  try {
    return static_cast<int>(chosen());
  } catch (const UsageError& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return static_cast<int>(ExitCode::kUsage);
  } catch (const std::exception& error) {
    fmt::print(stderr, "infra-error: {}\n", error.what());
    return static_cast<int>(ExitCode::kInfraError);
  }
}

}  // namespace
}  // namespace saksi::sim

int main(int argc, char** argv) { return saksi::sim::run_program(argc, argv); }
