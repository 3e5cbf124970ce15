#ifndef SAKSI_SIM_BENCHMARK_SIMULATORS_H_
#define SAKSI_SIM_BENCHMARK_SIMULATORS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "sim/benchmark/cpu_benchmark.h"

namespace saksi::sim {

/// One run of one program on one simulator.
struct SimulatorRun {
  std::string problem;                   ///< empty if the program came to its end with success
  bool wrong = false;                    ///< it came to its end, without success
  double user_s = 0;                     ///< CPU seconds of the process in user mode
  std::string console;                   ///< what it printed
  std::optional<uint64_t> instructions;  ///< retired, if this simulator counts them
};

/// "translated", "QEMU icount", ...
std::string name_of(Simulator simulator);
/// Why it cannot be used here and what to do about it; empty if it can.
std::string missing_reason(Simulator simulator);
SimulatorRun run_on(Simulator simulator, const std::string& elf, const std::string& board_path, double wall_limit_s);

/// The number after a word in the line that the benchmark's own programs end with.
std::optional<uint64_t> told(const std::string& console, const std::string& word);

}  // namespace saksi::sim

#endif
