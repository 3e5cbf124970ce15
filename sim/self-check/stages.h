#ifndef SAKSI_SIM_SELF_CHECK_STAGES_H_
#define SAKSI_SIM_SELF_CHECK_STAGES_H_

#include <nlohmann/json.hpp>
#include <string>

namespace saksi::sim {

/// What the way of the first stored frame after the press took, stage by stage, as only simulation knows it: docs/formats/stages.md. `run_dir` holds
/// recording/ and truth/. A stage that left no trace (no interrupt, no card) is not among them; null without a press or a frame after it.
nlohmann::ordered_json press_stages(const std::string& run_dir);

}  // namespace saksi::sim

#endif
