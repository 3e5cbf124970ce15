#ifndef SAKSI_SIM_ENGINE_DETERMINISM_H_
#define SAKSI_SIM_ENGINE_DETERMINISM_H_

#include <string>

#include "sim/engine/run.h"

namespace saksi::sim {

/// Runs the same request again, as another process in another environment (time zone, language, working folder, umask, filled memory),
/// into the folder `check` of its out folder, and compares digest and verdicts. Returns an empty text if they are the same, else what
/// differs. Throws InfraError if the second run cannot be made.
std::string check_determinism(const PreparedRun& prepared);

}  // namespace saksi::sim

#endif
