#include "judge/measure/durable_frames_at_cut.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/recording_format.h"
#include "judge/measure/frame_pool.h"

namespace saksi::judge {

namespace {

/// Frames that play, of clips that belong to the recording that was cut. A clip belongs to an earlier one if all its frames were exposed
/// before the LED went dark.
double durable_frames(const CardContents& card, double last_dark_s) {
  double frames = 0;
  for (const StoredClip& clip : card.clips) {
    double here = 0;
    double last_s = 0;
    bool timed = false;
    for (size_t i = 0; i < clip.frames.size(); ++i) {
      if (clip.frames[i].damaged) continue;
      here += 1;
      const FrameTime& time = clip.photon.frames[i];
      if (!time.known) continue;
      timed = true;
      last_s = std::max(last_s, time.time_s.high);
    }
    if (last_dark_s == 0 || !timed || last_s > last_dark_s) frames += here;
  }
  return frames;
}

}  // namespace

std::vector<LitCut> lit_cuts(const Observations& observations, std::string& reason) {
  std::vector<LitCut> cuts;
  const Timeline timeline(*observations.recording, observations.claims);
  if (!observations.claims.led(recording::kClaimLedRecording)) {
    reason = "the device claims no recording LED";
    return cuts;
  }
  reason = "no supply cut came while the recording LED was lit";
  for (const Cut& cut : timeline.cuts()) {
    if (!cut.is_supply || !cut.recording_lit) continue;
    const auto snapshot = observations.snapshots.find(cut.snapshot);
    if (snapshot == observations.snapshots.end()) {
      reason = fmt::format("the recording holds no card image of the cut at {:.6f} s", cut.s);
      continue;
    }
    // Which clips are of an earlier recording only the light code in their pictures tells.
    if (!observations.no_picture.empty() && cut.last_dark_s > 0) {
      reason = observations.no_picture;
      continue;
    }
    cuts.push_back({cut.s, cut.s - cut.lit_since_s, durable_frames(snapshot->second, cut.last_dark_s)});
  }
  return cuts;
}

void measure_durable_frames_at_cut(const Observations& observations, Measurement& measurement) {
  for (const LitCut& cut : lit_cuts(observations, measurement.reason)) {
    measurement.add_sample({cut.frames, 0}, "",
                           fmt::format("Supply cut at {:.6f} s, {:.6f} s after the recording LED was lit.", cut.s, cut.since_lit_s), false);
  }
}

}  // namespace saksi::judge
