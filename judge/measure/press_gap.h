#ifndef SAKSI_JUDGE_MEASURE_PRESS_GAP_H_
#define SAKSI_JUDGE_MEASURE_PRESS_GAP_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// press_gap: the largest hole in stored video within 1 s either side of the press that starts a recording: the largest distance between
/// the photon times of consecutive stored frames, of all clips together, where the distance reaches into that second. Where all stored frames lie after
/// the press, the hole from the press to the first of them counts; where they end within 1 s after the press although the recording was not stopped or cut
/// by then, the hole from the last of them to 1 s after the press counts.
void measure_press_gap(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
