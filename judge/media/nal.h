#ifndef SAKSI_JUDGE_MEDIA_NAL_H_
#define SAKSI_JUDGE_MEDIA_NAL_H_

#include <cstddef>
#include <cstdint>

#include "judge/media/mp4.h"

namespace saksi::judge {

/// What a NAL unit is to media signing.
enum class NalKind {
  kIntra,         ///< slice of an IDR picture (H.264), of a random access picture (H.265)
  kInter,         ///< other slice that is signed
  kSei,           ///< of any content
  kParameterSet,  ///< VPS, SPS, PPS: covered by no signature
  kDelimiter,     ///< access unit delimiter
  kOther,         ///< known, covered by no signature
  kUnknown,       ///< reserved type
};

/// The head of a NAL unit (ISO/IEC 14496-10, 7.3.1; ISO/IEC 23008-2, 7.3.1.2).
struct NalHead {
  NalKind kind = NalKind::kUnknown;
  bool valid = false;    ///< the head is as the standard wants it
  bool primary = false;  ///< a slice that begins its picture
  size_t bytes = 1;      ///< of the head

  bool is_slice() const { return kind == NalKind::kIntra || kind == NalKind::kInter; }
  /// A GOP begins here and nowhere else.
  bool starts_gop() const { return kind == NalKind::kIntra && primary; }
};

/// Reads a head. `size` may be 0.
NalHead parse_nal_head(const uint8_t* nal, size_t size, VideoCodec codec);

/// The size of a NAL unit without the zero bytes behind its stop bit, which containers may add.
size_t trimmed_nal_size(const uint8_t* nal, size_t size);

}  // namespace saksi::judge

#endif
