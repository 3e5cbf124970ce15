#include "judge/measure/pts_error.h"

#include <fmt/format.h>

#include <algorithm>

namespace saksi::judge {

namespace {

/// Between which values the largest error of a clip lies.
struct Largest {
  Interval error_s{0, 0};
  size_t frame = 0;
};

std::optional<Largest> largest_error(const StoredClip& clip) {
  std::optional<size_t> first;
  std::optional<Largest> largest;
  for (size_t i = 0; i < clip.frames.size(); ++i) {
    if (!clip.photon.frames[i].known || clip.frames[i].damaged) continue;
    if (!first) {
      first = i;
      continue;
    }
    if (!largest) largest = Largest{};
    const double stated_s = clip.frames[i].pts_s - clip.frames[*first].pts_s;
    const Interval photon = clip.photon.distance_s(*first, i);
    const Interval error{photon.low - stated_s, photon.high - stated_s};
    const double least = std::max({0.0, error.low, -error.high});
    const double most = std::max(error.high, -error.low);
    if (least + most > largest->error_s.low + largest->error_s.high) largest->frame = i;
    largest->error_s.low = std::max(largest->error_s.low, least);
    largest->error_s.high = std::max(largest->error_s.high, most);
  }
  return largest;
}

}  // namespace

void measure_pts_error(const Observations& observations, Measurement& measurement) {
  for (const StoredClip& clip : observations.card.clips) {
    const std::optional<Largest> largest = largest_error(clip);
    if (!largest) continue;
    // The largest of many errors lies near the lower end when the file is right, so the whole interval is stated, not 95 % of it.
    measurement.add_sample({largest->error_s.middle(), largest->error_s.half_width()}, clip.file,
                           fmt::format("Largest at frame {} of {}, against the clip's first frame.", largest->frame, clip.file));
  }
  if (measurement.samples.empty()) measurement.reason = "no clip has two frames whose light code can be read";
}

}  // namespace saksi::judge
