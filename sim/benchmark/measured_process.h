#ifndef SAKSI_SIM_BENCHMARK_MEASURED_PROCESS_H_
#define SAKSI_SIM_BENCHMARK_MEASURED_PROCESS_H_

#include <functional>
#include <string>
#include <vector>

namespace saksi::sim {

/// What a child process did and used.
struct ProcessOutcome {
  int exit_code = -1;      ///< 128 + signal if it died by one
  bool timed_out = false;  ///< and was killed
  double user_s = 0;       ///< CPU seconds in user mode, all its threads together
  std::string output;      ///< standard output; the first megabyte
};

/// Runs `work` in a forked child whose standard input is empty, and ends it after wall_limit_s host seconds. Throws InfraError if no child
/// can be made.
ProcessOutcome run_measured(const std::function<int()>& work, double wall_limit_s);
/// The same with a program: its path or its name to be looked for in PATH, and its arguments. Exit code 127: there is no such program.
ProcessOutcome run_measured(const std::vector<std::string>& command, double wall_limit_s);

}  // namespace saksi::sim

#endif
