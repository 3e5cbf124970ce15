#ifndef SAKSI_JUDGE_SWEEP_CUT_JUDGE_H_
#define SAKSI_JUDGE_SWEEP_CUT_JUDGE_H_

#include <optional>
#include <string>
#include <vector>

#include "judge/measure/measurement.h"
#include "judge/sweep/uncut_run.h"

namespace saksi::judge {

/// What a camera made of a card after a cut, seen from outside.
struct Recovery {
  CardFacts after;                ///< the card, once the camera was ready or the wait for it was over
  std::optional<double> ready_s;  ///< from power to the ready LED
  double waited_s = 0;            ///< how long it was waited for
  std::vector<std::string> said;  ///< console lines
  std::optional<CardFacts> next;  ///< the card after one more recording, if one was made
};

/// Holds a recovery against the run without a cut that was cut after `cut` writes: one measurement for each figure of cut_figures.h.
///
/// `is_legal`: the damage is such that the firmware can do something about it. Of other damage only is asked that what is lost is said: by the
/// camera's log (a line that begins with E: or W:) or by findings on the card.
///
/// The LED and the tail are judged for every instant at which the card was as it is at this cut, not only for the instant of the write.
std::vector<Measurement> judge_cut(const UncutRun& uncut, const Recovery& recovery, size_t cut, bool is_legal);

}  // namespace saksi::judge

#endif
