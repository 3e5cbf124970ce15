#ifndef SAKSI_SIM_SWEEP_CASE_FILES_H_
#define SAKSI_SIM_SWEEP_CASE_FILES_H_

#include <string>

#include "sim/engine/run.h"

namespace saksi::sim {

/// Writes before.yaml into a folder: the scenario of `uncut` on the same card, with the power cut at `cut_s`. `saksi run` plays it with a debugger, a
/// time line or waves.
void write_before_scenario(const PreparedRun& uncut, const std::string& base_image, double cut_s, const std::string& dir);

/// Writes recover.yaml: the camera gets power with the card `card_image`, and what it does is to be seen.
void write_recover_scenario(const PreparedRun& uncut, const std::string& card_image, const std::string& dir);

}  // namespace saksi::sim

#endif
