#ifndef SAKSI_SIM_DEBUG_SUPERVISOR_H_
#define SAKSI_SIM_DEBUG_SUPERVISOR_H_

#include <functional>

#include "base/exit_code.h"

namespace saksi::sim {

/// What ties every process of a debugged run to the one that the shell started.
///
/// A debugged run is several processes. The *supervisor* is the one that was started: it waits, and passes on the exit code. Its child runs
/// the simulation. Checkpoints are forks of the simulation that wait; when the debugger goes back, a fork of a checkpoint becomes the
/// running simulation and the old one ends. The supervisor adopts them all (it is their subreaper), so each may end when it likes.
class Supervisor {
 public:
  /// Runs `work` in a child and gives the exit code of whichever process is the running one at the end; ends every other one.
  ExitCode run(const std::function<ExitCode()>& work);

  // In the processes below.
  /// Readable as soon as the supervisor has gone: then the process must end.
  int lifeline() const { return lifeline_; }
  bool supervisor_gone() const;
  /// From now on the calling process is the running simulation.
  void announce() const;

 private:
  ExitCode wait_for_running(int running);
  int lifeline_ = -1;
  int announcements_ = -1;  ///< supervisor: read end; elsewhere: write end
};

}  // namespace saksi::sim

#endif
