#ifndef SAKSI_JUDGE_MEASURE_PRESS_TO_DURABLE_H_
#define SAKSI_JUDGE_MEASURE_PRESS_TO_DURABLE_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// press_to_durable: from the press that starts a recording to the moment from which on a supply cut leaves a picture of what came after the press.
///
/// One cut tells on which side of that moment it came. If the card that it left has a frame that plays and was exposed after the press, the time lies
/// between 0 and the cut: it is stated as the middle of that range, half the range being the uncertainty. If it has none, the time is at least
/// that to the cut. One sample for each press that a supply cut followed before anything else; the value is the worst. A frame that may lie on
/// either side of the press decides nothing. Many recordings, each with its cut, narrow the range: see judge/claims/durable_search.h.
void measure_press_to_durable(const Observations& observations, Measurement& measurement);

/// led_to_durable: the same from the moment at which the recording LED is lit, for any frame of the recording that it stands for; 0 if a cut at that
/// very moment leaves one.
void measure_led_to_durable(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
