#ifndef SAKSI_JUDGE_MEASURE_WHITE_BALANCE_SETTLING_H_
#define SAKSI_JUDGE_MEASURE_WHITE_BALANCE_SETTLING_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// white_balance_settling: how long a camera's white balance takes to come to rest after the light has changed its colour. A picture's tint is the
/// mean of Cb and of Cr about 128, each in parts of its mean luma above black (16), so that it does not go with the exposure. A change is a frame
/// whose tint is off by 0.03 from that of the frames before; at rest the tint stays within 0.015 of what it comes to (the median of the last second
/// before the next change, the clip's end, or ten seconds after the change), which is one and a half steps of chroma in a picture of medium
/// brightness. The change fell between two frames: that raster is the uncertainty. One sample for each change that has come to rest, the value the
/// longest; at least, where one has not. That the colour is then the right one is not said.
void measure_white_balance_settling(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
