#include "judge/verdict/requirement.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/error.h"
#include "base/recording_format.h"
#include "judge/statistics/order_statistics.h"

namespace saksi::judge {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kMost = 1e9;

std::vector<std::string> known_ids(const std::vector<Requirement>& entries) {
  std::vector<std::string> ids;
  for (const Requirement& entry : entries) ids.push_back(entry.id);
  return ids;
}

std::vector<std::string> known_measurements() {
  std::vector<std::string> ids;
  for (const MeasurementKind& kind : measurement_kinds()) ids.emplace_back(kind.id);
  return ids;
}

std::string measurement_id(const YamlNode& node) {
  const std::string id = node.as_string();
  if (find_measurement_kind(id) == nullptr) node.fail_unknown("there is no measurement", id, known_measurements());
  return id;
}

/// `kind` is nullptr where nothing is measured: then any unit will do.
Limit limit_from_yaml(const YamlNode& node, const MeasurementKind* kind) {
  node.allow_keys({"min", "max", "equal", "unit"});
  Limit limit;
  if (node.has("min")) limit.min = Bound::from_yaml(node.at("min"));
  if (node.has("max")) limit.max = Bound::from_yaml(node.at("max"));
  if (node.has("equal")) limit.equal = Bound::from_yaml(node.at("equal"));
  if (limit.equal && (limit.min || limit.max)) node.fail("'equal' cannot stand with 'min' or 'max'");
  if (!limit.equal && !limit.min && !limit.max) node.fail("one of 'min', 'max', 'equal' was expected here");
  limit.unit = node.at("unit").as_string();
  if (kind && limit.unit != kind->unit) {
    node.at("unit").fail(fmt::format("{} is measured in '{}', not in '{}'", kind->id, kind->unit, limit.unit));
  }
  return limit;
}

/// A percentile with a plan that does show it; without `plan` the smallest one, which allows no late press.
Percentile percentile_from_yaml(const YamlNode& node, const Requirement& r) {
  constexpr double kShareMin = 50, kShareMax = 99.99, kConfidenceMin = 50, kConfidenceMax = 99.99;
  if (!r.not_measured.empty()) node.fail("'percentile' needs a 'measurement': of what is not measured there are no values to count");
  if (!r.limit.max || !r.limit.max->number || r.limit.min) node.fail("'percentile' needs a limit that has 'max' alone, and as a number");
  node.allow_keys({"share", "confidence", "plan"});
  Percentile p;
  p.share = node.at("share").as_number(kShareMin, kShareMax);
  p.confidence = node.at("confidence").as_number(kConfidenceMin, kConfidenceMax);
  int late = 0;
  if (node.has("plan")) {
    const YamlNode plan = node.at("plan");
    plan.allow_keys({"n", "late"});
    p.n = static_cast<int>(plan.at("n").as_int(1, kTrialsMost));
    late = static_cast<int>(plan.at("late").as_int(0, 1000));
  }
  p.late = late;
  int needed = 0;
  try {
    needed = trials_needed(p.share / 100, p.confidence / 100, late);
  } catch (const std::invalid_argument&) {
    node.fail(fmt::format("more than {} presses would be needed to show this; lower 'share', 'confidence' or 'late'", kTrialsMost));
  }
  if (p.n == 0) p.n = needed;
  if (p.n < needed) {
    node.at("plan").fail(fmt::format("{} presses with at most {} late do not show {:g} % with {:g} % confidence; {} presses do", p.n, late, p.share,
                                     p.confidence, needed));
  }
  return p;
}

Source source_from_yaml(const YamlNode& node) {
  if (node.is_scalar()) return {node.as_string(), "", ""};
  node.allow_keys({"name", "date", "page"});
  return {node.at("name").as_string(), node.at("date").as_string(), node.at("page").as_string()};
}

/// What is measured, or why nothing is.
void read_measurement(const YamlNode& node, Requirement& r) {
  if (node.has("measurement") == node.has("not_measured")) {
    node.fail("a requirement has either 'measurement' (what the judge measures) or 'not_measured' (why it cannot)");
  }
  if (node.has("measurement")) r.measurement = measurement_id(node.at("measurement"));
  if (!node.has("not_measured")) return;
  r.not_measured = node.at("not_measured").as_string();
  if (r.not_measured.empty()) node.at("not_measured").fail("a reason was expected here");
}

/// How sure the number is: as written, or what follows from a source that is ours.
std::string standing_from_yaml(const YamlNode& node, const Source& source) {
  const bool is_ours = source.name == "ours";
  if (!node.has("standing")) return is_ours ? "proposed" : "";
  const std::string standing = node.at("standing").as_word(standings());
  if (is_ours && standing != "proposed") node.at("standing").fail("a limit whose source is 'ours' is 'proposed' and no more");
  return standing;
}

}  // namespace

