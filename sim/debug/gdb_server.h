#ifndef SAKSI_SIM_DEBUG_GDB_SERVER_H_
#define SAKSI_SIM_DEBUG_GDB_SERVER_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sim/debug/gdb_packet.h"

namespace saksi::sim {

/// The port that a debugger connects to, on the loopback interface only, and the one client that it serves. A second client is told so and
/// sent away, unless the first has not said one valid packet yet: then it gives way.
class GdbServer {
 public:
  /// Port 0 takes a free one. Throws UsageError if the port cannot be had.
  explicit GdbServer(int port);
  ~GdbServer();
  GdbServer(const GdbServer&) = delete;
  GdbServer& operator=(const GdbServer&) = delete;

  int port() const { return port_; }

  /// Looks after the sockets: takes clients in, sends them away, reads. Waits at most `timeout_ms` for something to happen, -1 for ever. Also
  /// wakes up when `also_fd` can be read, if it is not -1.
  void poll(int timeout_ms, int also_fd = -1);
  bool has_client() const { return client_ >= 0; }
  /// The client has sent a valid packet: it is a debugger.
  bool has_debugger() const { return client_ >= 0 && spoke_; }
  /// Goes up with each client that is taken in.
  uint64_t clients() const { return clients_; }
  /// Ctrl-C has come since the last call.
  bool take_interrupt();
  /// The next packet's payload, or nothing. What the link itself needs (acknowledgements, sending again) is done here.
  std::optional<std::string> take_packet();
  void send(const std::string& payload);
  void set_acks(bool on) { acks_ = on; }
  void drop_client();

  /// For a process that goes on with the link: the client's socket and the bytes of it that were read and not used.
  int client_fd() const { return client_; }
  std::string unread() const;
  void adopt_client(int fd, const std::string& unread, bool acks);

 private:
  struct SentAway {
    int fd;
    bool told;
  };
  void accept_client();
  void read_client();
  void read_sent_away();
  bool has_room() const;

  int listener_ = -1;
  int port_ = 0;
  int client_ = -1;
  uint64_t clients_ = 0;
  bool acks_ = true;
  bool spoke_ = false;  ///< the client has sent a valid packet
  bool told_of_garbage_ = false;
  bool interrupt_ = false;
  GdbPacketReader reader_;
  std::deque<GdbPacketReader::Event> events_;
  std::string last_sent_;
  std::vector<SentAway> sent_away_;
};

}  // namespace saksi::sim

#endif
