// Goal: the main job also with other clips, sizes and seeds; the same run twice is the same; a failed run can be run again; every scenario
// of the first suite passes. Method: the built program.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

std::string desk() { return quoted(scenario("start/press-at-desk.yaml")); }

TEST(OtherRuns, AnotherClipSizeAndSeed) {
  const std::string dir = fresh_dir("other-clip");
  ASSERT_EQ(run_command("ffmpeg -v error -f lavfi -i testsrc2=size=320x240:rate=12 -t 4 -c:v libx264 -y " + dir + "/clip.mp4").code, 0);
  const Outcome outcome = saksi("run " + desk() + " --clip " + dir + "/clip.mp4 --size 352x288 --seed 2 --out " + dir + "/out");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto check = read_json(dir + "/out/self-check.json");
  for (const auto& entry : check.at("measurements")) EXPECT_TRUE(entry.at("covered").get<bool>()) << entry.dump();
}

TEST(OtherRuns, SameRunTwiceHasTheSameDigest) {
  const std::string dir = fresh_dir("determinism");
  const Outcome outcome = saksi("run " + desk() + " --size 352x288 --time-limit 7 --check-determinism --out " + dir);
  EXPECT_NE(outcome.code, 3) << outcome.output;
  EXPECT_NE(outcome.code, 2) << outcome.output;
  EXPECT_EQ(read_json(dir + "/verdicts.json").at("digest"), read_json(dir + "/check/verdicts.json").at("digest"));
}

TEST(OtherRuns, AFailedRunLeavesABundleThatReplaysIt) {
  const std::string dir = fresh_dir("bundle");
  const Outcome outcome = saksi("run " + desk() + " --size 352x288 --firmware " + SAKSI_BUILD_DIR + "/firmware/saksi-cam-ring-forgotten.elf --out " + dir + "/out");
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  const std::string last_line = outcome.output.substr(outcome.output.rfind("  ./saksi replay"));
  EXPECT_EQ(last_line, "  ./saksi replay " + dir + "/out/bundle\n");
  // Another machine has the bundle alone.
  ASSERT_EQ(run_command("mv " + dir + "/out/bundle " + dir + "/bundle && rm -r " + dir + "/out").code, 0);
  const Outcome replay = saksi("replay " + dir + "/bundle");
  EXPECT_EQ(replay.code, 1) << replay.output;
  EXPECT_NE(replay.output.find("as in the failed run"), std::string::npos) << replay.output;
}

TEST(OtherRuns, GoldenDigest) {
  // A computed picture, so that no decoder of another version changes the light. If this digest differs on your machine, something that
  // should be exact is not; if you changed what the camera records on purpose, write the new digest here.
  const std::string dir = fresh_dir("golden");
  const Outcome outcome = saksi("run " + quoted(scenario("start/golden.yaml")) + " --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(read_json(dir + "/verdicts.json").at("digest").get<std::string>() + "\n", read_file(std::string(SAKSI_SOURCE_DIR) + "/tests/golden/digest.txt"));
}

TEST(OtherRuns, TheTwinOfTheEncoderMakesTheSameCard) {
  std::string digests[2];
  const std::string dirs[2] = {fresh_dir("encoder-rtl"), fresh_dir("encoder-model")};
  const char* const encoders[2] = {"rtl", "model+check=40"};
  for (int i = 0; i < 2; ++i) {
    const std::string options = std::string(" --size 352x288 --encoder ") + encoders[i] + " --out " + dirs[i];
    const Outcome outcome = saksi("run " + quoted(scenario("start/press-at-desk.yaml")) + options);
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    digests[i] = read_json(dirs[i] + "/verdicts.json").at("digest").get<std::string>();
  }
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_EQ(std::system(("cmp " + quoted(dirs[0] + "/recording/card.img") + " " + quoted(dirs[1] + "/recording/card.img")).c_str()), 0);
}

TEST(OtherRuns, TheFirstSuitePasses) {
  const std::string dir = fresh_dir("first-light");
  const Outcome outcome = saksi("run " + quoted(scenario("suites/first-light.yaml")) + " -j 2 --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const std::string junit = read_file(dir + "/junit.xml"), page = read_file(dir + "/suite.html");
  for (const auto& entry : std::filesystem::directory_iterator(dir)) {
    if (!entry.is_directory()) continue;
    const std::string name = entry.path().filename();
    EXPECT_NE(junit.find("<testsuite name=\"" + name + "\""), std::string::npos) << name;
    EXPECT_NE(page.find("href=\"" + name + "/report.html\""), std::string::npos) << name;
  }
}

TEST(OtherRuns, ScenariosThatAreEndedHaveTheirPlaceInTheReports) {
  const std::string dir = fresh_dir("ended-suite");
  const Outcome outcome =
      saksi("run " + desk() + " " + quoted(scenario("card/no-card.yaml")) + " --wall-limit 0.05 --out " + dir + "/out");
  EXPECT_EQ(outcome.code, 3) << outcome.output;
  const std::string junit = read_file(dir + "/out/junit.xml");
  for (const std::string name : {"press-at-desk", "no-card"}) {
    EXPECT_NE(junit.find("<testsuite name=\"" + name + "\""), std::string::npos) << junit;
    EXPECT_NE(read_file(dir + "/out/suite.html").find(name + "/report.html"), std::string::npos);
  }
  EXPECT_NE(junit.find("type=\"infra-error\""), std::string::npos) << junit;
  EXPECT_NE(junit.find("host time"), std::string::npos) << "it says why";
  EXPECT_EQ(saksi("report " + dir + "/out/press-at-desk/ " + dir + "/out/no-card/ --out " + dir + "/again").code, 0);
  EXPECT_NE(read_file(dir + "/again/no-card/report.html"), "") << "a slash after the folder does not matter";
}

TEST(OtherRuns, ShardsShareASuite) {
  const std::string dir = fresh_dir("shard");
  const Outcome outcome = saksi("run " + quoted(scenario("suites/first-light.yaml")) + " --shard 3/7 --json --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(outcome.output.find("no-card"), std::string::npos) << outcome.output;
}

}  // namespace
}  // namespace saksi::test
