#ifndef SAKSI_SIM_SWEEP_RECOVERY_RUN_H_
#define SAKSI_SIM_SWEEP_RECOVERY_RUN_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/write_log.h"
#include "judge/sweep/cut_judge.h"

namespace saksi::sim {

/// What the recovery from one card came to.
struct RecoveryRun {
  judge::Recovery seen;
  std::vector<std::string> decoded;  ///< contents that were decoded and found good
};

// As processes send it to one another.
nlohmann::ordered_json to_json(const RecoveryRun& run);
RecoveryRun recovery_run_of(const nlohmann::ordered_json& json);
nlohmann::ordered_json to_json(const WriteLog& log);
WriteLog write_log_of(const nlohmann::ordered_json& writes);

}  // namespace saksi::sim

#endif
