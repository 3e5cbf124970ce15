#ifndef SAKSI_JUDGE_MEASURE_FAULT_LOGGED_H_
#define SAKSI_JUDGE_MEASURE_FAULT_LOGGED_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// fault_logged: console lines that begin with "E:". No value if there is none and nothing was amiss: no fault LED was lit, and there is a clip with
/// frames for every press that should record.
void measure_fault_logged(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
