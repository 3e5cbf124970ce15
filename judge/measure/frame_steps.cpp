#include "judge/measure/frame_steps.h"

#include <cmath>

#include "base/recording_format.h"

namespace saksi::judge {

std::optional<std::vector<FrameStep>> frame_steps(const StoredClip& clip, const Claims& claims) {
  double period_s = 0;
  if (!clip.photon.stretch_periods_s.empty()) period_s = clip.photon.stretch_periods_s.front().middle();
  const std::optional<double> rate = claims.number(recording::kClaimFrameRate);
  if (rate && *rate > 0) period_s = 1 / *rate;
  if (!(period_s > 0)) return std::nullopt;
  std::vector<FrameStep> steps;
  std::optional<size_t> before;
  for (size_t i = 0; i < clip.frames.size(); ++i) {
    if (!clip.photon.frames[i].known || clip.frames[i].damaged) continue;
    if (before) {
      const Interval distance = clip.photon.distance_s(*before, i);
      steps.push_back({i, static_cast<int64_t>(i - *before), std::llround(distance.low / period_s), std::llround(distance.middle() / period_s),
                       std::llround(distance.high / period_s)});
    }
    before = i;
  }
  if (steps.empty()) return std::nullopt;
  return steps;
}

}  // namespace saksi::judge
