#ifndef SAKSI_JUDGE_MEASURE_MEASUREMENT_H_
#define SAKSI_JUDGE_MEASURE_MEASUREMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "judge/measure/budget.h"
#include "judge/measure/observations.h"
#include "judge/measure/uncertainty.h"

namespace saksi::judge {

/// A number that was measured, or why it could not be.
struct Measurement {
  std::string id;
  std::string unit;                ///< "s", "s/d" (seconds a day), or "1" for counts
  std::optional<double> value;     ///< the worst of `samples`
  double uncertainty = 0;          ///< half-width of the interval that holds the true value with a probability of 95 %
  Budget budget;                   ///< what the uncertainty of `value` comes from; empty for counts
  std::optional<double> at_least;  ///< set instead of a value when what was waited for had not come by the end: the true value is not below
  std::vector<double> samples;     ///< one for each press, clip or cut
  std::string clip;                ///< the clip that the value comes from
  std::string explain;             ///< how the value came about, in a sentence
  std::string reason;              ///< why there is no value
  bool impossible_here = false;    ///< there is no value because this kind of input cannot hold it (a bare clip has no button press)

  /// Takes in one more sample and keeps the worst: the largest, or, for things that one wants much of, the smallest.
  void add_sample(const Estimate& sample, const std::string& from_clip, const std::string& sentence, bool larger_is_worse = true,
                  const Budget& its_budget = {});
  /// Takes in that something had not happened after so long; worse than any sample that is less.
  void add_at_least(double value_s, const std::string& sentence);
};

/// What a measurement is and how it is taken.
struct MeasurementKind {
  const char* id;
  const char* unit;
  bool needs_events;   ///< it needs events.jsonl, so a bare card or clip cannot give it
  bool needs_picture;  ///< it rests on what pictures show, that is on their light code
  void (*measure)(const Observations&, Measurement&);
};

/// All measurements, in the order in which they are reported.
const std::vector<MeasurementKind>& measurement_kinds();

/// nullptr if there is none of that id.
const MeasurementKind* find_measurement_kind(const std::string& id);

/// Takes one measurement, or says why it cannot be taken.
Measurement measure(const MeasurementKind& kind, const Observations& observations);

}  // namespace saksi::judge

#endif
