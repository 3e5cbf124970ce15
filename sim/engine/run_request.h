#ifndef SAKSI_SIM_ENGINE_RUN_REQUEST_H_
#define SAKSI_SIM_ENGINE_RUN_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hw-models/board/board.h"
#include "sim/observe/probes.h"
#include "sim/player/scenario.h"

namespace saksi::sim {

/// Everything that decides what one run does: what the command line, a suite or a bundle says. Empty strings and nullopt mean the default,
/// or what the files say.
struct RunRequest {
  std::string scenario_path;
  std::string name;  ///< of the run in reports and folders; empty: the scenario's
  std::string state;  ///< of the device, as a suite with a claim names it; empty: none
  Parameters parameters;
  std::optional<uint64_t> seed;
  std::string device_path;
  std::string board_path;
  std::string light_path;
  std::string requirements_path;
  std::string firmware_path;
  std::string clip_path;
  std::string encoder = "rtl";
  std::string size_table;  ///< of encoder "sizes"; empty: that of the scene's class
  hw::CpuEngine cpu_engine = hw::CpuEngine::kTranslated;
  std::optional<int> width;
  std::optional<int> height;
  std::optional<int> fps;
  ProbeOptions probes;                     ///< what is asked of the firmware's execution
  std::string trace;                       ///< record waves: see wave_trigger_option(); empty: none
  std::vector<std::string> trace_signals;  ///< in place of the scenario's
  double time_limit_s = 0;                 ///< simulated; 0: the scenario's own duration
  std::string out_dir;
};

}  // namespace saksi::sim

#endif
