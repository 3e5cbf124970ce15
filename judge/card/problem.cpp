#include "judge/card/problem.h"

#include <fmt/format.h>

#include <algorithm>

namespace saksi::judge {

std::string severity_word(Severity severity) {
  switch (severity) {
    case Severity::kNote: return "note";
    case Severity::kTorn: return "torn";
    case Severity::kDoubt: return "doubt";
    case Severity::kDamage: return "damage";
  }
  return "damage";
}

void ProblemList::add(Severity severity, const std::string& kind, const std::string& text) {
  worst_ = std::max(worst_, severity);
  if (problems_.size() < kMaxProblems) {
    problems_.push_back({severity, kind, text});
  } else {
    ++dropped_;
  }
}

Problems ProblemList::take() const {
  Problems result = problems_;
  if (dropped_ > 0) result.push_back({worst_, "more", fmt::format("{} more findings are not listed.", dropped_)});
  return result;
}

}  // namespace saksi::judge
