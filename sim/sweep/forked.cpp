#include "sim/sweep/forked.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <thread>

#include "base/error.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
constexpr size_t kLengthBytes = 4;
constexpr char kProblem[] = "problem";  ///< key of the value that a process sends in place of its own when it cannot go on

void write_all(int fd, const uint8_t* data, size_t size) {
  while (size > 0) {
    const ssize_t put = write(fd, data, size);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) _exit(1);  // nobody listens any more
    data += put;
    size -= static_cast<size_t>(put);
  }
}

void send(int fd, const Json& value) {
  const std::vector<uint8_t> bytes = Json::to_cbor(value);
  uint8_t length[kLengthBytes];
  for (size_t i = 0; i < kLengthBytes; ++i) length[i] = static_cast<uint8_t>(bytes.size() >> 8 * i);
  write_all(fd, length, sizeof length);
  write_all(fd, bytes.data(), bytes.size());
}

/// Takes a whole value off the front of what was received.
std::optional<Json> unpack(std::vector<uint8_t>& received) {
  if (received.size() < kLengthBytes) return std::nullopt;
  size_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) length |= static_cast<size_t>(received[i]) << 8 * i;
  if (received.size() < kLengthBytes + length) return std::nullopt;
  const auto begin = received.begin() + kLengthBytes;
  Json value = Json::from_cbor(begin, begin + static_cast<ptrdiff_t>(length));
  received.erase(received.begin(), begin + static_cast<ptrdiff_t>(length));
  if (value.is_object() && value.contains(kProblem)) throw InfraError(value.at(kProblem).get<std::string>());
  return value;
}

/// In the new process: does the work, sends, and does not come back.
[[noreturn]] void work_and_exit(int fd, const std::function<void()>& work) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    work();
  } catch (const std::exception& error) {
    send(fd, {{kProblem, error.what()}});
  }
  _exit(0);
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) return "took too long";
  if (WIFSIGNALED(status)) return fmt::format("died by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return WEXITSTATUS(status) == 0 ? "" : fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

int wait_for(int pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// Calls `work` in a thread, although nothing runs beside it: the C library gives a thread memory of its own from fresh pages, while the free memory
/// of a forked process lies in pages that it shares with its parent, each of which would be copied for a few bytes.
void in_fresh_memory(const std::function<void()>& work) { std::thread(work).join(); }

/// Appends what is there; false at the end.
bool receive(int fd, std::vector<uint8_t>& received) {
  uint8_t piece[65536];
  const ssize_t got = read(fd, piece, sizeof piece);
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  received.insert(received.end(), piece, piece + got);
  return true;
}

}  // namespace

Branch::Branch(unsigned limit_s) {
  int ends[2];
  if (pipe(ends) != 0) throw InfraError(fmt::format("no pipe for a recovery: {}", std::strerror(errno)));
  pid_ = fork();
  if (pid_ < 0) throw InfraError(fmt::format("no process for a recovery: {}", std::strerror(errno)));
  pipe_ = ends[is_here() ? 1 : 0];
  close(ends[is_here() ? 0 : 1]);
  if (!is_here()) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  alarm(limit_s);
}

void Branch::finish(const Json& value) {
  send(pipe_, value);
  _exit(0);
}

void Branch::fail(const std::string& problem) { finish({{kProblem, problem}}); }

Json Branch::collect() {
  std::vector<uint8_t> received;
  while (receive(pipe_, received)) {
  }
  close(pipe_);
  const std::string ended = how_it_ended(wait_for(pid_));
  std::optional<Json> value = ended.empty() ? unpack(received) : std::nullopt;
  if (!value) throw InfraError("the process of a recovery " + (ended.empty() ? "sent nothing" : ended));
  return std::move(*value);
}

Json in_forked_process(const std::function<Json()>& work, unsigned limit_s) {
  static const bool has_started_a_thread = (in_fresh_memory([] {}), true);  // else each process looks up anew how that is done
  static_cast<void>(has_started_a_thread);
  Branch branch(limit_s);
  if (branch.is_here()) {
    in_fresh_memory([&] {
      try {
        branch.finish(work());
      } catch (const std::exception& error) {
        branch.fail(error.what());
      }
    });
  }
  return branch.collect();
}

ForkedWorkers::~ForkedWorkers() {
  for (Worker& worker : workers_) {
    if (!worker.open) continue;
    kill(worker.pid, SIGKILL);
    wait_for(worker.pid);
    close(worker.pipe);
  }
}

void ForkedWorkers::start(const std::function<void(const Send&)>& work) {
  int ends[2];
  if (pipe(ends) != 0) throw InfraError(fmt::format("no pipe for a worker: {}", std::strerror(errno)));
  const int pid = fork();
  if (pid < 0) throw InfraError(fmt::format("no process for a worker: {}", std::strerror(errno)));
  if (pid == 0) {
    close(ends[0]);
    for (const Worker& worker : workers_) close(worker.pipe);
    work_and_exit(ends[1], [&] { work([&](const Json& value) { send(ends[1], value); }); });
  }
  close(ends[1]);
  workers_.push_back({pid, ends[0], {}, true});
}

void ForkedWorkers::finish(Worker& worker) {
  worker.open = false;
  close(worker.pipe);
  const std::string ended = how_it_ended(wait_for(worker.pid));
  if (!ended.empty()) throw InfraError("a worker " + ended);
}

std::optional<Json> ForkedWorkers::next() {
  for (;;) {
    std::vector<pollfd> polled;
    std::vector<size_t> index;
    for (size_t i = 0; i < workers_.size(); ++i) {
      if (std::optional<Json> value = unpack(workers_[i].received)) return value;
      if (!workers_[i].open) continue;
      polled.push_back({workers_[i].pipe, POLLIN, 0});
      index.push_back(i);
    }
    if (polled.empty()) return std::nullopt;
    if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) throw InfraError(fmt::format("waiting for workers: {}", std::strerror(errno)));
    for (size_t i = 0; i < polled.size(); ++i) {
      Worker& worker = workers_[index[i]];
      if (polled[i].revents != 0 && !receive(worker.pipe, worker.received)) finish(worker);
    }
  }
}

}  // namespace saksi::sim
