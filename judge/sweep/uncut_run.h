#ifndef SAKSI_JUDGE_SWEEP_UNCUT_RUN_H_
#define SAKSI_JUDGE_SWEEP_UNCUT_RUN_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "judge/measure/observations.h"
#include "judge/sweep/card_facts.h"

namespace saksi::judge {

/// A unit of a clip that the run without a cut left, and from when on it was safe.
struct UncutUnit {
  std::string id;
  size_t frames = 0;
  size_t durable_at = 0;          ///< after so many writes an outside reader finds it on the card, whatever happens to the camera then
  std::vector<double> exposed_s;  ///< of its frames, on the recording's time axis; empty where the light code does not tell
};

struct UncutFile {
  std::string path;
  std::string content;
  static constexpr size_t kNever = SIZE_MAX;
  size_t complete_at = 0;  ///< after so many writes it has the size and bytes that it keeps to the end; kNever: it was still being recorded then
  std::vector<UncutUnit> units;
};

/// While the recording LED was lit.
struct LitSpan {
  double from_s;
  double to_s;
  double press_s;  ///< the press that it answers
};

/// What the run without a cut left, and when: what a run with a cut is held against.
struct UncutRun {
  std::vector<UncutFile> files;
  std::set<std::string> older_units;  ///< ids of units on the card as the run found it
  std::vector<double> durable_s;      ///< when each write became durable, in order
  std::vector<LitSpan> lit;
  bool ends_recording = false;  ///< a clip of which nothing could be read yet may have been on its way to the card
  double frame_period_s = 0;    ///< as claimed; 0 if the device claims none
  double end_s = 0;

  /// The card is the same from the instant at which write `cut` - 1 became durable until write `cut` does.
  double from_s(size_t cut) const { return cut == 0 ? 0 : durable_s[cut - 1]; }
  double to_s(size_t cut) const { return cut < durable_s.size() ? durable_s[cut] : end_s; }
};

/// What is on the card after the first `writes` writes, as an outside reader sees it.
using CardAt = std::function<CardFacts(size_t writes)>;

/// Finds for each file and unit of the last card since when it has been there, by bisection: what is there stays there, since the run was not cut.
/// `run` must be a recording with events.
UncutRun describe_uncut_run(const Observations& run, const CardAt& card_at, std::vector<double> durable_s);

}  // namespace saksi::judge

#endif
