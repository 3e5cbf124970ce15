#include "sim/sweep/tally.h"

#include <algorithm>

#include "judge/verdict/decision.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;
constexpr size_t kFirstMax = 20;

}  // namespace

Tally::Tally(std::vector<judge::Requirement> requirements, judge::Claims claims) : claims_(std::move(claims)) {
  for (judge::Requirement& requirement : requirements) {
    Line line;
    line.requirement = std::move(requirement);
    lines_.push_back(std::move(line));
  }
}

void Tally::note(Line& line, const CutId& id, const judge::Measurement& figure, const std::vector<judge::Measurement>& all, bool& broke) {
  if (!figure.value && !figure.at_least) return;  // not asked of this cut
  const judge::Decision decision = judge::decide(line.requirement, figure, all, claims_);
  ++line.checked;
  line.limit = decision.limit;
  const double value = figure.value ? *figure.value : *figure.at_least;
  if (!line.has_worst || value > line.worst) {
    line.has_worst = true;
    line.worst = value;
    line.worst_cut = id.text();
  }
  if (decision.verdict != ExitCode::kFail) return;
  ++line.broken;
  broke = true;
  if (line.first.size() >= kFirstMax) return;
  line.first.push_back(id);
  line.why.push_back(figure.explain);
}

void Tally::add(const CutId& id, const std::vector<judge::Measurement>& figures) {
  ++cuts_;
  bool broke = false;
  for (Line& line : lines_) {
    for (const judge::Measurement& figure : figures) {
      if (figure.id == line.requirement.measurement) note(line, id, figure, figures, broke);
    }
  }
  if (broke) ++broken_cuts_;
}

std::vector<CutId> Tally::cases(size_t count) const {
  std::vector<CutId> cases;
  std::set<std::string> seen;
  for (const Line& line : lines_) {
    if (!line.first.empty() && cases.size() < count && seen.insert(line.first[0].text()).second) cases.push_back(line.first[0]);
  }
  return cases;
}

ExitCode Tally::verdict() const {
  ExitCode verdict = ExitCode::kInconclusive;
  for (const Line& line : lines_) {
    if (line.broken > 0) return ExitCode::kFail;
    if (line.checked > 0) verdict = ExitCode::kPass;
  }
  return verdict;
}

Json Tally::json() const {
  Json list = Json::array();
  for (const Line& line : lines_) {
    const ExitCode verdict = line.broken > 0 ? ExitCode::kFail : line.checked > 0 ? ExitCode::kPass : ExitCode::kNotOffered;
    Json entry = {{"id", line.requirement.id},
                  {"text", {{"en", line.requirement.text_en}, {"id", line.requirement.text_id}}},
                  {"measurement", line.requirement.measurement},
                  {"verdict", verdict_word(verdict)},
                  {"checked", line.checked},
                  {"broken", line.broken}};
    if (!line.limit.is_null()) entry["limit"] = line.limit;
    if (line.has_worst) entry["worst"] = {{"value", judge::rounded(line.worst)}, {"unit", line.requirement.limit.unit}, {"cut", line.worst_cut}};
    Json first = Json::array();
    for (size_t i = 0; i < line.first.size(); ++i) first.push_back({{"cut", line.first[i].text()}, {"why", line.why[i]}});
    entry["first_broken"] = first;
    list.push_back(entry);
  }
  return list;
}

}  // namespace saksi::sim
