#include "judge/verdict/judge.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/recording_format.h"
#include "judge/measure/measurement.h"
#include "judge/measure/observe.h"
#include "judge/measure/timeline.h"
#include "judge/signature/date.h"
#include "judge/verdict/decision.h"
#include "judge/verdict/requirement.h"

namespace saksi::judge {

namespace {

using Json = nlohmann::ordered_json;

/// The requirements to judge by.
struct Demands {
  std::vector<Requirement> entries;
  bool asked_for = false;  ///< by the recording's scenario: what cannot be decided then counts as inconclusive
};

/// Of the entries those that the recording's scenario asks for, or all if it asks for none of them.
std::vector<Requirement> asked_for_of(const std::vector<Requirement>& entries, const Json& manifest) {
  std::vector<Requirement> asked;
  for (const Json& id : manifest.value(recording::kKeyRequire, Json::array())) {
    for (const Requirement& entry : entries) {
      if (id == entry.id) asked.push_back(entry);
    }
  }
  return asked;
}

Demands demands_for(const Observations& observations, const JudgeOptions& options) {
  const Json manifest = observations.recording ? observations.recording->manifest : Json::object();
  if (!options.requirements_file.empty()) {
    const std::vector<Requirement> entries = RequirementSet::load(options.requirements_file).entries();
    const std::vector<Requirement> asked = asked_for_of(entries, manifest);
    return asked.empty() ? Demands{entries, false} : Demands{asked, true};
  }
  Demands demands;
  for (const Json& entry : manifest.value(recording::kKeyRequirements, Json::array())) {
    demands.entries.push_back(Requirement::from_json(entry, observations.recording->folder + "/" + recording::kManifestFile));
    demands.asked_for = true;
  }
  if (demands.entries.empty() && !options.default_requirements_file.empty())
    demands.entries = RequirementSet::load(options.default_requirements_file).entries();
  return demands;
}

bool depends_on_claims(const std::optional<Bound>& bound) { return bound && (bound->claim || bound->frame_periods || bound->minus_gops != 0); }

/// True if a requirement means nothing without knowing what the device claims.
bool depends_on_claims(const Requirement& r) {
  return r.needs_claim || depends_on_claims(r.limit.min) || depends_on_claims(r.limit.max) || depends_on_claims(r.limit.equal);
}

/// A count is written as a whole number.
Json number(double value, const std::string& unit) {
  if (unit == "1" && value == std::floor(value)) return static_cast<int64_t>(value);
  return rounded(value);
}

/// Terms in the figure's unit, to a microsecond's hundredth: some are that small.
Json budget_json(const Budget& budget) {
  const auto fine = [](double value) { return std::round(value * 1e8) / 1e8; };
  Json json = {{"terms", Json::array()}, {"combined_u", fine(combined(budget))}};
  for (const BudgetTerm& term : budget) json["terms"].push_back({{"source", term.source}, {"distribution", term.distribution}, {"u", fine(term.u)}});
  return json;
}

Json measurement_json(const Measurement& m) {
  Json json;
  json["id"] = m.id;
  json["value"] = m.value ? number(*m.value, m.unit) : Json();
  json["unit"] = m.unit;
  json["uncertainty"] = number(m.uncertainty, m.unit);
  if (m.value && !m.budget.empty()) json["budget"] = budget_json(m.budget);
  json["coverage"] = kCoverage;
  if (m.at_least) json["at_least"] = number(*m.at_least, m.unit);
  json["samples"] = Json::array();
  for (double sample : m.samples) json["samples"].push_back(number(sample, m.unit));
  if (!m.clip.empty()) json["clip"] = m.clip;
  if (!m.explain.empty()) json["explain"] = m.explain;
  if (!m.value && !m.at_least) json["reason"] = m.reason;
  return json;
}

Json problems_json(const Problems& problems) {
  Json json = Json::array();
  for (const Problem& problem : problems)
    json.push_back({{"severity", severity_word(problem.severity)}, {"kind", problem.kind}, {"text", problem.text}});
  return json;
}

/// How the recording on the card came to its end.
struct Ending {
  bool cut = false;   ///< the supply was cut or the card pulled
  bool open = false;  ///< a recording was not stopped by a press: its last pictures may still wait for their signature
};

Ending ending_of(const Timeline& timeline) {
  const auto& sessions = timeline.sessions();
  return {!timeline.cuts().empty(), std::any_of(sessions.begin(), sessions.end(), [](const Session& session) { return !session.stop; })};
}

/// What a clip's signatures are worth; nothing is said against one that never had any, unless signatures were asked for.
ExitCode signature_verdict(const StoredClip& clip, const Ending& ending) {
  const bool ends_early = ending.cut || ending.open;
  ExitCode verdict = ExitCode::kPass;
  for (const Problem& problem : clip.signature.problems) {
    if (problem.severity == Severity::kNote) continue;
    if (problem.severity == Severity::kDamage) return ExitCode::kFail;
    // Until its first signature is made, which takes the camera a moment, a clip has none.
    const bool is_explained = ends_early && (problem.severity == Severity::kTorn || problem.kind == "not-signed");
    if (!is_explained) verdict = ExitCode::kInconclusive;
  }
  return verdict;
}

/// What a clip is worth: damage speaks against it; an end that is torn without a cut to explain it leaves open what was lost.
ExitCode clip_verdict(const StoredClip& clip, const Ending& ending) {
  if (clip.is_playable(ending.cut)) return signature_verdict(clip, ending);
  return clip.is_playable(true) ? worse(ExitCode::kInconclusive, signature_verdict(clip, ending)) : ExitCode::kFail;
}

/// Photon times of the frames in presentation order; null where the light code cannot be read.
Json photon_times_json(const StoredClip& clip) {
  Json json = Json::array();
  for (const FrameTime& time : clip.photon.frames) json.push_back(time.known ? Json(rounded(time.time_s.middle())) : Json());
  return json;
}

const char* authenticity_word(Authenticity authenticity) {
  switch (authenticity) {
    case Authenticity::kOk:
      return "valid";
    case Authenticity::kOkWithMissing:
      return "valid-with-missing";
    case Authenticity::kNotOk:
      return "invalid";
    case Authenticity::kNotFeasible:
      return "not-covered";
    case Authenticity::kNotSigned:
      break;
  }
  return "not-signed";
}

/// What each signature said, in the order of the clip.
Json gops_json(const SignatureResult& signature) {
  Json json = Json::array();
  for (const SigningReport& report : signature.reports) {
    Json gop = {{"signature", authenticity_word(report.authenticity)}, {"frames", report.frames}};
    if (report.frames > 0) gop["first_frame"] = report.first_frame;
    if (report.gaps > 0) gop["missing_nal_units"] = report.gaps;
    if (!report.invalid_frames.empty()) gop["invalid_frames"] = report.invalid_frames;
    json.push_back(gop);
  }
  return json;
}

/// Who signed, when, and whether that is trusted.
Json signing_key_json(const SignatureResult& signature) {
  const SigningKey& key = *signature.signing_key;
  Json json = {{"subject", key.subject}, {"issuer", key.issuer}, {"serial", key.serial}, {"sha256", key.fingerprint}, {"kind", key.kind}};
  json["not_before"] = date_text(key.not_before);
  json["not_after"] = date_text(key.not_after);
  json["at_recording"] = key.at_recording;
  json["today"] = key.today;
  if (!key.reason.empty()) json["reason"] = key.reason;
  if (signature.signed_from) json["signed_from"] = time_text(*signature.signed_from) + " UTC";
  if (signature.signed_until) json["signed_until"] = time_text(*signature.signed_until) + " UTC";
  for (const char* name : {"clock", "battery", "officer"}) {
    const std::string value = signature.vendor.entry(name);
    if (!value.empty() && value != "none") json[name] = value;
  }
  if (!signature.vendor.firmware.empty()) json["firmware"] = signature.vendor.firmware;
  if (!signature.vendor.serial.empty()) json["serial_number"] = signature.vendor.serial;
  if (!signature.vendor.manufacturer.empty()) json["manufacturer"] = signature.vendor.manufacturer;
  return json;
}

std::string export_time_text(int64_t since_1601) { return time_text(unix_of_1601(since_1601)) + " UTC"; }

/// Who exported the clip out of which recording, and what the seals on it are worth.
Json export_json(const ExportFile& file) {
  Json json = Json::object();
  const auto put = [](Json& to, const char* key, const std::string& value) {
    if (!value.empty()) to[key] = value;
  };
  put(json, "unit", file.unit);
  put(json, "url", file.url);
  put(json, "mac", file.mac);
  put(json, "operator", file.operator_name);
  if (file.exported_at) json["exported_at"] = time_text(*file.exported_at) + " UTC";
  if (file.start_time) json["start"] = export_time_text(*file.start_time);
  json["sources"] = Json::array();
  for (const ExportSource& source : file.sources) {
    Json entry = {{"track", source.track}};
    put(entry, "name", source.name);
    put(entry, "url", source.url);
    put(entry, "mac", source.mac);
    put(entry, "line", source.line);
    json["sources"].push_back(entry);
  }
  json["seals"] = Json::array();
  for (const ExportSeal& seal : file.seals) {
    Json entry = {{"state", seal.state}, {"key", seal.key}, {"subject", seal.subject}, {"sha256", seal.fingerprint}};
    put(entry, "information", seal.information);
    if (seal.start_time) entry["start"] = export_time_text(*seal.start_time);
    json["seals"].push_back(entry);
  }
  return json;
}

Json clip_json(const StoredClip& clip, const Ending& ending) {
  Json json;
  json["file"] = clip.file;
  json["verdict"] = verdict_word(clip_verdict(clip, ending));
  json["signature"] = clip.signature.signature;
  json["key"] = clip.signature.key;
  json["hash_chain"] = hash_chain_word(clip.hash_chain);
  json["frames"] = clip.frames.size();
  json["pending_frames"] = clip.signature.pending_frames;
  json["gops"] = gops_json(clip.signature);
  json["recovered_until"] = rounded(clip.recovered_until_s);
  json["photon_s"] = photon_times_json(clip);
  if (clip.signature.signing_key) json["signing_key"] = signing_key_json(clip.signature);
  if (clip.export_file.present) json["export"] = export_json(clip.export_file);
  Problems problems = clip.problems;
  problems.insert(problems.end(), clip.signature.problems.begin(), clip.signature.problems.end());
  json["problems"] = problems_json(problems);
  return json;
}

/// Name, date and page in one line.
std::string source_text(const Source& source) {
  return source.date.empty() && source.page.empty() ? source.name : source.name + " (" + source.date + "), " + source.page;
}

/// Puts verdicts.json together, part by part.
class Verdicts {
 public:
  Verdicts(const std::string& path, const Observations& observations, const Demands& demands, const SignatureOptions& signature)
      : path_(path), observations_(observations), demands_(demands), signature_(signature) {
    if (observations_.recording) ending_ = ending_of(Timeline(*observations_.recording, observations_.claims));
    for (const MeasurementKind& kind : measurement_kinds()) measurements_.push_back(measure(kind, observations_));
  }

