#ifndef SAKSI_HW_MODELS_ISP_FINISH_H_
#define SAKSI_HW_MODELS_ISP_FINISH_H_

#include <cstdint>

namespace saksi::hw {

/// What is done to a plane of the coded picture before it is rounded to 8 bits. All but the gain in sixteenths of an 8-bit step.
struct FinishSettings {
  int denoise = 0;  ///< differences to neighbours up to this are averaged away, from twice this on none of them: edges stay
  int gain = 0;     ///< of sharpening, 16 is 1.0: what stands out of its surroundings is added this many times
  int coring = 0;   ///< what stands out by no more than this is left alone
  bool enabled() const { return denoise != 0 || gain != 0; }
};

/// Three rows of a plane in sixteenths of an 8-bit step, which can be read from one column before the first to one behind the last; the middle one
/// comes out as bytes, `step` apart. Both filters weigh the 3 x 3 neighbourhood 1 2 1, 2 4 2, 1 2 1.
void finish_row(const FinishSettings& settings, const int16_t* up, const int16_t* here, const int16_t* down, int width, uint8_t* out, int step);

}  // namespace saksi::hw

#endif
