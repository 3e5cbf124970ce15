#include "hw-models/isp/mosaic.h"

#include <algorithm>
#include <cstdlib>

#include "base/wide_vectors.h"

namespace saksi::hw {

namespace {

constexpr int kFull = 4095;
constexpr int kGainBits = 12;
constexpr int kRootMax = 46340;  ///< its square still fits in 31 bits: gain 8

int16_t limited(int value) { return static_cast<int16_t>(std::clamp(value, -kFull, kFull)); }

}  // namespace

SAKSI_WIDE_VECTORS void correct_defects(const FiveRows<uint16_t>& rows, int width, int threshold, int black, uint16_t* __restrict out) {
  const uint16_t* __restrict up = rows[0];
  const uint16_t* __restrict above = rows[1];
  const uint16_t* __restrict below = rows[3];
  const uint16_t* __restrict here = rows[2];
  const uint16_t* __restrict down = rows[4];
  for (int x = 0; x < width; ++x) {
    const int nw = up[x - 2], n = up[x], ne = up[x + 2], w = here[x - 2], e = here[x + 2], sw = down[x - 2], s = down[x], se = down[x + 2];
    const int high = std::max(std::max(std::max(nw, n), std::max(ne, w)), std::max(std::max(e, sw), std::max(s, se)));
    const int low = std::min(std::min(std::min(nw, n), std::min(ne, w)), std::min(std::min(e, sw), std::min(s, se)));
    const int row_above = std::max(above[x], std::max(above[x - 1], above[x + 1]));
    const int row_below = std::max(below[x], std::max(below[x - 1], below[x + 1]));
    const int touching = std::max(std::max<int>(here[x - 1], here[x + 1]), std::max(row_above, row_below));
    const int value = here[x];
    const bool hot = (value > high + threshold + (high >> 2)) & (value + black > 2 * touching);
    const bool broken = hot | (value < low - threshold - (low >> 2));
    const int across = (w + e + 1) >> 1, along = (n + s + 1) >> 1;
    const int mean = std::abs(w - e) <= std::abs(n - s) ? across : along;
    out[x] = static_cast<uint16_t>(broken ? mean : value);
  }
}

SAKSI_WIDE_VECTORS void correct_shading(const int32_t* __restrict column_terms, int32_t row_term, int width, int16_t* __restrict row) {
  for (int x = 0; x < width; ++x) {
    const int root = std::min((1 << kShadingBits) + column_terms[x] + row_term, kRootMax);
    const int gain = (root * root) >> (2 * kShadingBits - kGainBits);
    row[x] = limited((row[x] * gain + (1 << (kGainBits - 1))) >> kGainBits);
  }
}

SAKSI_WIDE_VECTORS void demosaic_by_gradient(const FiveRows<int16_t>& rows, int parity, int width, int16_t* __restrict own, int16_t* __restrict green,
                                             int16_t* __restrict other) {
  const int16_t* __restrict top = rows[0];
  const int16_t* __restrict up = rows[1];
  const int16_t* __restrict here = rows[2];
  const int16_t* __restrict down = rows[3];
  const int16_t* __restrict bottom = rows[4];
  for (int x = 0; x < width; ++x) {
    const int centre = here[x];
    const int across = here[x - 1] + here[x + 1], along = up[x] + down[x];
    const int diagonal = up[x - 1] + up[x + 1] + down[x - 1] + down[x + 1];
    const int far_across = here[x - 2] + here[x + 2], far_along = top[x] + bottom[x];
    const bool on_own = (x & 1) == parity;
    // In sixteenths.
    const int green_here = 8 * centre + 4 * (across + along) - 2 * (far_across + far_along);
    const int opposite = 12 * centre + 4 * diagonal - 3 * (far_across + far_along);
    const int shared = 10 * centre - 2 * diagonal;
    const int from_across = shared + 8 * across - 2 * far_across + far_along;
    const int from_along = shared + 8 * along - 2 * far_along + far_across;
    own[x] = on_own ? here[x] : limited((from_across + 8) >> 4);
    green[x] = on_own ? limited((green_here + 8) >> 4) : here[x];
    other[x] = limited(((on_own ? opposite : from_along) + 8) >> 4);
  }
}

}  // namespace saksi::hw
