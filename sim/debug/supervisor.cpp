#include "sim/debug/supervisor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "base/error.h"

namespace saksi::sim {

namespace {

[[noreturn]] void work_in_child(const std::function<ExitCode()>& work) {
  ExitCode code = ExitCode::kInfraError;
  try {
    code = work();
  } catch (const UsageError& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    code = ExitCode::kUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "infra-error: {}\n", error.what());
  }
  std::fflush(nullptr);
  _exit(static_cast<int>(code));
}

}  // namespace

ExitCode Supervisor::run(const std::function<ExitCode()>& work) {
  int life[2];
  int announcements[2];
  if (pipe2(life, O_CLOEXEC) != 0 || pipe2(announcements, O_CLOEXEC) != 0) throw InfraError(std::string("no pipe: ") + std::strerror(errno));
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw InfraError(std::string("cannot start another process: ") + std::strerror(errno));
  if (child == 0) {
    close(life[1]);
    close(announcements[0]);
    lifeline_ = life[0];
    announcements_ = announcements[1];
    work_in_child(work);
  }
  close(life[0]);
  close(announcements[1]);
  announcements_ = announcements[0];
  fcntl(announcements_, F_SETFL, O_NONBLOCK);
  const ExitCode code = wait_for_running(child);
  close(life[1]);
  close(announcements_);
  return code;
}

ExitCode Supervisor::wait_for_running(int running) {
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, 0);
    if (ended < 0 && errno == EINTR) continue;
    if (ended < 0) throw InfraError("the simulation has gone without a result");
    // Whoever takes over says so before the one that it relieves ends.
    for (pid_t next = 0; read(announcements_, &next, sizeof next) == static_cast<ssize_t>(sizeof next);) running = next;
    if (ended != running) continue;
    if (WIFEXITED(status)) return static_cast<ExitCode>(WEXITSTATUS(status));
    throw InfraError(fmt::format("the simulator died by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status))));
  }
}

bool Supervisor::supervisor_gone() const {
  pollfd line{lifeline_, POLLIN, 0};
  return lifeline_ >= 0 && poll(&line, 1, 0) > 0;
}

void Supervisor::announce() const {
  const pid_t self = getpid();
  // Less than PIPE_BUF, so it is written as a whole.
  if (write(announcements_, &self, sizeof self) != static_cast<ssize_t>(sizeof self)) _exit(static_cast<int>(ExitCode::kInfraError));
}

}  // namespace saksi::sim
