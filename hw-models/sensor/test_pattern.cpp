#include "hw-models/sensor/test_pattern.h"

#include <cstddef>

namespace saksi::hw {

namespace {

constexpr uint16_t kFull = 1023;
constexpr int kFadeRows = 128;

/// Whether a bar (0..7 from the left) contains a colour (0 red, 1 green, 2 blue).
bool bar_has(int bar, int colour) {
  constexpr int kBars[8] = {0b111, 0b011, 0b110, 0b010, 0b101, 0b001, 0b100, 0b000};  // bit 0 red, 1 green, 2 blue
  return (kBars[bar] >> colour & 1) != 0;
}

/// Which colour a place of the mosaic sees.
int colour_at(int x, int row) { return (x & 1) + (row & 1); }

}  // namespace

TestPatternGenerator::TestPatternGenerator(TestPattern pattern, const std::array<uint16_t, 4>& solid, int columns)
    : pattern_(pattern), solid_(solid), columns_(columns) {}

void TestPatternGenerator::next_row(int row, uint16_t* samples) {
  for (int x = 0; x < columns_; ++x) {
    switch (pattern_) {
      case TestPattern::kOff:
        samples[x] = 0;
        break;
      case TestPattern::kSolid:
        samples[x] = solid_[static_cast<size_t>(2 * (row & 1) + (x & 1))];
        break;
      case TestPattern::kColourBars:
        samples[x] = bar_has(x * 8 / columns_, colour_at(x, row)) ? kFull : 0;
        break;
      case TestPattern::kFadingBars: {
        const int faded = kFull * (row % kFadeRows) / (2 * kFadeRows);
        samples[x] = bar_has(x * 8 / columns_, colour_at(x, row)) ? kFull : static_cast<uint16_t>(faded);
        break;
      }
      case TestPattern::kPn9: {
        for (int bit = 0; bit < 10; ++bit) pn9_ = static_cast<uint16_t>(((pn9_ << 1) | ((pn9_ >> 8 ^ pn9_ >> 4) & 1)) & 0x1FF);
        samples[x] = static_cast<uint16_t>(pn9_ << 1 | (pn9_ >> 8 & 1));
        break;
      }
    }
  }
}

}  // namespace saksi::hw
