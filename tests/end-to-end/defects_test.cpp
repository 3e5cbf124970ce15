// Goal: each planted defect is caught by the requirement that it breaks, and the good firmware breaks none. Method: the defective firmware
// images that the build makes, on the scenario that must catch them.
#include <gtest/gtest.h>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

std::string defect(const std::string& name) { return std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam-" + name + ".elf"; }

TEST(Defects, ForgottenRingFailsPreEventComplete) {
  const std::string dir = fresh_dir("defect-ring");
  const Outcome outcome = saksi("run " + scenario("start/press-at-desk.yaml") + " --firmware " + defect("ring-forgotten") + " --out " + dir);
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_EQ(verdict_on(read_json(dir + "/verdicts.json"), "pre-event-complete"), "fail");
}

TEST(Defects, EveryFiftiethFrameDroppedFailsNoFramesDropped) {
  const std::string dir = fresh_dir("defect-drop");
  const Outcome outcome = saksi("run " + scenario("start/press-at-desk.yaml") + " --firmware " + defect("drop-every-50th") + " --out " + dir);
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_EQ(verdict_on(read_json(dir + "/verdicts.json"), "no-frames-dropped"), "fail");
}

TEST(Defects, LedBeforeDurableFailsLedTruthful) {
  const std::string dir = fresh_dir("defect-led");
  const Outcome outcome = saksi("run " + scenario("suites/led-truth.yaml") + " -j 2 --firmware " + defect("led-before-durable") + " --out " + dir);
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_EQ(verdict_on(read_json(dir + "/cut-after-led-cut_after_ms-0/verdicts.json"), "led-truthful"), "fail");
}

TEST(Defects, GoodFirmwareIsTruthfulAtEveryCut) {
  const std::string dir = fresh_dir("good-led");
  const Outcome outcome = saksi("run " + scenario("suites/led-truth.yaml") + " -j 2 --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
}

}  // namespace
}  // namespace saksi::test
