#include "judge/measure/settling.h"

#include <algorithm>

namespace saksi::judge {

TimedFrames timed_frames(const StoredClip& clip) {
  TimedFrames timed;
  for (size_t i = 0; i < clip.frames.size(); ++i) {
    const FrameTime& time = clip.photon.frames[i];
    if (clip.frames[i].damaged || !time.known) continue;
    timed.frames.push_back(i);
    timed.times_s.push_back(time.time_s.middle());
  }
  return timed;
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace saksi::judge