const std::vector<std::string>& standings() {
  static const std::vector<std::string> kStandings = {"standard", "tender", "product", "second-hand", "proposed"};
  return kStandings;
}

Bound Bound::from_yaml(const YamlNode& node) {
  Bound bound;
  if (node.is_scalar()) {
    bound.number = node.as_number(-kMost, kMost);
    return bound;
  }
  node.allow_keys({"claim", "minus_gops", "frame_periods", "measurement", "at_least"});
  if (node.has("claim")) bound.claim = node.at("claim").as_string();
  if (node.has("frame_periods")) bound.frame_periods = node.at("frame_periods").as_number(-kMost, kMost);
  if (node.has("measurement")) bound.measurement = measurement_id(node.at("measurement"));
  bound.minus_gops = node.get_number("minus_gops", 0, 0, kMost);
  if (node.has("at_least")) bound.at_least = node.at("at_least").as_number(-kMost, kMost);
  if (bound.claim.has_value() + bound.frame_periods.has_value() + bound.measurement.has_value() != 1) {
    node.fail("a number, or one of 'claim', 'frame_periods', 'measurement' was expected here");
  }
  return bound;
}

Json Bound::to_json() const {
  if (number) return *number;
  Json json = Json::object();
  if (claim) json["claim"] = *claim;
  if (frame_periods) json["frame_periods"] = *frame_periods;
  if (measurement) json["measurement"] = *measurement;
  if (minus_gops != 0) json["minus_gops"] = minus_gops;
  if (at_least) json["at_least"] = *at_least;
  return json;
}

std::optional<double> Bound::resolve(const Claims& claims, const std::vector<Measurement>& measurements, std::string& reason) const {
  const auto claimed = [&](const std::string& key) {
    const std::optional<double> value = claims.number(key);
    if (!value) reason = fmt::format("the limit depends on the claim '{}', which the device does not make", key);
    return value;
  };
  const auto claimed_rate = [&] {
    std::optional<double> rate = claimed(recording::kClaimFrameRate);
    if (rate && *rate <= 0) rate.reset();
    return rate;
  };
  std::optional<double> value = number;
  if (claim) value = claimed(*claim);
  if (frame_periods) {
    const std::optional<double> rate = claimed_rate();
    if (rate) value = *frame_periods / *rate;
  }
  if (measurement) {
    const auto found = std::find_if(measurements.begin(), measurements.end(), [&](const Measurement& m) { return m.id == *measurement; });
    if (found != measurements.end()) value = found->value;
    if (!value) reason = fmt::format("the limit depends on {}, which could not be measured", *measurement);
  }
  if (value && minus_gops != 0) {
    const std::optional<double> gop = claimed(recording::kClaimGop);
    const std::optional<double> rate = claimed_rate();
    if (!gop || !rate) return std::nullopt;
    *value -= minus_gops * *gop / *rate;
  }
  if (value && at_least) value = std::max(*value, *at_least);
  return value;
}

