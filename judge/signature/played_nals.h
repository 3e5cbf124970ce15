#ifndef SAKSI_JUDGE_SIGNATURE_PLAYED_NALS_H_
#define SAKSI_JUDGE_SIGNATURE_PLAYED_NALS_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "judge/card/byte_source.h"
#include "judge/media/mp4.h"

namespace saksi::judge {

/// A NAL unit of a clip, zeros behind it removed; valid until the next one is asked for.
struct PlayedNal {
  const uint8_t* bytes;
  size_t size;
  size_t sample;    ///< index into Mp4Movie::samples
  uint64_t offset;  ///< in the file
};

/// The NAL units of a clip in the order in which a player hands them out: an edit list leaves out samples, or repeats them. Where players differ it
/// does as GStreamer 1.22 does (qtdemux, h264parse), on which the reference validator of media signing stands:
/// - a stretch begins at the last key frame before its start and ends before the first sample whose decode time is not before its stop; in a plain
/// file
///   without an edit list the stop is the shorter one of the durations that mvhd and mdhd say;
/// - NAL units that lie outside of the stretch are dropped one by one: a sample's first one has the presentation time, the others have the decode
/// time at
///   which the one before ends, and only the first slice of a picture takes time, as long as the SPS says or else the sample. So what follows the
///   last slice of a clip is not handed out.
class PlayedNals {
 public:
  static constexpr uint32_t kMaxSampleBytes = 32 * 1024 * 1024;

  PlayedNals(const Mp4Movie& movie, const ByteSource& source);
  /// The next one; false at the end.
  bool next(PlayedNal& nal);
  /// Samples that no stretch shows.
  size_t hidden() const { return hidden_; }
  /// Samples that are no row of NAL units, or larger than kMaxSampleBytes, and were left out from that place on.
  size_t unreadable() const { return unreadable_; }

 private:
  /// Samples [first, end), of which what lies outside of the times [start, stop) is dropped.
  struct Stretch {
    size_t first;
    size_t end;
    int64_t start;
    int64_t stop;
  };
  void add_stretch(int64_t start, int64_t stop);
  void plan();
  bool load_next_sample();
  bool is_outside(const PlayedNal& nal);

  const Mp4Movie& movie_;
  const ByteSource& source_;
  std::vector<Stretch> stretches_;
  size_t hidden_ = 0;
  size_t unreadable_ = 0;
  size_t stretch_ = 0;
  size_t sample_ = 0;  ///< the one to load next
  std::vector<uint8_t> bytes_;
  size_t loaded_ = 0;  ///< sample whose bytes these are
  size_t at_ = 0;
  bool first_nal_ = true;
  int64_t next_dts_ = 0;
  size_t length_bytes_;
  int64_t picture_duration_ = 0;  ///< by the SPS; 0 if it does not say
};

}  // namespace saksi::judge

#endif
