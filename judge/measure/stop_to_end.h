#ifndef SAKSI_JUDGE_MEASURE_STOP_TO_END_H_
#define SAKSI_JUDGE_MEASURE_STOP_TO_END_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// stop_to_end: from the edge of the press that stops a recording to the photon time of the last frame of its clip. Negative if the video
/// ends before that press. The sample farthest from 0 is the value.
void measure_stop_to_end(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
