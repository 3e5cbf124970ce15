#ifndef SAKSI_SIM_CLI_PROBE_OPTIONS_H_
#define SAKSI_SIM_CLI_PROBE_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "sim/observe/probes.h"

namespace saksi::sim {

/// The options that ask for probes, as they stand on the command line. A value of one whose value is optional may turn out to be the file
/// that the command is about: take_back() sorts that out.
struct ProbeArguments {
  std::string coverage, profile, spans, checks;
  std::vector<std::string> span_names;
  int trace_length = 0;
  double hang_after_s = 0;
};

/// Adds --coverage, --profile, --spans, --spans-name, --check-guest, --trace-cpu; --hang-after too for a boot, whose scenario cannot say it.
void add_probe_options(CLI::App& command, ProbeArguments& arguments, bool is_boot);

/// Moves what was taken for a value but names a file of the command into `files`.
void take_back(ProbeArguments& arguments, std::vector<std::string>& files);

/// What is asked for. Throws UsageError.
ProbeOptions probe_options(const ProbeArguments& arguments);

}  // namespace saksi::sim

#endif
