#include "judge/verdict/judge.h"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/recording_format.h"
#include "base/sha256.h"
#include "judge/card/fat_volume.h"
#include "judge/measure/measurement.h"
#include "judge/measure/observations.h"
#include "judge/verdict/requirement.h"

namespace saksi::judge {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr double kCoverage = 0.95;  ///< of every stated uncertainty

double rounded(double value) { return std::round(value * 1e6) / 1e6; }

/// A count is written as a whole number.
Json number(double value, const std::string& unit) {
  if (unit == "1" && value == std::round(value)) return static_cast<int64_t>(value);
  return rounded(value);
}

CardContents unreadable_card(const std::string& problem) {
  CardContents card;
  card.problems.push_back({Severity::kDamage, "no-card", problem});
  return card;
}

Observations observe_recording(const std::string& path) {
  Observations seen;
  seen.kind = InputKind::kRecording;
  seen.recording = Recording::load(path);
  seen.digest = seen.recording->digest;
  const Json device = seen.recording->manifest.value(recording::kKeyDevice, Json::object());
  seen.claims = Claims(device.value(recording::kKeyClaims, Json::object()));
  const double end_s = static_cast<double>(seen.recording->end_ns()) * 1e-9;
  const auto contents = [&](const std::string& image) { return read_card(FatVolume(std::make_shared<FileSource>(image)), seen.claims, end_s); };
  seen.card = seen.recording->card_image ? contents(*seen.recording->card_image) : unreadable_card("There was no card.");
  for (const auto& [n, image] : seen.recording->card_snapshots) seen.snapshots[n] = contents(image);
  return seen;
}

Observations observe_folder(const std::string& path) {
  Observations seen;
  seen.kind = InputKind::kFolder;
  seen.card = read_card(*open_folder_volume(path), seen.claims, 0);
  return seen;
}

Observations observe_file(const std::string& path) {
  Observations seen;
  const auto source = std::make_shared<FileSource>(path);
  if (FatVolume::recognises(*source)) {
    seen.kind = InputKind::kCard;
    seen.digest = hex(sparse_file_digest(path));
    seen.card = read_card(FatVolume(source), seen.claims, 0);
  } else if (looks_like_mp4(*source)) {
    seen.kind = InputKind::kClip;
    seen.digest = hex(sha256_file(path));
    seen.card.readable = true;
    seen.card.clips.push_back(read_clip(*source, fs::path(path).filename().string(), seen.claims, 0));
  } else if (fs::path(path).extension() == ".img") {
    // A card whose boot sectors are gone is still a card that was handed over.
    seen.kind = InputKind::kCard;
    seen.digest = hex(sparse_file_digest(path));
    seen.card = read_card(FatVolume(source), seen.claims, 0);
  } else {
    throw UsageError(path + ": is neither a recording folder nor a card image (FAT32, or named .img) nor an MP4 file");
  }
  return seen;
}

Observations observe(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) throw UsageError(path + ": does not exist or cannot be reached");
  if (!fs::is_directory(path, error)) return observe_file(path);
  return Recording::recognises(path) ? observe_recording(path) : observe_folder(path);
}

std::vector<Requirement> requirements_for(const Observations& seen, const std::string& path, const JudgeOptions& options) {
  if (!options.requirements_file.empty()) return RequirementSet::load(options.requirements_file).entries();
  std::vector<Requirement> carried;
  if (seen.recording) {
    const std::string place = path + "/" + recording::kManifestFile;
    for (const Json& entry : seen.recording->manifest.value(recording::kKeyRequirements, Json::array())) carried.push_back(Requirement::from_json(entry, place));
  }
  if (carried.empty() && !options.default_requirements_file.empty()) return RequirementSet::load(options.default_requirements_file).entries();
  return carried;
}

Json problems_json(const Problems& problems) {
  Json list = Json::array();
  for (const Problem& problem : problems) list.push_back({{"severity", severity_word(problem.severity)}, {"kind", problem.kind}, {"text", problem.text}});
  return list;
}

Json measurement_json(const Measurement& measurement) {
  Json json;
  json["id"] = measurement.id;
  json["value"] = measurement.value ? number(*measurement.value, measurement.unit) : Json();
  json["unit"] = measurement.unit;
  if (measurement.value) {
    json["uncertainty"] = number(measurement.uncertainty, measurement.unit);
    json["coverage"] = kCoverage;
  }
  if (measurement.at_least) json["at_least"] = rounded(*measurement.at_least);
  Json samples = Json::array();
  for (double sample : measurement.samples) samples.push_back(number(sample, measurement.unit));
  json["samples"] = samples;
  if (!measurement.clip.empty()) json["clip"] = measurement.clip;
  if (!measurement.explain.empty()) json["explain"] = measurement.explain;
  if (!measurement.reason.empty()) json["reason"] = measurement.reason;
  return json;
}

