#ifndef SAKSI_SIM_SELF_CHECK_SELF_CHECK_H_
#define SAKSI_SIM_SELF_CHECK_SELF_CHECK_H_

#include <nlohmann/json.hpp>
#include <string>

namespace saksi::sim {

/// Compares what the judge measured with what the simulation knows: for each measurement that the truth can give, its value, the truth, the
/// error, and whether the stated uncertainty covers it. `run_dir` holds recording/, truth/ and verdicts.json. Returns what goes into
/// self-check.json. A stored picture is told its sensor frame by the SHA-256 of its coded bytes, so that nothing here rests on the judge's
/// reading of the light code.
nlohmann::ordered_json self_check(const std::string& run_dir, const nlohmann::ordered_json& verdicts);

}  // namespace saksi::sim

#endif
