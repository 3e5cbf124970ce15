#ifndef SAKSI_JUDGE_MEASURE_OBSERVE_H_
#define SAKSI_JUDGE_MEASURE_OBSERVE_H_

#include <string>

#include "judge/measure/observations.h"

namespace saksi::judge {

/// Finds out what a path is (recording folder, card image or block device, any other folder as a mounted card, MP4 file), reads it, and decodes
/// its clips. `signature` says by whom and as of when their signatures are judged. Throws UsageError if it is none of these or cannot be read.
Observations observe(const std::string& path, const SignatureOptions& signature = {});

/// What a recording's manifest and events say of the frames on its cards.
FrameHints frame_hints(const Recording& recording);

}  // namespace saksi::judge

#endif
