#include "sim/debug/debug_port.h"

#include <fmt/format.h>

#include <cstdio>

namespace saksi::sim {

ExitCode DebugPort::run(const std::function<ExitCode()>& work) {
  return supervisor.run([&] {
    const ExitCode code = work();
    if (client_waits) server.send(fmt::format("W{:02x}", static_cast<int>(code)));
    server.drop_client();
    return code;
  });
}

void DebugPort::invite(const std::string& program_path) const {
  fmt::print(stderr, "waiting for a debugger on 127.0.0.1:{}; type in another terminal:\n  gdb-multiarch -ex 'target remote 127.0.0.1:{}' {}\n",
             server.port(), server.port(), program_path);
  std::fflush(stderr);
}

}  // namespace saksi::sim
