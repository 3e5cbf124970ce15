#include "firmware-under-test/camera/button.h"

#include <gtest/gtest.h>

namespace {

constexpr uint64_t kMs = 10000;

TEST(Button, TheFirstEdgeIsThePress) {
  button_filter_t filter = {};
  EXPECT_TRUE(button_is_press(&filter, true, 5 * kMs));
}

TEST(Button, BouncesOfPressAndReleaseAreOnePress) {
  button_filter_t filter = {};
  uint64_t t = 1000 * kMs;
  EXPECT_TRUE(button_is_press(&filter, true, t));
  for (int i = 1; i < 8; ++i) EXPECT_FALSE(button_is_press(&filter, i % 2 == 0, t + i * kMs));
  t += 200 * kMs;
  for (int i = 0; i < 9; ++i) EXPECT_FALSE(button_is_press(&filter, i % 2 == 1, t + i * kMs)) << i;
}

TEST(Button, TwoPressesAfterEachOther) {
  button_filter_t filter = {};
  EXPECT_TRUE(button_is_press(&filter, true, 100 * kMs));
  EXPECT_FALSE(button_is_press(&filter, false, 150 * kMs));
  EXPECT_TRUE(button_is_press(&filter, true, 180 * kMs));
}

}  // namespace
