#ifndef SAKSI_JUDGE_MEASURE_PHOTON_TIME_H_
#define SAKSI_JUDGE_MEASURE_PHOTON_TIME_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "judge/measure/budget.h"
#include "judge/media/light_code_reader.h"

namespace saksi::judge {

/// A closed interval, in seconds: the true value is taken to lie anywhere in it with the same probability.
struct Interval {
  double low;
  double high;
  double middle() const { return low + (high - low) / 2; }
  double half_width() const { return (high - low) / 2; }
};

/// The photon time of one stored frame: the middle of the exposure at the centre row of the picture, on the time axis of events.jsonl.
struct FrameTime {
  bool known = false;
  Interval time_s{0, 0};
  int stretch = -1;   ///< frames of one stretch share one constant frame period; -1 if on its own
  int64_t index = 0;  ///< number of frame periods since the stretch's first frame
  TimeBudget budget;  ///< what the uncertainty of the time comes from
};

/// Photon times of the frames of one clip.
struct PhotonTimes {
  std::vector<FrameTime> frames;            ///< one for each reading, same order
  std::vector<Interval> stretch_periods_s;  ///< by FrameTime::stretch
  std::optional<Interval> exposure_s;       ///< where the light code tells it
  size_t foreign = 0;                       ///< frames whose code tells a time outside of the recording; their times are not known
  std::optional<Interval> readout_s;        ///< time from the picture's first to its last row

  /// The distance in time from frame a to frame b, a and b known; tighter than the difference of their intervals within a stretch.
  Interval distance_s(size_t a, size_t b) const;
};

/// What is known besides the readings.
struct PhotonHints {
  std::optional<double> frame_period_s;  ///< nominal, from claim or file; only a hint
  std::vector<double> pts_s;             ///< presentation times; only a hint. Empty or one for each frame
  double latest_s = 0;  ///< no frame was exposed later than this (end of the recording); tells apart rounds of the code. 0 if unknown
  int height = 0;       ///< of the pictures, in rows
};

/// Estimates photon times from light code readings.
///
/// A bank that reads clean bounds the exposure of its rows between two of its ticks; a blended one says which part of the exposure lay
/// before the change. With the row r of the bank's centre (parts of the picture's height from its centre), frame index k, and the four
/// unknowns start t0, period p, readout time s and exposure e, each such bound is linear: for example, "at most the part h of the exposure
/// lay before the tick that begins at B" is  t0 + k p + r s >= B + e (1/2 - h).  All bounds of a stretch of frames together leave a small
/// convex set. Within it, some unknowns explain the parts that the banks show better than others: points are drawn with that likelihood
/// (errors of a bank normal; that coding makes changes lag is an unknown too), and their 95 % range is stated, as the rectangular
/// distribution that has it. Where readings scatter more about what explains them than their standard deviations say, these are widened by as much
/// first (Birge 1932). A bank that was misread claims what all others deny: its bound is left out if the rest then agrees better, one in a picture and
/// in one of six pictures at most. That rests on a constant period, exposure and readout time over the stretch, which is verified: if no set is
/// left, the stretch is halved, down to single frames, whose intervals are guaranteed and assume nothing but an exposure of at most one
/// tick. Frames that cannot be read, between two of a stretch that leave them just enough room, are placed there.
PhotonTimes estimate_photon_times(const std::vector<FrameReading>& readings, const PhotonHints& hints);

}  // namespace saksi::judge

#endif
