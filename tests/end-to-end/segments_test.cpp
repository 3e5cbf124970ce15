// Goal: the reference firmware cuts a long recording by length and by size, and not a frame is missing where it does. Method: the two scenarios as a
// user runs them, and the judge's count of clips and gaps.
#include <gtest/gtest.h>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

void expect_whole_segments(const std::string& name, int clips) {
  const std::string dir = fresh_dir("segments");
  const Outcome outcome = saksi("run " + scenario(name) + " --encoder model --quiet --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  int gaps = 0, stored = 0;
  const auto verdicts = read_json(dir + "/verdicts.json");
  for (const auto& one : verdicts.at("measurements")) {
    if (one.at("id") == "clips_stored") stored = one.at("value").get<int>();
    if (one.at("id") != "segment_gap") continue;
    gaps = static_cast<int>(one.at("samples").size());
    EXPECT_LT(one.at("value").get<double>() + one.at("uncertainty").get<double>(), 0.004);
  }
  EXPECT_GE(stored, clips);
  EXPECT_EQ(gaps, stored - 1);
}

TEST(Segments, ByLengthNothingIsMissing) { expect_whole_segments("start/segments-by-length.yaml", 4); }
TEST(Segments, BySizeNothingIsMissing) { expect_whole_segments("start/segments-by-size.yaml", 2); }

}  // namespace
}  // namespace saksi::test
