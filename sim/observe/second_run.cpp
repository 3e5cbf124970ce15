#include "sim/observe/second_run.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/error.h"

namespace saksi::sim {

namespace {

void write_all(int fd, const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t wrote = write(fd, bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return;
    done += static_cast<size_t>(wrote);
  }
}

std::string read_all(int fd) {
  std::string bytes;
  char buffer[4096];
  for (;;) {
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return bytes;
    bytes.append(buffer, static_cast<size_t>(got));
  }
}

void put(std::string& bytes, uint64_t value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); }

uint64_t take(const std::string& bytes, size_t& at) {
  uint64_t value = 0;
  if (at + sizeof value <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof value);
  at += sizeof value;
  return value;
}

std::string packed(const TraceRequest& request) {
  std::string bytes;
  put(bytes, request.position);
  put(bytes, request.length);
  for (const auto& [when, text] : request.typed) {
    put(bytes, when);
    put(bytes, text.size());
    bytes += text;
  }
  return bytes;
}

TraceRequest unpacked(const std::string& bytes) {
  TraceRequest request;
  size_t at = 0;
  request.position = take(bytes, at);
  request.length = take(bytes, at);
  while (at < bytes.size()) {
    const uint64_t when = take(bytes, at);
    const uint64_t size = take(bytes, at);
    request.typed.emplace_back(when, bytes.substr(at, size));
    at += size;
  }
  return request;
}

}  // namespace

SecondRun::~SecondRun() {
  if (to_other_ >= 0) close(to_other_);
  if (from_other_ >= 0) close(from_other_);
  if (other_ > 0) waitpid(other_, nullptr, 0);
}

std::optional<TraceRequest> SecondRun::fork() {
  int request[2];
  int answer[2];
  if (pipe2(request, O_CLOEXEC) != 0 || pipe2(answer, O_CLOEXEC) != 0) throw InfraError("no pipe can be made for the second run");
  std::fflush(nullptr);
  other_ = ::fork();
  if (other_ < 0) throw InfraError("no process can be made for the second run");
  if (other_ > 0) {
    close(request[0]);
    close(answer[1]);
    to_other_ = request[1];
    from_other_ = answer[0];
    return std::nullopt;
  }
  close(request[1]);
  close(answer[0]);
  answer_ = answer[1];
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, fd);
  signal(SIGINT, SIG_IGN);  // the terminal tells both; the first one decides
  const std::string bytes = read_all(request[0]);
  if (bytes.empty()) _exit(0);
  return unpacked(bytes);
}

std::string SecondRun::trace(const TraceRequest& request) {
  if (other_ <= 0) return "[there is no second run]\n";
  signal(SIGPIPE, SIG_IGN);  // it may have died; then it gives no answer
  write_all(to_other_, packed(request));
  close(to_other_);
  to_other_ = -1;
  std::string text = read_all(from_other_);
  waitpid(other_, nullptr, 0);
  other_ = -1;
  return text.empty() ? "[the second run, which was to give the trace, ended early]\n" : text;
}

void SecondRun::forget() {
  if (to_other_ >= 0) close(to_other_);
  if (from_other_ >= 0) close(from_other_);
  to_other_ = from_other_ = -1;
  other_ = -1;
}

void SecondRun::answer(const std::string& text) {
  write_all(answer_, text);
  _exit(0);
}

}  // namespace saksi::sim
