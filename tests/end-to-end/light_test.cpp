// Goal: the reference camera follows the light: a hundred times more and less of it, and the failing of a hall's lights, without losing a frame.
// Method: the two scenarios as a user runs them.
#include <gtest/gtest.h>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

void expect_settles(const std::string& name, size_t changes) {
  const std::string dir = fresh_dir("light");
  const Outcome outcome = saksi("run " + scenario(name) + " --encoder model --quiet --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  bool found = false;
  const auto verdicts = read_json(dir + "/verdicts.json");
  for (const auto& one : verdicts.at("measurements")) {
    if (one.at("id") != "exposure_settling") continue;
    found = true;
    EXPECT_GE(one.at("samples").size(), changes);
    EXPECT_LT(one.at("value").get<double>() + one.at("uncertainty").get<double>(), 1.0);
  }
  EXPECT_TRUE(found);
  // The report reads the times of the pictures that it shows as the judge does.
  const std::string report = read_file(dir + "/report.html");
  EXPECT_EQ(report.find("time not readable"), std::string::npos);
  EXPECT_NE(report.find("from the press"), std::string::npos);
}

TEST(Light, TheSunComesAndGoes) { expect_settles("light/sun-at-the-window.yaml", 2); }
TEST(Light, TheHallsLightsFail) { expect_settles("light/lights-fail.yaml", 1); }

}  // namespace
}  // namespace saksi::test
