#ifndef SAKSI_SIM_BENCHMARK_SENSOR_BENCHMARK_H_
#define SAKSI_SIM_BENCHMARK_SENSOR_BENCHMARK_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/benchmark/sensor_figure.h"

namespace saksi::sim {

struct SensorBenchmarkOptions {
  bool quick = false;                                ///< fewer frames and no limits: shows that all works
  std::function<void(const std::string&)> progress;  ///< told of each sensor before it is measured
};

struct SensorTable {
  std::string sensor;
  std::vector<SensorFigure> figures;
  std::vector<std::string> notes;
};

struct SensorBenchmarkResult {
  std::vector<SensorTable> tables;
  bool all_right() const;
};

/// Measures sensors by EMVA 1288 (photon transfer, dark current, PRNU, DSNU, broken pixels) on what the model of the IMX219 puts on its camera link:
/// one with the default parameters and one that is quite different. Then lenses before it: sharpness, shading, glare. Throws InfraError if a
/// measurement fails.
SensorBenchmarkResult run_sensor_benchmark(const SensorBenchmarkOptions& options);

/// For a terminal.
std::string text_of(const SensorBenchmarkResult& result);
nlohmann::ordered_json json_of(const SensorBenchmarkResult& result);

}  // namespace saksi::sim

#endif
