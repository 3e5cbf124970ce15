#ifndef SAKSI_HW_MODELS_H264_MODEL_DEBLOCK_H_
#define SAKSI_HW_MODELS_H264_MODEL_DEBLOCK_H_

#include <cstdint>
#include <vector>

#include "hw-models/h264/model/types.h"

namespace saksi::hw::h264 {

/// The twin of rtl/h264/h264_deblock.sv: the deblocking filter of clause 8.7 for progressive frames of one reference picture, with
/// FilterOffsetA, FilterOffsetB and chroma_qp_index_offset 0, across slices too.
///
/// Filters macroblocks of a picture in coding order, in place, in the NV12 picture where they were reconstructed. Who predicts from
/// unfiltered neighbours keeps those apart.
class Deblocker {
 public:
  /// luma and chroma are planes of config.rec_stride bytes a row; they and their size hold until the next picture starts.
  void start_picture(const PictureConfig& config, uint8_t* luma, uint8_t* chroma);

  /// Filters the macroblock, whose unfiltered pixels are in place, and up to 3 pixels to the left and above it. If the picture is not deblocked
  /// (PictureConfig::deblock), nothing changes. Returns the clock cycles of the RTL from start_i to done_o.
  int filter(const Place& place, const DeblockInfo& info);

 private:
  bool enabled_ = false;
  uint8_t* luma_ = nullptr;
  uint8_t* chroma_ = nullptr;
  uint32_t stride_ = 0;
  DeblockInfo left_;
  std::vector<DeblockInfo> line_;  ///< of the line above, and from the current column on of the current line
};

}  // namespace saksi::hw::h264

#endif