/// What a clip is worth as evidence: damage speaks against it; a torn end leaves open what was lost.
ExitCode clip_verdict(const StoredClip& clip) {
  Severity worst = Severity::kNote;
  for (const Problem& problem : clip.problems) worst = std::max(worst, problem.severity);
  if (worst == Severity::kDamage || clip.frames.empty()) return ExitCode::kFail;
  return worst == Severity::kTorn ? ExitCode::kInconclusive : ExitCode::kPass;
}

Json frame_times_json(const StoredClip& clip) {
  Json times = Json::array();
  for (const FrameTime& time : clip.photon.frames) times.push_back(time.known ? Json(rounded(time.time_s.middle())) : Json());
  return times;
}

Json evidence_json(const StoredClip& clip) {
  Json json;
  json["file"] = clip.file;
  json["verdict"] = verdict_word(clip_verdict(clip));
  json["signature"] = "not-signed";
  json["key"] = "unknown";
  json["frames"] = clip.frames.size();
  json["pending_frames"] = 0;
  json["gops"] = Json::array();
  json["recovered_until"] = rounded(clip.recovered_until_s);
  json["photon_s"] = frame_times_json(clip);
  json["problems"] = problems_json(clip.problems);
  return json;
}

const Measurement& find(const std::vector<Measurement>& all, const std::string& id) {
  return *std::find_if(all.begin(), all.end(), [&](const Measurement& measurement) { return measurement.id == id; });
}

Json requirement_json(const Requirement& requirement, const RequirementVerdict& verdict) {
  Json json;
  json["id"] = requirement.id;
  json["text"] = {{"en", requirement.text_en}, {"id", requirement.text_id}};
  json["limit"] = verdict.limit;
  json["measurement"] = requirement.measurement;
  json["verdict"] = verdict_word(verdict.verdict);
  if (!verdict.reason.empty()) json["reason"] = verdict.reason;
  json["source"] = requirement.source;
  return json;
}

/// The verdict on the whole: that of the requirements; where none could be judged, that of the clips.
ExitCode overall(const std::vector<ExitCode>& judged, const CardContents& card) {
  if (!judged.empty()) {
    ExitCode worst = judged[0];
    for (ExitCode code : judged) worst = worse(worst, code);
    return worst;
  }
  if (card.clips.empty()) return ExitCode::kInconclusive;
  ExitCode worst = ExitCode::kPass;
  for (const StoredClip& clip : card.clips) worst = worse(worst, clip_verdict(clip));
  return worst;
}

Json header_json(const Observations& seen, const std::string& path) {
  Json json;
  json["schema"] = kVerdictsSchema;
  if (seen.recording) {
    const Json& manifest = seen.recording->manifest;
    json["scenario"] = manifest.value(recording::kKeyScenario, "");
    json["seed"] = manifest.contains(recording::kKeySeed) ? manifest.at(recording::kKeySeed) : Json();
    json["device"] = manifest.value(recording::kKeyDevice, Json::object());
  } else {
    json["scenario"] = fs::path(path).filename().string();
    json["seed"] = nullptr;
    json["device"] = nullptr;
  }
  json["digest"] = seen.digest;
  return json;
}

}  // namespace

Json judge_recording(const std::string& path, const JudgeOptions& options) {
  const Observations seen = observe(path);
  const std::vector<Requirement> requirements = requirements_for(seen, path, options);
  std::vector<Measurement> measurements;
  for (const MeasurementKind& kind : measurement_kinds()) measurements.push_back(measure(kind, seen));

  Json judged = Json::array();
  Json not_judged = Json::array();
  std::vector<ExitCode> codes;
  for (const Requirement& requirement : requirements) {
    const Measurement& measurement = find(measurements, requirement.measurement);
    if (measurement.impossible_here) {
      not_judged.push_back({{"id", requirement.id}, {"reason", measurement.reason}});
      continue;
    }
    const RequirementVerdict verdict = hold_against(requirement, measurement, measurements, seen.claims);
    judged.push_back(requirement_json(requirement, verdict));
    codes.push_back(verdict.verdict);
  }

  Json json = header_json(seen, path);
  json["verdict"] = verdict_word(overall(codes, seen.card));
  json["measurements"] = Json::array();
  for (const Measurement& measurement : measurements) {
    if (!measurement.impossible_here) json["measurements"].push_back(measurement_json(measurement));
  }
  json["requirements"] = judged;
  json["card"] = {{"readable", seen.card.readable}, {"problems", problems_json(seen.card.problems)}};
  json["evidence"] = Json::array();
  for (const StoredClip& clip : seen.card.clips) json["evidence"].push_back(evidence_json(clip));
  json["not_judged"] = not_judged;
  return json;
}

std::string verdicts_text(const Json& verdicts) { return verdicts.dump(2) + "\n"; }

ExitCode verdicts_exit_code(const Json& verdicts) { return verdict_code(verdicts.at("verdict").get<std::string>()); }

}  // namespace saksi::judge
