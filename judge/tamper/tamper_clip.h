#ifndef SAKSI_JUDGE_TAMPER_TAMPER_CLIP_H_
#define SAKSI_JUDGE_TAMPER_TAMPER_CLIP_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "judge/card/byte_source.h"
#include "judge/media/mp4.h"

namespace saksi::judge {

using Bytes = std::vector<uint8_t>;

/// A sample taken apart.
struct TamperSample {
  std::vector<Bytes> nals;
  bool sync = false;
  uint32_t duration = 0;
  int64_t composition = 0;  ///< pts - dts
};

/// A clip in memory, to be changed and written anew. Decode times follow from the durations.
struct TamperClip {
  VideoCodec codec = VideoCodec::kH264;
  uint32_t timescale = 0;
  int width = 0, height = 0;
  Bytes config;  ///< avcC or hvcC
  std::vector<TamperSample> samples;
  std::optional<Mp4Edit> edit;

  bool is_signing_sei(const Bytes& nal) const;
  bool is_slice(const Bytes& nal) const;
  bool starts_gop(size_t sample) const;
  /// Samples at which GOPs begin.
  std::vector<size_t> gop_starts() const;
  /// Samples that begin no GOP and hold a slice.
  std::vector<size_t> inner_pictures() const;
};

/// Takes a clip apart. Throws UsageError if it holds no video, is larger than 256 MiB, or has samples that are no row of NAL units.
TamperClip take_apart(const ByteSource& source, const Mp4Movie& movie);

/// A plain MP4 with the moov behind the media.
Bytes write_plain(const TamperClip& clip);

/// One fragment of an MP4.
struct TamperFragment {
  uint32_t sequence;
  uint64_t decode_time;
  size_t first, count;  ///< samples
};

/// The fragments of a clip, one for each GOP.
std::vector<TamperFragment> fragments_of(const TamperClip& clip);
/// A fragmented MP4 of these fragments, in this order.
Bytes write_fragmented(const TamperClip& clip, const std::vector<TamperFragment>& fragments);

}  // namespace saksi::judge

#endif
