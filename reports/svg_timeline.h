#ifndef SAKSI_REPORTS_SVG_TIMELINE_H_
#define SAKSI_REPORTS_SVG_TIMELINE_H_

#include <string>

#include "reports/language.h"
#include "reports/report_input.h"

namespace saksi::report {

/// What happened when, drawn over the whole scenario: bench, LEDs, stored video, card writes. Empty without a recording.
std::string svg_timeline(const ReportInput& input, const Language& lang);

/// The same for one second either side of the first press, with single pictures and exposures. Empty without a press.
std::string svg_timeline_at_press(const ReportInput& input, const Language& lang);

/// What the marks mean, as an HTML list.
std::string timeline_legend(const ReportInput& input, const Language& lang);

}  // namespace saksi::report

#endif
