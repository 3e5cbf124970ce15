// Goal: the light code counts exactly and never reads wrong. Method: tick boundaries against exact arithmetic, every single-cell error.
#include "base/light_code.h"

#include <gtest/gtest.h>

namespace saksi::light_code {
namespace {

TEST(LightCode, TicksBeginAtRoundedUpSixtiethsOfASecond) {
  EXPECT_EQ(tick_begin_ns(0), 0);
  EXPECT_EQ(tick_begin_ns(1), 16'666'667);
  EXPECT_EQ(tick_begin_ns(2), 33'333'334);
  EXPECT_EQ(tick_begin_ns(3), 50'000'000);
  EXPECT_EQ(tick_begin_ns(60 * 3600), 3'600'000'000'000);
}

TEST(LightCode, TickAtIsTheInverseOfTickBegin) {
  for (int64_t tick : {0, 1, 2, 3, 59, 60, 61, 100000, 4194303, 5000000}) {
    EXPECT_EQ(tick_at(tick_begin_ns(tick)), tick);
    EXPECT_EQ(tick_at(tick_begin_ns(tick + 1) - 1), tick);
  }
}

TEST(LightCode, JustOneBankChangesAtATick) {
  for (int64_t tick = 1; tick < 10; ++tick) {
    const int changing = static_cast<int>(tick & 1);
    EXPECT_EQ(shown(changing, tick), static_cast<uint32_t>(tick));
    EXPECT_EQ(shown(1 - changing, tick), shown(1 - changing, tick - 1));
  }
}

TEST(LightCode, EveryValueComesBack) {
  for (uint32_t tick = 0; tick < kTickModulus; tick += 997) EXPECT_EQ(decode(encode(tick)), tick);
}

TEST(LightCode, NoSingleOrDoubleErrorIsTakenForAnotherTick) {
  const Cells good = encode(123456);
  for (size_t i = 0; i < good.size(); ++i) {
    Cells bad = good;
    bad[i] = !bad[i];
    EXPECT_FALSE(decode(bad).has_value());
    for (size_t j = i + 1; j < good.size(); ++j) {
      Cells worse = bad;
      worse[j] = !worse[j];
      EXPECT_FALSE(decode(worse).has_value());
    }
  }
}

}  // namespace
}  // namespace saksi::light_code
