#include "judge/measure/stop_to_end.h"

#include <fmt/format.h>

#include <cmath>

#include "judge/measure/frame_pool.h"

namespace saksi::judge {

void measure_stop_to_end(const Observations& observations, Measurement& measurement) {
  const Timeline timeline(*observations.recording, observations.claims);
  const FramePool pool(observations.card);
  measurement.reason = "no press that stops a recording";
  double not_before_s = 0;
  double worst = -1;
  for (const Session& session : timeline.sessions()) {
    const std::vector<size_t> clips = pool.clips_of(session, not_before_s);
    not_before_s = session.stop ? session.stop->s : session.until_s;
    if (!session.stop) continue;
    if (clips.empty()) {
      measurement.reason =
          pool.untimed() > 0 ? "the light code of the stored frames cannot be read" : "nothing was stored before the press that stops";
      continue;
    }
    const TimedFrame last = pool.of_clip(clips.back()).back();
    if (last.unknown_after > 0) {
      measurement.reason = pool.unknown_beside(last);
      continue;
    }
    const Estimate estimate =
        estimate_of({last.time_s.low - session.stop->s, last.time_s.high - session.stop->s}, session.stop->u_s, observations.digest, measurement.id);
    measurement.samples.push_back(estimate.value);
    if (std::abs(estimate.value) <= worst) continue;
    worst = std::abs(estimate.value);
    measurement.value = estimate.value;
    measurement.uncertainty = estimate.uncertainty;
    measurement.budget = frame_budget(last.budget, session.stop->u_s);
    measurement.clip = pool.file(last);
    measurement.explain =
        fmt::format("Stop pressed at {:.6f} s; the clip ends with {}, exposed at {:.6f} s.", session.stop->s, pool.name(last), last.time_s.middle());
  }
}

}  // namespace saksi::judge
