#ifndef SAKSI_REPORTS_JUNIT_H_
#define SAKSI_REPORTS_JUNIT_H_

#include <string>
#include <vector>

#include "reports/report_input.h"

namespace saksi::report {

/// JUnit XML: a testsuite for each run, a testcase for each requirement. fail is a <failure>; inconclusive and not-offered are <skipped>
/// with the reason; an infra-error is an <error>, on a testcase of its own when no requirement could be judged.
/// With a `claim` (claims.json) one more testsuite, "claim", that has its requirement.
std::string junit(const std::vector<ReportInput>& runs, const Json& claim = Json());

/// Writes it. Throws UsageError if the file cannot be written.
void write_junit(const std::string& path, const std::vector<ReportInput>& runs, const Json& claim = Json());

}  // namespace saksi::report

#endif
