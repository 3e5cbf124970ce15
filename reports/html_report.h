#ifndef SAKSI_REPORTS_HTML_REPORT_H_
#define SAKSI_REPORTS_HTML_REPORT_H_

#include <string>

#include "reports/report_input.h"

namespace saksi::report {

/// The whole report as one HTML page that loads nothing from elsewhere.
std::string html_report(const ReportInput& input, const std::string& lang);

/// Writes it. Throws UsageError if the file cannot be written.
void write_report(const std::string& path, const ReportInput& input, const std::string& lang);

}  // namespace saksi::report

#endif
