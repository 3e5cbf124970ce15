#ifndef SAKSI_SIM_DEBUG_PROCESS_LINK_H_
#define SAKSI_SIM_DEBUG_PROCESS_LINK_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace saksi::sim {

/// A message between two processes of one run: a document, and descriptors that come with it.
struct ProcessMessage {
  nlohmann::json body;
  std::vector<int> fds;  ///< at most kFdsMax; the receiver owns them
  static constexpr size_t kFdsMax = 2;
};

/// A pair of connected local sockets.
struct SocketPair {
  int here = -1;
  int there = -1;
};

/// Throws InfraError if the host has no more descriptors.
SocketPair make_socket_pair();
/// False if nobody is at the other end.
bool send_message(int fd, const ProcessMessage& message);
/// Waits for a message; nothing: the other end has gone.
std::optional<ProcessMessage> receive_message(int fd);

}  // namespace saksi::sim

#endif
