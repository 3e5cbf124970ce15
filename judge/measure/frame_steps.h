#ifndef SAKSI_JUDGE_MEASURE_FRAME_STEPS_H_
#define SAKSI_JUDGE_MEASURE_FRAME_STEPS_H_

#include <cstdint>
#include <optional>
#include <vector>

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

}  // namespace saksi::judge

#endif
