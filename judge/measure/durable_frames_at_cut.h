#ifndef SAKSI_JUDGE_MEASURE_DURABLE_FRAMES_AT_CUT_H_
#define SAKSI_JUDGE_MEASURE_DURABLE_FRAMES_AT_CUT_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// A supply cut that came while the recording LED was lit, and what it left.
struct LitCut {
  double s;            ///< when
  double since_lit_s;  ///< how long the LED had been lit
  double frames;       ///< that can be played, of the recording that was cut
};

/// All of them whose card image is there; `reason` says why another one is not among them, or that there is none.
std::vector<LitCut> lit_cuts(const Observations& observations, std::string& reason);

/// durable_frames_at_cut: frames that can be played from the card as it was left by a supply cut that came while the recording LED was
/// lit. An LED that is lit before anything is durable gives 0. Frames of clips that ended before the LED was last dark belong to an earlier recording and do
/// not count. One sample for each such cut; the value is the smallest.
void measure_durable_frames_at_cut(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
