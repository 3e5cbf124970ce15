#ifndef SAKSI_JUDGE_MEASURE_PTS_ERROR_H_
#define SAKSI_JUDGE_MEASURE_PTS_ERROR_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// pts_error: the largest error of presentation times within a clip: |(pts_i - pts_0) - (photon_i - photon_0)| over its frames i, frame 0
/// being the first with a known photon time. Edit lists are not applied. One sample for each clip.
void measure_pts_error(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
