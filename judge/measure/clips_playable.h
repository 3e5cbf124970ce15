#ifndef SAKSI_JUDGE_MEASURE_CLIPS_PLAYABLE_H_
#define SAKSI_JUDGE_MEASURE_CLIPS_PLAYABLE_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// clips_stored: MP4 files on the card. After a power cut or card pull, files into which nothing had been written yet do not count.
void measure_clips_stored(const Observations& observations, Measurement& measurement);

/// clips_playable: how many of them an ordinary player plays to the end: the card needs no repair, and every picture of the clip decodes
/// without error. If the card was pulled or the supply cut, an unfinished end is not held against a clip.
void measure_clips_playable(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
