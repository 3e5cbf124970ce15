#ifndef SAKSI_JUDGE_MEASURE_CLOCK_OFFSET_H_
#define SAKSI_JUDGE_MEASURE_CLOCK_OFFSET_H_

#include "judge/measure/measurement.h"

namespace saksi::judge {

/// clock_offset: how far the device's clock is ahead (+) or behind (-): the date that a clip states for one of its pictures, less the bench's date
/// (the manifest's date_s) at which that picture was exposed. A clip's first good signature states when a picture was taken, to 100 ns. Without one,
/// the file's creation time is taken for that of its first picture, in whole seconds: the true time lies in the second that it names. For which
/// moment of a picture's exposure and readout the camera means its date is not known; half of both together is added on either side. One sample for
/// each clip that states a date; the value is the one farthest from 0.
void measure_clock_offset(const Observations& observations, Measurement& measurement);

}  // namespace saksi::judge

#endif
