#include "judge/measure/white_balance_settling.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "judge/measure/settling.h"

namespace saksi::judge {

namespace {

constexpr double kBlack = 16, kNeutral = 128;
constexpr double kDarkest = 4;  ///< of mean luma above black: in the dark a tint is noise
constexpr double kChange = 0.03, kAtRest = 0.015;

/// Of the tint.
struct Tint {
  std::vector<double> blue, red;

  void add(const StoredFrame& frame) {
    const double luma = std::max(kDarkest, frame.mean_luma - kBlack);
    blue.push_back((frame.mean_cb - kNeutral) / luma);
    red.push_back((frame.mean_cr - kNeutral) / luma);
  }
  /// Of a frame from the medians of others.
  double off(size_t frame, size_t begin, size_t end) const {
    const auto part = [&](const std::vector<double>& all) {
      return median_of({all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end)});
    };
    return std::hypot(blue[frame] - part(blue), red[frame] - part(red));
  }
};

}  // namespace

void measure_white_balance_settling(const Observations& observations, Measurement& measurement) {
  measurement.reason = "the light did not change its colour in any clip";
  for (const StoredClip& clip : observations.card.clips) {
    const TimedFrames timed = timed_frames(clip);
    Tint tint;
    for (const size_t frame : timed.frames) tint.add(clip.frames[frame]);
    const auto changes = [&](size_t before, size_t frame) { return tint.off(frame, before, frame) > kChange; };
    const auto rests = [&](size_t frame, size_t begin, size_t end) { return tint.off(frame, begin, end) <= kAtRest; };
    for (const Settling& settling : find_settlings(timed.times_s, changes, rests)) {
      const size_t change = settling.change;
      const std::string what = fmt::format(
          "The colour changed before the frame at {:.6f} s of {}, from a tint of {:.3f}, {:.3f} (Cb, Cr in parts of luma) to {:.3f}, {:.3f}",
          timed.times_s[change], clip.file, tint.blue[change - 1], tint.red[change - 1], tint.blue[change], tint.red[change]);
      const size_t rest = settling.rest.value_or(change);
      const std::string at_rest =
          fmt::format("from the frame at {:.6f} s on it rests at {:.3f}, {:.3f}.", timed.times_s[rest], tint.blue[rest], tint.red[rest]);
      add_settling(settling, {what, at_rest, "come to rest"}, clip.file, observations.digest, measurement);
    }
  }
}

}  // namespace saksi::judge
