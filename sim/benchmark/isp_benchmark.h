#ifndef SAKSI_SIM_BENCHMARK_ISP_BENCHMARK_H_
#define SAKSI_SIM_BENCHMARK_ISP_BENCHMARK_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace saksi::sim {

struct IspSpeed {
  std::string name;
  double frames_per_s = 0;  ///< of CPU time
};

/// The image signal processor alone, with every correction on, at the two sizes for which there are bars of the whole light path. `frames` of each,
/// at least 1.
std::vector<IspSpeed> measure_isp(int frames);

/// For a terminal.
std::string text_of(const std::vector<IspSpeed>& speeds);
nlohmann::ordered_json json_of(const std::vector<IspSpeed>& speeds);

}  // namespace saksi::sim

#endif
