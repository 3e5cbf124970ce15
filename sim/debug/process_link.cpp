#include "sim/debug/process_link.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/error.h"

namespace saksi::sim {

namespace {

constexpr uint64_t kMessageMax = uint64_t{1} << 30;

union Control {
  cmsghdr header;  // for its alignment
  char bytes[CMSG_SPACE(ProcessMessage::kFdsMax * sizeof(int))];
};

bool send_all(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

bool receive_all(int fd, char* data, size_t size) {
  while (size > 0) {
    const ssize_t got = recv(fd, data, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    data += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

/// One byte, to which the descriptors are attached.
bool send_fds(int fd, const std::vector<int>& fds) {
  char byte = static_cast<char>(fds.size());
  iovec data{&byte, 1};
  Control control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
    std::memcpy(CMSG_DATA(header), fds.data(), fds.size() * sizeof(int));
  }
  return sendmsg(fd, &message, MSG_NOSIGNAL) == 1;
}

bool receive_fds(int fd, std::vector<int>* fds) {
  char byte = 0;
  iovec data{&byte, 1};
  Control control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t got = 0;
  do {
    got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got != 1) return false;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_type == SCM_RIGHTS) {
    fds->resize((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    std::memcpy(fds->data(), CMSG_DATA(header), fds->size() * sizeof(int));
  }
  return true;
}

}  // namespace

SocketPair make_socket_pair() {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    throw InfraError(std::string("cannot connect two processes: ") + std::strerror(errno));
  return {fds[0], fds[1]};
}

bool send_message(int fd, const ProcessMessage& message) {
  const std::string text = message.body.dump();
  const uint64_t size = text.size();
  return send_fds(fd, message.fds) && send_all(fd, reinterpret_cast<const char*>(&size), sizeof size) && send_all(fd, text.data(), text.size());
}

std::optional<ProcessMessage> receive_message(int fd) {
  ProcessMessage message;
  uint64_t size = 0;
  if (!receive_fds(fd, &message.fds) || !receive_all(fd, reinterpret_cast<char*>(&size), sizeof size) || size > kMessageMax) return std::nullopt;
  std::string text(size, '\0');
  if (!receive_all(fd, text.data(), text.size())) return std::nullopt;
  message.body = nlohmann::json::parse(text, nullptr, false);
  return message;
}

}  // namespace saksi::sim
