#ifndef SAKSI_JUDGE_MEDIA_MP4_WHOLE_H_
#define SAKSI_JUDGE_MEDIA_MP4_WHOLE_H_

#include "judge/media/mp4.h"

namespace saksi::judge {

/// As parse_mp4, but takes fragments whose number and decode time fall behind, too: a player shows them, and so does the reference validator of media
/// signing see them.
Mp4Movie parse_mp4_whole(const ByteSource& source);

}  // namespace saksi::judge

#endif
