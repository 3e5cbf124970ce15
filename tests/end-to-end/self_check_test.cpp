// Goal: the command that proves the uncertainties runs, counts and can be called again. Method: a few of its recordings; the proof itself, 2,000 of
// them, is a part of ./saksi nightly.
#include <gtest/gtest.h>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

TEST(SelfCheck, MostTruthsLieInsideAndASecondCallRunsNothingAgain) {
  const std::string dir = fresh_dir("self-check");
  const std::string arguments = "self-check --runs 16 -j 2 --out " + dir;
  const Outcome first = saksi(arguments);
  EXPECT_TRUE(first.code == 0 || first.code == 1) << first.output;
  const auto document = read_json(dir + "/self-check.json");
  bool has_press = false;
  for (const auto& row : document.at("measurements")) {
    EXPECT_GE(row.at("share_high").get<double>(), 0.9) << row.dump();
    if (row.at("id") != "press_to_record") continue;
    has_press = true;
    EXPECT_GE(row.at("runs").get<int>(), 10);
    EXPECT_LT(row.at("ratio").get<double>(), 3.0);
  }
  EXPECT_TRUE(has_press);
  const Outcome second = saksi(arguments);
  EXPECT_NE(second.output.find("16 of 16 runs are there from an earlier call"), std::string::npos) << second.output;
  EXPECT_EQ(read_json(dir + "/self-check.json"), document);
}

}  // namespace
}  // namespace saksi::test
