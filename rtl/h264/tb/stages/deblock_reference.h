#ifndef SAKSI_RTL_H264_TB_STAGES_DEBLOCK_REFERENCE_H_
#define SAKSI_RTL_H264_TB_STAGES_DEBLOCK_REFERENCE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "hw-models/h264/model/types.h"

namespace saksi::tb {

/// A picture as it goes into the deblocking filter or comes out of it.
struct DeblockPicture {
  int width_mbs = 0;
  int height_mbs = 0;
  std::array<std::vector<uint8_t>, 3> planes;  ///< Y, Cb, Cr, without gaps between rows
  std::vector<hw::h264::DeblockInfo> infos;    ///< by macroblock address
};

/// Clause 8.7 written down as plainly as it is there, sample by sample; progressive, FilterOffsetA and FilterOffsetB 0, one reference picture.
void deblock_as_in_the_standard(DeblockPicture& picture);

}  // namespace saksi::tb

#endif
