#include "sim/engine/jobs.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <map>

#include "base/error.h"
#include "base/wall_clock.h"

namespace saksi::sim {

namespace {

struct Running {
  size_t index;
  double started_s;
  bool killed = false;
};

[[noreturn]] void work_in_child(const Job& job) {
  // A child must not outlive a parent that is interrupted by ^C: both are in the terminal's process group and get the signal.
  int code = static_cast<int>(ExitCode::kInfraError);
  try {
    code = static_cast<int>(job.work());
  } catch (const UsageError& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    code = static_cast<int>(ExitCode::kUsage);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: infra-error: {}\n", job.name, error.what());
  }
  std::fflush(nullptr);
  // No destructors of the parent's objects, and no double flush of its streams.
  _exit(code);
}

JobResult result_of(int status, const Running& running, double wall_limit_s) {
  JobResult result;
  if (running.killed) {
    result.problem = fmt::format("took more than {:.0f} s of host time and was ended (--wall-limit sets another bound)", wall_limit_s);
  } else if (WIFSIGNALED(status)) {
    result.problem = fmt::format("the simulator died by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  } else {
    result.code = static_cast<ExitCode>(WEXITSTATUS(status));
  }
  return result;
}

}  // namespace

std::vector<JobResult> run_jobs(const std::vector<Job>& jobs, int parallel, double wall_limit_s,
                                const std::function<void(size_t, const JobResult&)>& finished) {
  std::vector<JobResult> results(jobs.size());
  std::map<pid_t, Running> running;
  size_t next = 0;
  while (next < jobs.size() || !running.empty()) {
    while (next < jobs.size() && running.size() < static_cast<size_t>(parallel)) {
      std::fflush(nullptr);
      const pid_t pid = fork();
      if (pid < 0) throw InfraError("cannot start another process");
      if (pid == 0) work_in_child(jobs[next]);
      running[pid] = Running{next++, wall_clock_s()};
    }
    int status = 0;
    const pid_t done = waitpid(-1, &status, WNOHANG);
    if (done > 0 && running.count(done)) {
      const Running ended = running[done];
      running.erase(done);
      results[ended.index] = result_of(status, ended, wall_limit_s);
      finished(ended.index, results[ended.index]);
      continue;
    }
    for (auto& [pid, child] : running) {
      if (child.killed || wall_clock_s() - child.started_s < wall_limit_s) continue;
      child.killed = true;
      kill(pid, SIGKILL);
    }
    usleep(5000);
  }
  return results;
}

}  // namespace saksi::sim
