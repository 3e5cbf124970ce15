// Goal: a suite with a claim makes its own presses, ends when the outcome is settled, and `saksi claim` says the same of the recordings. Method:
// small plans over two states with the built program, one that is kept and one that no camera can keep.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

/// A suite with a plan of its own for press_to_record at most max_s.
std::string written(const std::string& dir, const std::string& max_s, const std::string& percentile) {
  write_file(dir + "/r.yaml", "- id: soon\n  text: {en: Soon., id: Segera.}\n  measurement: press_to_record\n  limit: {max: " + max_s +
                                  ", unit: s}\n  percentile: " + percentile + "\n  source: ours\n");
  const std::string press = scenario("start/press-in-state.yaml");
  write_file(dir + "/suite.yaml", "suite: soon\nclaim: {requirement: soon, requirements: r.yaml, first_seed: 5}\nscenarios:\n"
                                  "  - {name: booted, scenario: " + press +
                                      ", set: {press_at_s: 0.6}}\n  - {name: later, scenario: " + press + ", set: {press_at_s: 1}}\n");
  return dir + "/suite.yaml";
}

Outcome run_suite(const std::string& dir, const std::string& suite) {
  return saksi("run " + quoted(suite) + " --encoder model --size 128x96 --time-limit 3 -j2 --out " + dir + "/out");
}

TEST(Claim, ASuiteEndsWhenItsClaimIsSettledAndRecordingsSayTheSame) {
  const std::string dir = fresh_dir("claim");
  // 70 % with 74 % confidence: 8 presses with one late, settled after 7 in time.
  const Outcome outcome = run_suite(dir, written(dir, "1.0", "{share: 70, confidence: 74, plan: {n: 8, late: 1}}"));
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto claim = read_json(dir + "/out/claims.json");
  EXPECT_EQ(claim.at("verdict"), "pass");
  EXPECT_EQ(claim.at("counted").at("n"), 7);
  ASSERT_EQ(claim.at("states").size(), 2u);
  EXPECT_EQ(claim.at("states")[0].at("state"), "booted");
  EXPECT_EQ(claim.at("states")[0].at("n"), 4);
  EXPECT_NE(read_file(dir + "/out/suite.html").find("7 of the plan&#39;s 8 presses are in time"), std::string::npos);
  EXPECT_NE(read_file(dir + "/out/junit.xml").find("<testsuite name=\"claim\" tests=\"1\" failures=\"0\""), std::string::npos);

  std::string folders;
  for (int seed = 5; seed < 12; ++seed) folders += " " + dir + "/out/" + (seed % 2 ? "booted" : "later") + "-seed-" + std::to_string(seed);
  const std::string asked = "claim --requirement soon --requirements " + dir + "/r.yaml --lang id --out " + dir + "/again";
  const Outcome again = saksi(asked + folders);
  EXPECT_EQ(again.code, 0) << again.output;
  EXPECT_EQ(read_json(dir + "/again/claims.json").at("states"), claim.at("states"));
  EXPECT_EQ(read_json(dir + "/again/claims.json").at("percentile_bound"), claim.at("percentile_bound"));
  EXPECT_NE(read_file(dir + "/again/claim.html").find("Klaim atas banyak penekanan"), std::string::npos);
  const Outcome twice = saksi(asked + folders + " " + dir + "/out/booted-seed-5");
  EXPECT_EQ(twice.code, 2);
  EXPECT_NE(twice.output.find("are the same recording"), std::string::npos) << twice.output;
}

TEST(Claim, WhatNoCameraKeepsIsAFail) {
  const std::string dir = fresh_dir("claim-fail");
  const Outcome outcome = run_suite(dir, written(dir, "-1", "{share: 50, confidence: 80, plan: {n: 3, late: 0}}"));
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  const auto claim = read_json(dir + "/out/claims.json");
  EXPECT_EQ(claim.at("verdict"), "fail");
  EXPECT_EQ(claim.at("counted").at("n"), 3);
}

TEST(Claim, ARequirementWithoutPercentileIsRefused) {
  const Outcome outcome = saksi("claim --requirement imigrasi-press-to-record nowhere");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.output.find("has no 'percentile'"), std::string::npos) << outcome.output;
}

}  // namespace
}  // namespace saksi::test
