#ifndef SAKSI_JUDGE_MEASURE_PRESS_TO_RECORD_H_
#define SAKSI_JUDGE_MEASURE_PRESS_TO_RECORD_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// press_to_record: from the edge of the press that starts a recording to the photon time (middle of the exposure at the picture's centre
/// row) of the first stored frame whose photon time is at or after that edge. Never negative. With the pre-event ring on it is at most one
/// frame period if nothing is missing at the press.
///
/// One sample for each such press. If a frame lies within its uncertainty of the press, it or the next one may be the first. Where frames are
/// told apart well (half-width at most a tenth of their distance) the likelier is taken, which over all presses costs less coverage than the
/// interval has to spare; else the interval spans both. If no frame follows before the next start, a power cut or the end, the value is at least so long. Frames whose light code cannot be read make
/// the measurement impossible only if no other frame answers the question.
void measure_press_to_record(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
