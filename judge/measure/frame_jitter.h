#ifndef SAKSI_JUDGE_MEASURE_FRAME_JITTER_H_
#define SAKSI_JUDGE_MEASURE_FRAME_JITTER_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// frame_jitter: by how much the file's time from a frame to the next differs from the time between their exposures, at most: the largest
/// |(pts_i+1 - pts_i) - (photon_i+1 - photon_i)| of a clip. A player shows motion that much unevenly. One sample for each clip.
void measure_frame_jitter(const Observations& observations, Measurement& measurement);

/// frames_late: stored frames whose presentation time lies more than half a frame period behind that of their exposure, both counted from the
/// clip's first timed frame. One sample for each clip, the value their sum.
void measure_frames_late(const Observations& observations, Measurement& measurement);

/// clock_drift: how much the clock that gives presentation times gains (+) or loses (-), in seconds a day, against the bench: from the longest
/// stretch of frames of each clip that share one frame period. One sample for each clip, the value the one of largest magnitude. Its uncertainty is
/// that of the stretch's period: a clip of ten seconds tells about a second a day, one of a shift milliseconds.
void measure_clock_drift(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
