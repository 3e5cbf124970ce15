#ifndef SAKSI_REPORTS_SVG_BATTERY_H_
#define SAKSI_REPORTS_SVG_BATTERY_H_

#include <string>

#include "reports/language.h"
#include "reports/report_input.h"

namespace saksi::report {

/// Volts and milliamperes of each rail over the scenario, as an SVG element. Empty if no rail was watched.
std::string svg_battery(const ReportInput& input, const Language& lang);

}  // namespace saksi::report

#endif
