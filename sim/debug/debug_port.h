#ifndef SAKSI_SIM_DEBUG_DEBUG_PORT_H_
#define SAKSI_SIM_DEBUG_DEBUG_PORT_H_

#include <functional>
#include <string>

#include "base/exit_code.h"
#include "sim/debug/gdb_server.h"
#include "sim/debug/supervisor.h"

namespace saksi::sim {

/// What `--gdb PORT` opens, before anything runs: the port, and the supervisor of the processes of the run.
struct DebugPort {
  /// Throws UsageError if the port cannot be had.
  explicit DebugPort(int port) : server(port) {}

  /// Runs `work`, in which a Debugger is made, and gives its exit code. The debugger is told of it as the end of the program.
  ExitCode run(const std::function<ExitCode()>& work);
  /// Tells the user on standard error that the run waits, and the command that attaches gdb.
  void invite(const std::string& program_path) const;

  GdbServer server;
  Supervisor supervisor;
  bool client_waits = false;  ///< gdb has let the guest run and waits for it to stop
};

}  // namespace saksi::sim

#endif
