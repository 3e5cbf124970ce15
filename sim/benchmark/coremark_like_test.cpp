// Goal: the number that the CPU must find is right. Method: the same source, compiled for the host.
#include "sim/benchmark/programs/coremark_like.h"

#include <gtest/gtest.h>

#include <set>

namespace {

TEST(CoremarkLike, TheNumberIsTheHosts) { EXPECT_EQ(coremark_like_round(COREMARK_LIKE_SEED), COREMARK_LIKE_CRC); }

TEST(CoremarkLike, EveryRoundGivesTheSame) {
  for (int round = 0; round < 3; ++round) EXPECT_EQ(coremark_like_round(COREMARK_LIKE_SEED), COREMARK_LIKE_CRC);
}

TEST(CoremarkLike, TheSeedDecides) {
  std::set<uint16_t> seen;
  for (uint16_t seed = 0; seed < 200; ++seed) seen.insert(coremark_like_round(seed));
  EXPECT_GT(seen.size(), 190u) << "16 bits of CRC: two of 200 may agree by chance, not many";
}

}  // namespace
