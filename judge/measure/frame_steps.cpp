#include "judge/measure/frame_steps.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/recording_format.h"

namespace saksi::judge {

namespace {

constexpr double kDoubtful = 0.2;  ///< of a frame period

}  // namespace

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
    // A frame that is timed by itself alone, so that it could be its neighbour, is counted by those on both sides of it.
    if (clip.photon.frames[i].time_s.half_width() > kDoubtful * period_s) continue;
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

void count_over_steps(const Observations& observations, Measurement& measurement, const std::function<int64_t(int64_t, int64_t)>& count,
                      const std::function<std::string(int64_t, size_t, const std::string&)>& first, const std::string& none) {
  int64_t total = 0;
  int64_t doubt = 0;
  for (const StoredClip& clip : observations.card.clips) {
    const std::optional<std::vector<FrameStep>> steps = frame_steps(clip, observations.claims);
    if (!steps) continue;
    int64_t here = 0;
    for (const FrameStep& step : *steps) {
      const int64_t found = count(step.periods, step.stored);
      doubt += std::max(std::abs(count(step.periods_low, step.stored) - found), std::abs(count(step.periods_high, step.stored) - found));
      if (found > 0 && measurement.explain.empty()) {
        measurement.explain = first(found, step.to, clip.file);
        measurement.clip = clip.file;
      }
      here += found;
    }
    measurement.samples.push_back(static_cast<double>(here));
    total += here;
  }
  if (measurement.samples.empty()) {
    measurement.reason = "no clip has two frames whose light code can be read";
    return;
  }
  measurement.value = static_cast<double>(total);
  measurement.uncertainty = static_cast<double>(doubt);
  if (measurement.explain.empty()) measurement.explain = none;
}

}  // namespace saksi::judge