  Json assemble() {
    Json requirements = Json::array();
    Json not_judged = Json::array();
    std::optional<ExitCode> worst;
    for (const Requirement& requirement : demands_.entries) {
      if (!requirement.not_measured.empty()) {
        not_judged.push_back(not_judged_json(requirement, "the judge has no measurement for it: " + requirement.not_measured));
        continue;
      }
      if (requirement.percentile) {
        const std::string needs = "a percentile needs " + std::to_string(requirement.percentile->n) + " presses, each a recording of its own: ";
        not_judged.push_back(not_judged_json(requirement, needs + "make a suite with it as claim, or count recordings with saksi claim"));
        continue;
      }
      const Measurement& m = measurement(requirement.measurement);
      if (is_out_of_question(requirement, m)) {
        not_judged.push_back(not_judged_json(requirement, m.value ? "what the device claims is not known" : m.reason));
        continue;
      }
      const Decision decision = decide(requirement, m, measurements_, observations_.claims);
      worst = worst ? worse(*worst, decision.verdict) : decision.verdict;
      requirements.push_back(requirement_json(requirement, decision));
    }
    Json json;
    json["schema"] = kVerdictsSchema;
    add_origin(json);
    ExitCode verdict = worst.value_or(verdict_without_requirement());
    for (const StoredClip& clip : observations_.card.clips) verdict = worse(verdict, signature_verdict(clip, ending_));
    json["verdict"] = verdict_word(verdict);
    if (signature_.anchors) {
      json["trusted"] = signature_.anchors->names();
      json["today"] = signature_.today ? Json(date_text(*signature_.today)) : Json();
    }
    json["measurements"] = measurements_json();
    json["requirements"] = requirements;
    json["evidence"] = evidence_json();
    json["card"] = {{"readable", observations_.card.readable}, {"problems", problems_json(observations_.card.problems)}};
    json["not_judged"] = not_judged;
    return json;
  }

