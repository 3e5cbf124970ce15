#include "judge/measure/exposure_settling.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace saksi::judge {

namespace {

constexpr double kBlack = 16;
constexpr double kChange = 0.2, kLeastSteps = 8;  ///< of mean luma: what is a change of the light
constexpr double kSettled = 0.1;
constexpr size_t kBefore = 5;   ///< frames that a change is told against
constexpr double kWindowS = 1;  ///< in which the level that is come to is taken
constexpr double kQuietS = 2;   ///< after a change: what happens in it belongs to it

/// A frame's mean luma above black, and when it was exposed.
struct Level {
  double luma;
  double time_s;
};

std::vector<Level> levels_of(const StoredClip& clip) {
  std::vector<Level> levels;
  for (size_t i = 0; i < clip.frames.size(); ++i) {
    const FrameTime& time = clip.photon.frames[i];
    if (!clip.frames[i].damaged && time.known) levels.push_back({std::max(0.0, clip.frames[i].mean_luma - kBlack), time.time_s.middle()});
  }
  return levels;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double median_of(const std::vector<Level>& levels, size_t begin, size_t end) {
  std::vector<double> lumas;
  for (size_t i = begin; i < end; ++i) lumas.push_back(levels[i].luma);
  return median(lumas);
}

/// The first frames that show a change of the light.
std::vector<size_t> changes_of(const std::vector<Level>& levels) {
  std::vector<size_t> changes;
  for (size_t i = kBefore; i < levels.size(); ++i) {
    if (!changes.empty() && levels[i].time_s < levels[changes.back()].time_s + kQuietS) continue;
    const double before = median_of(levels, i - kBefore, i), by = std::abs(levels[i].luma - before);
    if (by > kChange * before && by > kLeastSteps) changes.push_back(i);
  }
  return changes;
}

}  // namespace

void measure_exposure_settling(const Observations& observations, Measurement& measurement) {
  measurement.reason = "the light did not change in any clip";
  for (const StoredClip& clip : observations.card.clips) {
    const std::vector<Level> levels = levels_of(clip);
    const std::vector<size_t> changes = changes_of(levels);
    for (size_t c = 0; c < changes.size(); ++c) {
      // The frame before the next change may have been exposed into it.
      const size_t change = changes[c], end = c + 1 < changes.size() ? changes[c + 1] - 1 : levels.size();
      size_t last = end - 1;
      while (last > change && levels[last].time_s > levels[end - 1].time_s - kWindowS) --last;
      const double level = median_of(levels, last, end);
      size_t settled = end;
      while (settled > change && std::abs(levels[settled - 1].luma - level) <= kSettled * level) --settled;
      const double changed_s = levels[change].time_s, period_s = changed_s - levels[change - 1].time_s;
      const std::string sentence =
          fmt::format("The light changed before the frame at {:.6f} s of {}, from {:.0f} to {:.0f} steps of luma above black", changed_s, clip.file,
                      levels[change - 1].luma, levels[change].luma);
      if (levels[end - 1].time_s - changed_s < kWindowS || settled == end || settled > last + 1) {
        measurement.add_at_least(levels[end - 1].time_s - changed_s, sentence + "; it had not settled by the end.");
        continue;
      }
      const double wait_s = levels[settled].time_s - changed_s;
      measurement.add_sample(
          estimate_of({wait_s, wait_s + period_s}, 0, observations.digest, measurement.id), clip.file,
          fmt::format("{}; from the frame at {:.6f} s on it is within a tenth of {:.0f}.", sentence, levels[settled].time_s, level), true,
          {{"frame_quantisation", "rectangular", period_s / std::sqrt(12.0)}});
    }
  }
}

}  // namespace saksi::judge
