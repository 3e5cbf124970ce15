#include "judge/measure/frame_jitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace saksi::judge {

namespace {

constexpr char kTooFew[] = "no clip has two frames whose light code can be read";

/// The frames of a clip whose times are known, undamaged.
std::vector<size_t> timed_frames(const StoredClip& clip) {
  std::vector<size_t> frames;
  for (size_t i = 0; i < clip.frames.size(); ++i) {
    if (clip.photon.frames[i].known && !clip.frames[i].damaged) frames.push_back(i);
  }
  return frames;
}

/// How much later a frame is shown than it was exposed, both counted from another one.
Interval lateness_s(const StoredClip& clip, size_t from, size_t to) {
  const double shown_s = clip.frames[to].pts_s - clip.frames[from].pts_s;
  const Interval exposed = clip.photon.distance_s(from, to);
  return {shown_s - exposed.high, shown_s - exposed.low};
}

/// Two frames of one stretch, as far apart as any.
struct Span {
  size_t from = 0, to = 0;
};
std::optional<Span> longest_stretch(const StoredClip& clip) {
  std::optional<Span> longest;
  const std::vector<size_t> frames = timed_frames(clip);
  for (size_t a = 0; a < frames.size(); ++a) {
    size_t b = a;
    while (b + 1 < frames.size() && clip.photon.frames[frames[b + 1]].stretch == clip.photon.frames[frames[a]].stretch) ++b;
    const bool is_stretch = clip.photon.frames[frames[a]].stretch >= 0 && b > a;
    if (is_stretch && (!longest || frames[b] - frames[a] > longest->to - longest->from)) longest = Span{frames[a], frames[b]};
    a = b;
  }
  return longest;
}

}  // namespace

void measure_frame_jitter(const Observations& observations, Measurement& measurement) {
  measurement.reason = kTooFew;
  for (const StoredClip& clip : observations.card.clips) {
    const std::vector<size_t> frames = timed_frames(clip);
    Interval largest{0, 0};
    size_t worst = 0;
    for (size_t i = 1; i < frames.size(); ++i) {
      const Interval off = lateness_s(clip, frames[i - 1], frames[i]);
      const double least = std::max({0.0, off.low, -off.high}), most = std::max(off.high, -off.low);
      if (most > largest.high) worst = frames[i];
      largest = {std::max(largest.low, least), std::max(largest.high, most)};
    }
    if (frames.size() < 2) continue;
    measurement.add_sample({largest.middle(), largest.half_width()}, clip.file,
                           fmt::format("Largest from the frame before to frame {} of {}.", worst, clip.file), true,
                           {{"frame_period", "rectangular", largest.half_width() / std::sqrt(3.0)}});
  }
}

void measure_frames_late(const Observations& observations, Measurement& measurement) {
  measurement.reason = kTooFew;
  double total = 0, doubt = 0;
  for (const StoredClip& clip : observations.card.clips) {
    const std::vector<size_t> frames = timed_frames(clip);
    if (frames.size() < 2 || clip.photon.stretch_periods_s.empty()) continue;
    const double half_period_s = clip.photon.stretch_periods_s.front().middle() / 2;
    double late = 0;
    for (size_t i = 1; i < frames.size(); ++i) {
      const Interval off = lateness_s(clip, frames[0], frames[i]);
      const bool is_late = off.middle() > half_period_s;
      if ((off.low > half_period_s) != (off.high > half_period_s)) ++doubt;
      if (is_late && total + late == 0) {
        measurement.clip = clip.file;
        measurement.explain = fmt::format("Frame {} of {} is the first that is shown late, by {:.6f} s.", frames[i], clip.file, off.middle());
      }
      late += is_late ? 1 : 0;
    }
    measurement.samples.push_back(late);
    total += late;
  }
  if (measurement.samples.empty()) return;
  measurement.value = total;
  measurement.uncertainty = doubt;
  if (measurement.explain.empty()) measurement.explain = "No frame is shown late.";
}

void measure_clock_drift(const Observations& observations, Measurement& measurement) {
  constexpr double kDayS = 86'400;
  measurement.reason = kTooFew;
  double worst = -1;
  for (const StoredClip& clip : observations.card.clips) {
    const std::optional<Span> span = longest_stretch(clip);
    if (!span) continue;
    const double shown_s = clip.frames[span->to].pts_s - clip.frames[span->from].pts_s;
    const Interval exposed = clip.photon.distance_s(span->from, span->to);
    if (!(exposed.low > 0)) continue;
    const Interval drift{kDayS * (shown_s / exposed.high - 1), kDayS * (shown_s / exposed.low - 1)};
    const Estimate estimate = estimate_of(drift, 0, observations.digest, measurement.id);
    measurement.samples.push_back(estimate.value);
    if (std::abs(estimate.value) <= worst) continue;
    worst = std::abs(estimate.value);
    measurement.value = estimate.value;
    measurement.uncertainty = estimate.uncertainty;
    measurement.clip = clip.file;
    measurement.explain = fmt::format("{}: {:.6f} s of the file from frame {} to frame {}, {:.6f} s of the bench.", clip.file, shown_s, span->from,
                                      span->to, exposed.middle());
    measurement.budget = {{"frame_period", "rectangular", drift.half_width() / std::sqrt(3.0)}};
  }
}

}  // namespace saksi::judge
