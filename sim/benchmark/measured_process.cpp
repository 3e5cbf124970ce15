#include "sim/benchmark/measured_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "base/error.h"
#include "base/wall_clock.h"

namespace saksi::sim {

namespace {

constexpr size_t kOutputMax = 1 << 20;
constexpr int kNoSuchProgram = 127;

[[noreturn]] void become_child(const std::function<int()>& work, int output) {
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  close(output);
  int code = kNoSuchProgram;
  try {
    code = work();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    code = 3;
  }
  std::fflush(nullptr);
  _exit(code);
}

/// Reads until the child closes its output; false if that takes too long.
bool read_output(int from, double end_s, std::string& output) {
  char buffer[4096];
  for (;;) {
    const double left_s = end_s - wall_clock_s();
    if (left_s <= 0) return false;
    pollfd wanted{from, POLLIN, 0};
    if (poll(&wanted, 1, static_cast<int>(left_s * 1000) + 1) <= 0) continue;
    const ssize_t got = read(from, buffer, sizeof buffer);
    if (got <= 0) return true;
    output.append(buffer, std::min(static_cast<size_t>(got), kOutputMax - std::min(output.size(), kOutputMax)));
  }
}

}  // namespace

ProcessOutcome run_measured(const std::function<int()>& work, double wall_limit_s) {
  int pipe_ends[2];
  std::fflush(nullptr);
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) throw InfraError("cannot make a pipe for another process");
  const pid_t pid = fork();
  if (pid < 0) throw InfraError("cannot start another process");
  if (pid == 0) become_child(work, pipe_ends[1]);
  close(pipe_ends[1]);
  ProcessOutcome outcome;
  outcome.timed_out = !read_output(pipe_ends[0], wall_clock_s() + wall_limit_s, outcome.output);
  if (outcome.timed_out) kill(pid, SIGKILL);
  close(pipe_ends[0]);
  int status = 0;
  rusage usage{};
  wait4(pid, &status, 0, &usage);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.user_s = static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
  return outcome;
}

ProcessOutcome run_measured(const std::vector<std::string>& command, double wall_limit_s) {
  return run_measured(
      [&command] {
        std::vector<char*> words;
        for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        execvp(words[0], words.data());
        return kNoSuchProgram;
      },
      wall_limit_s);
}

}  // namespace saksi::sim
