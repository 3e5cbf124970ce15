#include "tests/support/debugged_run.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace saksi::test {

namespace {

constexpr int kStepMs = 20;
constexpr int kPatienceMs = 60000;

}  // namespace

DebuggedRun::DebuggedRun(const std::string& arguments, const std::string& dir, const std::string& input) : dir_(dir) {
  const std::string command = "{ " + input + " ; } | " + quoted(SAKSI_BUILD_DIR "/saksi") + " " + arguments + " --gdb 0 > " + dir + "/stdout 2> " +
                              dir + "/stderr; exit ${PIPESTATUS[1]}";
  pid_ = fork();
  if (pid_ == 0) {
    setpgid(0, 0);
    execl("/bin/bash", "bash", "-c", command.c_str(), nullptr);
    _exit(127);
  }
}

DebuggedRun::~DebuggedRun() {
  if (pid_ < 0) return;
  kill(-pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

int DebuggedRun::port() {
  static const std::string kBefore = "on 127.0.0.1:";
  for (int waited = 0; port_ == 0 && waited < kPatienceMs; waited += kStepMs) {
    const std::string text = errors();
    const size_t at = text.find(kBefore);
    if (at != std::string::npos) port_ = std::atoi(text.c_str() + at + kBefore.size());
    if (port_ == 0) usleep(kStepMs * 1000);
  }
  return port_;
}

Outcome DebuggedRun::gdb(const std::string& elf, const std::string& commands, const std::string& aside) {
  const std::string script = dir_ + "/commands.gdb";
  write_file(script, "set pagination off\nset confirm off\nset width 0\nset print entry-values no\ntarget remote 127.0.0.1:" +
                         std::to_string(port()) + "\n" + commands);
  const std::string start = "stdbuf -oL gdb-multiarch -nx -batch -x " + quoted(script) + " " + quoted(elf);
  if (aside.empty()) return run_command("timeout 300 " + start);
  return run_command("timeout 300 " + start + " & timeout=$! ; for i in $(seq 100); do gdb=$(pgrep -P $timeout) && break; sleep 0.1; done ; " +
                     aside + " ; wait $timeout");
}

int DebuggedRun::wait() {
  for (int waited = 0; waited < kPatienceMs; waited += kStepMs) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    usleep(kStepMs * 1000);
  }
  return -1;
}

RawClient::RawClient(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) hang_up();
}

RawClient::~RawClient() { hang_up(); }

void RawClient::hang_up() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void RawClient::say(const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t sent = send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent <= 0) return;
    done += static_cast<size_t>(sent);
  }
}

std::string RawClient::hear(const std::string& until, int patience_ms) {
  std::string text;
  pollfd ready{fd_, POLLIN, 0};
  while (text.find(until) == std::string::npos && poll(&ready, 1, patience_ms) > 0) {
    char buffer[4096];
    const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    text.append(buffer, static_cast<size_t>(got));
  }
  return text;
}

}  // namespace saksi::test
