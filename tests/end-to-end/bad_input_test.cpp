// Goal: what cannot be started ends with exit code 2 and a message that says what, where and what to do; what can be judged is judged.
// Method: one bad input each, given to the built program.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

constexpr int kUsage = 2;

/// The main scenario with one line replaced.
std::string changed_scenario(const std::string& dir, const std::string& from, const std::string& to) {
  std::string text = read_file(scenario("start/press-at-desk.yaml"));
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  text.replace(at, from.size(), to);
  const size_t light = text.find("../scenes/desk.yaml");
  text.replace(light, std::string("../scenes/desk.yaml").size(), scenario("scenes/desk.yaml"));
  text += "requirements: " + scenario("requirements/first-light.yaml") + "\n";
  const std::string path = dir + "/changed.yaml";
  write_file(path, text);
  return path;
}

std::string desk() { return quoted(scenario("start/press-at-desk.yaml")); }

TEST(BadInput, UnknownCommandIsNamedWithTheNearestOne) {
  const Outcome outcome = saksi("rnu x");
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("'rnu' is no command; did you mean 'run'?"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("judge"), std::string::npos) << outcome.output;
}

TEST(BadInput, UnknownCommandThatIsNearToNone) {
  const Outcome outcome = saksi("photograph");
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("'photograph' is no command\nCommands: run, "), std::string::npos) << outcome.output;
}

TEST(BadInput, MisspeltKeyIsNamedWithItsPlace) {
  const std::string dir = fresh_dir("bad-key");
  const Outcome outcome = saksi("run " + quoted(changed_scenario(dir, "duration_s", "duratoin_s")) + " --out " + dir + "/out");
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("changed.yaml:7:1: unknown key 'duratoin_s'; did you mean 'duration_s'?"), std::string::npos) << outcome.output;
}

TEST(BadInput, UnknownRequirementIsNamed) {
  const std::string dir = fresh_dir("bad-requirement");
  const Outcome outcome = saksi("run " + quoted(changed_scenario(dir, "press-to-record", "press-to-recrod")) + " --out " + dir + "/out");
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("press-to-recrod"), std::string::npos);
  EXPECT_NE(outcome.output.find("press-to-record"), std::string::npos);
}

TEST(BadInput, MissingScenario) {
  const Outcome outcome = saksi("run /nowhere/x.yaml");
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("/nowhere/x.yaml"), std::string::npos);
}

TEST(BadInput, MissingClip) {
  const Outcome outcome = saksi("run " + desk() + " --clip /nowhere/clip.avi --out " + fresh_dir("bad-clip"));
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("/nowhere/clip.avi"), std::string::npos);
}

TEST(BadInput, ClipOfZeroFrames) {
  const std::string dir = fresh_dir("zero-frames");
  ASSERT_EQ(run_command("ffmpeg -v error -f lavfi -i testsrc=size=64x64:rate=5 -frames:v 0 -y " + dir + "/zero.avi").code, 0);
  const Outcome outcome = saksi("run " + desk() + " --clip " + dir + "/zero.avi --out " + dir + "/out");
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("zero.avi"), std::string::npos);
}

TEST(BadInput, ClipThatIsNoVideo) {
  const Outcome outcome = saksi("run " + desk() + " --clip /etc/passwd --out " + fresh_dir("no-video"));
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("/etc/passwd"), std::string::npos);
}

TEST(BadInput, FirmwareForAnotherMachine) {
  const Outcome outcome = saksi("run " + desk() + " --firmware /bin/true --out " + fresh_dir("foreign-elf"));
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("/bin/true"), std::string::npos);
}

TEST(BadInput, TruncatedFirmware) {
  const std::string dir = fresh_dir("short-elf");
  const std::string elf = read_file(SAKSI_BUILD_DIR "/firmware/saksi-cam.elf");
  ASSERT_GT(elf.size(), 2000u);
  write_file(dir + "/short.elf", elf.substr(0, 2000));
  const Outcome outcome = saksi("run " + desk() + " --firmware " + dir + "/short.elf --out " + dir + "/out");
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("short.elf"), std::string::npos);
}

TEST(BadInput, UnwritableOutFolder) {
  const Outcome outcome = saksi("run " + desk() + " --out /proc/saksi");
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("/proc/saksi"), std::string::npos);
}

TEST(BadInput, OneBadFileInASuiteRunsNothing) {
  const std::string dir = fresh_dir("bad-suite");
  write_file(dir + "/suite.yaml", "suite: s\nscenarios:\n  - {scenario: " + scenario("start/press-at-desk.yaml") + "}\n  - {scenario: missing.yaml}\n");
  const Outcome outcome = saksi("run " + dir + "/suite.yaml --out " + dir + "/out");
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_FALSE(std::filesystem::exists(dir + "/out/press-at-desk/recording"));
}

TEST(BadInput, OddSizeAndUnknownCommand) {
  EXPECT_EQ(saksi("run " + desk() + " --size 641x360").code, kUsage);
  EXPECT_EQ(saksi("rnu " + desk()).code, kUsage);
  EXPECT_EQ(saksi("").code, kUsage);
}

TEST(BadInput, JudgeOfAForeignFile) {
  const Outcome outcome = saksi("judge /etc/passwd --out " + fresh_dir("judge-foreign"));
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("/etc/passwd"), std::string::npos);
}

TEST(BadInput, ReplayOfNoBundle) {
  const Outcome outcome = saksi("replay " + fresh_dir("no-bundle"));
  EXPECT_EQ(outcome.code, kUsage);
  EXPECT_NE(outcome.output.find("bundle.json"), std::string::npos);
}

}  // namespace
}  // namespace saksi::test
