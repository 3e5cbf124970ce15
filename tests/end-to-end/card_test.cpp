// Goal: the reference camera says what its card does wrong and loses nothing that was stored, and a camera that does not look at write errors is
// caught by the requirements that it breaks. Method: scenarios with a failing card, with the good firmware and the defective one;
// truth/card-faults.jsonl says that the fault struck.
#include <gtest/gtest.h>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

std::string defect(const std::string& name) { return std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam-" + name + ".elf"; }

TEST(Card, ThatStoresNothingIsSaidByTheReference) {
  const std::string dir = fresh_dir("card-write-error");
  const Outcome outcome = saksi("run " + scenario("card/write-error.yaml") + " --encoder sizes --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(read_file(dir + "/truth/card-faults.jsonl").find("\"write_error\""), std::string::npos);
  EXPECT_NE(read_file(dir + "/recording/console.log").find("E: card error"), std::string::npos);
}

TEST(Card, AWriteErrorThatIsIgnoredFailsFaultShownAndFaultLogged) {
  const std::string dir = fresh_dir("card-ignores-write-error");
  const Outcome outcome =
      saksi("run " + scenario("card/write-error.yaml") + " --encoder sizes --firmware " + defect("ignores-write-error") + " --out " + dir);
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_EQ(verdict_on(read_json(dir + "/verdicts.json"), "fault-shown"), "fail");
  EXPECT_EQ(verdict_on(read_json(dir + "/verdicts.json"), "fault-logged"), "fail");
}

TEST(Card, OneWriteErrorInMidRecordingCostsNothing) {
  const std::string dir = fresh_dir("card-write-error-once");
  const Outcome outcome = saksi("run " + scenario("card/write-error-once.yaml") + " --encoder model --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(read_file(dir + "/truth/card-faults.jsonl").find("\"write_error\""), std::string::npos);
  EXPECT_NE(read_file(dir + "/recording/console.log").find("W: card write"), std::string::npos);
}

TEST(Card, ThatFailsForGoodInMidRecordingLosesNothingStored) {
  const std::string dir = fresh_dir("card-write-error-for-good");
  const Outcome outcome = saksi("run " + scenario("card/write-error-for-good.yaml") + " --encoder model --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(read_file(dir + "/recording/events.jsonl").find("\"led\":\"amber\",\"on\":true"), std::string::npos);
  EXPECT_NE(read_file(dir + "/recording/console.log").find("E: card error"), std::string::npos);
  EXPECT_EQ(verdict_on(read_json(dir + "/verdicts.json"), "led-while-stored"), "pass");
}

TEST(Card, AWriteErrorInMidRecordingThatIsIgnoredFailsLedWhileStored) {
  const std::string dir = fresh_dir("card-ignores-write-error-late");
  const Outcome outcome =
      saksi("run " + scenario("card/write-error-for-good.yaml") + " --encoder model --firmware " + defect("ignores-write-error") + " --out " + dir);
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  const nlohmann::ordered_json verdicts = read_json(dir + "/verdicts.json");
  EXPECT_EQ(verdict_on(verdicts, "press-to-record"), "pass") << "the recording begins as it should";
  EXPECT_EQ(verdict_on(verdicts, "led-while-stored"), "fail");
}

}  // namespace
}  // namespace saksi::test
