#include "judge/measure/settling.h"

#include <algorithm>
#include <cmath>

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

void add_settling(const Settling& settling, const SettlingWords& words, const std::string& clip, const std::string& digest,
                  Measurement& measurement) {
  if (!settling.rest) {
    measurement.add_at_least(settling.waited_s, words.what + "; it had not " + words.not_done + " by the end.");
    return;
  }
  measurement.add_sample(estimate_of({settling.waited_s, settling.waited_s + settling.period_s}, 0, digest, measurement.id), clip,
                         words.what + "; " + words.at_rest, true, {{"frame_quantisation", "rectangular", settling.period_s / std::sqrt(12.0)}});
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace saksi::judge
