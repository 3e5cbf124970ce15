#ifndef SAKSI_JUDGE_MEDIA_CLIP_DECODER_H_
#define SAKSI_JUDGE_MEDIA_CLIP_DECODER_H_

#include <cstdint>
#include <memory>

#include "judge/card/byte_source.h"
#include "judge/card/problem.h"
#include "judge/media/mp4.h"

namespace saksi::judge {

/// A decoded luma plane, valid until the decoder goes on; of size 0 if its samples have more than 8 bits.
struct LumaPicture {
  const uint8_t* pixels;
  int stride;
  int width;
  int height;

  int at(int x, int y) const { return pixels[static_cast<ptrdiff_t>(y) * stride + x]; }
};

struct DecodedPicture {
  LumaPicture luma;
  LumaPicture cb, cr;  ///< empty if the picture has none, or they are not planes of bytes
  size_t sample;       ///< index into Mp4Movie::samples
  int64_t pts;         ///< that sample's
  bool damaged;        ///< the decoder had to guess parts of it
};

/// Decodes the video track of a clip with libavcodec, in one thread, in output order. Errors of the stream are counted and reported as
/// problems: `decode-error` and `damaged-picture` (damage), `zero-sample` (torn: a sample that was announced but never written).
class ClipDecoder {
 public:
  ClipDecoder(const Mp4Movie& movie, const ByteSource& source);
  ~ClipDecoder();

  /// The next picture; false at the end.
  bool next(DecodedPicture& picture);
  Problems problems() const;
  /// Samples so far that hold nothing but zeros.
  size_t unwritten() const;
  /// Samples so far that hold no slice: the last signature of a recording may stand in one.
  size_t without_picture() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace saksi::judge

#endif
