#ifndef SAKSI_JUDGE_MEASURE_READY_TIME_H_
#define SAKSI_JUDGE_MEASURE_READY_TIME_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// ready_time: from power-on (the first supply event above 0 mV) to the ready LED being lit.
void measure_ready_time(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
