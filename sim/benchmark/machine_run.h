#ifndef SAKSI_SIM_BENCHMARK_MACHINE_RUN_H_
#define SAKSI_SIM_BENCHMARK_MACHINE_RUN_H_

#include <cstdint>
#include <string>

#include "sim/engine/boot.h"

namespace saksi::sim {

/// How a program went on a whole board, in a process of its own.
struct MachineRun {
  bool ended = false;         ///< at its own end, within the limit
  bool passed = false;        ///< with success
  std::string problem;        ///< why not
  std::string console;        ///< what it printed
  uint64_t instructions = 0;  ///< retired
  uint64_t minstret = 0;
  uint64_t mcycle = 0;
  uint64_t time = 0;          ///< the time CSR
  std::string memory_sha256;  ///< of all RAM, hexadecimal; if it was asked for
  double user_s = 0;          ///< CPU seconds of the process in user mode
};

/// Boots an image as `saksi boot` does. Ends after wall_limit_s host seconds. Never throws for what happens in the run.
MachineRun run_machine(const BootRequest& request, double wall_limit_s);

}  // namespace saksi::sim

#endif
