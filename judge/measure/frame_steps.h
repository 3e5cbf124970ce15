#ifndef SAKSI_JUDGE_MEASURE_FRAME_STEPS_H_
#define SAKSI_JUDGE_MEASURE_FRAME_STEPS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "judge/measure/measurement.h"
#include "judge/measure/observations.h"

namespace saksi::judge {

/// From one timed frame of a clip to the next timed one.
struct FrameStep {
  size_t to;            ///< index of the frame that it leads to
  int64_t stored;       ///< stored frames that it covers: 1, or more if some in between cannot be timed
  int64_t periods_low;  ///< nominal frame periods that it covers, rounded, from the ends of its interval
  int64_t periods;      ///< and from its middle
  int64_t periods_high;
};

/// The steps of a clip; nullopt if fewer than two of its frames are timed or no frame period is known. The nominal frame period is the
/// claimed one, else the one that fits the clip.
std::optional<std::vector<FrameStep>> frame_steps(const StoredClip& clip, const Claims& claims);

/// What frames_dropped and frames_repeated have in common: counts something over the steps of all clips, one sample for each clip, the
/// value their sum. `count` says how many there are in a step that covers so many periods and so many stored frames; the uncertainty is what it
/// says at the ends of the interval. `first` is the sentence for the first find, `none` that for no find at all.
void count_over_steps(const Observations& observations, Measurement& measurement,
                      const std::function<int64_t(int64_t periods, int64_t stored)>& count,
                      const std::function<std::string(int64_t found, size_t frame, const std::string& file)>& first, const std::string& none);

}  // namespace saksi::judge

#endif
