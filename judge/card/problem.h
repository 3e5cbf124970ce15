#ifndef SAKSI_JUDGE_CARD_PROBLEM_H_
#define SAKSI_JUDGE_CARD_PROBLEM_H_

#include <string>
#include <vector>

namespace saksi::judge {

/// How much a finding says against the evidence.
enum class Severity {
  kNote,    ///< unusual, harmless: an edit list, a zero-filled tail
  kTorn,    ///< what a power cut or card pull leaves when nothing went wrong before it: the last fragment or its bookkeeping is incomplete
  kDoubt,   ///< nothing shows that it was changed, but it does not prove what it says either
  kDamage,  ///< nothing but a defect or damage explains it
};

/// Something found wrong on a card or in a clip. Damage that is being judged is data, never an exception.
struct Problem {
  Severity severity;
  std::string kind;  ///< a fixed word such as "lost-chain" or "truncated"; the words are listed in docs/formats/verdicts.md
  std::string text;  ///< one plain sentence
};

using Problems = std::vector<Problem>;

/// "note", "torn", "doubt" or "damage".
std::string severity_word(Severity severity);

/// Bounded collection: a hostile file can cause millions of findings, of which the first `kMaxProblems` are kept and the rest counted.
class ProblemList {
 public:
  static constexpr size_t kMaxProblems = 50;
  void add(Severity severity, const std::string& kind, const std::string& text);
  /// The findings; a last one says how many more there were.
  Problems take() const;
  /// The worst severity so far; kNote when there is none.
  Severity worst() const { return worst_; }

 private:
  Problems problems_;
  size_t dropped_ = 0;
  Severity worst_ = Severity::kNote;
};

}  // namespace saksi::judge

#endif
