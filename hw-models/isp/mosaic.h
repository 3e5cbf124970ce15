#ifndef SAKSI_HW_MODELS_ISP_MOSAIC_H_
#define SAKSI_HW_MODELS_ISP_MOSAIC_H_

#include <array>
#include <cstdint>

namespace saksi::hw {

/// Work on rows of the Bayer mosaic. A row pointer stands at the first column of `width`; kMosaicMargin samples before it and behind the last can be
/// read.
constexpr int kMosaicMargin = 2;

/// Five rows, the one that is worked on in the middle.
template <typename Sample>
using FiveRows = std::array<const Sample*, 5>;

/// Replaces samples that are `threshold` and a quarter of their surroundings beyond all eight neighbours of their own colour, up or down, by the mean
/// of the two opposite neighbours that differ less. What is too bright must besides be twice as far above `black` as all samples that touch it: a
/// broken pixel stands alone, whereas a lens spreads a point of light over several. (A point of one pure colour may still be lost.)
void correct_defects(const FiveRows<uint16_t>& rows, int width, int threshold, int black, uint16_t* out);

/// Fixed-point gain (1 + K r^2)^2 along a row. `column_terms` and `row_term` add up to K r^2 with kShadingBits fractional bits.
constexpr int kShadingBits = 14;
void correct_shading(const int32_t* column_terms, int32_t row_term, int width, int16_t* row);

/// Gradient-corrected linear interpolation (Malvar, He and Cutler, "High-quality linear interpolation for demosaicing of Bayer-patterned color
/// images", ICASSP 2004): bilinear, and the colour that is known here says how much the surroundings curve. Arguments as for bilinear.
void demosaic_by_gradient(const FiveRows<int16_t>& rows, int parity, int width, int16_t* own, int16_t* green, int16_t* other);

}  // namespace saksi::hw

#endif
