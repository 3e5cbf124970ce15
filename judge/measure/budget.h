#ifndef SAKSI_JUDGE_MEASURE_BUDGET_H_
#define SAKSI_JUDGE_MEASURE_BUDGET_H_

#include <string>
#include <vector>

namespace saksi::judge {

/// One contribution to a figure's uncertainty, as the GUM (JCGM 100:2008) has it. Sensitivities are 1: all terms are times of the same kind as the
/// figure.
struct BudgetTerm {
  /// "frame_quantisation", "code_resolution", "exposure", "row_time", "coding", "frame_period", "time_of_cut",
  /// "bench_clock", "stated_time".
  std::string source;
  std::string distribution;  ///< "normal", "rectangular", "empirical" (drawn), or "none"
  double u = 0;              ///< standard uncertainty, in the figure's unit
};
using Budget = std::vector<BudgetTerm>;

/// The root of the sum of squares.
double combined(const Budget& budget);

/// What the time of one frame owes to each source, as standard uncertainties in seconds; together (root of the sum of squares) the frame's own.
struct TimeBudget {
  double exposure = 0;  ///< the exposure is known only so well
  double row_time = 0;  ///< so is the time from row to row
  double coding = 0;    ///< what the encoder leaves out of a change
  double code = 0;      ///< the rest: where ticks fall, levels of cells, noise
};

/// The budget of a figure that is a frame's time against a moment of the bench with standard uncertainty `bench_u`. The frame itself is timed, so
/// that it is one of a raster adds nothing.
Budget frame_budget(const TimeBudget& frame, double bench_u);

}  // namespace saksi::judge

#endif
