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

/// One page with a line for each run.
std::string suite_page(const std::vector<SuiteRun>& runs, const std::string& lang);

}  // namespace saksi::report

#endif
