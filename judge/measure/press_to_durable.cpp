#include "judge/measure/press_to_durable.h"

#include <fmt/format.h>

#include <cmath>

#include "judge/measure/durable_frames_at_cut.h"
#include "judge/measure/frame_pool.h"

namespace saksi::judge {

namespace {

/// Half a range that nothing is known of but that the value lies in it.
Budget range_budget(double width_s, double bench_u) {
  return {{"time_of_cut", "rectangular", width_s / std::sqrt(12.0)}, {"bench_clock", "normal", bench_u}};
}

/// Takes in what a cut `after_s` after the moment says: something was left by then, or not yet.
void add_cut(bool kept, double after_s, double bench_u, const std::string& what, Measurement& measurement) {
  if (kept) {
    measurement.add_sample({after_s / 2, after_s / 2}, "", fmt::format("Supply cut {:.6f} s after {}: a frame of it is left.", after_s, what), true,
                           range_budget(after_s, bench_u));
  } else {
    measurement.samples.push_back(after_s);
    measurement.add_at_least(after_s, fmt::format("Supply cut {:.6f} s after {}: no frame of it is left.", after_s, what));
  }
}

/// The card as it was after the supply cut that ended a session; nullptr, with the reason, if there was none or no image was kept.
const CardContents* card_after(const Session& session, const Timeline& timeline, const Observations& observations, std::string& reason) {
  for (const Cut& cut : timeline.cuts()) {
    if (!session.cut_short || !cut.is_supply || cut.s != session.until_s) continue;
    const auto snapshot = observations.snapshots.find(cut.snapshot);
    if (snapshot != observations.snapshots.end()) return &snapshot->second;
    reason = fmt::format("the recording holds no card image of the cut at {:.6f} s", cut.s);
  }
  return nullptr;
}

enum class Left { kFrame, kNothing, kUnknown };

/// Whether a frame of what came after the press plays.
Left left_after(const CardContents& card, double press_s) {
  const FramePool pool(card);
  bool doubtful = pool.untimed() > 0;
  for (const TimedFrame& frame : pool.frames()) {
    if (frame.time_s.low >= press_s) return Left::kFrame;
    doubtful = doubtful || frame.time_s.high >= press_s;
  }
  return doubtful ? Left::kUnknown : Left::kNothing;
}

}  // namespace

void measure_press_to_durable(const Observations& observations, Measurement& measurement) {
  const Timeline timeline(*observations.recording, observations.claims);
  measurement.reason = "no supply cut came while a recording was wanted";
  for (const Session& session : timeline.sessions()) {
    const CardContents* card = card_after(session, timeline, observations, measurement.reason);
    if (card == nullptr) continue;
    const Left left = left_after(*card, session.press.s);
    if (left == Left::kUnknown) {
      measurement.reason = "the last frames that are left may have been exposed before the press or after it";
      continue;
    }
    add_cut(left == Left::kFrame, session.until_s - session.press.s, session.press.u_s, "the press", measurement);
  }
}

void measure_led_to_durable(const Observations& observations, Measurement& measurement) {
  for (const LitCut& cut : lit_cuts(observations, measurement.reason)) {
    add_cut(cut.frames >= 1, cut.since_lit_s, 0, "the recording LED was lit", measurement);
  }
}

}  // namespace saksi::judge
