#ifndef SAKSI_SIM_SWEEP_TALLY_H_
#define SAKSI_SIM_SWEEP_TALLY_H_

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "judge/recording/recording.h"
#include "judge/sweep/cut_judge.h"
#include "judge/verdict/requirement.h"
#include "sim/sweep/cut_id.h"

namespace saksi::sim {

/// Counts, for each requirement, the cuts that kept it and those that broke it.
class Tally {
 public:
  Tally(std::vector<judge::Requirement> requirements, judge::Claims claims);

  /// A cut, and what its figures are.
  void add(const CutId& id, const std::vector<judge::Measurement>& figures);

  size_t cuts() const { return cuts_; }
  size_t broken() const { return broken_cuts_; }
  /// The first cut that broke each requirement, at most `count` in all and each once.
  std::vector<CutId> cases(size_t count) const;
  ExitCode verdict() const;
  /// For sweep.json: an entry for each requirement.
  nlohmann::ordered_json json() const;

 private:
  struct Line {
    judge::Requirement requirement;
    size_t checked = 0;
    size_t broken = 0;
    double worst = 0;
    bool has_worst = false;
    std::string worst_cut;
    std::vector<CutId> first;      ///< cuts that broke it
    std::vector<std::string> why;  ///< of `first`
    nlohmann::ordered_json limit;
  };
  void note(Line& line, const CutId& id, const judge::Measurement& figure, const std::vector<judge::Measurement>& all, bool& broke);

  std::vector<Line> lines_;
  judge::Claims claims_;
  size_t cuts_ = 0;
  size_t broken_cuts_ = 0;
};

}  // namespace saksi::sim

#endif
