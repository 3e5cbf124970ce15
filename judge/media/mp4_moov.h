#ifndef SAKSI_JUDGE_MEDIA_MP4_MOOV_H_
#define SAKSI_JUDGE_MEDIA_MP4_MOOV_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "judge/card/problem.h"
#include "judge/media/mp4.h"

namespace saksi::judge {

/// Defaults for the samples of movie fragments (trex).
struct Mp4TrackDefaults {
  uint32_t duration = 0;
  uint32_t size = 0;
  uint32_t flags = 0;
};

/// Parses the payload of a moov: the first video track's description and, in a plain file, its samples, into `movie`. `file_size` bounds the samples.
Mp4TrackDefaults parse_moov(const std::vector<uint8_t>& payload, uint64_t file_size, Mp4Movie& movie, ProblemList& problems);

}  // namespace saksi::judge

#endif
