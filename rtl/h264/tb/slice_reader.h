#ifndef SAKSI_RTL_H264_TB_SLICE_READER_H_
#define SAKSI_RTL_H264_TB_SLICE_READER_H_

#include <cstdint>
#include <vector>

#include "rtl/h264/tb/decoder.h"

namespace saksi::tb {

/// One macroblock as it stands in a slice.
struct MacroblockBits {
  int bits = 0;             ///< of macroblock_layer()
  int mb_type = 0;          ///< 1..24 I_16x16, 25 I_PCM
  int chroma_mode = 0;      ///< intra_chroma_pred_mode
  int level_prefix_max = 0;
};

struct SliceBits {
  int nal_ref_idc = 0;
  int nal_unit_type = 0;
  int frame_num = 0;
  int idr_pic_id = -1;  ///< -1 if not an IDR picture
  int qp = 0;
  int emulation_prevention_bytes = 0;
  std::vector<MacroblockBits> macroblocks;
};

/// Reads the syntax of a NAL unit that holds one intra slice of I_16x16 and I_PCM macroblocks, to see what decoders do not tell: the length of every
/// macroblock and the longest level_prefix. Reconstructs nothing. Throws std::runtime_error where the syntax is broken.
SliceBits read_slice(const Bytes& nal, int width_mbs, int height_mbs);

}  // namespace saksi::tb

#endif
