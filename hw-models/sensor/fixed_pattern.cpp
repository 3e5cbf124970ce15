#include "hw-models/sensor/fixed_pattern.h"

#include <cmath>

#include "hw-models/sensor/normal_noise.h"
#include "hw-models/sensor/pixel_model.h"

namespace saksi::hw {

namespace {

/// The first pixel of the array that a sample takes, along one axis, and how many: every second one from there, all of its colour.
struct Pixels {
  int first;
  int count;
};
Pixels pixels_of(int sample, int start, int length, int samples) {
  const int binning = length / samples > 0 ? length / samples : 1;
  return {start + 2 * binning * (sample / 2) + sample % 2, binning};
}

int16_t in_units(float sum, int pixels) { return static_cast<int16_t>(std::lrint(sum / static_cast<float>(pixels) * kPatternUnit)); }

}  // namespace

void FixedPattern::set_grid(const SampleGrid& grid) {
  if (grid == grid_) return;
  grid_ = grid;
  const auto size = static_cast<size_t>(grid.columns) * static_cast<size_t>(grid.rows);
  gain_.resize(size);
  offset_.resize(size);
  const auto& normal = normal_quantiles();
  const uint64_t key = mix_bits(seed_ ^ 0x7061747465726e00u);  // not the key of the noise
  size_t at = 0;
  for (int row = 0; row < grid.rows; ++row) {
    const Pixels down = pixels_of(row, grid.y, grid.height, grid.rows);
    for (int column = 0; column < grid.columns; ++column, ++at) {
      const Pixels across = pixels_of(column, grid.x, grid.width, grid.columns);
      float gain = 0, offset = 0;
      for (int y = 0; y < down.count; ++y) {
        for (int x = 0; x < across.count; ++x) {
          const auto place =
              static_cast<uint64_t>(down.first + 2 * y) * static_cast<uint64_t>(grid.field_width) + static_cast<uint64_t>(across.first + 2 * x);
          const uint64_t bits = mix_bits(key + place * kMixStep);
          gain += normal[bits & (kNormalQuantiles - 1)];
          offset += normal[bits >> 32 & (kNormalQuantiles - 1)];
        }
      }
      gain_[at] = in_units(gain, down.count * across.count);
      offset_[at] = in_units(offset, down.count * across.count);
    }
  }
}

}  // namespace saksi::hw
