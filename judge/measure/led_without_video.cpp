#include "judge/measure/led_without_video.h"

#include <fmt/format.h>

#include <cmath>

#include "base/recording_format.h"
#include "judge/measure/frame_pool.h"

namespace saksi::judge {

namespace {

/// One end of a stretch of time without a frame: a frame, or a moment of the LED.
struct End {
  const TimedFrame* frame = nullptr;
  Moment moment{0, 0};

  Interval time_s() const { return frame != nullptr ? frame->time_s : Interval{moment.s, moment.s}; }
  double u_s() const { return frame != nullptr ? 0 : moment.u_s; }
};

struct Hole {
  End from, to;
  Interval length_s{0, 0};
  std::string doubt;  ///< why stored frames may lie in it all the same: their times are not known
};

std::string doubt_between(const FramePool& pool, const End& from, const End& to) {
  if (from.frame != nullptr && from.frame->unknown_after > 0) return pool.unknown_beside(*from.frame);
  if (to.frame != nullptr && to.frame->unknown_before > 0) return pool.unknown_beside(*to.frame);
  return pool.unknown_clip();
}

Hole hole_between(const FramePool& pool, const End& from, const End& to) {
  const bool of_frames = from.frame != nullptr && to.frame != nullptr;
  const Interval a = from.time_s();
  const Interval b = to.time_s();
  const Interval length_s = of_frames ? pool.distance_s(*from.frame, *to.frame) : Interval{b.low - a.high, b.high - a.low};
  return {from, to, length_s, doubt_between(pool, from, to)};
}

void keep_longer(Hole& so_far, const Hole& hole) {
  if (so_far.length_s.high == 0 || hole.length_s.middle() > so_far.length_s.middle()) so_far = hole;
}

/// The longest; where frames of unknown times may fill it, the true one is at least the longest that they cannot fill.
Hole longest_hole(const FramePool& pool, const LitStretch& lit) {
  Hole longest, certain;
  End from{nullptr, lit.from};
  const auto take = [&](const End& to) {
    const Hole hole = hole_between(pool, from, to);
    keep_longer(longest, hole);
    if (hole.doubt.empty()) keep_longer(certain, hole);
    from = to;
  };
  for (const TimedFrame& frame : pool.frames()) {
    const double middle = frame.time_s.middle();
    if (middle > lit.from.s && middle < lit.until.s) take({&frame, {0, 0}});
  }
  take({nullptr, lit.until});
  if (!longest.doubt.empty()) longest.length_s.low = certain.length_s.low;
  return longest;
}

std::string words(const End& end, const FramePool& pool) {
  if (end.frame != nullptr) return fmt::format("{}, exposed at {:.6f} s,", pool.name(*end.frame), end.frame->time_s.middle());
  return fmt::format("{:.6f} s", end.moment.s);
}

void add_hole(const Hole& hole, const LitStretch& lit, const FramePool& pool, const std::string& digest, Measurement& measurement) {
  const double u = std::hypot(hole.from.u_s(), hole.to.u_s());
  const TimedFrame* frame = hole.from.frame != nullptr ? hole.from.frame : hole.to.frame;
  const Budget budget = {{"frame_period", "rectangular", hole.length_s.half_width() / std::sqrt(3.0)}, {"bench_clock", "normal", u}};
  std::string sentence = fmt::format("Recording LED lit from {:.6f} s to {:.6f} s; the card holds no frame between {} and {}", lit.from.s,
                                     lit.until.s, words(hole.from, pool), words(hole.to, pool));
  sentence += hole.doubt.empty() ? "." : fmt::format("; {}.", hole.doubt);
  measurement.add_sample(estimate_of(hole.length_s, u, digest, measurement.id), frame != nullptr ? pool.file(*frame) : "", sentence, true, budget);
}

}  // namespace

void measure_led_without_video(const Observations& observations, Measurement& measurement) {
  const Timeline timeline(*observations.recording, observations.claims);
  const std::optional<std::string> led = observations.claims.led(recording::kClaimLedRecording);
  if (!led) {
    measurement.reason = "the device claims no recording LED";
    return;
  }
  const FramePool pool(observations.card);
  measurement.reason = "the recording LED was never lit";
  for (const LitStretch& lit : timeline.lit_stretches(*led)) {
    add_hole(longest_hole(pool, lit), lit, pool, observations.digest, measurement);
  }
}

}  // namespace saksi::judge
