#ifndef SAKSI_JUDGE_VERDICT_REQUIREMENT_H_
#define SAKSI_JUDGE_VERDICT_REQUIREMENT_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml.h"
#include "judge/measure/measurement.h"

namespace saksi::judge {

/// One side of a limit: a number, or one made from what the device claims or what was measured. docs/formats/requirements.md has the YAML.
struct Bound {
  std::optional<double> number;            ///< 1.5
  std::optional<std::string> claim;        ///< {claim: pre_event_s}
  double minus_gops = 0;                   ///< {claim: pre_event_s, minus_gops: 1}: less so many times gop / frame_rate_hz
  std::optional<double> frame_periods;     ///< {frame_periods: 1.5}: so many times 1 / frame_rate_hz
  std::optional<std::string> measurement;  ///< {measurement: clips_stored}
  std::optional<double> at_least;          ///< {measurement: clips_stored, at_least: 1}: what the bound becomes if it would be less

  static Bound from_yaml(const YamlNode& node);
  nlohmann::ordered_json to_json() const;
  /// The number that the bound comes to. nullopt, with the `reason`, if a claim or measurement that it needs is not there.
  std::optional<double> resolve(const Claims& claims, const std::vector<Measurement>& measurements, std::string& reason) const;
};

/// At least one side is set; `equal` stands alone.
struct Limit {
  std::optional<Bound> min;
  std::optional<Bound> max;
  std::optional<Bound> equal;
  std::string unit;
};

/// A limit that a share of all presses must keep, shown by a number of presses that is fixed beforehand: "95 of 100 at most 1 s, with 95 % confidence".
struct Percentile {
  double share = 0;       ///< percent of all presses that must keep the limit
  double confidence = 0;  ///< percent
  int n = 0;              ///< presses of the plan
  int late = 0;           ///< of them, at most so many may not be shown to keep the limit
};

/// Where the number of a limit comes from: "ours" and the like, or a document with date and page.
struct Source {
  std::string name;
  std::string date;
  std::string page;
};

/// The words for how sure a limit's number is, from a standard down to our own; docs/formats/requirements.md says what each means.
const std::vector<std::string>& standings();

/// One entry of a requirement file.
struct Requirement {
  std::string id;
  std::string text_en;
  std::string text_id;
  std::string conditions_en;  ///< under which it holds; may be empty
  std::string conditions_id;
  std::string measurement;   ///< empty if the judge has none for it
  std::string not_measured;  ///< why it has none; such a requirement is listed and never judged
  Limit limit;
  std::optional<Percentile> percentile;    ///< set: no single recording can answer it; see judge/claims
  std::optional<std::string> needs_claim;  ///< not offered unless the device claims this
  Source source;
  std::string standing;  ///< one of standings(); empty if the file does not say
  std::string note;      ///< why this limit; may be empty

  /// Throws UsageError, with file, line and column, on any mistake.
  static Requirement from_yaml(const YamlNode& node);
  /// Reads what to_json() wrote; `place` stands for the file in messages.
  static Requirement from_json(const nlohmann::ordered_json& json, const std::string& place);
  nlohmann::ordered_json to_json() const;
};

/// A requirement file: a list of entries.
class RequirementSet {
 public:
  RequirementSet() = default;
  /// Throws UsageError, with file, line and column, on any mistake.
  static RequirementSet load(const std::string& path);
  static RequirementSet parse(const YamlNode& root);

  const std::vector<Requirement>& entries() const { return entries_; }
  /// nullptr if there is none of that id.
  const Requirement* find(const std::string& id) const;
  /// For a scenario's `require:` list: the entries in its order. Throws UsageError at the item's place for an id that is not known, with the nearest
  /// and all known ones, that stands twice, or that nothing measures or a single run cannot
  /// answer (a percentile): a run cannot require what nobody judges.
  std::vector<Requirement> check(const YamlNode& require) const;

 private:
  std::vector<Requirement> entries_;
};

}  // namespace saksi::judge

#endif
