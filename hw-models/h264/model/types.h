#ifndef SAKSI_HW_MODELS_H264_MODEL_TYPES_H_
#define SAKSI_HW_MODELS_H264_MODEL_TYPES_H_

#include <array>
#include <cstdint>

namespace saksi::hw::h264 {

/// The C++ counterpart of rtl/h264/h264_pkg.sv: what the stages of the encoder share.
///
/// Numbers of 4x4 blocks: 0..15 luma in raster order (not the zig-zag order of luma4x4BlkIdx), 16..19 Cb, 20..23 Cr, each in raster order;
/// of coefficient blocks besides: 24 luma DC, 25 Cb DC, 26 Cr DC.
constexpr int kMaxWidthMbs = 120;
constexpr int kMaxHeightMbs = 68;
constexpr int kGroupMbs = 4;        ///< macroblocks that are fetched and written out together
constexpr int kMaxMbBits = 3200;    ///< table A-1 and clause A.2.1
constexpr int kMvLimit = 64;        ///< quarter samples, either way
constexpr int kPixelBlocks = 24;
constexpr int kLevelBlocks = 27;
constexpr int kLumaDcBlock = 24;
constexpr int kCbDcBlock = 25;
constexpr int kCrDcBlock = 26;

enum class MbKind : uint8_t { kSkip, kInter, kIntra16, kIntra4, kPcm };
/// Shapes of inter prediction. k8x8 means four sub-macroblocks of type P_L0_8x8.
enum class Partition : uint8_t { k16x16, k16x8, k8x16, k8x8 };
/// Intra16x16PredMode as in table 8-4. Chroma uses the same codes; intra_chroma_pred_mode is numbered otherwise (table 8-5).
enum class PredMode : uint8_t { kVertical, kHorizontal, kDc, kPlane };

/// Quarter samples.
struct Mv {
  int16_t x = 0, y = 0;
  bool operator==(const Mv& other) const { return x == other.x && y == other.y; }
  bool operator!=(const Mv& other) const { return !(*this == other); }
};

/// Where a macroblock lies. Neighbours are those of the same slice.
struct Place {
  int x = 0, y = 0;
  bool has_left = false, has_top = false;
  bool slice_first = false, slice_last = false, picture_last = false;
};

/// 16 levels in zig-zag order.
using Levels = std::array<int16_t, 16>;

/// A macroblock between the coding and the entropy stage.
struct MbInfo {
  MbKind kind = MbKind::kSkip;
  Partition partition = Partition::k16x16;
  std::array<Mv, 4> mvd{};        ///< by partition, in coding order
  PredMode luma_mode = PredMode::kDc;  ///< of kIntra16
  uint16_t i4_predicted = 0;      ///< prev_intra4x4_pred_mode_flag, bit luma4x4BlkIdx
  std::array<uint8_t, 16> i4_rem{};    ///< rem_intra4x4_pred_mode by luma4x4BlkIdx
  PredMode chroma_mode = PredMode::kDc;
  uint8_t cbp_luma = 0;           ///< by 8x8 block, bit 0 upper left; of kIntra16 0 or 15
  uint8_t cbp_chroma = 0;         ///< 0 nothing, 1 DC only, 2 DC and AC
  int8_t qp_delta = 0;            ///< mb_qp_delta, if it is coded at all
};

/// A macroblock as the deblocking filter sees it, beside its pixels.
struct DeblockInfo {
  uint8_t qp = 0;        ///< QPY
  bool intra = false;
  uint16_t nonzero = 0;  ///< luma blocks with coefficients, bit 4 * row + column
  std::array<Mv, 4> mv{};  ///< of the 8x8 blocks
};

/// One picture's registers, as they are latched at the start; fields as in h264_pkg::config_t.
struct PictureConfig {
  int width_mbs = 0, height_mbs = 0;
  uint32_t src_y = 0, src_c = 0, src_stride = 0;
  uint32_t rec_y = 0, rec_c = 0, rec_stride = 0;
  uint32_t ref_y = 0, ref_c = 0;  ///< of rec_stride
  uint32_t bs_addr = 0, bs_size = 0;
  int qp = 0;
  bool idr = false, inter = false, deblock = false;
  int frame_num = 0, idr_pic_id = 0;
  int slice_rows = 0;  ///< macroblock lines of a slice, 0: all
  bool rate_control = false;
  int qp_min = 0, qp_max = 51;
  uint32_t row_bytes = 0;  ///< planned for a macroblock line
  uint32_t max_bytes = 0;  ///< 0: no bound
};

}  // namespace saksi::hw::h264

#endif