Requirement Requirement::from_yaml(const YamlNode& node) {
  node.allow_keys({"id", "text", "conditions", "measurement", "not_measured", "limit", "percentile", "needs_claim", "source", "standing", "note"});
  Requirement r;
  r.id = node.at("id").as_string();
  if (r.id.empty() || r.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos) {
    node.at("id").fail(fmt::format("'{}' is no id: small letters, digits and hyphens were expected", r.id));
  }
  const YamlNode text = node.at("text");
  text.allow_keys({"en", "id"});
  r.text_en = text.at("en").as_string();
  r.text_id = text.at("id").as_string();
  if (node.has("conditions")) {
    const YamlNode conditions = node.at("conditions");
    conditions.allow_keys({"en", "id"});
    r.conditions_en = conditions.at("en").as_string();
    r.conditions_id = conditions.at("id").as_string();
  }
  read_measurement(node, r);
  r.limit = limit_from_yaml(node.at("limit"), find_measurement_kind(r.measurement));
  if (node.has("percentile")) r.percentile = percentile_from_yaml(node.at("percentile"), r);
  if (node.has("needs_claim")) r.needs_claim = node.at("needs_claim").as_string();
  r.source = source_from_yaml(node.at("source"));
  r.standing = standing_from_yaml(node, r.source);
  r.note = node.get_string("note", "");
  return r;
}

Requirement Requirement::from_json(const Json& json, const std::string& place) {
  // JSON is YAML, so one reader and one set of messages serve both.
  return from_yaml(YamlNode::parse(json.dump(-1, ' ', false, Json::error_handler_t::replace), place));
}

Json Requirement::to_json() const {
  Json limits = Json::object();
  if (limit.min) limits["min"] = limit.min->to_json();
  if (limit.max) limits["max"] = limit.max->to_json();
  if (limit.equal) limits["equal"] = limit.equal->to_json();
  limits["unit"] = limit.unit;
  Json json;
  json["id"] = id;
  json["text"] = {{"en", text_en}, {"id", text_id}};
  if (!conditions_en.empty()) json["conditions"] = {{"en", conditions_en}, {"id", conditions_id}};
  if (!measurement.empty()) json["measurement"] = measurement;
  if (!not_measured.empty()) json["not_measured"] = not_measured;
  json["limit"] = limits;
  if (percentile) {
    json["percentile"] = {{"share", percentile->share}, {"confidence", percentile->confidence},
                          {"plan", {{"n", percentile->n}, {"late", percentile->late}}}};
  }
  if (needs_claim) json["needs_claim"] = *needs_claim;
  if (source.date.empty() && source.page.empty()) {
    json["source"] = source.name;
  } else {
    json["source"] = {{"name", source.name}, {"date", source.date}, {"page", source.page}};
  }
  if (!standing.empty()) json["standing"] = standing;
  if (!note.empty()) json["note"] = note;
  return json;
}

RequirementSet RequirementSet::load(const std::string& path) { return parse(YamlNode::load(path)); }

RequirementSet RequirementSet::parse(const YamlNode& root) {
  RequirementSet set;
  for (const YamlNode& item : root.items()) {
    Requirement entry = Requirement::from_yaml(item);
    if (set.find(entry.id) != nullptr) item.at("id").fail(fmt::format("the id '{}' stands twice", entry.id));
    set.entries_.push_back(std::move(entry));
  }
  return set;
}

const Requirement* RequirementSet::find(const std::string& id) const {
  for (const Requirement& entry : entries_) {
    if (entry.id == id) return &entry;
  }
  return nullptr;
}

std::vector<Requirement> RequirementSet::check(const YamlNode& require) const {
  std::vector<Requirement> result;
  for (const YamlNode& item : require.items()) {
    const std::string id = item.as_string();
    const Requirement* entry = find(id);
    if (entry == nullptr) item.fail_unknown("there is no requirement", id, known_ids(entries_));
    for (const Requirement& earlier : result) {
      if (earlier.id == id) item.fail(fmt::format("the requirement '{}' stands twice", id));
    }
    if (!entry->not_measured.empty()) {
      item.fail(fmt::format("the judge cannot measure '{}', so a run cannot require it: {}", id, entry->not_measured));
    }
    if (entry->percentile) {
      item.fail(fmt::format("'{}' needs {} presses, so a single run cannot require it: make a suite with it as 'claim', or count recordings with "
                            "saksi claim", id, entry->percentile->n));
    }
    result.push_back(*entry);
  }
  return result;
}

}  // namespace saksi::judge
