#ifndef SAKSI_JUDGE_MEASURE_MEASUREMENT_H_
#define SAKSI_JUDGE_MEASURE_MEASUREMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "judge/measure/observations.h"

namespace saksi::judge {

/// A number that was measured, or why it could not be.
struct Measurement {
  std::string id;
  std::string unit;                ///< "s", or "1" for counts
  std::optional<double> value;     ///< the worst of `samples`
  double uncertainty = 0;          ///< half-width of the interval that holds the true value with the probability `coverage`
  double coverage = 0.95;
  std::optional<double> at_least;  ///< set instead of a value when what was waited for had not come by the end: the true value is not below
  std::vector<double> samples;     ///< one for each press, clip or cut
  std::string clip;                ///< the clip that the value comes from
  std::string explain;             ///< how the value came about, in a sentence
  std::string reason;              ///< why there is no value
  bool impossible_here = false;    ///< there is no value because this kind of input cannot hold it (a bare clip has no button press)
};

struct MeasurementKind {
  const char* id;
  const char* unit;
  Measurement (*measure)(const Observations&);
};

/// All measurements, in the order in which they are reported.
const std::vector<MeasurementKind>& measurement_kinds();

/// nullptr if there is none of that id.
const MeasurementKind* find_measurement_kind(const std::string& id);

}  // namespace saksi::judge

#endif
