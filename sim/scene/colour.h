#ifndef SAKSI_SIM_SCENE_COLOUR_H_
#define SAKSI_SIM_SCENE_COLOUR_H_

#include <array>

namespace saksi::sim {

/// Linear light of the sRGB values 0..255 (IEC 61966-2-1); 1.0 is white.
const std::array<float, 256>& srgb_to_linear();

/// Linear BT.709 colour of a light of that temperature (1667 to 25000 K), luminance 1: CIE daylight from 4000 K, a black body below.
/// 0 is D65: three ones. A primary that would be negative is 0.
std::array<float, 3> illuminant_colour(double kelvin);

}  // namespace saksi::sim

#endif
