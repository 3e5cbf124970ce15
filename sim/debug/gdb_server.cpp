#include "sim/debug/gdb_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace saksi::sim {

namespace {

using Event = GdbPacketReader::Event;

constexpr size_t kEventsMax = 64;  ///< packets that wait while the guest runs; then nothing more is read
constexpr size_t kSentAwayMax = 4;
constexpr const char* kBusy = "E.another debugger is attached to this run: end it first (detach)";

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void set_no_delay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// Other processes hold copies of the descriptor, so closing it alone would not end the connection.
void hang_up(int fd) {
  shutdown(fd, SHUT_RDWR);
  close(fd);
}

}  // namespace

GdbServer::GdbServer(int port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = loopback(port);
  if (listener_ < 0 || bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener_, 4) != 0) {
    const std::string why = std::strerror(errno);
    if (listener_ >= 0) close(listener_);
    throw UsageError(fmt::format("--gdb {}: cannot listen on 127.0.0.1:{}: {}; take another port, or 0 for any that is free", port, port, why));
  }
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
}

GdbServer::~GdbServer() {
  if (listener_ >= 0) close(listener_);
  if (client_ >= 0) close(client_);
}

void GdbServer::poll(int timeout_ms, int also_fd) {
  std::vector<pollfd> fds = {{listener_, POLLIN, 0}, {has_room() ? client_ : -1, POLLIN, 0}, {also_fd, POLLIN, 0}};
  for (const SentAway& other : sent_away_) fds.push_back({other.fd, POLLIN, 0});
  if (::poll(fds.data(), fds.size(), timeout_ms) <= 0) return;
  if (fds[1].revents != 0) read_client();
  read_sent_away();
  if (fds[0].revents != 0) accept_client();
}

void GdbServer::accept_client() {
  const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  set_no_delay(fd);
  if (client_ >= 0 && spoke_) {
    if (sent_away_.size() == kSentAwayMax) {
      hang_up(sent_away_.front().fd);
      sent_away_.erase(sent_away_.begin());
    }
    sent_away_.push_back({fd, false});
    return;
  }
  drop_client();
  client_ = fd;
  ++clients_;
}

/// Whoever is sent away gets an answer to the first thing that it says; hung up at once, it would lose the answer.
void GdbServer::read_sent_away() {
  for (size_t i = 0; i < sent_away_.size();) {
    SentAway& other = sent_away_[i];
    char buffer[1024];
    const ssize_t got = recv(other.fd, buffer, sizeof buffer, 0);
    if (got > 0 && !other.told) {
      const std::string text = "+" + gdb_frame(kBusy);
      other.told = true;
      if (::send(other.fd, text.data(), text.size(), MSG_NOSIGNAL) > 0) shutdown(other.fd, SHUT_WR);
    }
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) {
      ++i;
      continue;
    }
    hang_up(other.fd);
    sent_away_.erase(sent_away_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

bool GdbServer::has_room() const { return events_.size() < kEventsMax; }

void GdbServer::read_client() {
  char buffer[4096];
  const ssize_t got = recv(client_, buffer, sizeof buffer, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    drop_client();
    return;
  }
  reader_.feed({buffer, static_cast<size_t>(got)});
  while (const auto event = reader_.next()) {
    if (event->kind == Event::Kind::kInterrupt) {
      interrupt_ = true;
    } else {
      spoke_ = spoke_ || event->kind == Event::Kind::kPacket;
      events_.push_back(*event);
    }
  }
  if (reader_.garbage() > 0 && !told_of_garbage_) {
    told_of_garbage_ = true;
    fmt::print(stderr, "gdb port {}: the client sends bytes that are no packet of gdb's protocol; they are ignored\n", port_);
  }
}

bool GdbServer::take_interrupt() { return std::exchange(interrupt_, false); }

std::optional<std::string> GdbServer::take_packet() {
  while (!events_.empty() && client_ >= 0) {
    const Event event = events_.front();
    events_.pop_front();
    switch (event.kind) {
      case Event::Kind::kPacket:
        if (acks_) ::send(client_, "+", 1, MSG_NOSIGNAL);
        return event.payload;
      case Event::Kind::kBadChecksum:
        if (acks_) ::send(client_, "-", 1, MSG_NOSIGNAL);
        break;
      case Event::Kind::kTooLong:
        if (acks_) ::send(client_, "+", 1, MSG_NOSIGNAL);
        send(fmt::format("E.the packet is longer than {} bytes", kGdbPacketMax));
        break;
      case Event::Kind::kNack:
        // gdb says so whenever an answer takes its time, also where no acknowledgements were agreed on: then nothing is missing.
        if (acks_ && !last_sent_.empty()) ::send(client_, last_sent_.data(), last_sent_.size(), MSG_NOSIGNAL);
        break;
      case Event::Kind::kInterrupt:
        break;
    }
  }
  return std::nullopt;
}

void GdbServer::send(const std::string& payload) {
  if (client_ < 0) return;
  last_sent_ = gdb_frame(payload);
  size_t done = 0;
  while (done < last_sent_.size()) {
    const ssize_t sent = ::send(client_, last_sent_.data() + done, last_sent_.size() - done, MSG_NOSIGNAL);
    if (sent > 0) {
      done += static_cast<size_t>(sent);
    } else if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
      constexpr int kPatienceMs = 5000;
      pollfd room{client_, POLLOUT, 0};
      if (::poll(&room, 1, kPatienceMs) == 0) return drop_client();  // a client that reads nothing must not hold up the run
    } else {
      return drop_client();
    }
  }
}

void GdbServer::drop_client() {
  if (client_ >= 0) hang_up(client_);
  client_ = -1;
  acks_ = true;
  spoke_ = false;
  told_of_garbage_ = false;
  interrupt_ = false;
  reader_ = GdbPacketReader();
  events_.clear();
  last_sent_.clear();
}

std::string GdbServer::unread() const {
  std::string bytes;
  for (const Event& event : events_) {
    if (event.kind == Event::Kind::kPacket) bytes += gdb_frame(event.payload);
  }
  return bytes + reader_.unread();
}

void GdbServer::adopt_client(int fd, const std::string& unread, bool acks) {
  if (client_ >= 0) close(client_);
  client_ = -1;
  drop_client();
  client_ = fd;
  acks_ = acks;
  spoke_ = true;
  reader_.feed(unread);
  while (const auto event = reader_.next()) events_.push_back(*event);
}

}  // namespace saksi::sim
