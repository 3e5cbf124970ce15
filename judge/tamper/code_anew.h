#ifndef SAKSI_JUDGE_TAMPER_CODE_ANEW_H_
#define SAKSI_JUDGE_TAMPER_CODE_ANEW_H_

#include <cstddef>

#include "judge/tamper/tamper_clip.h"

namespace saksi::judge {

/// Decodes the samples from `first`, which begins a GOP, up to `end`, and puts the pictures, coded anew by this machine's encoder of the same codec
/// at a quantisation parameter of 30, in their place: parameter sets and slices, one IDR picture and no reordering. Of the samples' NAL units nothing
/// is kept. If it is not the whole clip, the parameter sets of the clip are said again behind. False, and nothing is changed, if libavcodec has no
/// encoder for the codec or does not decode as many pictures as there are samples.
bool code_anew(TamperClip& clip, size_t first, size_t end);

}  // namespace saksi::judge

#endif
