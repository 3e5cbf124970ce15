#ifndef SAKSI_REPORTS_TIMELINE_H_
#define SAKSI_REPORTS_TIMELINE_H_

#include <string>

#include "reports/report_input.h"

namespace saksi::report {

/// The run as Chrome trace JSON, for ui.perfetto.dev or chrome://tracing: what the bench did, LEDs, console, rail, and from the truth the
/// exposures, the encoder and the block writes.
std::string timeline(const ReportInput& input);

/// Writes it. Throws UsageError if the file cannot be written.
void write_timeline(const std::string& path, const ReportInput& input);

}  // namespace saksi::report

#endif
