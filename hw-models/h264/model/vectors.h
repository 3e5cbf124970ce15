#ifndef SAKSI_HW_MODELS_H264_MODEL_VECTORS_H_
#define SAKSI_HW_MODELS_H264_MODEL_VECTORS_H_

#include <array>

#include "hw-models/h264/model/types.h"

namespace saksi::hw::h264 {

/// Prediction of motion vectors (clause 8.4.1), equal to rtl/h264/h264_vectors_pkg.sv. There is one reference picture, so that a neighbour
/// either has a vector, or is intra, or does not exist.
struct NeighbourVector {
  bool exists = false;
  bool inter = false;
  Mv mv{};  ///< zero unless inter
};

/// What lies around a macroblock: of the one to the left its right 8x8 blocks, of the one above its lower ones, and the nearest corners.
struct VectorNeighbours {
  std::array<NeighbourVector, 2> left, top;  ///< upper, lower; left, right
  NeighbourVector top_right, top_left;
};

/// The prediction for the whole macroblock.
Mv predict_16x16(const VectorNeighbours& neighbours);
/// The vector of P_Skip.
Mv skip_vector(const VectorNeighbours& neighbours);
/// mvd of each partition in coding order, from the vectors of the four 8x8 blocks.
std::array<Mv, 4> differences(const VectorNeighbours& neighbours, Partition partition, const std::array<Mv, 4>& mv);

}  // namespace saksi::hw::h264

#endif
