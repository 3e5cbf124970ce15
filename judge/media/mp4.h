#ifndef SAKSI_JUDGE_MEDIA_MP4_H_
#define SAKSI_JUDGE_MEDIA_MP4_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "judge/card/byte_source.h"
#include "judge/card/problem.h"

namespace saksi::judge {

/// One coded picture (access unit) in the file.
struct Mp4Sample {
  uint64_t offset;    ///< in the file
  uint32_t size;      ///< bytes, all of them within the file
  uint32_t duration;  ///< in the track's timescale
  int64_t dts;        ///< in the track's timescale, edit lists not applied
  int64_t pts;
  bool sync;          ///< decoding can start here
  uint32_t fragment;  ///< index into Mp4Movie::fragments; 0 in a plain file
};

struct Mp4Fragment {
  uint64_t offset;       ///< of the moof
  uint32_t sequence;     ///< from mfhd
  int64_t decode_time;   ///< from tfdt, or where the fragment before ended
  size_t first_sample;   ///< index into Mp4Movie::samples
  size_t sample_count;
};

/// How the pictures are coded.
enum class VideoCodec { kH264, kH265 };

/// One entry of an edit list (elst): a stretch of the track's media that is to be shown.
struct Mp4Edit {
  uint64_t duration;   ///< in the movie's timescale; 0 for all that follows
  int64_t media_time;  ///< where it begins, in the track's timescale; -1 for a pause
};

/// What an MP4 file holds: its first H.264 or H.265 video track.
struct Mp4Movie {
  bool has_movie = false;  ///< a moov with such a video track was found; without it nothing can be decoded
  VideoCodec codec = VideoCodec::kH264;
  bool fragmented = false;
  bool edit_list = false;
  uint32_t track_id = 0;
  uint32_t timescale = 0;  ///< > 0 if has_movie
  int width = 0;           ///< as the sample description says
  int height = 0;
  std::vector<uint8_t> avcc;  ///< AVCDecoderConfigurationRecord, or HEVCDecoderConfigurationRecord
  uint32_t movie_timescale = 0;
  uint64_t movie_duration = 0;  ///< as mvhd says, in the movie's timescale; 0 if unknown
  uint64_t media_duration = 0;  ///< as mdhd says, in the track's timescale; 0 if unknown
  std::optional<int64_t> created_s;  ///< creation time, seconds since 1970 UTC; absent if the file leaves it 0
  std::vector<Mp4Edit> edits;
  std::vector<Mp4Sample> samples;  ///< in file (decode) order
  std::vector<Mp4Fragment> fragments;
  Problems problems;
  uint64_t media_end = 0;  ///< end of the last whole sample in the file

  /// Bytes of the length that stands before each NAL unit of a sample: 1, 2 or 4, or 3 in a file that breaks the rules.
  size_t nal_length_bytes() const;
  double seconds(int64_t time) const { return static_cast<double>(time) / static_cast<double>(timescale); }
};

/// True if the bytes begin with a box that MP4 files begin with.
bool begins_like_mp4(const ByteSource& source);

/// True if the bytes begin like an MP4 file, or hold a movie fragment at a sector boundary within the first megabyte.
bool looks_like_mp4(const ByteSource& source);

/// Parses fragmented and plain MP4 (ISO/IEC 14496-12 and -15), the moov at either end. Never throws for what the source holds. Unknown
/// boxes are skipped. Where a box cannot be right, the file is searched for the next moof, so that the fragments behind a damaged one are
/// found again. Fragments whose sequence number and decode time fall behind are left over from an older file and are not taken.
///
///   damage  no-movie, bad-box, bad-fragment, lost-bytes, sequence-gap, time-gap, sample-outside, unsupported
///   torn    truncated, empty, stale-fragment
///   note    edit-list, zero-tail, unknown-box, other-track
Mp4Movie parse_mp4(const ByteSource& source);

}  // namespace saksi::judge

#endif
