#include "judge/measure/pre_event_s.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/measure/frame_pool.h"

namespace saksi::judge {

void measure_pre_event_s(const Observations& observations, Measurement& measurement) {
  const Timeline timeline(*observations.recording, observations.claims);
  const FramePool pool(observations.card);
  if (timeline.sessions().empty()) measurement.reason = "no press that starts a recording";
  double not_before_s = 0;
  for (const Session& session : timeline.sessions()) {
    const std::vector<size_t> clips = pool.clips_of(session, not_before_s);
    not_before_s = session.stop ? session.stop->s : session.until_s;
    if (clips.empty() && pool.untimed() > 0) {
      measurement.reason = fmt::format("the light code of {} stored frames cannot be read", pool.untimed());
    } else if (clips.empty()) {
      measurement.add_sample({0, 0}, "", fmt::format("Nothing was stored for the press at {:.6f} s.", session.press.s), false);
    } else {
      const TimedFrame first = pool.of_clip(clips.front()).front();
      if (first.unknown_before > 0) {
        measurement.reason = pool.unknown_beside(first);
        continue;
      }
      const Interval before{session.press.s - first.time_s.high, session.press.s - first.time_s.low};
      Estimate estimate{0, 0};
      if (before.high > 0) estimate = estimate_of({std::max(0.0, before.low), before.high}, session.press.u_s, observations.digest, measurement.id);
      measurement.add_sample(
          estimate, pool.file(first),
          fmt::format("Press at {:.6f} s; the clip begins with {}, exposed at {:.6f} s.", session.press.s, pool.name(first), first.time_s.middle()),
          false, frame_budget(first.budget, session.press.u_s));
    }
  }
}

}  // namespace saksi::judge
