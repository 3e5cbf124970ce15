#ifndef SAKSI_JUDGE_VERDICT_REQUIREMENT_H_
#define SAKSI_JUDGE_VERDICT_REQUIREMENT_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "base/yaml.h"
#include "judge/measure/measurement.h"

namespace saksi::judge {

/// One side of a limit: a number, or one made from what the device claims. docs/formats/requirements.md has the YAML.
struct Bound {
  std::optional<double> number;          ///< 1.5
  std::optional<std::string> claim;      ///< {claim: pre_event_s}
  double minus_gops = 0;                 ///< {claim: pre_event_s, minus_gops: 1}: less so many times gop / frame_rate_hz
  std::optional<double> frame_periods;   ///< {frame_periods: 1.5}: so many times 1 / frame_rate_hz
  std::optional<std::string> measurement;///< {measurement: clips_stored}
  std::optional<double> at_least;        ///< lower end of what the bound may become: {measurement: clips_stored, at_least: 1}
};

struct Limit {
  std::optional<Bound> min;
  std::optional<Bound> max;
  std::optional<Bound> equal;
  std::string unit;
};

/// One entry of a requirement file.
struct Requirement {
  std::string id;
  std::string text_en;
  std::string text_id;
  std::string measurement;
  Limit limit;
  std::optional<std::string> needs_claim;  ///< not offered unless the device claims this
  std::string source;                      ///< "ours", or name, date and page
  std::string note;

  nlohmann::ordered_json to_json() const;
  static Requirement from_yaml(const YamlNode& node);
  /// Reads what to_json() wrote. Throws UsageError naming `place` on a mistake.
  static Requirement from_json(const nlohmann::ordered_json& json, const std::string& place);
};

/// A requirement file.
class RequirementSet {
 public:
  RequirementSet() = default;
  /// Throws UsageError, with file, line and column, on any mistake.
  static RequirementSet load(const std::string& path);
  static RequirementSet parse(const YamlNode& root);

  const std::vector<Requirement>& entries() const { return entries_; }
  const Requirement* find(const std::string& id) const;
  /// For a scenario's `require:` list: throws UsageError at the item's place, with the nearest and all known ids, for an unknown or repeated one.
  std::vector<Requirement> check(const YamlNode& require) const;

 private:
  std::vector<Requirement> entries_;
};

/// A requirement held against its measurement.
struct RequirementVerdict {
  ExitCode verdict;
  std::string reason;  ///< for inconclusive, fail without a value, not-offered; else empty
  nlohmann::ordered_json limit;  ///< with the numbers that the bounds came to
};

/// The rule: pass if the whole interval value +- uncertainty lies within the limit, fail if all of it lies beyond, else inconclusive.
/// `all` are the measurements that bounds may refer to.
RequirementVerdict hold_against(const Requirement& requirement, const Measurement& measurement, const std::vector<Measurement>& all, const Claims& claims);

}  // namespace saksi::judge

#endif
