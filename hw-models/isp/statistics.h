#ifndef SAKSI_HW_MODELS_ISP_STATISTICS_H_
#define SAKSI_HW_MODELS_ISP_STATISTICS_H_

#include <array>
#include <cstdint>

namespace saksi::hw {

/// What exposure and white balance need to know of a raw frame, for one zone of it.
struct ZoneStatistics {
  uint16_t red = 0, green = 0, blue = 0;  ///< means above black, times kUnit; below black counts as 0
  uint16_t clipped = 0;                   ///< samples at or above kClipped, of 65535
};

struct FrameStatistics {
  static constexpr int kColumns = 8, kRows = 6;
  static constexpr int kUnit = 32;
  static constexpr int kClipped = 1000;  ///< 10-bit sample
  std::array<ZoneStatistics, kColumns * kRows> zones;
};

struct IspSettings;

/// Over the part of `raw` that the picture shows, before every correction.
FrameStatistics statistics_of(const IspSettings& settings, const uint16_t* raw);

}  // namespace saksi::hw

#endif
