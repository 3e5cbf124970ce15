// Goal: zones, means and clipped shares are those of the raw samples. Method: a mosaic in which each zone has colours of its own.
#include "hw-models/isp/statistics.h"

#include <gtest/gtest.h>

#include <vector>

#include "hw-models/isp/pipeline.h"

namespace saksi::hw {
namespace {

TEST(Statistics, EveryZoneHasItsOwnColoursAndClippedShare) {
  IspSettings s;
  s.in_width = 820;
  s.in_height = 616;
  s.crop_x = 10;
  s.crop_y = 68;
  s.crop_width = 800;
  s.crop_height = 480;
  std::vector<uint16_t> raw(820 * 616, 1023);
  for (int y = 0; y < 480; ++y) {
    for (int x = 0; x < 800; ++x) {
      const int zone = x / 100 + 8 * (y / 80), place = (x & 1) + (y & 1);
      raw[static_cast<size_t>((y + 68) * 820 + x + 10)] = static_cast<uint16_t>(64 + (place + 1) * (zone + 1));
    }
  }
  for (int x = 0; x < 100; ++x) raw[static_cast<size_t>(68 * 820 + 10 + x)] = 1000;  // a row of the first zone
  const FrameStatistics all = statistics_of(s, raw.data());
  for (size_t zone = 1; zone < all.zones.size(); ++zone) {
    EXPECT_EQ(all.zones[zone].red, 32 * (zone + 1));
    EXPECT_EQ(all.zones[zone].green, 64 * (zone + 1));
    EXPECT_EQ(all.zones[zone].blue, 96 * (zone + 1));
    EXPECT_EQ(all.zones[zone].clipped, 0);
  }
  EXPECT_EQ(all.zones[0].clipped, 65535 / 80);
  EXPECT_EQ(all.zones[0].blue, 96);
}

TEST(Statistics, BelowBlackIsNothing) {
  IspSettings s;
  s.in_width = s.crop_width = 64;
  s.in_height = s.crop_height = 64;
  for (const ZoneStatistics& zone : statistics_of(s, std::vector<uint16_t>(64 * 64, 60).data()).zones) EXPECT_EQ(zone.green, 0);
}

}  // namespace
}  // namespace saksi::hw
