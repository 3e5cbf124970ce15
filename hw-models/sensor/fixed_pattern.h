#ifndef SAKSI_HW_MODELS_SENSOR_FIXED_PATTERN_H_
#define SAKSI_HW_MODELS_SENSOR_FIXED_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hw-models/sensor/light_source.h"
#include "hw-models/sensor/pixel_model.h"

namespace saksi::hw {

/// How the pixels of one chip differ from each other, for ever: in sensitivity (PRNU) and in offset (DSNU), each independent and normal. What a pixel
/// has depends on (seed, place in the array) alone, so any window of the array shows the same pixels; a binned sample has the mean of its pixels.
///
/// Some pixels are broken: dead ones see a twentieth of the light, hot ones collect 2000 to 64,000 electrons a second in the dark, their
/// logarithm evenly spread.
class FixedPattern {
 public:
  /// `defect_share`: how many of all pixels are broken, 0 to 1; half of them dead, half hot.
  FixedPattern(uint64_t seed, float defect_share) : seed_(seed), defect_share_(defect_share) {}

  /// Makes the pattern of a grid, if it is not the last one that was asked for.
  void set_grid(const SampleGrid& grid);
  /// Of a row of the grid, by column, in standard deviations times kPatternUnit.
  const int16_t* gain_row(int row) const { return &gain_[static_cast<size_t>(row) * static_cast<size_t>(grid_.columns)]; }
  const int16_t* offset_row(int row) const { return &offset_[static_cast<size_t>(row) * static_cast<size_t>(grid_.columns)]; }

  /// The broken samples of a row of the grid, by column, and how many.
  const Defect* defects(int row) const { return defects_.data() + first_defect_[static_cast<size_t>(row)]; }
  int defect_count(int row) const { return static_cast<int>(first_defect_[static_cast<size_t>(row) + 1] - first_defect_[static_cast<size_t>(row)]); }

 private:
  /// The pixels of the array that make one sample.
  struct Pixels {
    int x, y, across, down;  ///< the first one, and how many: every second one from there, all of its colour
  };
  void add_sample(const Pixels& pixels, int row, int column);

  uint64_t seed_;
  float defect_share_;
  SampleGrid grid_;
  std::vector<int16_t> gain_, offset_;
  std::vector<Defect> defects_;       ///< row by row
  std::vector<size_t> first_defect_;  ///< of each row, in defects_; one more than there are rows
};

}  // namespace saksi::hw

#endif
