#ifndef SAKSI_SIM_BENCHMARK_JUDGE_BENCHMARK_H_
#define SAKSI_SIM_BENCHMARK_JUDGE_BENCHMARK_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace saksi::sim {

/// How fast a clip is judged, by CPU time of this process on one core; the fastest of the repeats counts.
struct JudgeSpeed {
  std::string clip;
  std::string signature;    ///< the word of the verdict
  double plays_s = 0;       ///< how long the clip plays
  double mbit_per_s = 0;    ///< of the file
  double verify_times = 0;  ///< parsed, container checked and signatures verified, without decoding: how many times faster than it plays
  double decode_times = 0;  ///< judged whole, every picture decoded and looked at for the light code
  uint64_t peak_kib = 0;    ///< resident memory at its most while verifying, of this process
  uint64_t grown_kib = 0;   ///< by how much verifying raised it
};

/// What the project has set itself for a clip of 1920x1080 at 30 pictures and 8 Mbit a second.
constexpr double kVerifyTimesWanted = 20;
constexpr double kDecodeTimesWanted = 3;

/// Measures the judge on a clip. Throws UsageError if it cannot be read or holds no video.
JudgeSpeed run_judge_benchmark(const std::string& clip, int repeats);

/// For a terminal.
std::string text_of(const JudgeSpeed& speed);
nlohmann::ordered_json json_of(const JudgeSpeed& speed);

}  // namespace saksi::sim

#endif
