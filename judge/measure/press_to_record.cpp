#include "judge/measure/press_to_record.h"

#include <fmt/format.h>

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

std::string explain(const FramePool& pool, const Session& session) {
  const TimedFrame* first = pool.first_between(session.press.s, session.until_s);
  std::string text = fmt::format("Press at {:.6f} s", session.press.s);
  if (first != nullptr) text += fmt::format("; first stored frame after it: {}, exposed at {:.6f} s", pool.name(*first), first->time_s.middle());
  text += ".";
  if (const TimedFrame* doubtful = doubtful_frame(pool, session.press)) {
    text += fmt::format(" Whether {} was exposed before or after the press lies within its uncertainty, which is therefore wide.", pool.name(*doubtful));
  }
  return text;
}

}  // namespace

void measure_press_to_record(const Observations& observations, Measurement& measurement) {
  const Timeline timeline(*observations.recording, observations.claims);
  const FramePool pool(observations.card);
  if (timeline.sessions().empty()) measurement.reason = "no press that starts a recording";
  for (const Session& session : timeline.sessions()) {
    const Model model = [&](double place, double normal) {
      return first_after(pool, session.press.s + session.press.u_s * normal, session.until_s, place);
    };
    const std::optional<Estimate> estimate = propagate(model, observations.digest, measurement.id);
    if (estimate) {
      const TimedFrame* first = pool.first_between(session.press.s, session.until_s);
      measurement.add_sample(*estimate, first != nullptr ? pool.file(*first) : "", explain(pool, session));
    } else if (pool.untimed() > 0) {
      measurement.reason = fmt::format("the light code of {} stored frames cannot be read, and no other frame follows the press", pool.untimed());
    } else {
      measurement.add_at_least(session.until_s - session.press.s,
                               fmt::format("Press at {:.6f} s; no frame was stored until {:.6f} s.", session.press.s, session.until_s));
    }
  }
}

}  // namespace saksi::judge
