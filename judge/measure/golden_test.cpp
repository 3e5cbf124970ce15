// Goal: each measurement means what its header says. Method: made-up recordings with known truth, one that should measure well, one that
// should measure badly, and the odd cases; the truth must lie inside the stated interval.
#include <gtest/gtest.h>

#include "judge/measure/measurement.h"
#include "judge/measure/observe.h"
#include "judge/test-support/card_image.h"
#include "judge/test-support/story.h"

namespace saksi::judge {
namespace {

using testing::Story;
using testing::StoryClip;

Observations observe_story(const Story& story) {
  const std::string folder = testing::fresh_folder(::testing::UnitTest::GetInstance()->current_test_info()->name());
  story.write(folder);
  return observe(folder);
}

Measurement take(const Observations& observations, const std::string& id) { return measure(*find_measurement_kind(id), observations); }

void expect_covers(const Measurement& m, double truth, double widest) {
  ASSERT_TRUE(m.value.has_value()) << m.reason << m.explain;
  EXPECT_LE(std::abs(*m.value - truth), m.uncertainty + 1e-6) << m.explain;
  EXPECT_LE(m.uncertainty, widest) << m.explain;
}

int64_t ns(double s) { return static_cast<int64_t>(s * 1e9); }

/// Power at 0, ready at 1 s, press at `press_s`, stop a second later, end at 5 s.
Story pressed(double press_s) {
  Story story;
  story.events.supply(0, 3700);
  story.events.led(ns(1.0), "green", true);
  story.events.press(ns(press_s), "record");
  story.events.led(ns(press_s + 0.1), "red", true);
  story.events.press(ns(press_s + 1.0), "record");
  story.events.led(ns(press_s + 1.2), "red", false);
  story.events.end(ns(5));
  return story;
}

TEST(Golden, AGoodRecordingMeasuresWell) {
  Story story = pressed(2.30);
  StoryClip clip;
  clip.photon_s = story.steady(1.32, 30);  // to 3.2533: 1.32 + 14 / 15 = 2.2533 lies before the press, 2.32 after it
  story.clips = {clip};
  const Observations o = observe_story(story);
  expect_covers(take(o, "press_to_record"), 1.32 + 15.0 / 15 - 2.30, 0.004);
  expect_covers(take(o, "pre_event_s"), 2.30 - 1.32, 0.004);
  expect_covers(take(o, "press_gap"), 1.0 / 15, 0.004);
  expect_covers(take(o, "stop_to_end"), 1.32 + 29.0 / 15 - 3.30, 0.004);
  expect_covers(take(o, "led_without_video"), 3.50 - (1.32 + 29.0 / 15), 0.004);
  expect_covers(take(o, "frames_dropped"), 0, 0);
  expect_covers(take(o, "frames_repeated"), 0, 0);
  expect_covers(take(o, "pts_error"), 0, 0.004);
  expect_covers(take(o, "clips_stored"), 1, 0);
  expect_covers(take(o, "clips_playable"), 1, 0);
  expect_covers(take(o, "ready_time"), 1.0, 0);
  EXPECT_FALSE(take(o, "fault_logged").value.has_value());
  EXPECT_EQ(take(o, "fault_logged").reason, "the camera recorded and showed no fault, so there was none to log");
  EXPECT_FALSE(take(o, "durable_frames_at_cut").value.has_value());
  EXPECT_EQ(take(o, "durable_frames_at_cut").reason, "no supply cut came while the recording LED was lit");
  EXPECT_NEAR(take(o, "fault_shown").at_least.value(), 2.7, 1e-9);
}

TEST(Golden, AForgottenRingAndALateStartAreSeen) {
  Story story = pressed(2.00);
  StoryClip clip;
  clip.photon_s = story.steady(3.31, 5);
  story.clips = {clip};
  const Observations o = observe_story(story);
  // The stop at 3.00 came before the first frame, which still belongs to the press.
  expect_covers(take(o, "press_to_record"), 1.31, 0.012);
  expect_covers(take(o, "pre_event_s"), 0, 0);
  expect_covers(take(o, "press_gap"), 1.31, 0.012);
}

TEST(Golden, NothingStoredIsAWaitThatNeverEnded) {
  const Observations o = observe_story(pressed(2.0));
  EXPECT_FALSE(take(o, "press_to_record").value.has_value());
  EXPECT_NEAR(take(o, "press_to_record").at_least.value(), 3.0, 1e-9);
  expect_covers(take(o, "pre_event_s"), 0, 0);
  expect_covers(take(o, "fault_logged"), 0, 0);
  expect_covers(take(o, "clips_stored"), 0, 0);
  expect_covers(take(o, "clips_playable"), 0, 0);
  EXPECT_FALSE(take(o, "frames_dropped").value.has_value());
}

TEST(Golden, OfAFrameThatMayLieBeforeOrAfterThePressTheLikelierIsTaken) {
  Story story = pressed(2.0);
  StoryClip clip;
  clip.photon_s = story.steady(2.00005 - 1.0, 25);
  story.clips = {clip};
  const Measurement m = take(observe_story(story), "press_to_record");
  expect_covers(m, 0.00005, 0.002);
  EXPECT_GE(*m.value - m.uncertainty, -1e-9);
  EXPECT_NE(m.explain.find("lies within its uncertainty"), std::string::npos);
}

TEST(Golden, AHoleAtThePressIsMeasured) {
  Story story = pressed(2.5);
  StoryClip clip;
  const std::vector<double> all = story.steady(1.51, 30);
  for (size_t i = 0; i < all.size(); ++i) {
    if (i < 14 || i >= 20) clip.photon_s.push_back(all[i]);
  }
  story.clips = {clip};
  const Observations o = observe_story(story);
  expect_covers(take(o, "press_gap"), 7.0 / 15, 0.004);
  expect_covers(take(o, "frames_dropped"), 6, 0);
  expect_covers(take(o, "press_to_record"), 1.51 + 20.0 / 15 - 2.5, 0.004);
}

TEST(Golden, ARecordingLedThatIsLitWhileNothingIsStoredIsMeasured) {
  Story story = pressed(2.0);  // lit from 2.1 to 3.2
  StoryClip clip;
  clip.photon_s = story.steady(1.01, 20);  // to 2.2767
  story.clips = {clip};
  const Measurement m = take(observe_story(story), "led_without_video");
  expect_covers(m, 3.2 - (1.01 + 19.0 / 15), 0.004);
  EXPECT_EQ(m.clip, clip.file);
  EXPECT_NE(m.explain.find("frame 19"), std::string::npos) << m.explain;
}

TEST(Golden, ARecordingLedWithoutAnyClipIsMeasuredFromItsFirstLight) {
  const Measurement m = take(observe_story(pressed(2.0)), "led_without_video");
  expect_covers(m, 1.1, 1e-6);
  Story never;
  never.events.supply(0, 3700);
  never.events.end(ns(5));
  EXPECT_EQ(take(observe_story(never), "led_without_video").reason, "the recording LED was never lit");
}

TEST(Golden, AHoleInMidRecordingCountsWhileTheLedIsLitAndNotWhileItIsDark) {
  Story story = pressed(2.0);
  StoryClip clip;
  clip.photon_s = story.steady(1.01, 20);
  StoryClip next;
  next.file = "DCIM/100SAKSI/CLIP0002.MP4";
  next.photon_s = story.steady(3.9, 15);
  story.clips = {clip, next};
  // In the dark from 3.2 to 4.1 nothing needs to be stored.
  story.events = {};
  story.events.supply(0, 3700);
  story.events.press(ns(2.0), "record");
  story.events.led(ns(2.1), "red", true);
  story.events.led(ns(2.5), "red", false);
  story.events.led(ns(4.1), "red", true);
  story.events.led(ns(4.9), "red", false);
  story.events.end(ns(5));
  const Measurement m = take(observe_story(story), "led_without_video");
  EXPECT_EQ(m.samples.size(), 2u);
  expect_covers(m, 2.5 - (1.01 + 19.0 / 15), 0.004);
  // A LED that blinks is lit all the time.
  story.events = {};
  story.events.supply(0, 3700);
  story.events.press(ns(2.0), "record");
  story.events.led(ns(2.1), "red", true);
  for (int i = 0; i < 4; ++i) {
    story.events.led(ns(2.5 + i * 0.5), "red", false);
    story.events.led(ns(2.7 + i * 0.5), "red", true);
  }
  story.events.end(ns(5));
  const std::string folder = testing::fresh_folder("led-that-blinks");
  story.write(folder);
  expect_covers(take(observe(folder), "led_without_video"), 3.9 - (1.01 + 19.0 / 15), 0.004);
}

TEST(Golden, DroppedAndRepeatedFramesAreCounted) {
  Story story = pressed(2.5);
  StoryClip clip;
  clip.photon_s = story.steady(1.51, 30);
  clip.photon_s.erase(clip.photon_s.begin() + 7);
  clip.photon_s[20] = clip.photon_s[19];
  for (int i = 0; i < 29; ++i) clip.pts_s.push_back(i / 15.0);
  story.clips = {clip};
  const Observations o = observe_story(story);
  // The repeated frame takes the place of one that is then missing.
  expect_covers(take(o, "frames_dropped"), 2, 0);
  expect_covers(take(o, "frames_repeated"), 1, 0);
  // Times that go on as if nothing were missing are wrong by a period; the repeated frame makes that two for one frame.
  expect_covers(take(o, "pts_error"), 1.0 / 15, 0.004);
}

TEST(Golden, FalseTimesAreMeasured) {
  Story story = pressed(2.5);
  StoryClip clip;
  clip.photon_s = story.steady(1.51, 30);
  for (int i = 0; i < 30; ++i) clip.pts_s.push_back(i / 16.0);
  story.clips = {clip};
  expect_covers(take(observe_story(story), "pts_error"), 29 * (1.0 / 15 - 1.0 / 16), 0.004);
}

TEST(Golden, TimesThatRunFastAreADrift) {
  Story story = pressed(2.5);
  StoryClip clip;
  clip.photon_s = story.steady(1.51, 50);
  for (int i = 0; i < 50; ++i) clip.pts_s.push_back(i / 15.0 * 1.001);
  story.clips = {clip};
  const Observations o = observe_story(story);
  const Measurement m = take(o, "clock_drift");
  // The file's times are whole ticks of 1/90000 s.
  EXPECT_NEAR(*m.value, 86.4, m.uncertainty + 86'400.0 / 90'000 / 4);
  EXPECT_LT(m.uncertainty, 10);
  expect_covers(take(o, "frames_late"), 0, 0);
}

TEST(Golden, WhatIsShownLateIsCountedAndItsStepMeasured) {
  Story story = pressed(2.5);
  StoryClip clip;
  clip.photon_s = story.steady(1.51, 50);
  for (int i = 0; i < 50; ++i) clip.pts_s.push_back(i / 15.0 + (i >= 30 ? 0.045 : 0));
  story.clips = {clip};
  const Observations o = observe_story(story);
  expect_covers(take(o, "frames_late"), 20, 0);
  const Measurement m = take(o, "frame_jitter");
  EXPECT_NEAR(*m.value, 0.045, m.uncertainty + 2.0 / 90'000);
  EXPECT_LT(m.uncertainty, 0.001);
}

TEST(Golden, WhatIsMissingBetweenTwoClipsOfOneRecordingIsMeasured) {
  for (const int missing : {0, 3}) {
    Story story = pressed(2.0);  // stopped a second later
    StoryClip first, second;
    second.file = "DCIM/100SAKSI/CLIP0002.MP4";
    const std::vector<double> all = story.steady(1.01, 31);
    for (size_t i = 0; i < all.size(); ++i) {
      if (i < 20) first.photon_s.push_back(all[i]);
      if (i >= 20 + static_cast<size_t>(missing)) second.photon_s.push_back(all[i]);
    }
    story.clips = {first, second};
    const Observations o = observe_story(story);
    expect_covers(take(o, "segment_gap"), missing / 15.0, 0.004);
    // The recording ends with its last clip.
    expect_covers(take(o, "stop_to_end"), all.back() - 3.0, 0.004);
  }
}

TEST(Golden, TwoRecordingsAreNoSegments) {
  Story story = pressed(2.5);
  story.events.press(ns(3.0), "record");
  story.events.press(ns(3.6), "record");
  StoryClip first, second;
  second.file = "DCIM/100SAKSI/CLIP0002.MP4";
  first.photon_s = story.steady(1.51, 22);
  second.photon_s = story.steady(3.2, 12);
  story.clips = {first, second};
  const Measurement m = take(observe_story(story), "segment_gap");
  EXPECT_FALSE(m.value.has_value());
  EXPECT_NE(m.reason.find("no recording goes on"), std::string::npos);
}

TEST(Golden, AnEventTimeThatIsUncertainWidensTheInterval) {
  Story story;
  story.events.supply(0, 3700);
  story.events.press(ns(2.03), "record", 2'000'000);
  story.events.end(ns(4));
  StoryClip clip;
  clip.photon_s = story.steady(1.01, 30);
  story.clips = {clip};
  const Measurement m = take(observe_story(story), "press_to_record");
  expect_covers(m, 1.01 + 16.0 / 15 - 2.03, 0.008);
  EXPECT_GE(m.uncertainty, 0.0038);  // 1.96 times 2 ms, as drawn
}

/// The supply fails 20 ms after the LED is lit.
Story cut_after_led() {
  Story story;
  story.events.supply(0, 3700);
  story.events.press(ns(2.0), "record");
  story.events.led(ns(2.1), "red", true);
  story.events.supply(ns(2.12), 0);
  story.events.led(ns(2.12), "red", false);
  story.events.end(ns(3));
  return story;
}

TEST(Golden, DurableFramesAreThoseOnTheCardAfterTheCut) {
  Story story = cut_after_led();
  StoryClip clip;
  clip.photon_s = story.steady(1.02, 15);
  story.clips = {clip};
  story.snapshots[1] = {clip};
  const Observations o = observe_story(story);
  expect_covers(take(o, "durable_frames_at_cut"), 15, 0);
  // No frame after the press had to be there when the supply failed.
  EXPECT_NEAR(take(o, "press_to_record").at_least.value(), 0.12, 1e-9);
  expect_covers(take(o, "pre_event_s"), 0.98, 0.004);
}

TEST(Golden, ACutTellsOnWhichSideOfTheDurableMomentItCame) {
  Story story = cut_after_led();
  StoryClip clip;
  clip.photon_s = story.steady(1.02, 15);  // the last at 1.953 s: before the press
  story.clips = {clip};
  story.snapshots[1] = {clip};
  const Observations lost = observe_story(story);
  EXPECT_FALSE(take(lost, "press_to_durable").value);
  EXPECT_NEAR(take(lost, "press_to_durable").at_least.value(), 0.12, 1e-9);
  EXPECT_NEAR(take(lost, "led_to_durable").value.value(), 0.01, 1e-9);
  EXPECT_NEAR(take(lost, "led_to_durable").uncertainty, 0.01, 1e-9);
  clip.photon_s = story.steady(1.02, 17);  // and one at 2.087 s
  story.clips = {clip};
  story.snapshots[1] = {clip};
  const Observations kept = observe_story(story);
  EXPECT_NEAR(take(kept, "press_to_durable").value.value(), 0.06, 1e-9);
  EXPECT_NEAR(take(kept, "press_to_durable").uncertainty, 0.06, 1e-9);
}

TEST(Golden, ACutThatLeavesNothingLosesPressAndLed) {
  Story story = cut_after_led();
  StoryClip empty;
  story.clips = {empty};
  story.snapshots[1] = {empty};
  const Observations o = observe_story(story);
  EXPECT_NEAR(take(o, "press_to_durable").at_least.value(), 0.12, 1e-9);
  EXPECT_NEAR(take(o, "led_to_durable").at_least.value(), 0.02, 1e-9);
}

TEST(Golden, AnLedBeforeAnythingIsDurableGivesZero) {
  Story story = cut_after_led();
  StoryClip empty;
  story.clips = {empty};
  story.snapshots[1] = {empty};
  const Observations o = observe_story(story);
  expect_covers(take(o, "durable_frames_at_cut"), 0, 0);
  // A file into which nothing was written before the cut is no clip.
  expect_covers(take(o, "clips_stored"), 0, 0);
}

TEST(Golden, AnEarlierRecordingIsNotTakenForTheOneThatWasCut) {
  Story story;
  story.events.supply(0, 3700);
  story.events.press(ns(1.5), "record");
  story.events.led(ns(1.6), "red", true);
  story.events.press(ns(2.5), "record");
  story.events.led(ns(2.6), "red", false);
  story.events.press(ns(3.8), "record");
  story.events.led(ns(3.9), "red", true);
  story.events.supply(ns(3.92), 0);
  story.events.end(ns(5));
  StoryClip clip;
  clip.photon_s = story.steady(0.52, 30);
  story.clips = {clip};
  story.snapshots[1] = {clip};
  const Observations o = observe_story(story);
  expect_covers(take(o, "durable_frames_at_cut"), 0, 0);
  EXPECT_EQ(take(o, "press_to_record").samples.size(), 1u);
  EXPECT_NEAR(take(o, "press_to_record").at_least.value(), 0.12, 1e-9);
}

TEST(Golden, FaultLedAndLogAreMeasured) {
  Story story;
  story.claims["pre_event_s"] = 0;
  story.events.supply(ns(0.5), 3700);
  story.events.press(ns(2.0), "record");
  story.events.led(ns(2.25), "amber", true, 1'000'000);
  story.events.end(ns(3));
  story.console = "1500000000 boot\n2200000000 E: no card\n2300000000 E: still no card\n";
  const Observations o = observe_story(story);
  expect_covers(take(o, "fault_shown"), 0.25, 0.0021);
  expect_covers(take(o, "fault_logged"), 2, 0);
  EXPECT_NEAR(take(o, "ready_time").at_least.value(), 2.5, 1e-9);
}

TEST(Golden, AFaultThatWasShownButNotLoggedIsNoneLogged) {
  Story story;
  story.events.supply(0, 3700);
  story.events.press(ns(2.30), "record");
  story.events.led(ns(2.40), "amber", true);
  story.events.end(ns(5));
  StoryClip clip;
  clip.photon_s = story.steady(1.32, 30);
  story.clips = {clip};
  expect_covers(take(observe_story(story), "fault_logged"), 0, 0);
}

TEST(Golden, AFaultLedThatIsLitAlreadyTakesNoTime) {
  Story story;
  story.events.supply(0, 3700);
  story.events.led(ns(1.0), "amber", true);
  story.events.press(ns(2.0), "record");
  story.events.press(ns(2.5), "record");
  story.events.end(ns(3));
  const Observations o = observe_story(story);
  expect_covers(take(o, "fault_shown"), 0, 0);
  // With the fault shown and nothing recording, the second press is another try, not a stop.
  EXPECT_EQ(take(o, "press_to_record").at_least.value(), 0.5);
  EXPECT_EQ(take(o, "stop_to_end").reason, "no press that stops a recording");
}

TEST(Golden, TwoRecordingsGiveTwoSamples) {
  Story story;
  story.events.supply(0, 3700);
  for (double press_s : {2.0, 5.0}) {
    story.events.press(ns(press_s), "record");
    story.events.led(ns(press_s + 0.1), "red", true);
    story.events.press(ns(press_s + 1), "record");
    story.events.led(ns(press_s + 1.1), "red", false);
  }
  story.events.end(ns(7));
  StoryClip one;
  one.photon_s = story.steady(1.03, 30);
  StoryClip two;
  two.file = "DCIM/100SAKSI/CLIP0002.MP4";
  two.photon_s = story.steady(4.23, 27);
  story.clips = {one, two};
  const Observations o = observe_story(story);
  const Measurement pre_event = take(o, "pre_event_s");
  EXPECT_EQ(pre_event.samples.size(), 2u);
  expect_covers(pre_event, 5.0 - 4.23, 0.004);
  EXPECT_EQ(pre_event.clip, two.file);
  EXPECT_EQ(take(o, "stop_to_end").samples.size(), 2u);
  expect_covers(take(o, "clips_playable"), 2, 0);
}

TEST(Golden, UnreadableCodesAreNotGuessed) {
  Story story = pressed(2.3);
  story.camera.show_code = false;
  StoryClip clip;
  clip.photon_s = story.steady(1.32, 10);
  story.clips = {clip};
  const Observations o = observe_story(story);
  for (const char* id : {"press_to_record", "pre_event_s", "press_gap", "stop_to_end", "frames_dropped", "frames_repeated", "pts_error"}) {
    const Measurement m = take(o, id);
    EXPECT_FALSE(m.value.has_value()) << id;
    EXPECT_FALSE(m.at_least.has_value()) << id;
    EXPECT_NE(m.reason, "") << id;
  }
  expect_covers(take(o, "clips_playable"), 1, 0);
}

/// In simulation the truth is known to the nanosecond; on the whole 95 of 100 intervals must hold it.
TEST(Golden, StatedIntervalsHoldTheTruth) {
  SeedStream random(21, "golden-coverage");
  constexpr int kStories = 40;
  int covered = 0;
  int wide = 0;
  for (int i = 0; i < kStories; ++i) {
    const double press_s = 2.0 + random.uniform();
    Story story = pressed(press_s);
    story.seed = static_cast<uint64_t>(i);
    story.qp = 22 + static_cast<int>(random.below(12));
    story.camera.exposure_s = 0.004 + 0.010 * random.uniform();
    story.camera.readout_s = 0.010 + 0.015 * random.uniform();
    story.camera.gamma = 1.6 + random.uniform();
    StoryClip clip;
    clip.photon_s = story.steady(press_s - 0.95 - 0.07 * random.uniform(), 26);
    story.clips = {clip};
    double truth = -1;
    for (double t : clip.photon_s) {
      if (truth < 0 && t >= press_s) truth = t - press_s;
    }
    const Measurement m = take(observe_story(story), "press_to_record");
    ASSERT_TRUE(m.value.has_value());
    EXPECT_GE(*m.value - m.uncertainty, -1e-9);
    if (std::abs(*m.value - truth) <= m.uncertainty) ++covered;
    if (m.uncertainty > 0.010) ++wide;
  }
  EXPECT_GE(covered, kStories * 95 / 100);
  // Only where a frame lies within its uncertainty of the press is the interval wide.
  EXPECT_LE(wide, kStories * 15 / 100);
}

}  // namespace
}  // namespace saksi::judge
