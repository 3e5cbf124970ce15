#include "sim/engine/jobs.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
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

volatile sig_atomic_t asked_to_end = 0;

/// While it lives, SIGINT and SIGTERM only set asked_to_end, unless they were ignored before.
class EndSignals {
 public:
  EndSignals() {
    asked_to_end = 0;
    for (size_t i = 0; i < kCount; ++i) {
      sigaction(kSignals[i], nullptr, &before_[i]);
      if (before_[i].sa_handler == SIG_IGN) continue;
      struct sigaction action {};
      action.sa_handler = [](int signal) { asked_to_end = signal; };
      action.sa_flags = static_cast<int>(SA_RESETHAND);  // who asks a second time does not want to wait
      sigaction(kSignals[i], &action, nullptr);
    }
  }
  ~EndSignals() { restore(); }
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;
  void restore() const {
    for (size_t i = 0; i < kCount; ++i) sigaction(kSignals[i], &before_[i], nullptr);
  }

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM};
  static constexpr size_t kCount = 2;
  struct sigaction before_[kCount];
};

/// Waits for every process that has come of the jobs, those that outlive their job among them: a recorder of waves closes its file then.
void wait_for_all() {
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
}

/// ^C, or the like: the jobs are to end, and this process then as it would have without being asked to wait.
[[noreturn]] void end_as_asked(const std::map<pid_t, Running>& running, const EndSignals& signals) {
  const int signal = asked_to_end;
  for (const auto& [pid, job] : running) kill(pid, SIGTERM);
  wait_for_all();
  signals.restore();
  raise(signal);
  _exit(128 + signal);
}

[[noreturn]] void work_in_child(const Job& job, const EndSignals& signals) {
  signals.restore();
  // Asked while this process was being made, when it still had its parent's way of being asked.
  if (asked_to_end) _exit(128 + asked_to_end);
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
                                const std::function<void(size_t, const JobResult&)>& finished, const std::function<bool()>& go_on) {
  std::vector<JobResult> results(jobs.size());
  std::map<pid_t, Running> running;
  const EndSignals signals;
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  size_t next = 0;
  while (next < jobs.size() || !running.empty()) {
    if (next < jobs.size() && go_on && !go_on()) {
      for (; next < jobs.size(); ++next) results[next].started = false;
      continue;
    }
    while (next < jobs.size() && running.size() < static_cast<size_t>(parallel)) {
      std::fflush(nullptr);
      const pid_t pid = fork();
      if (pid < 0) throw InfraError("cannot start another process");
      if (pid == 0) work_in_child(jobs[next], signals);
      running[pid] = Running{next++, wall_clock_s()};
    }
    if (asked_to_end) end_as_asked(running, signals);
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
  wait_for_all();
  return results;
}

}  // namespace saksi::sim
