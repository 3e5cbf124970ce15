#ifndef SAKSI_SIM_BENCHMARK_CPU_BENCHMARK_H_
#define SAKSI_SIM_BENCHMARK_CPU_BENCHMARK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace saksi::sim {

/// What the programs run on: this project's machine with each of its engines, and peers.
enum class Simulator { kTranslated, kInterpreted, kQemuCounted, kQemuPlain, kUnicorn };
constexpr Simulator kSimulators[] = {Simulator::kTranslated, Simulator::kInterpreted, Simulator::kQemuCounted, Simulator::kQemuPlain,
                                     Simulator::kUnicorn};

struct CpuBenchmarkOptions {
  std::vector<std::string> elves;  ///< measured besides the project's own programs
  bool only_elves = false;
  int repeats = 3;                                   ///< of which the fastest counts
  bool quick = false;                                ///< the short programs: shows that all works, gives no figures worth having
  std::string board_path;                            ///< boards/virt.yaml
  std::function<void(const std::string&)> progress;  ///< told of each run before it
};

/// One program on one simulator.
struct CpuFigure {
  std::string problem;        ///< why there is no figure; empty if there is one
  bool wrong = false;         ///< the program ran and did not pass its own check
  uint64_t instructions = 0;  ///< retired
  double seconds = 0;         ///< user CPU seconds less those of a program that does nothing
  double mips() const { return problem.empty() && seconds > 0 ? static_cast<double>(instructions) / seconds / 1e6 : 0; }
};

/// A figure that the project has set itself.
struct CpuBar {
  std::string what;
  double measured = 0;
  double wanted = 0;
  bool at_most = false;  ///< measured may not be above; else not below
  bool met() const { return at_most ? measured <= wanted : measured >= wanted; }
};

struct CpuRow {
  std::string title;
  uint64_t rounds = 0;     ///< the program's own measure of its work; 0 for a foreign program
  bool protection = true;  ///< the program found physical memory protection in force
  std::map<Simulator, CpuFigure> figures;
};

struct CpuBenchmarkResult {
  std::vector<CpuRow> rows;
  std::vector<CpuBar> bars;
  std::vector<std::string> notes;  ///< what could not be measured and how it could
  bool all_right = true;           ///< every program that ran passed its own check
};

/// Runs every program on every simulator that is installed, one at a time, in turns, so that a busy host disturbs all alike. Throws
/// UsageError for an ELF that cannot be read.
CpuBenchmarkResult run_cpu_benchmark(const CpuBenchmarkOptions& options);

/// For a terminal.
std::string text_of(const CpuBenchmarkResult& result);
nlohmann::ordered_json json_of(const CpuBenchmarkResult& result);

}  // namespace saksi::sim

#endif
