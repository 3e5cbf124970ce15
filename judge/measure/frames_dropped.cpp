#include "judge/measure/frames_dropped.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/measure/frame_steps.h"

namespace saksi::judge {

void measure_frames_dropped(const Observations& observations, Measurement& measurement) {
  double total = 0;
  double doubt = 0;
  for (const StoredClip& clip : observations.card.clips) {
    const std::optional<std::vector<FrameStep>> steps = frame_steps(clip, observations.claims);
    if (!steps) continue;
    const auto missing = [](int64_t periods, int64_t stored) { return static_cast<double>(std::max<int64_t>(0, periods - stored)); };
    double here = 0;
    for (const FrameStep& step : *steps) {
      const double dropped = missing(step.periods, step.stored);
      doubt += std::max(missing(step.periods_high, step.stored) - dropped, dropped - missing(step.periods_low, step.stored));
      if (dropped > 0 && measurement.explain.empty()) {
        measurement.explain = fmt::format("First hole: {} missing before frame {} of {}.", dropped, step.to, clip.file);
        measurement.clip = clip.file;
      }
      here += dropped;
    }
    measurement.samples.push_back(here);
    total += here;
  }
  if (measurement.samples.empty()) {
    measurement.reason = "no clip has two frames whose light code can be read";
    return;
  }
  measurement.value = total;
  measurement.uncertainty = doubt;
  if (measurement.explain.empty()) measurement.explain = "No frame is missing inside any clip.";
}

}  // namespace saksi::judge
