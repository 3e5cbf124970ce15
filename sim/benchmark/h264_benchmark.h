#ifndef SAKSI_SIM_BENCHMARK_H264_BENCHMARK_H_
#define SAKSI_SIM_BENCHMARK_H264_BENCHMARK_H_

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace saksi::sim {

struct H264BenchmarkOptions {
  std::string clip;  ///< a video file
  int pictures = 120;
  int repeats = 3;                                   ///< of which the fastest counts
  bool bars = true;                                  ///< say what is wanted of the figures; without sense for a few pictures
  std::function<void(const std::string&)> progress;  ///< told of each measurement before it
};

/// What the project has set itself for a figure: the least, or the most, that will do, and what would be fine.
struct H264Bar {
  double wanted = 0;
  double stretch = 0;
  bool at_most = false;
};

struct H264Figure {
  std::string what;  ///< which encoder, on which pictures
  std::string unit;
  double value = 0;
  std::optional<H264Bar> bar;
  bool met() const { return !bar || reaches(bar->wanted); }
  bool stretched() const { return bar && reaches(bar->stretch); }

 private:
  bool reaches(double limit) const { return bar->at_most ? value <= limit : value >= limit; }
};

struct H264BenchmarkResult {
  std::string clip;
  size_t pictures = 0;
  std::vector<H264Figure> figures;
  std::string peer_line;                 ///< how libx264 is set, as the program x264 would be told
  std::string peer_settings;             ///< and what libx264 wrote of itself; empty if there is none
  std::vector<std::string> notes;        ///< what could not be measured
  std::vector<std::string> differences;  ///< where the twin is not the circuit
  bool all_right() const { return differences.empty(); }
};

/// Measures the encoder by itself, its circuit and its twin, on one core, by CPU time of this process. Throws UsageError for a file that is no clip.
H264BenchmarkResult run_h264_benchmark(const H264BenchmarkOptions& options);

/// For a terminal.
std::string text_of(const H264BenchmarkResult& result);
nlohmann::ordered_json json_of(const H264BenchmarkResult& result);

}  // namespace saksi::sim

#endif
