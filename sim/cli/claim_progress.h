#ifndef SAKSI_SIM_CLI_CLAIM_PROGRESS_H_
#define SAKSI_SIM_CLI_CLAIM_PROGRESS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "judge/claims/claim.h"
#include "sim/player/scenario.h"

namespace saksi::sim {

/// The requirement of a claim: an entry with a percentile. Throws UsageError at the place that names it.
judge::Requirement claim_requirement(const judge::RequirementSet& set, const YamlNode& id);

/// The presses of a claim while their runs come in, in any order.
///
/// Which runs are at work at a time depends on the machine, so a press counts only when all before it are there: the same suite gives the same claim
/// with any number of runs at a time.
class ClaimProgress {
 public:
  ClaimProgress(judge::Requirement requirement, size_t presses) : requirement_(std::move(requirement)), presses_(presses) {}

  void add(size_t index, judge::Press press);
  const judge::ClaimCount& count() const { return count_; }
  const judge::Requirement& requirement() const { return requirement_; }
  /// claims.json of all presses up to the first one that is missing.
  nlohmann::ordered_json json() const;

 private:
  std::vector<judge::Press> known() const;

  judge::Requirement requirement_;
  std::vector<std::optional<judge::Press>> presses_;
  judge::ClaimCount count_;
};

/// Verdict, reason, and a line for each state, for a terminal.
std::string claim_table(const nlohmann::ordered_json& claim);

/// Writes claims.json. Throws UsageError.
void write_claim(const nlohmann::ordered_json& claim, const std::string& out_dir);

}  // namespace saksi::sim

#endif
