#ifndef SAKSI_SIM_DEBUG_CHECKPOINTS_H_
#define SAKSI_SIM_DEBUG_CHECKPOINTS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/debug/process_link.h"
#include "sim/debug/supervisor.h"

namespace saksi::sim {

/// A place on the way of the program at which it can stand still.
struct Place {
  uint64_t position = 0;  ///< instructions begun (CpuDebug::position())
  uint64_t idle_ps = 0;   ///< virtual time while the CPU sleeps or is off; 0 when the next instruction is about to begin
};

/// Earlier states of the simulation, each a forked process that waits (copy on write, so one costs what has changed since).
///
/// A checkpoint is not used up: it forks a worker for each request, and the worker is what goes on from there, to become the running
/// simulation or to find something out. At most kMax are kept; the first one stays for good, of the others the older are thinned out, so that
/// the distances between them grow with their age.
class Checkpoints {
 public:
  static constexpr size_t kMax = 24;

  struct Entry {
    uint64_t id;
    Place place;
    uint64_t time_ns;  ///< virtual
    pid_t pid;
    int fd;  ///< requests go here
  };

  /// What a worker has been forked for. `body` is the request; `reply` leads to whoever asked.
  struct Request {
    nlohmann::json body;
    int reply = -1;
    int client = -1;  ///< the debugger's connection, if it was sent along
  };

  explicit Checkpoints(const Supervisor& supervisor) : supervisor_(supervisor) {}
  Checkpoints(const Checkpoints&) = delete;
  Checkpoints& operator=(const Checkpoints&) = delete;

  /// Makes a checkpoint here and returns nothing; returns again, with a request, in every worker that is made from it. If the host
  /// cannot fork, there is none.
  std::optional<Request> take(const Place& place, uint64_t time_ns);

  const std::vector<Entry>& entries() const { return entries_; }
  /// The latest one before a position; nullptr if there is none.
  const Entry* before(uint64_t position) const;

  /// Has a worker made from `entry`; returns the socket on which it answers, or -1.
  int ask(const Entry& entry, nlohmann::json body, int client) const;
  /// Ends those after a checkpoint: for whoever is about to be relieved by a worker made from it.
  void end_after(uint64_t id);
  void end_all();

 private:
  Request serve(int fd, std::vector<Entry> earlier);
  void end(const Entry& entry) const;
  void thin();
  void keep_alive(const nlohmann::json& ids);

  const Supervisor& supervisor_;
  std::vector<Entry> entries_;  ///< by position
  uint64_t next_id_ = 0;
};

}  // namespace saksi::sim

#endif
