#ifndef SAKSI_HW_MODELS_SENSOR_TEST_PATTERN_H_
#define SAKSI_HW_MODELS_SENSOR_TEST_PATTERN_H_

#include <array>
#include <cstdint>

namespace saksi::hw {

/// TEST_PATTERN register values of the IMX219.
enum class TestPattern { kOff = 0, kSolid = 1, kColourBars = 2, kFadingBars = 3, kPn9 = 4 };

/// The sensor's built-in pictures, 10 bits: no light, no noise, no black level.
/// Colour bars: white, yellow, cyan, green, magenta, red, blue, black, an eighth of the width each; fading bars lose half of their contrast
/// to white from the top to the bottom of every 128 rows; PN9: the sequence of x^9 + x^5 + 1, going on from row to row.
class TestPatternGenerator {
 public:
  /// `solid`: the samples at the mosaic's four places, R, G in red rows, G in blue rows, B.
  TestPatternGenerator(TestPattern pattern, const std::array<uint16_t, 4>& solid, int columns);
  /// Rows in order from 0.
  void next_row(int row, uint16_t* samples);

 private:
  TestPattern pattern_;
  std::array<uint16_t, 4> solid_;
  int columns_;
  uint16_t pn9_ = 0x1FF;
};

}  // namespace saksi::hw

#endif
