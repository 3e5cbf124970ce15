#ifndef SAKSI_JUDGE_MEASURE_FAULT_SHOWN_H_
#define SAKSI_JUDGE_MEASURE_FAULT_SHOWN_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// fault_shown: from the edge of the first press that should start a recording, or, if there is none, from power-on, to the fault LED being
/// lit; 0 if it was lit already.
void measure_fault_shown(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
