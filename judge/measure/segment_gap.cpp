#include "judge/measure/segment_gap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/recording_format.h"
#include "judge/measure/frame_pool.h"

namespace saksi::judge {

namespace {

/// The first and the last frame of a clip.
struct Ends {
  TimedFrame first, last;
};

/// By the time of the first frame.
std::vector<Ends> ends_of_clips(const FramePool& pool, size_t clips) {
  std::vector<Ends> ends;
  for (size_t clip = 0; clip < clips; ++clip) {
    const std::vector<TimedFrame> frames = pool.of_clip(clip);
    if (!frames.empty()) ends.push_back({frames.front(), frames.back()});
  }
  std::sort(ends.begin(), ends.end(), [](const Ends& a, const Ends& b) { return a.first.time_s.middle() < b.first.time_s.middle(); });
  return ends;
}

/// Whether one recording goes on from a clip into the next: no press lies between that ends the one or begins the other.
bool goes_on(const Timeline& timeline, const Ends& clip, const Ends& next) {
  const double end_s = clip.last.time_s.middle(), begin_s = next.first.time_s.middle();
  return std::any_of(timeline.sessions().begin(), timeline.sessions().end(), [&](const Session& session) {
    return end_s >= session.press.s && begin_s < (session.stop ? session.stop->s : session.until_s);
  });
}

std::optional<double> frame_period_s(const Observations& observations, size_t clip) {
  const std::vector<Interval>& periods = observations.card.clips[clip].photon.stretch_periods_s;
  if (!periods.empty()) return periods.front().middle();
  const std::optional<double> rate = observations.claims.number(recording::kClaimFrameRate);
  return rate && *rate > 0 ? std::optional<double>(1 / *rate) : std::nullopt;
}

/// The two frames are timed by the same camera, so that what is not known of its exposure, rows and coding falls out of their distance.
Budget budget_of(const Ends& clip, const Ends& next) {
  return {{"frame_quantisation", "none", 0}, {"code_resolution", "empirical", std::hypot(clip.last.budget.code, next.first.budget.code)}};
}

}  // namespace

void measure_segment_gap(const Observations& observations, Measurement& measurement) {
  const Timeline timeline(*observations.recording, observations.claims);
  const FramePool pool(observations.card);
  const std::vector<Ends> clips = ends_of_clips(pool, observations.card.clips.size());
  measurement.reason = "no recording goes on from one clip into the next";
  for (size_t i = 1; i < clips.size(); ++i) {
    const Ends &clip = clips[i - 1], &next = clips[i];
    if (!goes_on(timeline, clip, next)) continue;
    const std::optional<double> period_s = frame_period_s(observations, clip.last.clip);
    if (clip.last.unknown_after > 0 || next.first.unknown_before > 0 || !period_s) {
      measurement.reason = clip.last.unknown_after > 0 ? pool.unknown_beside(clip.last)
                           : period_s                  ? pool.unknown_beside(next.first)
                                                       : "no frame period is known";
      measurement.value.reset();
      measurement.samples.clear();
      return;
    }
    const Budget budget = budget_of(clip, next);
    const double gap_s = next.first.time_s.middle() - clip.last.time_s.middle() - *period_s;
    const Estimate estimate = estimate_of({gap_s, gap_s}, combined(budget), observations.digest, measurement.id);
    measurement.add_sample({std::max(0.0, estimate.value), estimate.uncertainty}, pool.file(next.first),
                           fmt::format("{} ends at {:.6f} s, {} begins at {:.6f} s; frames are {:.6f} s apart.", pool.file(clip.last),
                                       clip.last.time_s.middle(), pool.file(next.first), next.first.time_s.middle(), *period_s),
                           true, budget);
  }
}

}  // namespace saksi::judge
