#ifndef SAKSI_JUDGE_MEASURE_FRAMES_DROPPED_H_
#define SAKSI_JUDGE_MEASURE_FRAMES_DROPPED_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// frames_dropped: frames that are missing inside stored clips: where the photon times of neighbours lie n nominal frame periods apart
/// (rounded), n - 1 are missing. The nominal period is the claimed one, or, without a claim, the one that fits the clip. One sample for each
/// clip; the value is their sum. Frames that are stored but cannot be timed are not missing.
void measure_frames_dropped(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
