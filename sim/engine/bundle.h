#ifndef SAKSI_SIM_ENGINE_BUNDLE_H_
#define SAKSI_SIM_ENGINE_BUNDLE_H_

#include <string>

#include "sim/engine/run.h"

namespace saksi::sim {

/// Leaves everything that is needed to run again in a folder: copies of scenario, device, board, scene, requirements, firmware and clip, and
/// bundle.json, which says how they belong together and what digest the run had.
void write_bundle(const PreparedRun& prepared, const std::string& digest, const std::string& bundle_dir);

/// A bundle, read back.
struct Bundle {
  RunRequest request;  ///< with every path inside the bundle
  std::string digest;  ///< of the recording that failed
};

/// Throws UsageError if the folder is no bundle or a file of it is missing.
Bundle read_bundle(const std::string& bundle_dir);

}  // namespace saksi::sim

#endif