 private:
  /// What was judged; a bare card or clip goes by its file's name.
  void add_origin(Json& json) const {
    const Json manifest = observations_.recording ? observations_.recording->manifest : Json::object();
    const std::string name = std::filesystem::absolute(path_).lexically_normal().filename().string();
    json["scenario"] = manifest.value(recording::kKeyScenario, name);
    json["seed"] = manifest.value(recording::kKeySeed, Json());
    json["device"] = manifest.value(recording::kKeyDevice, Json());
    json["digest"] = observations_.digest;
    if (!observations_.no_picture.empty()) json["no_picture"] = observations_.no_picture;
  }

  /// The verdict where no requirement could be judged: what the clips are worth, unless all that was asked for is beyond the judge.
  ExitCode verdict_without_requirement() const {
    const auto measured = [](const Requirement& r) { return r.not_measured.empty() && !r.percentile; };
    if (!demands_.entries.empty() && std::none_of(demands_.entries.begin(), demands_.entries.end(), measured)) return ExitCode::kInconclusive;
    if (observations_.card.clips.empty()) return ExitCode::kInconclusive;
    ExitCode worst = ExitCode::kPass;
    for (const StoredClip& clip : observations_.card.clips) worst = worse(worst, clip_verdict(clip, ending_));
    return worst;
  }

