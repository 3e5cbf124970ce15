#ifndef SAKSI_SIM_SWARM_SWARM_H_
#define SAKSI_SIM_SWARM_SWARM_H_

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "base/exit_code.h"
#include "sim/engine/run_request.h"

namespace saksi::sim {

/// Many runs of one scenario, each with faults of its own.
struct SwarmRequest {
  RunRequest run;                 ///< the scenario; `out_dir` is the swarm's
  std::string requirements_path;  ///< what is asked of every card, as of a sweep; empty: scenarios/requirements/power-cut.yaml
  int runs = 100;
  uint64_t seed = 1;
  int parallel = 1;
};

/// Called after each run: runs done, and how many of them broke a requirement.
using SwarmProgress = std::function<void(int done, size_t broke)>;

struct SwarmResult {
  ExitCode code = ExitCode::kInfraError;
  nlohmann::ordered_json json;  ///< swarm.json, see docs/formats/swarm.md
};

/// Runs a scenario with faults drawn from the seed, cuts the power at the end and at moments of its writes, lets the firmware recover, and judges as
/// a sweep does. A run that breaks a requirement is done again with fewer faults, as long as it still breaks it, and what is left is kept in
/// out_dir/cases/N as files that `saksi sweep` plays. Throws UsageError for files that are not as expected, before anything runs.
SwarmResult swarm(const SwarmRequest& request, const SwarmProgress& progress);

}  // namespace saksi::sim

#endif
