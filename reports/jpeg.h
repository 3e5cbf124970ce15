#ifndef SAKSI_REPORTS_JPEG_H_
#define SAKSI_REPORTS_JPEG_H_

#include <cstdint>
#include <vector>

#include "reports/report_input.h"

namespace saksi::report {

/// A picture as a JPEG file (JFIF: BT.601, full range), scaled down so that it is no wider than `max_width`. `quantiser` is libav's, 2 is
/// the finest. Throws InfraError if libav fails.
std::vector<uint8_t> encode_jpeg(const YuvPicture& picture, int max_width, int quantiser = 4);

}  // namespace saksi::report

#endif
