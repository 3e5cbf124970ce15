#ifndef SAKSI_JUDGE_MEASURE_PRE_EVENT_S_H_
#define SAKSI_JUDGE_MEASURE_PRE_EVENT_S_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// pre_event_s: how far the stored video reaches back before the press that starts the recording: from the photon time of the first frame
/// of the clip that the press caused, to the edge of the press. 0 if that frame was exposed after the press, or nothing was stored.
void measure_pre_event_s(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
