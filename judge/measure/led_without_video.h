#ifndef SAKSI_JUDGE_MEASURE_LED_WITHOUT_VIDEO_H_
#define SAKSI_JUDGE_MEASURE_LED_WITHOUT_VIDEO_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// led_without_video: the longest time for which the recording LED was lit and of which the card, as it came out in the end, holds no frame: from the
/// LED being lit, or the last frame before, to the next frame, the LED going dark, the supply being cut, or the end. A camera that goes on with a red
/// light when its card stores nothing any more makes it long; a frame period and the fragment that is being made when the power goes are in it too.
/// One sample for each time that the LED was lit; the value is the largest.
void measure_led_without_video(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
