#include "judge/measure/press_to_record.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/measure/frame_pool.h"

namespace saksi::judge {

namespace {

// A normal error is not looked for beyond this many standard deviations.
constexpr double kReach = 6;

/// The first frame at or after the press for one draw of the errors: frames of a clip err together, so one draw places them all.
std::optional<double> first_after(const FramePool& pool, double press_s, double until_s, double place) {
  for (const TimedFrame& frame : pool.frames()) {
    const double time = frame.time_s.low + place * (frame.time_s.high - frame.time_s.low);
    if (time >= until_s) break;
    if (time >= press_s) return time - press_s;
  }
  return std::nullopt;
}

/// The frame that may lie on either side of the press; nullptr if there is none.
const TimedFrame* doubtful_frame(const FramePool& pool, const Moment& press) {
  for (const TimedFrame& frame : pool.frames()) {
    if (frame.time_s.low < press.s + kReach * press.u_s && frame.time_s.high >= press.s - kReach * press.u_s) return &frame;
  }
  return nullptr;
}

/// Frames a and b are told apart so well that the chance of a press falling in doubt, and then the wrong one being taken, is small
/// against the 5 % that a stated interval may miss: with half-widths up to a tenth of the frames' distance it is at most 2.5 %.
bool well_resolved(const FramePool& pool, const TimedFrame& frame) {
  constexpr double kResolved = 0.1;
  const TimedFrame* next = &frame + 1;
  if (next == pool.frames().data() + pool.frames().size()) return false;
  return frame.time_s.half_width() <= kResolved * (next->time_s.middle() - frame.time_s.middle());
}

std::string explain(const FramePool& pool, const Session& session) {
  const TimedFrame* first = pool.first_between(session.press.s, session.until_s);
  std::string text = fmt::format("Press at {:.6f} s", session.press.s);
  if (first != nullptr) text += fmt::format("; first stored frame after it: {}, exposed at {:.6f} s", pool.name(*first), first->time_s.middle());
  text += ".";
  if (const TimedFrame* doubtful = doubtful_frame(pool, session.press)) {
    text += fmt::format(" Whether {} was exposed before or after the press lies within its uncertainty; {}.", pool.name(*doubtful),
                        well_resolved(pool, *doubtful) ? "the likelier is taken" : "the interval spans both");
  }
  return text;
}

}  // namespace

void measure_press_to_record(const Observations& observations, Measurement& measurement) {
  const Timeline timeline(*observations.recording, observations.claims);
  const FramePool pool(observations.card);
  if (timeline.sessions().empty()) measurement.reason = "no press that starts a recording";
  for (const Session& session : timeline.sessions()) {
    const TimedFrame* first = pool.first_between(session.press.s, session.until_s);
    // A frame of an unknown time that is stored before it may have been exposed after the press as well.
    if (first != nullptr && first->unknown_before > 0) {
      measurement.reason = pool.unknown_beside(*first);
      continue;
    }
    const TimedFrame* doubtful = doubtful_frame(pool, session.press);
    const TimedFrame* likelier = doubtful != nullptr && well_resolved(pool, *doubtful) ? first : nullptr;
    const Model model = [&](double place, double normal) -> std::optional<double> {
      if (likelier != nullptr) {
        const double time = likelier->time_s.low + place * (likelier->time_s.high - likelier->time_s.low);
        return std::max(0.0, time - session.press.s - session.press.u_s * normal);
      }
      return first_after(pool, session.press.s + session.press.u_s * normal, session.until_s, place);
    };
    const std::optional<Estimate> estimate = propagate(model, observations.digest, measurement.id);
    if (estimate) {
      measurement.add_sample(*estimate, first != nullptr ? pool.file(*first) : "", explain(pool, session), true,
                             first != nullptr ? frame_budget(first->budget, session.press.u_s) : Budget());
    } else if (pool.untimed() > 0) {
      measurement.reason = fmt::format("the light code of {} stored frames cannot be read, and no other frame follows the press", pool.untimed());
    } else {
      measurement.add_at_least(session.until_s - session.press.s,
                               fmt::format("Press at {:.6f} s; no frame was stored until {:.6f} s.", session.press.s, session.until_s));
    }
  }
}

}  // namespace saksi::judge
