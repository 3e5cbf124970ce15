#include "judge/measure/exposure_settling.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "judge/measure/settling.h"

namespace saksi::judge {

namespace {

constexpr double kBlack = 16;
constexpr double kChange = 0.2, kLeastSteps = 8;  ///< of mean luma: what is a change of the light
constexpr double kSettled = 0.1;

}  // namespace

void measure_exposure_settling(const Observations& observations, Measurement& measurement) {
  measurement.reason = "the light did not change in any clip";
  for (const StoredClip& clip : observations.card.clips) {
    const TimedFrames timed = timed_frames(clip);
    std::vector<double> lumas;  // above black
    for (const size_t frame : timed.frames) lumas.push_back(std::max(0.0, clip.frames[frame].mean_luma - kBlack));
    const auto level = [&lumas](size_t begin, size_t end) {
      return median_of({lumas.begin() + static_cast<std::ptrdiff_t>(begin), lumas.begin() + static_cast<std::ptrdiff_t>(end)});
    };
    const auto changes = [&](size_t before, size_t frame) {
      const double was = level(before, frame), by = std::abs(lumas[frame] - was);
      return by > kChange * was && by > kLeastSteps;
    };
    const auto rests = [&](size_t frame, size_t begin, size_t end) {
      const double comes_to = level(begin, end);
      return std::abs(lumas[frame] - comes_to) <= kSettled * comes_to;
    };
    for (const Settling& settling : find_settlings(timed.times_s, changes, rests)) {
      const std::string what = fmt::format("The light changed before the frame at {:.6f} s of {}, from {:.0f} to {:.0f} steps of luma above black",
                                           timed.times_s[settling.change], clip.file, lumas[settling.change - 1], lumas[settling.change]);
      const size_t rest = settling.rest.value_or(settling.change);
      const std::string at_rest = fmt::format("from the frame at {:.6f} s on it is within a tenth of {:.0f}.", timed.times_s[rest], lumas[rest]);
      add_settling(settling, {what, at_rest, "settled"}, clip.file, observations.digest, measurement);
    }
  }
}

}  // namespace saksi::judge
