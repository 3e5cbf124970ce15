#include "judge/claims/claim.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "judge/statistics/order_statistics.h"
#include "judge/verdict/decision.h"

namespace saksi::judge {

namespace {

using Json = nlohmann::ordered_json;

// As in decision.cpp: below the last digit that is stored.
constexpr double kGrain = 5e-7;

const char* outcome_word(PressOutcome outcome) {
  switch (outcome) {
    case PressOutcome::kInTime: return "in-time";
    case PressOutcome::kLate: return "late";
    case PressOutcome::kUndecided: break;
  }
  return "undecided";
}

std::string text_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<double> number_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

Json or_null(const std::optional<double>& value) { return value ? Json(rounded(*value)) : Json(); }

/// What one state contributes.
struct StateSum {
  ClaimCount count;
  std::vector<double> values;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void add_to(ClaimCount& count, PressOutcome outcome) {
  ++count.n;
  ++(outcome == PressOutcome::kInTime ? count.in_time : outcome == PressOutcome::kLate ? count.late : count.undecided);
}

Json states_json(const std::vector<Press>& presses, const std::vector<PressOutcome>& outcomes, int counted) {
  std::vector<std::string> order;
  std::map<std::string, StateSum> sums;
  for (size_t i = 0; i < static_cast<size_t>(counted); ++i) {
    const Press& press = presses[i];
    if (!sums.count(press.state)) order.push_back(press.state);
    StateSum& sum = sums[press.state];
    add_to(sum.count, outcomes[i]);
    if (press.value) sum.values.push_back(*press.value);
  }
  Json json = Json::array();
  for (const std::string& state : order) {
    const StateSum& sum = sums[state];
    const bool any = !sum.values.empty();
    json.push_back({{"state", state}, {"n", sum.count.n}, {"in_time", sum.count.in_time}, {"late", sum.count.late},
                    {"undecided", sum.count.undecided},
                    {"median", any ? Json(rounded(median(sum.values))) : Json()},
                    {"max", any ? Json(rounded(*std::max_element(sum.values.begin(), sum.values.end()))) : Json()}});
  }
  return json;
}

Json presses_json(const std::vector<Press>& presses, const std::vector<PressOutcome>& outcomes, int counted) {
  Json json = Json::array();
  for (size_t i = 0; i < presses.size(); ++i) {
    const Press& press = presses[i];
    Json one = {{"run", press.run}, {"state", press.state}, {"value", or_null(press.value)}, {"uncertainty", rounded(press.uncertainty)}};
    if (press.at_least) one["at_least"] = rounded(*press.at_least);
    one["outcome"] = outcome_word(outcomes[i]);
    one["counted"] = i < static_cast<size_t>(counted);
    if (!press.reason.empty()) one["reason"] = press.reason;
    json.push_back(one);
  }
  return json;
}

/// The bound of the percentile that the counted presses give: the (n - late)th smallest upper end of n. Of a plan that ended sooner that place is
/// taken among those that were made; the presses left out can only move it down. None if so many have no upper end.
std::optional<double> percentile_bound(const Percentile& plan, const std::vector<Press>& presses, int counted) {
  std::vector<double> ends;
  for (size_t i = 0; i < static_cast<size_t>(counted); ++i) {
    if (presses[i].value) ends.push_back(*presses[i].value + presses[i].uncertainty);
  }
  const size_t place = static_cast<size_t>(plan.n - plan.late);
  if (ends.size() < place) return std::nullopt;
  std::sort(ends.begin(), ends.end());
  return ends[place - 1];
}

std::string reason_of(const Percentile& plan, const ClaimCount& count) {
  const int shown = late_shown(plan.share / 100, plan.confidence / 100, plan.n);
  const int missed = count.late + count.undecided;
  if (count.verdict == ExitCode::kPass) {
    return fmt::format("{} presses of the plan's {} are in time, so at most {} can be late: "
                       "at least {:g} % of all presses are in time, with {:g} % confidence",
                       count.in_time, plan.n, plan.late, plan.share, plan.confidence);
  }
  if (count.verdict == ExitCode::kFail) {
    return fmt::format("{} presses are late; {} of {} show that more than {:g} % of all presses are late, with {:g} % confidence", count.late, shown,
                       plan.n, 100 - plan.share, plan.confidence);
  }
  if (!count.settled) {
    return fmt::format("{} of {} presses are there, and the rest may decide either way; record {} more", count.n, plan.n, plan.n - count.n);
  }
  return fmt::format("{} presses are not shown to be in time ({} late, {} undecided): more than the {} that the plan allows for a pass, and "
                     "fewer late ones than the {} that would show a fail", missed, count.late, count.undecided, plan.late, shown);
}

void refuse_twice(const std::vector<Press>& presses) {
  std::map<std::string, std::string> seen;
  for (const Press& press : presses) {
    if (press.digest.empty()) continue;
    const auto [place, is_new] = seen.emplace(press.digest, press.run);
    if (is_new) continue;
    throw UsageError(fmt::format("{} and {} are the same recording (digest {}); a press counts once, leave one of them out", place->second, press.run,
                                 press.digest.substr(0, 12)));
  }
}

Json plan_json(const Percentile& plan) {
  Json curve = Json::array();
  for (const double late : {0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.10}) {
    curve.push_back({{"late", late}, {"passes", rounded(chance_of_pass(plan, late))}});
  }
  return {{"share", plan.share}, {"confidence", plan.confidence}, {"n", plan.n}, {"late", plan.late},
          {"fail_from", late_shown(plan.share / 100, plan.confidence / 100, plan.n)}, {"operating_curve", curve}};
}

}  // namespace

Press press_of(const Json& verdicts, const Requirement& requirement, const std::string& run, const std::string& state) {
  Press press;
  press.run = run;
  press.state = state;
  press.digest = text_in(verdicts, "digest");
  press.reason = text_in(verdicts, "reason");
  for (const Json& m : verdicts.value("measurements", Json::array())) {
    if (text_in(m, "id") != requirement.measurement) continue;
    press.value = number_in(m, "value");
    press.uncertainty = number_in(m, "uncertainty").value_or(0);
    press.at_least = number_in(m, "at_least");
    press.reason = text_in(m, "reason");
  }
  if (!press.value && !press.at_least && press.reason.empty()) press.reason = requirement.measurement + " could not be measured";
  return press;
}

PressOutcome outcome_of(const Press& press, double limit_max) {
  if (press.value) {
    if (*press.value + press.uncertainty <= limit_max + kGrain) return PressOutcome::kInTime;
    return *press.value - press.uncertainty > limit_max + kGrain ? PressOutcome::kLate : PressOutcome::kUndecided;
  }
  return press.at_least && *press.at_least > limit_max ? PressOutcome::kLate : PressOutcome::kUndecided;
}

ClaimCount count_presses(const Percentile& plan, const std::vector<PressOutcome>& presses) {
  const int shown = late_shown(plan.share / 100, plan.confidence / 100, plan.n);
  ClaimCount count;
  for (const PressOutcome press : presses) {
    if (count.settled) break;
    add_to(count, press);
    const int left = plan.n - count.n;
    const bool can_pass = count.in_time + left >= plan.n - plan.late;
    const bool can_fail = count.late + left >= shown;
    if (count.in_time >= plan.n - plan.late) count.verdict = ExitCode::kPass;
    if (count.late >= shown) count.verdict = ExitCode::kFail;
    count.settled = count.verdict != ExitCode::kInconclusive || (!can_pass && !can_fail) || left == 0;
  }
  return count;
}

double chance_of_pass(const Percentile& plan, double share_late) { return chance_of_at_most(plan.late, plan.n, share_late); }

std::string progress_text(const Percentile& plan, const ClaimCount& count) {
  const std::string undecided = count.undecided > 0 ? fmt::format(", {} undecided", count.undecided) : "";
  return fmt::format("{} of {} presses, {} in time, {} late{}", count.n, plan.n, count.in_time, count.late, undecided);
}

Json judge_claim(const Requirement& requirement, const std::vector<Press>& presses) {
  const Percentile& plan = *requirement.percentile;
  const double limit = *requirement.limit.max->number;
  refuse_twice(presses);
  std::vector<PressOutcome> outcomes;
  for (const Press& press : presses) outcomes.push_back(outcome_of(press, limit));
  const ClaimCount count = count_presses(plan, outcomes);
  const double confidence = plan.confidence / 100;
  Json json;
  json["schema"] = kClaimsSchema;
  json["verdict"] = verdict_word(count.verdict);
  json["reason"] = reason_of(plan, count);
  json["requirement"] = requirement.to_json();
  json["plan"] = plan_json(plan);
  json["settled"] = count.settled;
  json["counted"] = {{"n", count.n}, {"in_time", count.in_time}, {"late", count.late}, {"undecided", count.undecided}};
  json["not_counted"] = static_cast<int>(presses.size()) - count.n;
  json["percentile_bound"] = or_null(percentile_bound(plan, presses, count.n));
  // Bounds of the share behind a number of presses that is fixed hold for the whole plan; of a part of it they would be told too well.
  const bool whole = count.n == plan.n;
  json["late_share"] = {{"lower", whole ? Json(rounded(lower_bound(count.late, count.n, confidence))) : Json()},
                        {"upper", whole ? Json(rounded(upper_bound(count.late + count.undecided, count.n, confidence))) : Json()}};
  json["states"] = states_json(presses, outcomes, count.n);
  json["presses"] = presses_json(presses, outcomes, count.n);
  return json;
}

}  // namespace saksi::judge
