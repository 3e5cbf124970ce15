#ifndef SAKSI_SIM_ENGINE_JOBS_H_
#define SAKSI_SIM_ENGINE_JOBS_H_

#include <functional>
#include <string>
#include <vector>

#include "base/exit_code.h"

namespace saksi::sim {

/// One piece of work that gets a process of its own.
struct Job {
  std::string name;
  std::function<ExitCode()> work;
};

struct JobResult {
  ExitCode code = ExitCode::kInfraError;
  bool started = true;  ///< false: it was not wanted any more, see run_jobs()
  std::string problem;  ///< why it is an infra-error: the signal, or the wall guard
};

/// Runs each job in a forked child, at most `parallel` at a time, each at most wall_limit_s of host time; a child that dies by a signal or
/// runs too long gives an infra-error and does not disturb the others. Results come in the order of the jobs. `finished` is called for
/// each as it ends. It returns when every process that came of the jobs has ended. SIGINT and SIGTERM end the jobs, and then this process.
/// `go_on`, if given, is asked before each start: once it says no, no more jobs are started, and their results are not `started`.
/// With one job and parallel 1 standard output and error stay the terminal's.
std::vector<JobResult> run_jobs(const std::vector<Job>& jobs, int parallel, double wall_limit_s,
                                const std::function<void(size_t index, const JobResult&)>& finished,
                                const std::function<bool()>& go_on = nullptr);

}  // namespace saksi::sim

#endif
