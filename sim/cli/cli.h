#ifndef SAKSI_SIM_CLI_CLI_H_
#define SAKSI_SIM_CLI_CLI_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "base/exit_code.h"
#include "hw-models/board/board.h"
#include "sim/engine/run_request.h"

namespace saksi::sim {

/// How much is printed, and in which form. Results go to standard output, progress and errors to standard error.
struct OutputOptions {
  bool quiet = false;  ///< only the verdict
  bool json = false;   ///< one JSON document on standard output instead of text
};

/// What main() runs after the command line has been parsed.
using Command = std::function<ExitCode()>;

/// Each adds its subcommand to the program; when the command line names it, it sets `chosen`.
void add_run_command(CLI::App& app, Command& chosen);
void add_demo_command(CLI::App& app, Command& chosen);
void add_boot_command(CLI::App& app, Command& chosen);
void add_judge_command(CLI::App& app, Command& chosen);
void add_claim_command(CLI::App& app, Command& chosen);
void add_sweep_command(CLI::App& app, Command& chosen);
void add_why_command(CLI::App& app, Command& chosen);
void add_search_command(CLI::App& app, Command& chosen);
void add_report_command(CLI::App& app, Command& chosen);
void add_replay_command(CLI::App& app, Command& chosen);
void add_benchmark_command(CLI::App& app, Command& chosen);
void add_fit_sizes_command(CLI::App& app, Command& chosen);
void add_self_check_command(CLI::App& app, Command& chosen);
void add_scenes_command(CLI::App& app, Command& chosen);

/// What `saksi run` does with one scenario file; `gdb_port` as add_gdb_option() gives it.
ExitCode run_scenario(const RunRequest& request, int gdb_port);

/// Adds --cpu.
void add_cpu_option(CLI::App& command, hw::CpuEngine& engine);

/// Adds --gdb; `port` stays kNoGdb without it.
constexpr int kNoGdb = -1;
void add_gdb_option(CLI::App& command, int& port);

/// Adds --trace and --trace-signals.
void add_trace_options(CLI::App& command, RunRequest& request);

/// Adds --quiet and --json.
void add_output_options(CLI::App& command, OutputOptions& options);

}  // namespace saksi::sim

#endif
