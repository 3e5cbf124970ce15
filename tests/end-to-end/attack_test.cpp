// Goal: attacks on the camera itself are seen: in what it signed, or by its refusing to start.
// Method: the scenarios as a user runs them, and what the judge, the console and the LEDs say; each attack beside the same run without it.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

using Json = nlohmann::ordered_json;

/// One run, in its folder.
struct AttackRun {
  Outcome outcome;
  std::string dir;
  Json verdicts;
  std::string console;
};

AttackRun run(const std::string& name, const std::string& options = "") {
  AttackRun done;
  done.dir = fresh_dir("attack");
  done.outcome = saksi("run " + scenario("attack/" + name + ".yaml") + " --encoder model --quiet --out " + done.dir + " " + options);
  done.verdicts = read_json(done.dir + "/verdicts.json");
  done.console = read_file(done.dir + "/recording/console.log");
  return done;
}

/// The one clip that a run left.
Json clip(const AttackRun& done) {
  EXPECT_EQ(done.verdicts.at("evidence").size(), 1u) << done.outcome.output;
  return done.verdicts.at("evidence").at(0);
}

std::vector<std::string> problems(const Json& clip) {
  std::vector<std::string> kinds;
  for (const Json& problem : clip.at("problems")) kinds.push_back(problem.at("kind"));
  return kinds;
}

bool has(const std::vector<std::string>& kinds, const std::string& kind) { return std::count(kinds.begin(), kinds.end(), kind) > 0; }

TEST(Attack, WithoutOneTheCameraStartsAndItsClipIsTrusted) {
  const AttackRun done = run("firmware");
  EXPECT_EQ(done.outcome.code, 0) << done.outcome.output << done.verdicts.dump(1);
  EXPECT_NE(done.console.find("started by the boot ROM, version 2"), std::string::npos) << done.console;
  const Json found = clip(done);
  EXPECT_EQ(found.at("signature"), "valid");
  EXPECT_EQ(found.at("key"), "trusted");
  EXPECT_TRUE(problems(found).empty()) << found.dump(1);
  // What a judge elsewhere needs lies in the folder.
  const Outcome outcome =
      saksi("judge " + done.dir + "/recording --trust " + done.dir + "/vendor-ca.pem --today 2026-01-01 --json --out " + fresh_dir("judged"));
  EXPECT_NE(outcome.output.find("\"key\": \"trusted\""), std::string::npos) << outcome.output;
}

TEST(Attack, FirmwareThatIsNotTheVendorsNewestIsRefused) {
  struct Case {
    const char *set, *words;
  };
  for (const Case& attack :
       {Case{"--set version=1", "it is older than what has run here"}, Case{"--set signature=missing", "it is not signed"},
        Case{"--set signature=foreign", "its signature is not the vendor's"}, Case{"--set changed=true", "it is not what was signed"}}) {
    const AttackRun done = run("firmware", attack.set);
    EXPECT_NE(done.console.find(std::string("boot: firmware refused: ") + attack.words), std::string::npos) << attack.set << done.console;
    EXPECT_EQ(done.console.find("boot saksi-cam"), std::string::npos) << "it was not started";
    EXPECT_TRUE(done.verdicts.at("evidence").empty());
    EXPECT_NE(done.outcome.code, 0);
    const std::string events = read_file(done.dir + "/recording/events.jsonl");
    EXPECT_NE(events.find("\"led\":\"amber\",\"on\":true"), std::string::npos) << attack.set;
    EXPECT_EQ(events.find("\"led\":\"red\""), std::string::npos) << "red would say that it records";
  }
}

TEST(Attack, AReplayedSignatureIsNotTakenForAnotherPicture) {
  const AttackRun done = run("replayed-signature");
  EXPECT_NE(done.outcome.code, 0);
  EXPECT_EQ(clip(done).at("signature"), "invalid");
}

TEST(Attack, ANonceUsedTwiceIsFound) {
  const AttackRun done = run("nonce-reused");
  EXPECT_NE(done.outcome.code, 0);
  const Json found = clip(done);
  EXPECT_EQ(found.at("signature"), "valid") << "each signature is good by itself";
  EXPECT_TRUE(has(problems(found), "nonce-reused")) << found.dump(1);
}

/// What the camera signed about its clock.
bool says_trusted(const Json& clip) { return clip.at("signing_key").at("firmware").get<std::string>().find("clock=trusted") != std::string::npos; }

TEST(Attack, AStoppedClockIsSaidInWhatIsSignedAndHeldAgainstTheClip) {
  for (const char* stopped : {"oscillator", "counter"}) {
    const Json found = clip(run("stopped-clock", std::string("--set stopped=") + stopped));
    EXPECT_EQ(found.at("signature"), "valid") << stopped;
    EXPECT_FALSE(says_trusted(found)) << stopped << found.dump(1);
    EXPECT_TRUE(has(problems(found), "clock-not-trusted")) << stopped << found.dump(1);
    EXPECT_EQ(found.at("verdict"), "inconclusive") << stopped;
  }
  const Json runs = clip(run("stopped-clock", "--set stopped=no"));
  EXPECT_TRUE(says_trusted(runs));
  EXPECT_TRUE(problems(runs).empty()) << runs.dump(1);
}

TEST(Attack, AGlitchWhileSigningLeavesATornClipAndNoFalseOne) {
  for (const char* glitch_at_s : {"6.40", "6.50", "6.55", "6.60"}) {
    const AttackRun done = run("glitch-while-signing", std::string("--set glitch_at_s=") + glitch_at_s);
    const size_t first = done.console.find("boot saksi-cam");
    EXPECT_NE(done.console.find("boot saksi-cam", first + 1), std::string::npos) << "it started again";
    ASSERT_FALSE(done.verdicts.at("evidence").empty()) << glitch_at_s;
    const Json found = done.verdicts.at("evidence").at(0);
    EXPECT_EQ(found.at("signature"), "valid") << glitch_at_s << found.dump(1);
    EXPECT_EQ(found.at("key"), "trusted") << glitch_at_s;
    EXPECT_GT(found.at("pending_frames").get<int>(), 0) << glitch_at_s << ": the end is not signed, and that is said";
  }
}

TEST(Attack, ACardThatIsPulledKeepsWhatWasSigned) {
  const AttackRun done = run("card-pull-in-gop");
  ASSERT_FALSE(done.verdicts.at("evidence").empty());
  const Json found = done.verdicts.at("evidence").at(0);
  EXPECT_EQ(found.at("signature"), "valid") << found.dump(1);
  EXPECT_EQ(found.at("key"), "trusted");
}

}  // namespace
}  // namespace saksi::test
