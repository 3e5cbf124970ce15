#include "base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "base/error.h"

namespace saksi {

namespace {

constexpr int kNoSuchProgram = 127;
constexpr int kWaitMs = 100;

[[noreturn]] void become(std::vector<char*> words, const char* folder, const char* log) {
  const int nothing = open("/dev/null", O_RDONLY);
  const int output = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (nothing >= 0 && output >= 0 && chdir(folder) == 0) {
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    words.push_back(nullptr);
    execvp(words[0], words.data());
    dprintf(output, "%s: %s\n", words[0], std::strerror(errno));
  }
  _exit(kNoSuchProgram);
}

}  // namespace

int run_child(const std::vector<std::string>& command, const std::string& folder, const std::string& log, const std::function<void()>& waiting) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid < 0) throw InfraError("cannot start another process for " + command[0]);
  if (pid == 0) become(words, folder.c_str(), log.c_str());
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) == 0) {
    poll(nullptr, 0, kWaitMs);
    waiting();
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace saksi
