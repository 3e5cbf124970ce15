#ifndef SAKSI_SIM_PLAYER_SUITE_SEARCH_H_
#define SAKSI_SIM_PLAYER_SUITE_SEARCH_H_

#include <cstdint>
#include <optional>
#include <string>

#include "base/yaml.h"

namespace saksi::sim {

/// A suite's `search`: each of its scenarios is a press, for which the supply is cut at different times to find the first moment from which on a
/// cut leaves a frame (judge/claims/durable_search.h).
struct SuiteSearch {
  std::string parameter;  ///< of the scenarios: the time of the cut, in ms
  int64_t from_ms = 0;
  int64_t to_ms = 0;
  int64_t step_ms = 1;
  int neighbours = 2;
  std::string requirement;        ///< id of a requirement about press_to_durable or led_to_durable
  std::string requirements_path;  ///< the file that has it
  std::optional<YamlNode> place;  ///< of the id, for messages; always set
};

/// The search of a suite; nullopt if it has none. Throws UsageError.
std::optional<SuiteSearch> suite_search(const std::string& path);

}  // namespace saksi::sim

#endif
