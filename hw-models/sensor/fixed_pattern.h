#ifndef SAKSI_HW_MODELS_SENSOR_FIXED_PATTERN_H_
#define SAKSI_HW_MODELS_SENSOR_FIXED_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw-models/sensor/light_source.h"

namespace saksi::hw {

/// How the pixels of one chip differ from each other, for ever: in sensitivity (PRNU) and in offset (DSNU), each independent and normal. What a pixel
/// has depends on (seed, place in the array) alone, so any window of the array shows the same pixels; a binned sample has the mean of its pixels.
class FixedPattern {
 public:
  explicit FixedPattern(uint64_t seed) : seed_(seed) {}

  /// Makes the pattern of a grid, if it is not the last one that was asked for.
  void set_grid(const SampleGrid& grid);
  /// Of a row of the grid, by column, in standard deviations times kPatternUnit.
  const int16_t* gain_row(int row) const { return &gain_[static_cast<size_t>(row) * static_cast<size_t>(grid_.columns)]; }
  const int16_t* offset_row(int row) const { return &offset_[static_cast<size_t>(row) * static_cast<size_t>(grid_.columns)]; }

 private:
  uint64_t seed_;
  SampleGrid grid_;
  std::vector<int16_t> gain_, offset_;
};

}  // namespace saksi::hw

#endif
