#ifndef SAKSI_JUDGE_CLAIMS_CLAIM_H_
#define SAKSI_JUDGE_CLAIMS_CLAIM_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "judge/verdict/requirement.h"

namespace saksi::judge {

constexpr char kClaimsSchema[] = "saksi-claims/1";

/// One recording's answer to a percentile requirement. A recording counts as one press, by its worst sample.
struct Press {
  std::string run;                 ///< the recording's name
  std::string state;               ///< of the device at the press; empty if nobody said
  std::string digest;              ///< of the recording
  std::optional<double> value;     ///< in the requirement's unit
  double uncertainty = 0;          ///< half-width of 95 %
  std::optional<double> at_least;  ///< instead of a value: what was waited for had not come by then
  std::string reason;              ///< why there is neither
};

/// What a press says about the limit, with a guard band of its whole uncertainty on both sides (ILAC-G8:09/2019): in time only if value + U is within
/// it, late only if value - U is beyond it.
enum class PressOutcome { kInTime, kLate, kUndecided };

/// The press in a verdicts.json, of the measurement that a requirement is about. `run` is used where the file names none.
Press press_of(const nlohmann::ordered_json& verdicts, const Requirement& requirement, const std::string& run, const std::string& state);

PressOutcome outcome_of(const Press& press, double limit_max);

/// The state of a plan after some presses.
///
/// The plan is fixed beforehand: n presses, of which at most `late` may not be in time. Nothing is decided that the n presses together would not
/// decide, so looking after each press costs no confidence (curtailed sampling):
///   pass          when n - late presses are in time: whatever the rest does, at most `late` are not;
///   fail          when so many are late, late_shown() of n, that the share of late ones is shown, as confidently, to be larger than allowed;
///   inconclusive  when neither can come about any more, or the presses are used up.
/// Presses that are undecided count against a pass and not for a fail.
struct ClaimCount {
  int n = 0;     ///< counted
  int in_time = 0;
  int late = 0;
  int undecided = 0;
  bool settled = false;  ///< more presses change nothing
  ExitCode verdict = ExitCode::kInconclusive;
};

/// Takes presses in their order and stops where the plan is settled; those that come later do not count.
ClaimCount count_presses(const Percentile& plan, const std::vector<PressOutcome>& presses);

/// The chance that a device of which a share of presses is not in time passes a plan, 0 to 1: the operating characteristic.
double chance_of_pass(const Percentile& plan, double share_late);

/// What goes into claims.json (docs/formats/claims.md) for presses in the order in which they were made. Throws UsageError if the same recording
/// stands twice among them.
nlohmann::ordered_json judge_claim(const Requirement& requirement, const std::vector<Press>& presses);

/// "37 of 208 presses, 36 in time, 1 late": how far a claim is, in words.
std::string progress_text(const Percentile& plan, const ClaimCount& count);

}  // namespace saksi::judge

#endif
