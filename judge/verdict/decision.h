#ifndef SAKSI_JUDGE_VERDICT_DECISION_H_
#define SAKSI_JUDGE_VERDICT_DECISION_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "judge/verdict/requirement.h"

namespace saksi::judge {

/// A requirement held against its measurement.
struct Decision {
  ExitCode verdict;
  std::string reason;            ///< of every verdict that is not plain from value and limit; else empty
  nlohmann::ordered_json limit;  ///< with the numbers that the bounds came to
};

/// The rule (ILAC-G8:09/2019 with a guard band of the whole uncertainty on both sides): pass if the interval value +- uncertainty lies within
/// the limit, fail if it lies beyond, inconclusive if the limit lies inside it. What had not come by the end fails if the wait is beyond the limit already.
/// Not offered if the device does not claim what the requirement is about. `all` are the measurements that bounds may refer to.
Decision decide(const Requirement& requirement, const Measurement& measurement, const std::vector<Measurement>& all, const Claims& claims);

/// The number as it is stored: rounded to a millionth.
double rounded(double value);

}  // namespace saksi::judge

#endif
