#ifndef SAKSI_HW_MODELS_H264_SIZE_DRAW_H_
#define SAKSI_HW_MODELS_H264_SIZE_DRAW_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "base/seed_stream.h"
#include "hw-models/h264/autoregression.h"
#include "hw-models/h264/model/picture_coder.h"
#include "hw-models/h264/size_table.h"

namespace saksi::hw {

/// What a picture comes to, drawn.
struct DrawnPicture {
  std::vector<uint32_t> slice_bytes;  ///< one NAL unit each
  h264::PictureCounters counters;
};

/// Draws sizes and times of one picture after another. A normal variable for I pictures and one for P pictures go on with every picture, each as an
/// autoregression: a rich scene stays rich for a while, and a clip of 10 frames a second before a camera of 15 shows every third picture anew. The
/// table turns a variable and a quantisation parameter into bits. Lines take their bands' shares; under rate control each at the parameter that the
/// bytes so far ask for, like the circuit's.
class SizeDraw {
 public:
  SizeDraw(SizeTable table, uint64_t seed);

  /// The next picture's. Sizes are those of the distribution, within MAX_BYTES as the circuit keeps it.
  DrawnPicture next(const h264::PictureConfig& config);

 private:
  /// Sizes of the pictures that are being coded, and their variables.
  struct Source {
    explicit Source(const SizesOfPicture& of) : sizes(of), score_i(of.i.correlations), score_p(of.p.correlations) {}
    SizesOfPicture sizes;
    Autoregression score_i, score_p;
  };

  SizeTable table_;
  SeedStream random_;
  std::optional<Source> source_;
  int width_mbs_ = 0, height_mbs_ = 0;  ///< of source_
};

}  // namespace saksi::hw

#endif
