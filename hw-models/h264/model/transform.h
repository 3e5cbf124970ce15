#ifndef SAKSI_HW_MODELS_H264_MODEL_TRANSFORM_H_
#define SAKSI_HW_MODELS_H264_MODEL_TRANSFORM_H_

#include <array>
#include <cstdint>

#include "hw-models/h264/model/types.h"

namespace saksi::hw::h264 {

/// Transform, quantisation and their inverses (clause 8.5), equal to rtl/h264/h264_transform_pkg.sv.
///
/// Coefficients of a block stand in *column order*: (x, y) at 4 * x + y, since two passes over rows leave a block transposed.
struct alignas(16) Coefficients {
  int16_t v[16];
};

/// What a quantisation parameter means for one colour component, by column order.
struct alignas(16) Quant {
  int16_t scale[16];
  int16_t inverse[16];  ///< levelScale / 16 << period
  int period;           ///< qp / 6
};

/// `qp` 0..51.
const Quant& quant_of(int qp);
/// QPc of table 8-15, chroma_qp_index_offset 0.
int chroma_qp(int qp);

/// How the quantiser rounds: up from two thirds (intra) or from five sixths (inter).
enum class Rounding { kIntra, kInter };

/// A quantised block.
struct alignas(16) QuantisedBlock {
  int16_t v[16];     ///< column order, for the way back
  uint16_t nonzero;  ///< bit z: the level at zig-zag position z is not zero
  int magnitudes;    ///< sum of them
};

/// Forward transform of source minus prediction for two blocks side by side, 8 x 4 pixels.
void forward_pair(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride, Coefficients& left,
                  Coefficients& right);

/// Of one block.
void forward_one(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride, Coefficients& out);

/// Quantises. `skip_dc` leaves coefficient 0 out (its level is 0). Levels go to `levels` in zig-zag order; if all are zero it is untouched.
void quantise(const Coefficients& coefficients, const Quant& quant, Rounding rounding, bool skip_dc, QuantisedBlock& out, Levels& levels);

/// Scales the levels, transforms them back and adds the prediction. `dc` replaces the scaled coefficient 0.
void reconstruct(const QuantisedBlock& block, int dc, const Quant& quant, const uint8_t* prediction, int prediction_stride, uint8_t* out,
                 int out_stride);
/// The same for a block of which only `dc` is not zero.
void reconstruct_dc(int dc, const uint8_t* prediction, int prediction_stride, uint8_t* out, int out_stride);

/// The second transforms. `dc`: of the blocks in raster order.
struct DcBlock {
  uint16_t nonzero = 0;  ///< by zig-zag position
  int magnitudes = 0;    ///< sum, each clipped so that the bound on the bits holds: see bits_max()
  int count = 0;
  std::array<int16_t, 16> scaled{};  ///< in raster order
};
void luma_dc(const std::array<int16_t, 16>& dc, const Quant& quant, DcBlock& out, Levels& levels);
/// Of one chroma component; 4 values.
void chroma_dc(const std::array<int16_t, 4>& dc, const Quant& quant, Rounding rounding, DcBlock& out, Levels& levels);

/// An upper bound on the bits of a coded block of `count` levels with this sum of magnitudes.
constexpr int bits_max(int count, int magnitudes) {
  const int bits = count == 0 ? 6 : 33 + 9 * count + 2 * magnitudes;
  return bits > 4095 ? 4095 : bits;
}

/// How much a block of few small levels is worth keeping: 0..9 for each level, by the zeros before it in the scan; a level beyond 1 counts 9.
int keep_score(const Levels& levels, uint16_t nonzero);

/// (x + 4 * y) of zig-zag position z.
extern const std::array<uint8_t, 16> kZigZag;

}  // namespace saksi::hw::h264

#endif
