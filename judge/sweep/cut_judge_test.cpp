// Goal: each figure of a cut says what it is named for. Method: a run of two clips told here, cards after a cut that differ from what they should be
// in one thing, and the figure that must see it.
#include "judge/sweep/cut_judge.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "judge/measure/cut_figures.h"

namespace saksi::judge {
namespace {

FileFacts clip(const std::string& path, const std::vector<std::string>& units) {
  FileFacts file;
  file.path = path;
  file.is_clip = true;
  file.content = path;
  for (const std::string& unit : units) {
    file.units.push_back({unit, 10});
    file.content += unit;
  }
  return file;
}

/// A clip of one unit, complete at write 10; a clip of units b (durable at 20) and c (30), pressed at 1.95 s, LED lit at 2.0 s. Ten writes a second.
class CutJudge : public testing::Test {
 protected:
  CutJudge() {
    uncut_.files = {{"OLD.MP4", clip("OLD.MP4", {"a"}).content, 10, {{"a", 10, 9, {0.5}}}},
                    {"NEW.MP4", clip("NEW.MP4", {"b", "c"}).content, 35, {{"b", 10, 20, {1.9, 2.0}}, {"c", 10, 30, {2.5, 2.9}}}}};
    for (int i = 0; i < 40; ++i) uncut_.durable_s.push_back(0.1 * (i + 1));
    uncut_.lit = {{2.0, 3.9, 1.95}};
    uncut_.frame_period_s = 0.01;
    uncut_.end_s = 4.5;
    recovery_.after.readable = true;
    recovery_.after.files = {clip("NEW.MP4", {"b"}), clip("OLD.MP4", {"a"})};
    recovery_.ready_s = 1;
  }
  double value(const char* id, size_t cut = 25, bool is_legal = true) const {
    for (const Measurement& figure : judge_cut(uncut_, recovery_, cut, is_legal)) {
      if (figure.id == id && figure.value) return *figure.value;
    }
    return -1;
  }

  UncutRun uncut_;
  Recovery recovery_;
};

TEST_F(CutJudge, FindsNothingWrongWithAGoodRecovery) {
  for (const char* id : {kCutFramesLost, kCutFilesChanged, kCutVolumeFaults, kCutClipsBroken, kCutStaleFrames, kCutLedUntrue, kCutLossUnsaid}) {
    EXPECT_EQ(value(id), 0) << id;
  }
  EXPECT_NEAR(value(kCutTail), 2.6 - 2.0, 1e-9) << "power went at the latest as write 25 became durable";
  EXPECT_EQ(value(kCutReadyTime), 1);
}

TEST_F(CutJudge, CountsFramesThatWereDurable) {
  EXPECT_EQ(value(kCutFramesLost, 29), 0) << "c was not there yet";
  EXPECT_EQ(value(kCutFramesLost, 30), 10);
  recovery_.after.files = {clip("OLD.MP4", {"a"})};
  EXPECT_EQ(value(kCutFramesLost, 25), 10);
  EXPECT_EQ(value(kCutLedUntrue, 25), 1);
  EXPECT_EQ(value(kCutLedUntrue, 15), 0) << "the LED was dark then";
  EXPECT_EQ(value(kCutLossUnsaid, 25), 10);
  recovery_.said = {"W: clip lost"};
  EXPECT_EQ(value(kCutLossUnsaid, 25), 0);
}

TEST_F(CutJudge, TheLedIsJudgedUntilTheNextWrite) {
  recovery_.after.files = {clip("OLD.MP4", {"a"})};
  uncut_.files[1].units[0].durable_at = 21;
  EXPECT_EQ(value(kCutLedUntrue, 19), 0) << "the card is this until 2.0 s, when the LED comes on";
  EXPECT_EQ(value(kCutLedUntrue, 20), 1) << "until 2.1 s";
}

TEST_F(CutJudge, WithoutTimesTheLedAnswersForWhatWasStoredAfterThePress) {
  for (UncutFile& file : uncut_.files) {
    for (UncutUnit& unit : file.units) unit.exposed_s.clear();
  }
  recovery_.after.files = {clip("NEW.MP4", {"b", "c"}), clip("OLD.MP4", {"a"})};
  EXPECT_EQ(value(kCutLedUntrue, 37), 0) << "the clip is complete, and the LED still lit";
  recovery_.after.files = {clip("OLD.MP4", {"a"})};
  EXPECT_EQ(value(kCutLedUntrue, 25), 1) << "a clip from before the press does not count";
}

TEST_F(CutJudge, OlderFilesMustStayAsTheyAre) {
  recovery_.after.files[1].content = "other";
  EXPECT_EQ(value(kCutFilesChanged), 1);
  EXPECT_EQ(value(kCutFilesChanged, 9), 0) << "it was not complete yet";
  recovery_.after.files.pop_back();
  EXPECT_EQ(value(kCutFilesChanged), 1);
}

TEST_F(CutJudge, SeesForeignAndRepeatedFrames) {
  recovery_.after.files[0] = clip("NEW.MP4", {"b", "x"});
  EXPECT_EQ(value(kCutStaleFrames), 10);
  uncut_.older_units = {"x"};
  EXPECT_EQ(value(kCutStaleFrames), 0) << "it was on the card before";
  recovery_.after.files[0] = clip("NEW.MP4", {"b", "b"});
  EXPECT_EQ(value(kCutStaleFrames), 10);
}

TEST_F(CutJudge, AClipThatWasOnItsWayAtTheEndIsNotForeign) {
  recovery_.after.files.push_back(clip("ON-ITS-WAY.MP4", {"d"}));
  EXPECT_EQ(value(kCutStaleFrames), 10);
  uncut_.ends_recording = true;
  EXPECT_EQ(value(kCutStaleFrames), 0);
  recovery_.after.files[0] = clip("NEW.MP4", {"b", "x"});
  EXPECT_EQ(value(kCutStaleFrames), 10) << "a clip that is known holds what it was seen to hold";
}

TEST_F(CutJudge, SeesBrokenClipsAndVolumes) {
  recovery_.after.files[0].problems = {{Severity::kTorn, "truncated", "cut off"}};
  EXPECT_EQ(value(kCutClipsBroken), 1);
  recovery_.after.files[0] = clip("NEW.MP4", {});
  EXPECT_EQ(value(kCutClipsBroken), 1) << "no picture";
  recovery_.after.problems = {{Severity::kNote, "partition-found", ""}, {Severity::kTorn, "lost-chain", "lost"}};
  EXPECT_EQ(value(kCutVolumeFaults), 1);
  recovery_.ready_s.reset();
  recovery_.waited_s = 12;
  EXPECT_EQ(value(kCutReadyTime), -1);
}

TEST_F(CutJudge, TheNextClipMustBeNewAndLeaveTheOthers) {
  EXPECT_EQ(value(kCutNextClipBad), -1) << "none was made";
  recovery_.next = recovery_.after;
  EXPECT_EQ(value(kCutNextClipBad), 1);
  recovery_.next->files.push_back(clip("NEXT.MP4", {"n"}));
  EXPECT_EQ(value(kCutNextClipBad), 0);
  recovery_.next->files[0].content = "other";
  EXPECT_EQ(value(kCutNextClipBad), 1);
}

TEST_F(CutJudge, OfIllegalDamageOnlyHonestyIsAsked) {
  recovery_.after.files = {};
  EXPECT_EQ(value(kCutFramesLost, 25, false), -1);
  EXPECT_EQ(value(kCutLossUnsaid, 25, false), 21) << "two units, and the clip that was complete";
}

}  // namespace
}  // namespace saksi::judge
