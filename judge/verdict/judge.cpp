#include "judge/verdict/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/recording_format.h"
#include "judge/measure/measurement.h"
#include "judge/measure/timeline.h"
#include "judge/verdict/decision.h"
#include "judge/measure/observe.h"
#include "judge/verdict/requirement.h"

namespace saksi::judge {

namespace {

using Json = nlohmann::ordered_json;

/// The requirements to judge by.
struct Demands {
  std::vector<Requirement> entries;
  bool asked_for = false;  ///< by the recording's scenario: what cannot be decided then counts as inconclusive
};

Demands demands_for(const Observations& observations, const JudgeOptions& options) {
  if (!options.requirements_file.empty()) return {RequirementSet::load(options.requirements_file).entries(), false};
  if (observations.recording && observations.recording->manifest.contains(recording::kKeyRequirements)) {
    Demands demands;
    demands.asked_for = true;
    for (const Json& entry : observations.recording->manifest[recording::kKeyRequirements]) {
      demands.entries.push_back(Requirement::from_json(entry, observations.recording->folder + "/" + recording::kManifestFile));
    }
    return demands;
  }
  if (options.default_requirements_file.empty()) return {};
  return {RequirementSet::load(options.default_requirements_file).entries(), false};
}

Json measurement_json(const Measurement& m) {
  Json json;
  json["id"] = m.id;
  json["value"] = m.value ? Json(rounded(*m.value)) : Json();
  json["unit"] = m.unit;
  json["uncertainty"] = rounded(m.uncertainty);
  json["coverage"] = kCoverage;
  json["samples"] = Json::array();
  for (double sample : m.samples) json["samples"].push_back(rounded(sample));
  if (m.at_least) json["at_least"] = rounded(*m.at_least);
  json["clip"] = m.clip;
  json["explain"] = m.explain;
  if (!m.value && !m.at_least) json["reason"] = m.reason;
  return json;
}

Json problems_json(const Problems& problems) {
  Json json = Json::array();
  for (const Problem& problem : problems) json.push_back(fmt::format("{} {}: {}", severity_word(problem.severity), problem.kind, problem.text));
  return json;
}

Json clip_json(const StoredClip& clip, bool cut) {
  Json json;
  json["file"] = clip.file;
  json["verdict"] = verdict_word(clip.is_playable(cut) ? ExitCode::kPass : ExitCode::kFail);
  json["signature"] = "not-signed";
  json["key"] = "unknown";
  json["frames"] = clip.frames.size();
  json["pending_frames"] = 0;
  json["gops"] = Json::array();
  json["recovered_until"] = rounded(clip.recovered_until_s);
  json["problems"] = problems_json(clip.problems);
  return json;
}

/// Puts verdicts.json together, part by part.
class Verdicts {
 public:
  Verdicts(const Observations& observations, const Demands& demands) : observations_(observations), demands_(demands) {
    for (const MeasurementKind& kind : measurement_kinds()) measurements_.push_back(measure(kind, observations_));
  }

  Json assemble() {
    Json requirements = Json::array();
    Json not_judged = Json::array();
    std::optional<ExitCode> worst;
    for (const Requirement& requirement : demands_.entries) {
      const Measurement& m = measurement(requirement.measurement);
      if (is_out_of_question(requirement, m)) {
        not_judged.push_back({{"id", requirement.id}, {"reason", m.value ? "what the device claims is not known" : m.reason}});
        continue;
      }
      const Decision decision = decide(requirement, m, measurements_, observations_.claims);
      worst = worst ? worse(*worst, decision.verdict) : decision.verdict;
      requirements.push_back(requirement_json(requirement, decision));
    }
    Json json;
    const Json manifest = observations_.recording ? observations_.recording->manifest : Json::object();
    json["schema"] = kVerdictsSchema;
    json["scenario"] = manifest.value(recording::kKeyScenario, Json());
    json["seed"] = manifest.value(recording::kKeySeed, Json());
    json["device"] = manifest.value(recording::kKeyDevice, Json());
    json["digest"] = observations_.digest;
    json["verdict"] = verdict_word(worst.value_or(ExitCode::kInconclusive));
    json["measurements"] = measurements_json();
    json["requirements"] = requirements;
    json["evidence"] = evidence_json();
    json["card"] = {{"readable", observations_.card.readable}, {"problems", problems_json(observations_.card.problems)}};
    json["not_judged"] = not_judged;
    return json;
  }

 private:
  const Measurement& measurement(const std::string& id) const {
    return *std::find_if(measurements_.begin(), measurements_.end(), [&](const Measurement& m) { return m.id == id; });
  }

  /// True if the input is not of the kind that could answer, as opposed to an answer that damage or the device withholds.
  bool is_out_of_question(const Requirement& requirement, const Measurement& m) const {
    if (m.impossible_here) return true;
    if (demands_.asked_for) return false;
    if (!observations_.recording && requirement.needs_claim) return true;
    return !m.value && !m.at_least && observations_.card.readable;
  }

  Json requirement_json(const Requirement& requirement, const Decision& decision) const {
    Json json;
    json["id"] = requirement.id;
    json["text"] = {{"en", requirement.text_en}, {"id", requirement.text_id}};
    json["limit"] = decision.limit;
    json["measurement"] = requirement.measurement;
    json["verdict"] = verdict_word(decision.verdict);
    if (!decision.reason.empty()) json["reason"] = decision.reason;
    json["source"] = requirement.to_json()["source"];
    return json;
  }

  /// Those that have a value, and those that were asked for.
  Json measurements_json() const {
    Json json = Json::array();
    for (const Measurement& m : measurements_) {
      const bool wanted = std::any_of(demands_.entries.begin(), demands_.entries.end(), [&](const Requirement& r) { return r.measurement == m.id; });
      if (m.value || m.at_least || (wanted && !m.impossible_here)) json.push_back(measurement_json(m));
    }
    return json;
  }

  Json evidence_json() const {
    const bool cut = observations_.recording && !Timeline(*observations_.recording, observations_.claims).cuts().empty();
    Json json = Json::array();
    for (const StoredClip& clip : observations_.card.clips) json.push_back(clip_json(clip, cut));
    return json;
  }

  const Observations& observations_;
  const Demands& demands_;
  std::vector<Measurement> measurements_;
};

}  // namespace

nlohmann::ordered_json judge_recording(const std::string& path, const JudgeOptions& options) {
  // Mistakes in a requirement file are found before the long work of decoding.
  if (!options.requirements_file.empty()) RequirementSet::load(options.requirements_file);
  const Observations observations = observe(path);
  const Demands demands = demands_for(observations, options);
  return Verdicts(observations, demands).assemble();
}

std::string verdicts_text(const nlohmann::ordered_json& verdicts) { return verdicts.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

ExitCode verdicts_exit_code(const nlohmann::ordered_json& verdicts) { return verdict_code(verdicts.at("verdict").get<std::string>()); }

}  // namespace saksi::judge
