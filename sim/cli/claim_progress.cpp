#include "sim/cli/claim_progress.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace saksi::sim {

using Json = nlohmann::ordered_json;

judge::Requirement claim_requirement(const judge::RequirementSet& set, const YamlNode& id) {
  const std::string wanted = id.as_string();
  std::vector<std::string> known;
  for (const judge::Requirement& entry : set.entries()) {
    if (entry.percentile) known.push_back(entry.id);
  }
  const judge::Requirement* found = set.find(wanted);
  if (found == nullptr) id.fail_unknown("there is no requirement with a percentile", wanted, known);
  if (!found->percentile) id.fail(fmt::format("'{}' has no 'percentile': each recording answers it alone, so let the scenarios require it", wanted));
  return *found;
}

void ClaimProgress::add(size_t index, judge::Press press) {
  presses_[index] = std::move(press);
  std::vector<judge::PressOutcome> outcomes;
  for (const judge::Press& one : known()) outcomes.push_back(judge::outcome_of(one, *requirement_.limit.max->number));
  count_ = judge::count_presses(*requirement_.percentile, outcomes);
}

std::vector<judge::Press> ClaimProgress::known() const {
  std::vector<judge::Press> known;
  for (const std::optional<judge::Press>& press : presses_) {
    if (!press) break;
    known.push_back(*press);
  }
  return known;
}

Json ClaimProgress::json() const { return judge::judge_claim(requirement_, known()); }

std::string claim_table(const Json& claim) {
  const Json& plan = claim.at("plan");
  const std::string unit = claim.at("requirement").at("limit").at("unit").get<std::string>();
  const auto number = [&](const Json& value) { return value.is_number() ? fmt::format("{:.4g} {}", value.get<double>(), unit) : std::string("-"); };
  std::string text = fmt::format("{}: {}\n  {}\n", claim.at("requirement").at("id").get<std::string>(), claim.at("verdict").get<std::string>(),
                                 claim.at("reason").get<std::string>());
  text += fmt::format("  the {:g} % percentile is at most {} with {:g} % confidence; the limit is {}\n", plan.at("share").get<double>(),
                      number(claim.at("percentile_bound")),
                      plan.at("confidence").get<double>(), number(claim.at("requirement").at("limit").at("max")));
  const Json& counted = claim.at("counted");
  const Json& upper = claim.at("late_share").at("upper");
  if (counted.at("late").get<int>() + counted.at("undecided").get<int>() == 0 && upper.is_number()) {
    text += fmt::format("  none of {} presses was late: at most {:.2f} % of all presses are, with {:g} % confidence\n", counted.at("n").get<int>(),
                        100 * upper.get<double>(), plan.at("confidence").get<double>());
  }
  text += fmt::format("  {:<24}{:>6}{:>9}{:>6}{:>11}{:>12}{:>12}\n", "state", "n", "in time", "late", "undecided", "median", "largest");
  for (const Json& state : claim.at("states")) {
    const std::string name = state.at("state").get<std::string>();
    text += fmt::format("  {:<24}{:>6}{:>9}{:>6}{:>11}{:>12}{:>12}\n", name.empty() ? "-" : name, state.at("n").get<int>(),
                        state.at("in_time").get<int>(), state.at("late").get<int>(),
                        state.at("undecided").get<int>(), number(state.at("median")), number(state.at("max")));
  }
  return text;
}

void write_claim(const Json& claim, const std::string& out_dir) {
  std::error_code error;
  std::filesystem::create_directories(out_dir, error);
  std::ofstream out(out_dir + "/claims.json");
  out << claim.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  if (!out.flush()) throw UsageError(out_dir + "/claims.json: cannot be written; choose another folder with --out");
}

}  // namespace saksi::sim
