// Goal: a swarm of faults finds what is wrong with a firmware, says it with no more faults than it takes, and finds nothing wrong with the reference.
// Method: small swarms of the built program; the case that is kept, played again.
#include <gtest/gtest.h>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

using Json = nlohmann::ordered_json;

std::string swarm_of(const std::string& options, const std::string& dir) {
  return "run " + scenario("start/press-at-desk.yaml") + " -j 2 --quiet " + options + " --out " + dir;
}

TEST(Swarm, TheReferenceKeepsEveryRequirement) {
  const std::string dir = fresh_dir("swarm-good");
  const Outcome outcome = saksi(swarm_of("--swarm 12 --seed 5", dir));
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  const Json swarm = read_json(dir + "/swarm.json");
  EXPECT_EQ(swarm.at("runs").get<int>(), 12);
  EXPECT_GT(swarm.at("cuts").get<int>(), 40);
}

TEST(Swarm, WhatBreaksIsKeptWithTheFaultsThatDoItAndBreaksAgain) {
  const std::string dir = fresh_dir("swarm-bad");
  const std::string firmware = " --firmware " + std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam-recovery-truncates-good-data.elf";
  const Outcome outcome = saksi(swarm_of("--swarm 4 --seed 5" + firmware, dir));
  ASSERT_EQ(outcome.code, 1) << outcome.output;
  const Json swarm = read_json(dir + "/swarm.json");
  ASSERT_FALSE(swarm.at("broken").empty());
  const Json& broken = swarm.at("broken").at(0);
  EXPECT_EQ(broken.at("requirement"), "cut-loses-nothing-stored");
  EXPECT_LT(broken.at("faults").size(), broken.at("drawn").size()) << "it breaks by a cut alone";
  const std::string folder = dir + "/" + broken.at("folder").get<std::string>();
  const Outcome again = saksi("sweep " + folder + "/scenario.yaml --encoder sizes --new-card --quiet --cuts " + broken.at("cut").get<std::string>() +
                              firmware + " --out " + dir + "/again");
  EXPECT_EQ(again.code, 1) << again.output;
}

}  // namespace
}  // namespace saksi::test
