#ifndef SAKSI_HW_MODELS_H264_MODEL_FILLED_PICTURE_H_
#define SAKSI_HW_MODELS_H264_MODEL_FILLED_PICTURE_H_

#include <cstdint>
#include <vector>

#include "hw-models/h264/model/entropy.h"
#include "hw-models/h264/model/types.h"

namespace saksi::hw::h264 {

/// NAL units of a picture.
int slice_count(const PictureConfig& config);

/// Writes pictures that show nothing, of any size in bytes: a valid stream of the encoder's profile, flat mid-grey, whose slices are as long as
/// asked.
///
/// A P picture skips its macroblocks, an I picture codes Intra 16x16 without residual: next to nothing. What is to be filled up is, from the
/// slice's end, I_PCM macroblocks of mid-grey, 386 bytes each, and from its beginning Intra 16x16 macroblocks at QP 0 with at most one level of 1 a
/// block, which the inverse transform rounds away (clause 8.5.12: 16 of 64), and macroblocks whose mb_qp_delta goes to and fro. In between nothing
/// lies beside an I_PCM macroblock that depends on it, so that every length is known before it is written.
///
/// Filler data NAL units (type 12) would be simpler, but a driver takes what lies at BS_ADDR for NAL_COUNT slices and stores them as such.
class FilledPicture {
 public:
  /// Writes the picture; `slice_bytes` are the sizes wanted of its NAL units, in order. Each slice comes out at that size, but not below what its
  /// macroblocks need at least nor above what they can hold. It may come out shorter where few macroblocks are left beside those of I_PCM, and by a
  /// byte where a P slice is wanted a byte above its least.
  void write(const PictureConfig& config, const std::vector<uint32_t>& slice_bytes);

  const std::vector<uint8_t>& bytes() const { return entropy_.bytes(); }
  const std::vector<uint32_t>& nal_sizes() const { return entropy_.nal_sizes(); }

 private:
  /// How a slice is made up, in coding order.
  struct Plan {
    int filled = 0;           ///< Intra 16x16 macroblocks with levels
    int last_blocks = 0;      ///< with levels in the last of them; 24 in the others
    std::vector<int> deltas;  ///< mb_qp_delta of the Intra 16x16 macroblocks without levels that follow
    int pcm = 0;              ///< macroblocks at the end
  };
  Plan plan(int first_mb, int mbs, uint32_t bytes) const;
  void write_slice(int first_mb, int mbs, const Plan& plan);
  int64_t bits_of(const Plan& plan, int first_mb, int mbs) const;
  void code(const MbInfo& info, int blocks, int mb, int first_mb, int mbs);

  PictureConfig config_;
  EntropyCoder entropy_;
  MbLevels levels_{};
};

}  // namespace saksi::hw::h264

#endif
