#ifndef SAKSI_SIM_BENCHMARK_SIZES_BENCHMARK_H_
#define SAKSI_SIM_BENCHMARK_SIZES_BENCHMARK_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/benchmark/camera_run.h"

namespace saksi::sim {

struct SizesBenchmarkOptions {
  std::vector<std::string> scenes;  ///< scene files
  int width = 352;
  int height = 288;
  double seconds = 80;  ///< simulated, of the twin
  int lengths = 10;     ///< so many times as long of what draws sizes
  bool quick = false;   ///< one setting
  int parallel = 1;
  std::function<void(const std::string&)> progress;  ///< told of each run before it
};

/// What a run's pictures come to.
struct SizeStatistics {
  double mean_kbit = 0, p95_kbit = 0, p99_kbit = 0;  ///< of a picture
  double second_kbit = 0;                            ///< the largest second
  double cycles = 0;                                 ///< mean of a picture
};

/// Statistics of the pictures that fitting has left out, over pieces as long as `seconds`; of each but the mean the mean over the pieces.
SizeStatistics statistics_of(const std::vector<CameraPicture>& pictures, int fps, double seconds);

/// The encoder that draws sizes against the twin, on one scene at one setting.
struct SizesFigure {
  std::string scene, setting;
  SizeStatistics twin, drawn;
  double twin_cpu_s = 0, drawn_cpu_s = 0;  ///< of the host, for an hour of the camera's time
};

struct SizesBenchmarkResult {
  int width = 0, height = 0;
  std::vector<SizesFigure> figures;
};

/// Runs the camera before each scene with the twin and with the encoder that draws sizes, at three quantisation parameters and at a constant bit
/// rate. Throws UsageError for a scene that has no table, InfraError if a run fails.
SizesBenchmarkResult run_sizes_benchmark(const SizesBenchmarkOptions& options);

/// For a terminal.
std::string text_of(const SizesBenchmarkResult& result);
nlohmann::ordered_json json_of(const SizesBenchmarkResult& result);

}  // namespace saksi::sim

#endif
