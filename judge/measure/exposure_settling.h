#ifndef SAKSI_JUDGE_MEASURE_EXPOSURE_SETTLING_H_
#define SAKSI_JUDGE_MEASURE_EXPOSURE_SETTLING_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// exposure_settling: how long a camera takes to expose rightly again after the light has changed. A change is a frame whose mean luma (above black,
/// 16) differs from that of the frames before by a fifth and by eight steps. The picture has settled with the first frame from which on the mean luma
/// stays within a tenth of what it comes to (the median of the last second before the next change, the clip's end, or ten seconds after the change).
/// The change fell between two frames: that raster is the uncertainty. One sample for each change that has settled by then, the value the longest; at
/// least, where one has not.
void measure_exposure_settling(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
