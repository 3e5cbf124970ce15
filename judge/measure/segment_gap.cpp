#include "judge/measure/segment_gap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/recording_format.h"
#include "judge/measure/frame_pool.h"

namespace saksi::judge {

namespace {

/// The last frame of a clip and the first of the one in which its recording goes on.
struct Seam {
  TimedFrame before, after;
};

std::vector<Seam> seams_of(const FramePool& pool, const Timeline& timeline) {
  std::vector<Seam> seams;
  double not_before_s = 0;
  for (const Session& session : timeline.sessions()) {
    const std::vector<size_t> clips = pool.clips_of(session, not_before_s);
    not_before_s = session.stop ? session.stop->s : session.until_s;
    for (size_t i = 1; i < clips.size(); ++i) seams.push_back({pool.of_clip(clips[i - 1]).back(), pool.of_clip(clips[i]).front()});
  }
  return seams;
}

std::optional<double> frame_period_s(const Observations& observations, size_t clip) {
  const std::vector<Interval>& periods = observations.card.clips[clip].photon.stretch_periods_s;
  if (!periods.empty()) return periods.front().middle();
  const std::optional<double> rate = observations.claims.number(recording::kClaimFrameRate);
  return rate && *rate > 0 ? std::optional<double>(1 / *rate) : std::nullopt;
}

/// The two frames are timed by the same camera, so that what is not known of its exposure, rows and coding falls out of their distance.
Budget budget_of(const Seam& seam) {
  return {{"frame_quantisation", "none", 0}, {"code_resolution", "empirical", std::hypot(seam.before.budget.code, seam.after.budget.code)}};
}

}  // namespace

void measure_segment_gap(const Observations& observations, Measurement& measurement) {
  const Timeline timeline(*observations.recording, observations.claims);
  const FramePool pool(observations.card);
  measurement.reason = "no recording goes on from one clip into the next";
  for (const Seam& seam : seams_of(pool, timeline)) {
    const auto& [before, after] = seam;
    const std::optional<double> period_s = frame_period_s(observations, before.clip);
    if (before.unknown_after > 0 || after.unknown_before > 0 || !period_s) {
      measurement.reason = !period_s ? "no frame period is known" : pool.unknown_beside(before.unknown_after > 0 ? before : after);
      measurement.value.reset();
      measurement.samples.clear();
      return;
    }
    const Budget budget = budget_of(seam);
    const double gap_s = after.time_s.middle() - before.time_s.middle() - *period_s;
    const Estimate estimate = estimate_of({gap_s, gap_s}, combined(budget), observations.digest, measurement.id);
    measurement.add_sample({std::max(0.0, estimate.value), estimate.uncertainty}, pool.file(after),
                           fmt::format("{} ends at {:.6f} s, {} begins at {:.6f} s; frames are {:.6f} s apart.", pool.file(before),
                                       before.time_s.middle(), pool.file(after), after.time_s.middle(), *period_s),
                           true, budget);
  }
}

}  // namespace saksi::judge
