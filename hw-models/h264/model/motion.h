#ifndef SAKSI_HW_MODELS_H264_MODEL_MOTION_H_
#define SAKSI_HW_MODELS_H264_MODEL_MOTION_H_

#include <array>
#include <cstdint>

#include "hw-models/h264/model/types.h"

namespace saksi::hw::h264 {

/// A macroblock of a P picture before its motion search. All vectors lie within kMvLimit.
struct MotionInput {
  int mb_x = 0, mb_y = 0;
  Mv mvp;                           ///< predicted vector of the 16x16 partition
  Mv skip_mv;                       ///< vector of P_Skip
  std::array<Mv, 3> candidates{};   ///< vectors of the neighbours: left, above, above right; zero if missing
  int bit_weight = 1;               ///< cost of one bit in SAD units, 1..255
  int skip_sad = 0;                 ///< stop at skip_mv if it is whole-sample and its SAD is below this, 0..65535
  const uint8_t* source = nullptr;  ///< luma of the macroblock's first pixel
  int source_stride = 0;            ///< bytes
};

/// The picture predicted from, in its coded size: whole macroblocks.
struct ReferencePicture {
  const uint8_t* luma = nullptr;
  const uint8_t* chroma = nullptr;  ///< NV12: Cb and Cr interleaved
  int stride = 0;                   ///< bytes, of both
  int width = 0, height = 0;        ///< luma pixels
};

/// What the search settled on.
struct MotionResult {
  Partition partition = Partition::k16x16;
  std::array<Mv, 4> mv{};         ///< of the four 8x8 blocks in raster order
  bool early = false;             ///< stopped by skip_sad
  int sad = 0;                    ///< of the luma prediction, 0..65280
  int mv_cost = 0;                ///< bit_weight times the bits of mb_type, sub_mb_type and of all vectors' differences to mvp
  int cycles = 0;                 ///< of rtl/h264/h264_motion.sv, from start_i to done_o
  alignas(16) uint8_t luma[256];  ///< prediction, raster order
  alignas(16) uint8_t cb[64];
  alignas(16) uint8_t cr[64];
};

/// The twin of rtl/h264/h264_motion.sv: searches the vectors of a macroblock and predicts it (clause 8.4.2.2).
///
/// Whole-sample vectors: the neighbours' vectors first, wide rings around the best one if none was any good, then steps to the best of four
/// neighbours while that helps, then the choice of the partition, whose vectors take such steps each for itself. Then in the quadrant between
/// the better horizontal and the better vertical neighbour the half samples, and next to the best of its four corners three quarter samples.
/// Partitions whose vectors have met are merged.
void search(const MotionInput& input, const ReferencePicture& reference, MotionResult& result);

}  // namespace saksi::hw::h264

#endif
