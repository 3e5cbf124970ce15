#include "judge/verdict/requirement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/recording_format.h"

namespace saksi::judge {

namespace {

using Json = nlohmann::ordered_json;
constexpr double kLargest = 1e12;

Bound bound_from_yaml(const YamlNode& node) {
  Bound bound;
  if (node.is_scalar()) {
    bound.number = node.as_number(-kLargest, kLargest);
    return bound;
  }
  node.allow_keys({"claim", "minus_gops", "frame_periods", "measurement", "at_least"});
  if (node.has("claim")) bound.claim = node.at("claim").as_string();
  bound.minus_gops = node.get_number("minus_gops", 0, 0, kLargest);
  if (node.has("frame_periods")) bound.frame_periods = node.at("frame_periods").as_number(0, kLargest);
  if (node.has("measurement")) {
    bound.measurement = node.at("measurement").as_string();
    if (!find_measurement_kind(*bound.measurement)) node.at("measurement").fail(fmt::format("there is no measurement '{}'", *bound.measurement));
  }
  if (node.has("at_least")) bound.at_least = node.at("at_least").as_number(-kLargest, kLargest);
  const int kinds = (bound.claim ? 1 : 0) + (bound.frame_periods ? 1 : 0) + (bound.measurement ? 1 : 0);
  if (kinds != 1) node.fail("a bound is a number, or has exactly one of: claim, frame_periods, measurement");
  return bound;
}

Json bound_to_json(const Bound& bound) {
  if (bound.number) return *bound.number;
  Json json;
  if (bound.claim) json["claim"] = *bound.claim;
  if (bound.minus_gops != 0) json["minus_gops"] = bound.minus_gops;
  if (bound.frame_periods) json["frame_periods"] = *bound.frame_periods;
  if (bound.measurement) json["measurement"] = *bound.measurement;
  if (bound.at_least) json["at_least"] = *bound.at_least;
  return json;
}

Bound bound_from_json(const Json& json) {
  Bound bound;
  if (json.is_number()) {
    bound.number = json.get<double>();
    return bound;
  }
  if (json.contains("claim")) bound.claim = json.at("claim").get<std::string>();
  if (json.contains("minus_gops")) bound.minus_gops = json.at("minus_gops").get<double>();
  if (json.contains("frame_periods")) bound.frame_periods = json.at("frame_periods").get<double>();
  if (json.contains("measurement")) bound.measurement = json.at("measurement").get<std::string>();
  if (json.contains("at_least")) bound.at_least = json.at("at_least").get<double>();
  return bound;
}

Limit limit_from_yaml(const YamlNode& node) {
  node.allow_keys({"min", "max", "equal", "unit"});
  Limit limit;
  if (node.has("min")) limit.min = bound_from_yaml(node.at("min"));
  if (node.has("max")) limit.max = bound_from_yaml(node.at("max"));
  if (node.has("equal")) limit.equal = bound_from_yaml(node.at("equal"));
  if (!limit.min && !limit.max && !limit.equal) node.fail("a limit has at least one of: min, max, equal");
  limit.unit = node.at("unit").as_string();
  return limit;
}

/// The number that a bound comes to; nullopt if the device does not claim what it needs, or a measurement it needs has no value.
std::optional<double> resolve(const Bound& bound, const std::vector<Measurement>& all, const Claims& claims) {
  std::optional<double> value = bound.number;
  const std::optional<double> rate = claims.number(recording::kClaimFrameRate);
  if (bound.claim) value = claims.number(*bound.claim);
  if (bound.frame_periods && rate && *rate > 0) value = *bound.frame_periods / *rate;
  if (bound.measurement) {
    for (const Measurement& measurement : all) {
      if (measurement.id == *bound.measurement) value = measurement.value;
    }
  }
  if (value && bound.minus_gops > 0) {
    const std::optional<double> gop = claims.number(recording::kClaimGop);
    if (!gop || !rate || *rate <= 0) return std::nullopt;
    *value -= bound.minus_gops * *gop / *rate;
  }
  if (value && bound.at_least) value = std::max(*value, *bound.at_least);
  return value;
}

/// The interval of allowed values.
struct Allowed {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

struct Resolved {
  Allowed allowed;
  Json json = Json::object();
  bool complete = true;
};

double rounded(double value) { return std::round(value * 1e6) / 1e6; }

Resolved resolve_limit(const Limit& limit, const std::vector<Measurement>& all, const Claims& claims) {
  Resolved result;
  const auto take = [&](const char* key, const std::optional<Bound>& bound) -> std::optional<double> {
    if (!bound) return std::nullopt;
    const std::optional<double> value = resolve(*bound, all, claims);
    if (!value) result.complete = false;
    if (value) result.json[key] = rounded(*value);
    return value;
  };
  if (const auto min = take("min", limit.min)) result.allowed.low = *min;
  if (const auto max = take("max", limit.max)) result.allowed.high = *max;
  if (const auto equal = take("equal", limit.equal)) result.allowed.low = result.allowed.high = *equal;
  result.json["unit"] = limit.unit;
  return result;
}

}  // namespace

Json Requirement::to_json() const {
  Json json;
  json["id"] = id;
  json["text"] = {{"en", text_en}, {"id", text_id}};
  json["measurement"] = measurement;
  Json bounds = Json::object();
  if (limit.min) bounds["min"] = bound_to_json(*limit.min);
  if (limit.max) bounds["max"] = bound_to_json(*limit.max);
  if (limit.equal) bounds["equal"] = bound_to_json(*limit.equal);
  bounds["unit"] = limit.unit;
  json["limit"] = bounds;
  if (needs_claim) json["needs_claim"] = *needs_claim;
  json["source"] = source;
  if (!note.empty()) json["note"] = note;
  return json;
}

Requirement Requirement::from_yaml(const YamlNode& node) {
  node.allow_keys({"id", "text", "measurement", "limit", "needs_claim", "source", "note"});
  Requirement requirement;
  requirement.id = node.at("id").as_string();
  const YamlNode text = node.at("text");
  text.allow_keys({"en", "id"});
  requirement.text_en = text.at("en").as_string();
  requirement.text_id = text.at("id").as_string();
  requirement.measurement = node.at("measurement").as_string();
  if (!find_measurement_kind(requirement.measurement)) {
    std::string known;
    for (const MeasurementKind& kind : measurement_kinds()) known += (known.empty() ? "" : ", ") + std::string(kind.id);
    node.at("measurement").fail(fmt::format("there is no measurement '{}'; known are: {}", requirement.measurement, known));
  }
  requirement.limit = limit_from_yaml(node.at("limit"));
  if (node.has("needs_claim")) requirement.needs_claim = node.at("needs_claim").as_string();
  requirement.source = node.at("source").as_string();
  requirement.note = node.get_string("note", "");
  return requirement;
}

Requirement Requirement::from_json(const Json& json, const std::string& place) {
  try {
    Requirement requirement;
    requirement.id = json.at("id").get<std::string>();
    requirement.text_en = json.at("text").at("en").get<std::string>();
    requirement.text_id = json.at("text").at("id").get<std::string>();
    requirement.measurement = json.at("measurement").get<std::string>();
    if (!find_measurement_kind(requirement.measurement)) throw UsageError(fmt::format("{}: there is no measurement '{}'", place, requirement.measurement));
    const Json& limit = json.at("limit");
    if (limit.contains("min")) requirement.limit.min = bound_from_json(limit.at("min"));
    if (limit.contains("max")) requirement.limit.max = bound_from_json(limit.at("max"));
    if (limit.contains("equal")) requirement.limit.equal = bound_from_json(limit.at("equal"));
    requirement.limit.unit = limit.at("unit").get<std::string>();
    if (json.contains("needs_claim")) requirement.needs_claim = json.at("needs_claim").get<std::string>();
    requirement.source = json.at("source").get<std::string>();
    requirement.note = json.value("note", "");
    return requirement;
  } catch (const Json::exception& error) {
    throw UsageError(fmt::format("{}: is not a requirement: {}", place, error.what()));
  }
}

RequirementSet RequirementSet::load(const std::string& path) { return parse(YamlNode::load(path)); }

RequirementSet RequirementSet::parse(const YamlNode& root) {
  root.allow_keys({"requirements"});
  RequirementSet set;
  for (const YamlNode& node : root.at("requirements").items()) {
    Requirement requirement = Requirement::from_yaml(node);
    if (set.find(requirement.id)) node.at("id").fail(fmt::format("requirement '{}' stands twice", requirement.id));
    set.entries_.push_back(std::move(requirement));
  }
  return set;
}

const Requirement* RequirementSet::find(const std::string& id) const {
  const auto it = std::find_if(entries_.begin(), entries_.end(), [&](const Requirement& entry) { return entry.id == id; });
  return it == entries_.end() ? nullptr : &*it;
}

std::vector<Requirement> RequirementSet::check(const YamlNode& require) const {
  std::vector<Requirement> chosen;
  for (const YamlNode& item : require.items()) {
    const std::string id = item.as_string();
    const Requirement* requirement = find(id);
    if (!requirement) {
      std::string known;
      for (const Requirement& entry : entries_) known += (known.empty() ? "" : ", ") + entry.id;
      item.fail(fmt::format("there is no requirement '{}'; known are: {}", id, known));
    }
    for (const Requirement& earlier : chosen) {
      if (earlier.id == id) item.fail(fmt::format("requirement '{}' is asked for twice", id));
    }
    chosen.push_back(*requirement);
  }
  return chosen;
}

RequirementVerdict hold_against(const Requirement& requirement, const Measurement& measurement, const std::vector<Measurement>& all, const Claims& claims) {
  const Resolved resolved = resolve_limit(requirement.limit, all, claims);
  RequirementVerdict verdict{ExitCode::kInconclusive, "", resolved.json};
  if (requirement.needs_claim && !claims.offers(*requirement.needs_claim)) {
    verdict.verdict = ExitCode::kNotOffered;
    verdict.reason = fmt::format("The device does not claim '{}'.", *requirement.needs_claim);
    return verdict;
  }
  if (!resolved.complete) {
    verdict.reason = "The limit depends on something that the device does not claim or that could not be measured.";
    return verdict;
  }
  const Allowed& allowed = resolved.allowed;
  if (!measurement.value) {
    // What had not come by the end is later than any limit that has passed by then.
    if (measurement.at_least && *measurement.at_least > allowed.high) verdict.verdict = ExitCode::kFail;
    verdict.reason = measurement.reason;
    return verdict;
  }
  const double low = *measurement.value - measurement.uncertainty;
  const double high = *measurement.value + measurement.uncertainty;
  // Numbers are written with six decimals; a difference below that is none.
  constexpr double kTie = 5e-7;
  if (low >= allowed.low - kTie && high <= allowed.high + kTie) {
    verdict.verdict = ExitCode::kPass;
  } else if (high < allowed.low - kTie || low > allowed.high + kTie) {
    verdict.verdict = ExitCode::kFail;
    verdict.reason = measurement.explain;
  } else {
    verdict.reason = "The limit lies inside the uncertainty of the measurement.";
  }
  return verdict;
}

}  // namespace saksi::judge
