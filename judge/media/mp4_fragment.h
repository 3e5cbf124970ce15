#ifndef SAKSI_JUDGE_MEDIA_MP4_FRAGMENT_H_
#define SAKSI_JUDGE_MEDIA_MP4_FRAGMENT_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "judge/media/mp4.h"
#include "judge/media/mp4_moov.h"

namespace saksi::judge {

/// A parsed moof: the fragment and the samples of one track, which may lie outside the file.
struct Mp4ParsedFragment {
  uint32_t sequence = 0;
  std::optional<int64_t> decode_time;  ///< tfdt
  std::vector<Mp4Sample> samples;      ///< dts counted from the fragment's start
  uint64_t data_end = 0;               ///< end of the last sample
  int64_t duration = 0;                ///< of all samples
};

/// Parses the payload of a moof (ISO/IEC 14496-12, 8.8). `file_size` bounds how many samples are listed: those behind it are counted in
/// `data_end` and `duration` no further than the first. nullopt if the boxes do not fit together or the track is not in it.
std::optional<Mp4ParsedFragment> parse_moof(const std::vector<uint8_t>& payload, uint64_t moof_offset, uint64_t file_size, uint32_t track_id, const Mp4TrackDefaults& defaults);

}  // namespace saksi::judge

#endif
