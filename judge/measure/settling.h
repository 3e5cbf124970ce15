#ifndef SAKSI_JUDGE_MEASURE_SETTLING_H_
#define SAKSI_JUDGE_MEASURE_SETTLING_H_

#include <optional>
#include <string>
#include <vector>

#include "judge/measure/measurement.h"
#include "judge/measure/observations.h"

namespace saksi::judge {

/// How long something that each frame shows took to come to rest after a change.
struct Settling {
  size_t change;               ///< the first frame that shows it
  double waited_s;             ///< to the first frame from which on it is at rest; if it never came to that, to the last one that was looked at
  double period_s;             ///< from the frame before the change: when in it the change was is not known
  std::optional<size_t> rest;  ///< that frame; nullopt if there is none
};

/// When a change counts, and what comes after it.
struct SettlingRules {
  static constexpr size_t kBefore = 5;     ///< frames that a change is told against
  static constexpr double kWindowS = 1;    ///< at the end, in which the value that it comes to is taken
  static constexpr double kQuietS = 2;     ///< after a change: what happens in it belongs to it
  static constexpr double kLongestS = 10;  ///< after a change that is looked at: what moves in the scene changes pictures, too
};

/// Finds the changes of a clip, and after each the first frame from which on all to the end (of the clip, of the time that is looked at, or the frame
/// before the next change) are at rest. `is_change(before, frame)` compares a frame with the frames [before, frame); `is_at_rest(frame, begin, end)`
/// with what it comes to, that is with the frames [begin, end).
template <typename IsChange, typename IsAtRest>
std::vector<Settling> find_settlings(const std::vector<double>& times_s, const IsChange& is_change, const IsAtRest& is_at_rest) {
  using Rules = SettlingRules;
  std::vector<size_t> changes;
  for (size_t i = Rules::kBefore; i < times_s.size(); ++i) {
    if (!changes.empty() && times_s[i] < times_s[changes.back()] + Rules::kQuietS) continue;
    if (is_change(i - Rules::kBefore, i)) changes.push_back(i);
  }
  std::vector<Settling> found;
  for (size_t c = 0; c < changes.size(); ++c) {
    // The frame before the next change may have been exposed into it.
    const size_t change = changes[c];
    size_t end = c + 1 < changes.size() ? changes[c + 1] - 1 : times_s.size();
    while (times_s[end - 1] > times_s[change] + Rules::kLongestS) --end;
    size_t last = end - 1;
    while (last > change && times_s[last] > times_s[end - 1] - Rules::kWindowS) --last;
    size_t rest = end;
    while (rest > change && is_at_rest(rest - 1, last, end)) --rest;
    Settling settling{change, times_s[end - 1] - times_s[change], times_s[change] - times_s[change - 1], {}};
    if (settling.waited_s >= Rules::kWindowS && rest != end && rest <= last + 1) {
      settling.rest = rest;
      settling.waited_s = times_s[rest] - times_s[change];
    }
    found.push_back(settling);
  }
  return found;
}

/// The frames of a clip that are sound and whose times are known, and these times.
struct TimedFrames {
  std::vector<size_t> frames;
  std::vector<double> times_s;
};
TimedFrames timed_frames(const StoredClip& clip);

/// Adds one to a measurement: `what` changed, and how it is at rest, or, if it never was, what it had not done by the end.
struct SettlingWords {
  std::string what, at_rest, not_done;
};
void add_settling(const Settling& settling, const SettlingWords& words, const std::string& clip, const std::string& digest, Measurement& measurement);

double median_of(std::vector<double> values);

}  // namespace saksi::judge

#endif
