#include "judge/claims/durable_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "judge/verdict/decision.h"

namespace saksi::judge {

namespace {

using Json = nlohmann::ordered_json;
using Kind = CutLeft::Kind;

const char* kind_word(Kind kind) { return kind == Kind::kKept ? "kept" : kind == Kind::kLost ? "lost" : "undecided"; }

/// What one press says of the time that is looked for.
struct Range {
  double low_s = 0;
  std::optional<double> high_s;  ///< none: no cut kept a frame
  double bench_u = 0;
};

Range range_of(const DurableSearch& search) {
  Range range;
  const std::optional<int64_t> first = search.first_kept();
  if (first) range.high_s = search.cuts().at(*first).after_s;
  for (const auto& [at, left] : search.cuts()) {
    if (left.kind == Kind::kLost) range.low_s = left.after_s;
    range.bench_u = std::max(range.bench_u, left.bench_u);
  }
  return range;
}

Measurement measurement_of(const Requirement& requirement, const std::vector<SearchedPress>& presses) {
  Measurement m;
  m.id = requirement.measurement;
  m.unit = "s";
  double low = 0, high = 0, bench_u = 0;
  bool open = false;
  for (const SearchedPress& press : presses) {
    const Range range = range_of(press.search);
    low = std::max(low, range.low_s);
    high = std::max(high, range.high_s.value_or(0));
    bench_u = std::max(bench_u, range.bench_u);
    open = open || !range.high_s;
    if (range.high_s) m.samples.push_back((range.low_s + *range.high_s) / 2);
  }
  if (open) {
    m.at_least = low;
    m.explain = fmt::format("Of one press, no cut that was tried left a frame; the latest that lost came {:.6f} s after.", low);
    return m;
  }
  constexpr double kNormal95 = 1.96;
  m.value = (low + high) / 2;
  m.uncertainty = (high - low) / 2 + kNormal95 * bench_u;
  m.budget = {{"time_of_cut", "rectangular", (high - low) / std::sqrt(12.0)}, {"bench_clock", "normal", bench_u}};
  m.explain = fmt::format("Of {} presses the worst: a cut {:.6f} s after lost what a cut {:.6f} s after left.", presses.size(), low, high);
  return m;
}

Json measurement_json(const Measurement& m) {
  Json json = {{"id", m.id}, {"unit", m.unit}};
  if (m.value) {
    Json terms = Json::array();
    for (const BudgetTerm& term : m.budget) terms.push_back({{"source", term.source}, {"distribution", term.distribution}, {"u", term.u}});
    json["value"] = rounded(*m.value);
    json["uncertainty"] = rounded(m.uncertainty);
    json["upper_bound"] = rounded(*m.value + m.uncertainty);
    json["budget"] = {{"terms", terms}, {"combined_u", combined(m.budget)}};
  }
  if (m.at_least) json["at_least"] = rounded(*m.at_least);
  json["samples"] = m.samples;
  json["explain"] = m.explain;
  return json;
}

Json press_json(const SearchedPress& press) {
  const DurableSearch& search = press.search;
  const auto or_null = [](const std::optional<int64_t>& ms) { return ms ? Json(*ms) : Json(); };
  Json cuts = Json::array();
  for (const auto& [at, left] : search.cuts()) {
    Json cut = {{"at_ms", at}, {"left", kind_word(left.kind)}};
    if (left.kind == Kind::kUndecided) {
      cut["reason"] = left.reason;
    } else {
      cut["after_s"] = rounded(left.after_s);
    }
    cut["digest"] = left.digest;
    cuts.push_back(cut);
  }
  return {{"name", press.name}, {"last_not_kept_ms", or_null(search.last_not_kept())}, {"first_kept_ms", or_null(search.first_kept())},
          {"monotone", search.is_monotone()}, {"cuts", cuts}};
}

}  // namespace

CutLeft left_by(const Json& verdicts, const std::string& measurement) {
  CutLeft left;
  left.digest = verdicts.value("digest", "");
  left.reason = verdicts.value("reason", "");
  for (const Json& m : verdicts.value("measurements", Json::array())) {
    if (m.value("id", "") != measurement) continue;
    left.reason = m.value("reason", "");
    if (m.contains("at_least") && m.at("at_least").is_number()) {
      left.kind = Kind::kLost;
      left.after_s = m.at("at_least").get<double>();
    } else if (m.contains("value") && m.at("value").is_number()) {
      left.kind = Kind::kKept;
      left.after_s = m.at("value").get<double>() + m.value("uncertainty", 0.0);
    }
    if (!m.contains("budget")) continue;
    for (const Json& term : m.at("budget").value("terms", Json::array())) {
      if (term.value("source", "") == "bench_clock") left.bench_u = term.value("u", 0.0);
    }
  }
  if (left.kind == Kind::kUndecided && left.reason.empty()) left.reason = measurement + " could not be measured";
  return left;
}

std::optional<int64_t> DurableSearch::last_not_kept() const {
  for (auto cut = cuts_.rbegin(); cut != cuts_.rend(); ++cut) {
    if (cut->second.kind != Kind::kKept) return cut->first;
  }
  return std::nullopt;
}

std::optional<int64_t> DurableSearch::first_kept() const {
  const std::optional<int64_t> last = last_not_kept();
  for (const auto& [at, left] : cuts_) {
    if (left.kind == Kind::kKept && (!last || at > *last)) return at;
  }
  return std::nullopt;
}

bool DurableSearch::is_monotone() const {
  const std::optional<int64_t> last = last_not_kept();
  return !last || std::none_of(cuts_.begin(), cuts_.lower_bound(*last), [](const auto& cut) { return cut.second.kind == Kind::kKept; });
}

std::optional<int64_t> DurableSearch::next() const {
  if (!cuts_.count(plan_.to_ms)) return plan_.to_ms;
  const std::optional<int64_t> kept = first_kept(), lost = last_not_kept();
  if (!kept) return std::nullopt;
  if (!lost && !cuts_.count(plan_.from_ms)) return plan_.from_ms;
  if (lost && *kept - *lost > plan_.step_ms) return *lost + (*kept - *lost) / plan_.step_ms / 2 * plan_.step_ms;
  for (int i = 1; i <= plan_.neighbours; ++i) {
    const int64_t after = *kept + i * plan_.step_ms;
    if (after <= plan_.to_ms && !cuts_.count(after)) return after;
    const int64_t before = lost.value_or(plan_.from_ms) - i * plan_.step_ms;
    if (before >= plan_.from_ms && !cuts_.count(before)) return before;
  }
  return std::nullopt;
}

void DurableSearch::add(int64_t at_ms, const CutLeft& left) { cuts_[at_ms] = left; }

Json judge_search(const Requirement& requirement, const SearchPlan& plan, const std::vector<SearchedPress>& presses) {
  const Measurement measurement = measurement_of(requirement, presses);
  const Decision decision = decide(requirement, measurement, {measurement}, Claims());
  Json json;
  json["schema"] = kSearchSchema;
  json["verdict"] = verdict_word(decision.verdict);
  json["reason"] = decision.reason;
  json["requirement"] = requirement.to_json();
  json["requirement"]["limit"] = decision.limit;
  json["plan"] = {{"from_ms", plan.from_ms}, {"to_ms", plan.to_ms}, {"step_ms", plan.step_ms}, {"neighbours", plan.neighbours}};
  json["measurement"] = measurement_json(measurement);
  json["presses"] = Json::array();
  for (const SearchedPress& press : presses) json["presses"].push_back(press_json(press));
  return json;
}

}  // namespace saksi::judge
