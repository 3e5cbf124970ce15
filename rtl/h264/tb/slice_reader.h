#ifndef SAKSI_RTL_H264_TB_SLICE_READER_H_
#define SAKSI_RTL_H264_TB_SLICE_READER_H_

#include <array>
#include <cstdint>
#include <vector>

#include "rtl/h264/tb/decoder.h"

namespace saksi::tb {

/// Levels of a block in zig-zag order.
using LevelList = std::array<int, 16>;

/// One macroblock as it stands in a slice.
struct MacroblockBits {
  int bits = 0;             ///< of macroblock_layer(); 0 if skipped
  bool skipped = false;
  bool inter = false;
  int mb_type = -1;         ///< inter: 0..3 as in table 7-13; intra: 0 I_NxN, 1..24 I_16x16, 25 I_PCM, in P slices too
  int chroma_mode = 0;      ///< intra_chroma_pred_mode
  int cbp_luma = 0;         ///< coded_block_pattern, also where mb_type tells it
  int cbp_chroma = 0;
  int qp_delta = 0;
  std::array<int, 16> i4_rem{};  ///< rem_intra4x4_pred_mode by luma4x4BlkIdx; -1: prev_intra4x4_pred_mode_flag is set
  std::vector<std::array<int, 2>> mvd;
  /// 0..15 luma and 16..23 chroma blocks in raster order of their planes, 24 luma DC, 25 and 26 chroma DC. AC blocks have 0 at position 0.
  std::array<LevelList, 27> levels{};
  std::vector<uint8_t> pcm;  ///< 384 samples
  int level_prefix_max = 0;
};

struct SliceBits {
  int nal_ref_idc = 0;
  int nal_unit_type = 0;
  int first_mb = 0;
  bool inter = false;   ///< slice_type 5, not 7
  int frame_num = 0;
  int idr_pic_id = -1;  ///< -1 if not an IDR picture
  int qp = 0;
  int disable_deblocking_filter_idc = 0;
  int emulation_prevention_bytes = 0;
  std::vector<MacroblockBits> macroblocks;
};

/// Reads the syntax of a NAL unit that holds one I or P slice of the kinds of macroblocks that the encoder makes, to see what decoders do not tell:
/// syntax elements, levels, the length of every macroblock and the longest level_prefix. Reconstructs nothing. Throws std::runtime_error where the
/// syntax is broken.
SliceBits read_slice(const Bytes& nal, int width_mbs, int height_mbs);

}  // namespace saksi::tb

#endif
