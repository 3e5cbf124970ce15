#include "judge/measure/budget.h"

#include <cmath>

namespace saksi::judge {

double combined(const Budget& budget) {
  double squares = 0;
  for (const BudgetTerm& term : budget) squares += term.u * term.u;
  return std::sqrt(squares);
}

Budget frame_budget(const TimeBudget& frame, double bench_u) {
  return {{"frame_quantisation", "none", 0},         {"code_resolution", "empirical", frame.code}, {"exposure", "empirical", frame.exposure},
          {"row_time", "empirical", frame.row_time}, {"coding", "empirical", frame.coding},        {"bench_clock", "normal", bench_u}};
}

}  // namespace saksi::judge
