#ifndef SAKSI_HW_MODELS_H264_H264_SIZES_H_
#define SAKSI_HW_MODELS_H264_H264_SIZES_H_

#include <cstdint>

#include "hw-models/h264/h264_block.h"
#include "hw-models/h264/model/filled_picture.h"
#include "hw-models/h264/size_draw.h"

namespace saksi::hw {

/// The encoder without pictures: draws how many bytes and clock cycles a picture takes, and writes a valid stream of that size that shows flat grey.
/// No source or reconstructed sample is read or written; registers, interrupts, limits and bus errors are those of the twin. For runs of whole
/// shifts.
class H264Sizes : public H264Block {
 public:
  H264Sizes(sc_core::sc_module_name name, const RtlBlockConfig& config, SizeTable table, uint64_t seed);

 private:
  Outcome code(const h264::PictureConfig& config) override;
  bool note(Ranges& ranges, uint32_t address, uint32_t stride, uint32_t width, uint32_t rows);

  SizeDraw draw_;
  h264::FilledPicture picture_;
};

}  // namespace saksi::hw

#endif
