#include "judge/measure/frames_repeated.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/measure/frame_steps.h"

namespace saksi::judge {

void measure_frames_repeated(const Observations& observations, Measurement& measurement) {
  double total = 0;
  double doubt = 0;
  for (const StoredClip& clip : observations.card.clips) {
    const std::optional<std::vector<FrameStep>> steps = frame_steps(clip, observations.claims);
    if (!steps) continue;
    const auto surplus = [](int64_t periods, int64_t stored) { return static_cast<double>(std::max<int64_t>(0, stored - periods)); };
    double here = 0;
    for (const FrameStep& step : *steps) {
      const double repeated = surplus(step.periods, step.stored);
      doubt += std::max(surplus(step.periods_low, step.stored) - repeated, repeated - surplus(step.periods_high, step.stored));
      if (repeated > 0 && measurement.explain.empty()) {
        measurement.explain = fmt::format("Frame {} of {} is the first that shows no later moment than the one before.", step.to, clip.file);
        measurement.clip = clip.file;
      }
      here += repeated;
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
  if (measurement.explain.empty()) measurement.explain = "No frame is stored twice.";
}

}  // namespace saksi::judge
