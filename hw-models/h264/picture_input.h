#ifndef SAKSI_HW_MODELS_H264_PICTURE_INPUT_H_
#define SAKSI_HW_MODELS_H264_PICTURE_INPUT_H_

#include <cstdint>
#include <vector>

#include "hw-models/h264/model/types.h"

namespace saksi::hw {

/// A picture before it is coded, with copies of what it is coded from.
struct PictureInput {
  uint64_t number = 0;  ///< counted from 0 since power-on
  h264::PictureConfig config;
  std::vector<uint8_t> source_luma, source_chroma;        ///< planes of config.src_stride
  std::vector<uint8_t> reference_luma, reference_chroma;  ///< of config.rec_stride; empty for I pictures
};

}  // namespace saksi::hw

#endif
