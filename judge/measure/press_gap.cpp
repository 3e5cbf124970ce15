#include "judge/measure/press_gap.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "judge/measure/frame_pool.h"

namespace saksi::judge {

namespace {

constexpr double kWindowS = 1;

struct Hole {
  Interval length_s{0, 0};
  double u_s = 0;
  double from_s = 0;
  double to_s = 0;
  std::string doubt;  ///< why it may be no hole at all
};

/// Within a clip the distance of two frames is a number of frame periods, wherever they lie.
Budget hole_budget(const Hole& hole) {
  return {{"frame_quantisation", "none", 0},
          {"frame_period", "rectangular", hole.length_s.half_width() / std::sqrt(3.0)},
          {"bench_clock", "normal", hole.u_s}};
}

void keep_larger(Hole& so_far, const Hole& hole) {
  if (hole.length_s.middle() > so_far.length_s.middle()) so_far = hole;
}

Hole largest_hole(const FramePool& pool, const Session& session) {
  const double from_s = session.press.s - kWindowS;
  const double to_s = std::min(session.press.s + kWindowS, session.until_s);
  Hole largest;
  const TimedFrame* before = nullptr;
  for (const TimedFrame& frame : pool.frames()) {
    const double middle = frame.time_s.middle();
    const std::string doubt = frame.unknown_before > 0 ? pool.unknown_beside(frame) : "";
    if (before == nullptr && middle > session.press.s) {
      keep_larger(largest,
                  {{frame.time_s.low - session.press.s, frame.time_s.high - session.press.s}, session.press.u_s, session.press.s, middle, doubt});
    }
    if (before != nullptr && middle > from_s && before->time_s.middle() < to_s) {
      keep_larger(largest, {pool.distance_s(*before, frame), 0, before->time_s.middle(), middle, doubt});
    }
    before = &frame;
  }
  const bool goes_on = (!session.stop || session.stop->s >= session.press.s + kWindowS) && session.until_s >= session.press.s + kWindowS;
  if (before != nullptr && goes_on && before->time_s.middle() < to_s) {
    const std::string doubt = before->unknown_after > 0 ? pool.unknown_beside(*before) : "";
    keep_larger(largest, {{to_s - before->time_s.high, to_s - before->time_s.low}, session.press.u_s, before->time_s.middle(), to_s, doubt});
  }
  return largest;
}

}  // namespace

void measure_press_gap(const Observations& observations, Measurement& measurement) {
  const Timeline timeline(*observations.recording, observations.claims);
  const FramePool pool(observations.card);
  if (timeline.sessions().empty()) measurement.reason = "no press that starts a recording";
  for (const Session& session : timeline.sessions()) {
    if (pool.untimed() > 0 && pool.frames().empty()) {
      measurement.reason = fmt::format("the light code of {} stored frames cannot be read", pool.untimed());
      return;
    }
    const Hole hole = largest_hole(pool, session);
    if (!hole.doubt.empty()) {
      measurement.reason = hole.doubt;
      continue;
    }
    if (hole.length_s.high <= 0) {
      measurement.add_at_least(std::min(kWindowS, session.until_s - session.press.s),
                               fmt::format("No video was stored around the press at {:.6f} s.", session.press.s));
      continue;
    }
    measurement.add_sample(
        estimate_of(hole.length_s, hole.u_s, observations.digest, measurement.id), "",
        fmt::format("Largest hole around the press at {:.6f} s: from {:.6f} s to {:.6f} s.", session.press.s, hole.from_s, hole.to_s), true,
        hole_budget(hole));
  }
}

}  // namespace saksi::judge
