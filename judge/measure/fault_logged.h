#ifndef SAKSI_JUDGE_MEASURE_FAULT_LOGGED_H_
#define SAKSI_JUDGE_MEASURE_FAULT_LOGGED_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// fault_logged: console lines that begin with "E:".
void measure_fault_logged(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
