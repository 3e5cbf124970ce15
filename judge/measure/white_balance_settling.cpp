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
      const std::string sentence = fmt::format(
          "The colour changed before the frame at {:.6f} s of {}, from a tint of {:.3f}, {:.3f} (Cb, Cr in parts of luma) to {:.3f}, {:.3f}",
          timed.times_s[change], clip.file, tint.blue[change - 1], tint.red[change - 1], tint.blue[change], tint.red[change]);
      if (!settling.rest) {
        measurement.add_at_least(settling.waited_s, sentence + "; it had not come to rest by the end.");
        continue;
      }
      measurement.add_sample(estimate_of({settling.waited_s, settling.waited_s + settling.period_s}, 0, observations.digest, measurement.id),
                             clip.file,
                             fmt::format("{}; from the frame at {:.6f} s on it rests at {:.3f}, {:.3f}.", sentence, timed.times_s[*settling.rest],
                                         tint.blue[*settling.rest], tint.red[*settling.rest]),
                             true, {{"frame_quantisation", "rectangular", settling.period_s / std::sqrt(12.0)}});
    }
  }
}

}  // namespace saksi::judge
