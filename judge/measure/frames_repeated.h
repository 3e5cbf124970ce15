#ifndef SAKSI_JUDGE_MEASURE_FRAMES_REPEATED_H_
#define SAKSI_JUDGE_MEASURE_FRAMES_REPEATED_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// frames_repeated: stored frames that show the same moment as the frame before (0 nominal frame periods apart, rounded). One sample for
/// each clip; the value is their sum.
void measure_frames_repeated(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
