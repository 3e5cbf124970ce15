#ifndef SAKSI_REPORTS_STILLS_H_
#define SAKSI_REPORTS_STILLS_H_

#include "reports/report_input.h"

namespace saksi::report {

/// Fills input.frames with the stored frames of the card in the recording, timed by the judge, and input.stills with the first of the
/// first clip and those around the press. Without a card image, or with one on which nothing can be read, both stay empty: that is for the
/// verdict to say.
void read_stills(ReportInput& input);

/// Indices, ascending, of the frames worth showing: the first two, two before and three after the press, the last.
std::vector<size_t> frames_to_show(const std::vector<StoredFrame>& frames, std::optional<int64_t> press_ns);

}  // namespace saksi::report

#endif
