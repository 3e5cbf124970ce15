// Goal: the light code counts exactly and never reads wrong. Method: tick boundaries against exact arithmetic, every single-cell error.
#include "base/light_code.h"

#include <gtest/gtest.h>

namespace saksi::light_code {
namespace {

TEST(LightCode, TicksBeginAtRoundedUpPartsOfASecond) {
  EXPECT_EQ(tick_begin_ns(0), 0);
  EXPECT_EQ(tick_begin_ns(1), 16'393'443);
  EXPECT_EQ(tick_begin_ns(2), 32'786'886);
  EXPECT_EQ(tick_begin_ns(3), 49'180'328);
  EXPECT_EQ(tick_begin_ns(61 * 3600), 3'600'000'000'000);
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
  for (uint32_t tick = 0; tick < kTickModulus; tick += 997)
    EXPECT_EQ(decode(encode(tick), static_cast<int>(tick & 1)), tick);  // 997 is odd: both kinds
}

TEST(LightCode, EpochsAreEvenAndEachSeedsOwn) {
  EXPECT_NE(epoch_of(1), epoch_of(2));
  for (uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_EQ(epoch_of(seed) % 2, 0u);
    EXPECT_LT(epoch_of(seed), kTickModulus);
  }
}

// A strap over the strip: some columns in a row are black, or white, in both banks.
TEST(LightCode, WhatCoversBothBanksCannotMakeThemWrongAlike) {
  for (uint32_t tick = 0; tick < kTickModulus; tick += 4999) {
    const uint32_t even = tick & ~1u, odd = even | 1;
    for (int first = kStartCells; first < kCells - 3; ++first) {
      for (int last = first; last < kCells - 3; ++last) {
        for (const bool white : {false, true}) {
          Cells upper = encode(even), lower = encode(odd);
          for (int i = first; i <= last; ++i) upper[static_cast<size_t>(i)] = lower[static_cast<size_t>(i)] = white;
          const auto a = decode(upper, 0), b = decode(lower, 1);
          if (!a || !b || (*a == even && *b == odd)) continue;
          const uint32_t apart = (*a - *b) & (kTickModulus - 1);
          EXPECT_TRUE(apart > 4 && apart < kTickModulus - 4) << "tick " << even << ": columns " << first << " to " << last;
        }
      }
    }
  }
}

TEST(LightCode, NoSingleOrDoubleErrorIsTakenForAnotherTick) {
  for (const uint32_t tick : {123456u, 123457u}) {
    const Cells good = encode(tick);
    for (size_t i = 0; i < good.size(); ++i) {
      Cells bad = good;
      bad[i] = !bad[i];
      EXPECT_FALSE(decode(bad, static_cast<int>(tick & 1)).has_value());
      for (size_t j = i + 1; j < good.size(); ++j) {
        Cells worse = bad;
        worse[j] = !worse[j];
        EXPECT_FALSE(decode(worse, static_cast<int>(tick & 1)).has_value());
      }
    }
  }
}

}  // namespace
}  // namespace saksi::light_code