  const Measurement& measurement(const std::string& id) const {
    return *std::find_if(measurements_.begin(), measurements_.end(), [&](const Measurement& m) { return m.id == id; });
  }

  /// True if the input is not of the kind that could answer, as opposed to an answer that damage or the device withholds.
  bool is_out_of_question(const Requirement& requirement, const Measurement& m) const {
    if (m.impossible_here) return true;
    if (demands_.asked_for) return false;
    if (!observations_.recording && depends_on_claims(requirement)) return true;
    return !m.value && !m.at_least && observations_.card.readable;
  }

  /// What is said of a requirement whatever becomes of it.
  static Json heading_json(const Requirement& requirement) {
    Json json;
    json["id"] = requirement.id;
    json["text"] = {{"en", requirement.text_en}, {"id", requirement.text_id}};
    if (!requirement.conditions_en.empty()) json["conditions"] = {{"en", requirement.conditions_en}, {"id", requirement.conditions_id}};
    return json;
  }

  static void add_source(const Requirement& requirement, Json& json) {
    json["source"] = source_text(requirement.source);
    if (!requirement.standing.empty()) json["standing"] = requirement.standing;
  }

  static Json not_judged_json(const Requirement& requirement, const std::string& reason) {
    Json json = heading_json(requirement);
    json["reason"] = reason;
    add_source(requirement, json);
    return json;
  }

  Json requirement_json(const Requirement& requirement, const Decision& decision) const {
    Json json = heading_json(requirement);
    json["limit"] = decision.limit;
    json["measurement"] = requirement.measurement;
    json["verdict"] = verdict_word(decision.verdict);
    if (!decision.reason.empty()) json["reason"] = decision.reason;
    add_source(requirement, json);
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
    Json json = Json::array();
    for (const StoredClip& clip : observations_.card.clips) json.push_back(clip_json(clip, ending_));
    return json;
  }

  std::string path_;
  const Observations& observations_;
  const Demands& demands_;
  const SignatureOptions& signature_;
  Ending ending_;
  std::vector<Measurement> measurements_;
};

}  // namespace

nlohmann::ordered_json judge_recording(const std::string& path, const JudgeOptions& options) {
  // Mistakes in a requirement file are found before the long work of decoding.
  if (!options.requirements_file.empty()) RequirementSet::load(options.requirements_file);
  const Observations observations = observe(path, options.signature);
  const Demands demands = demands_for(observations, options);
  return Verdicts(path, observations, demands, options.signature).assemble();
}

std::string verdicts_text(const nlohmann::ordered_json& verdicts) { return verdicts.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

ExitCode verdicts_exit_code(const nlohmann::ordered_json& verdicts) { return verdict_code(verdicts.at("verdict").get<std::string>()); }

}  // namespace saksi::judge
