#ifndef SAKSI_JUDGE_MEASURE_SEGMENT_GAP_H_
#define SAKSI_JUDGE_MEASURE_SEGMENT_GAP_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// segment_gap: the most that is missing between two clips into which one recording was cut: from the last frame of a clip to the first of the next,
/// less one frame period; 0 if they overlap. One sample for each place where a recording was cut. A frame on either side whose time is not known
/// leaves no value.
void measure_segment_gap(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
