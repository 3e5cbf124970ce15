#ifndef SAKSI_HW_MODELS_H264_MODEL_INTRA_H_
#define SAKSI_HW_MODELS_H264_MODEL_INTRA_H_

#include <array>
#include <cstdint>

#include "hw-models/h264/model/types.h"

namespace saksi::hw::h264 {

/// Intra prediction (clause 8.3) and the costs that its mode decision compares, equal to rtl/h264/h264_intra_pkg.sv.

/// Unfiltered pixels around a macroblock, as far as they exist.
struct alignas(16) Neighbours {
  uint8_t top_y[24];  ///< 16 above and 4 above to the right
  uint8_t left_y[16];
  uint8_t top_c[2][8];  ///< Cb, Cr
  uint8_t left_c[2][8];
  uint8_t corner_y;
  uint8_t corner_c[2];
  bool has_top, has_left, has_top_right;
};

/// Costs of the four modes by PredMode, as sums of absolute Hadamard-transformed differences; those that lack a neighbour mean nothing.
using ModeCosts = std::array<int, 4>;

/// Of the whole luma macroblock. `source`: its first pixel.
ModeCosts luma_costs(const uint8_t* source, int stride, const Neighbours& neighbours);
/// Of both chroma components together. `source`: 64 Cb, 64 Cr.
ModeCosts chroma_costs(const uint8_t* source, const Neighbours& neighbours);

/// The cheapest of the modes whose neighbours exist. `bits` by PredMode: what each costs to signal more than the cheapest.
PredMode choose_mode(const ModeCosts& costs, const Neighbours& neighbours, int bit_weight, const std::array<uint8_t, 4>& bits, int& cost);

/// 16 x 16 pixels, stride 16.
void predict_luma(PredMode mode, const Neighbours& neighbours, uint8_t* out);
/// 64 Cb, 64 Cr, stride 8.
void predict_chroma(PredMode mode, const Neighbours& neighbours, uint8_t* out);

/// Sum of absolute Hadamard-transformed differences of two blocks side by side, 8 x 4 pixels.
int hadamard_cost_pair(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride);

/// Of one block.
int hadamard_cost(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride);

/// What a bit weighs against those costs, which are about twice a sum of absolute differences: 2 * 2 ** ((qp - 12) / 6).
int bit_cost(int qp);

/// Intra4x4PredMode as in table 8-2.
constexpr int kIntra4Dc = 2;
constexpr int kIntra4Modes = 9;

/// The pixels around a 4x4 block: left from bottom to top, corner, 8 above; the last one twice.
struct Edge4 {
  uint8_t e[16];  ///< e[0..3] left 3..0, e[4] corner, e[5..12] above
  bool has_top, has_left;
};

struct Choice4 {
  int mode;
  int cost;  ///< sum of absolute differences and the weighted bits of the mode
  alignas(16) uint8_t prediction[16];
};

/// The best of the nine modes for a 4x4 block by sum of absolute differences. `predicted`: the mode that costs one bit, others four.
void choose_4x4(const uint8_t* source, int stride, const Edge4& edge, int predicted, int bit_weight, Choice4& choice);

}  // namespace saksi::hw::h264

#endif
