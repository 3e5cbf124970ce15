#include "sim/debug/checkpoints.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace saksi::sim {

namespace {

constexpr const char* kEnd = "end";      ///< request: be gone
constexpr const char* kAlive = "alive";  ///< in a request: ids of the checkpoints that there are
constexpr const char* kOp = "op";

/// A child whose parent ends at once, so that the supervisor adopts it. True in that child.
bool fork_adopted() {
  const pid_t middle = fork();
  if (middle == 0) {
    if (fork() == 0) return true;
    _exit(0);
  }
  if (middle > 0) waitpid(middle, nullptr, 0);
  return false;
}

}  // namespace

std::optional<Checkpoints::Request> Checkpoints::take(const Place& place, uint64_t time_ns) {
  const SocketPair link = make_socket_pair();
  const Entry entry{next_id_++, place, time_ns, 0, link.here};
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    std::vector<Entry> earlier = entries_;
    earlier.push_back(entry);
    earlier.back().pid = getpid();
    return serve(link.there, std::move(earlier));
  }
  close(link.there);
  if (pid < 0) {
    close(link.here);
    fmt::print(stderr, "no checkpoint could be made here: {}\n", std::strerror(errno));
    return std::nullopt;
  }
  entries_.push_back(entry);
  entries_.back().pid = pid;
  thin();
  return std::nullopt;
}

/// The life of a checkpoint. Returns in workers only.
Checkpoints::Request Checkpoints::serve(int fd, std::vector<Entry> earlier) {
  signal(SIGINT, SIG_IGN);  // Ctrl-C at the terminal ends the supervisor, and that ends all
  for (;;) {
    pollfd fds[] = {{fd, POLLIN, 0}, {supervisor_.lifeline(), POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0) continue;
    if (fds[1].revents != 0) _exit(0);
    const auto message = receive_message(fd);
    if (!message || !message->body.is_object() || message->body.value(kOp, kEnd) == kEnd) _exit(0);
    if (fork_adopted()) {
      signal(SIGINT, SIG_DFL);
      close(fd);
      entries_ = std::move(earlier);
      keep_alive(message->body.value(kAlive, nlohmann::json::array()));
      Request request{message->body, -1, -1};
      if (!message->fds.empty()) request.reply = message->fds[0];
      if (message->fds.size() > 1) request.client = message->fds[1];
      return request;
    }
    for (const int received : message->fds) close(received);
  }
}

/// In a worker: forgets the checkpoints that have ended since its own was made.
void Checkpoints::keep_alive(const nlohmann::json& ids) {
  const auto gone = [&](const Entry& entry) {
    const bool alive = std::find(ids.begin(), ids.end(), entry.id) != ids.end();
    if (!alive) close(entry.fd);
    return !alive;
  };
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(), gone), entries_.end());
}

const Checkpoints::Entry* Checkpoints::before(uint64_t position) const {
  const auto it = std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& entry) { return entry.place.position < position; });
  return it == entries_.rend() ? nullptr : &*it;
}

int Checkpoints::ask(const Entry& entry, nlohmann::json body, int client) const {
  nlohmann::json ids = nlohmann::json::array();
  for (const Entry& one : entries_) {
    if (one.id <= entry.id) ids.push_back(one.id);
  }
  body[kAlive] = std::move(ids);
  const SocketPair link = make_socket_pair();
  ProcessMessage message{std::move(body), {link.there}};
  if (client >= 0) message.fds.push_back(client);
  const bool sent = send_message(entry.fd, message);
  close(link.there);
  if (sent) return link.here;
  close(link.here);
  return -1;
}

void Checkpoints::end(const Entry& entry) const {
  send_message(entry.fd, {{{kOp, kEnd}}, {}});
  close(entry.fd);
  waitpid(entry.pid, nullptr, 0);  // fails at once if it is not a child of this process: then the supervisor sees to it
}

void Checkpoints::end_after(uint64_t id) {
  while (!entries_.empty() && entries_.back().id > id) {
    end(entries_.back());
    entries_.pop_back();
  }
}

void Checkpoints::end_all() {
  for (const Entry& entry : entries_) end(entry);
  entries_.clear();
}

/// Removes the one whose absence makes the smallest gap, measured against how far back it lies.
void Checkpoints::thin() {
  if (entries_.size() <= kMax) return;
  const double now = static_cast<double>(entries_.back().time_ns);
  auto victim = entries_.begin() + 1;
  double smallest = -1;
  for (auto it = entries_.begin() + 1; it + 1 != entries_.end(); ++it) {
    const double gap = static_cast<double>((it + 1)->time_ns - (it - 1)->time_ns);
    const double age = now - static_cast<double>((it - 1)->time_ns) + 1;
    if (smallest >= 0 && gap / age >= smallest) continue;
    smallest = gap / age;
    victim = it;
  }
  end(*victim);
  entries_.erase(victim);
}

}  // namespace saksi::sim
