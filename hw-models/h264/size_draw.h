#ifndef SAKSI_HW_MODELS_H264_SIZE_DRAW_H_
#define SAKSI_HW_MODELS_H264_SIZE_DRAW_H_

#include <cstdint>
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
  /// The variables of one of the table's sizes of picture.
  struct Scores {
    Autoregression i, p;
  };

  SizeTable table_;
  SeedStream random_;
  std::vector<Scores> scores_;  ///< by table_.pictures
};

}  // namespace saksi::hw

#endif
