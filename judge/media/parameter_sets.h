#ifndef SAKSI_JUDGE_MEDIA_PARAMETER_SETS_H_
#define SAKSI_JUDGE_MEDIA_PARAMETER_SETS_H_

#include <cstdint>
#include <vector>

#include "judge/media/mp4.h"

namespace saksi::judge {

/// The parameter sets of an avcC or hvcC (ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1), in its order; those that it holds whole.
std::vector<std::vector<uint8_t>> described_parameter_sets(VideoCodec codec, const std::vector<uint8_t>& config);

}  // namespace saksi::judge

#endif
