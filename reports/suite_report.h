#ifndef SAKSI_REPORTS_SUITE_REPORT_H_
#define SAKSI_REPORTS_SUITE_REPORT_H_

#include <string>
#include <vector>

#include "reports/report_input.h"

namespace saksi::report {

/// A run in a suite's page.
struct SuiteRun {
  ReportInput input;
  std::string link;  ///< to its report.html, relative to the page
};

/// One page with a line for each run. With a `claim` (claims.json) its section comes first, and its verdict is one more of those that the
/// page's is the worst of.
std::string suite_page(const std::vector<SuiteRun>& runs, const std::string& lang, const Json& claim = Json());

}  // namespace saksi::report

#endif
