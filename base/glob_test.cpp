// Goal: a pattern takes the names that a shell's would. Method: names by hand.
#include "base/glob.h"

#include <gtest/gtest.h>

namespace saksi {
namespace {

TEST(Glob, AStarStandsForAnyCharactersAndForNone) {
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("", ""));
  EXPECT_TRUE(matches_glob("h264.*", "h264.u_entropy.state_q"));
  EXPECT_TRUE(matches_glob("*.state_q", "h264.u_entropy.state_q"));
  EXPECT_TRUE(matches_glob("h*4.*_q", "h264.state_q"));
  EXPECT_TRUE(matches_glob("a**b", "ab"));
  EXPECT_TRUE(matches_glob("*ab", "aab")) << "the first try to match is not the last";
}

TEST(Glob, TheWholeNameMustMatch) {
  EXPECT_FALSE(matches_glob("h264", "h264.clk"));
  EXPECT_FALSE(matches_glob("clk", "h264.clk"));
  EXPECT_FALSE(matches_glob("", "a"));
  EXPECT_FALSE(matches_glob("a*b", "abc"));
}

TEST(Glob, OnlyTheStarIsSpecial) {
  EXPECT_TRUE(matches_glob("bank[3]", "bank[3]"));
  EXPECT_FALSE(matches_glob("bank.3", "bank[3]"));
  EXPECT_FALSE(matches_glob("cl?", "clk"));
}

}  // namespace
}  // namespace saksi
