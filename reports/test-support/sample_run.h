#ifndef SAKSI_REPORTS_TEST_SUPPORT_SAMPLE_RUN_H_
#define SAKSI_REPORTS_TEST_SUPPORT_SAMPLE_RUN_H_

#include "reports/report_input.h"

namespace saksi::report {

/// A made-up run for the tests of reports: the scenario's supply comes at 0.1 s, the press at 5.5 s, the stop at 9.5 s; a clip holds
/// 15 pictures a second from 2.5 s to 9.5 s. Its texts hold characters that HTML, XML and JSON must escape.
ReportInput sample_run();

/// The same with one requirement that failed and one that could not be decided, and the supply cut at 7 s.
ReportInput sample_failed_run();

/// A run of which a bare MP4 file was judged: verdicts, and nothing else.
ReportInput sample_bare_clip();

}  // namespace saksi::report

#endif
