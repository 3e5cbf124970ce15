// Goal: presses are sorted into starts and stops, cuts are numbered, LEDs are followed. Method: short stories.
#include "judge/measure/timeline.h"

#include <gtest/gtest.h>

namespace saksi::judge {
namespace {

Event at(double s, const std::string& kind) {
  Event event;
  event.t_ns = static_cast<int64_t>(s * 1e9);
  event.kind = kind;
  return event;
}
Event supply(double s, int64_t mv) {
  Event event = at(s, "supply");
  event.mv = mv;
  return event;
}
Event press(double s, const std::string& button = "record") {
  Event event = at(s, "press");
  event.name = button;
  return event;
}
Event led(double s, const std::string& name, bool on) {
  Event event = at(s, "led");
  event.name = name;
  event.on = on;
  return event;
}
Event pull(double s) {
  Event event = at(s, "card");
  event.action = "pull";
  return event;
}

Timeline timeline_of(std::vector<Event> events) {
  Recording recording;
  recording.events = std::move(events);
  static const Claims claims(nlohmann::ordered_json{{"leds", {{"recording", "red"}, {"fault", "amber"}, {"ready", "green"}}}});
  return Timeline(recording, claims);
}

TEST(Timeline, PressesAlternateBetweenStartAndStop) {
  const Timeline t = timeline_of({supply(0, 3700), press(1), led(1.1, "red", true), press(2), led(2.1, "red", false), press(3), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 2u);
  EXPECT_DOUBLE_EQ(t.sessions()[0].stop->s, 2);
  EXPECT_DOUBLE_EQ(t.sessions()[0].until_s, 3);
  EXPECT_FALSE(t.sessions()[1].stop.has_value());
  EXPECT_DOUBLE_EQ(t.sessions()[1].until_s, 9);
}

TEST(Timeline, ASecondPressStopsEvenBeforeTheLed) {
  const Timeline t = timeline_of({supply(0, 3700), press(1), press(1.05), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 1u);
  EXPECT_TRUE(t.sessions()[0].stop.has_value());
}

TEST(Timeline, ARecordingThatTheDeviceEndedIsNotStoppedByTheNextPress) {
  // A dip of the supply restarted it at 2 s.
  const Timeline t = timeline_of({supply(0, 3700), press(1), led(1.1, "red", true), led(2, "red", false), press(5), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 2u);
  EXPECT_TRUE(t.sessions()[0].cut_short);
  EXPECT_DOUBLE_EQ(t.sessions()[0].until_s, 2);
  EXPECT_DOUBLE_EQ(t.sessions()[1].press.s, 5);
}

TEST(Timeline, APressThatWasRefusedIsNotStoppedByTheNext) {
  // No card at 1 s; it is back before the second press.
  const Timeline t =
      timeline_of({supply(0, 3700), led(0.5, "amber", true), press(1), led(3, "amber", false), press(5), led(5.1, "red", true), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 2u);
  EXPECT_FALSE(t.sessions()[0].stop.has_value());
  EXPECT_DOUBLE_EQ(t.sessions()[1].press.s, 5);
}

TEST(Timeline, APressStopsARecordingThatTheDeviceTookUpAgainByItself) {
  const Timeline t = timeline_of({supply(0, 3700), press(1), led(1.1, "red", true), pull(2), led(2, "red", false), led(3, "red", true), press(5),
                                  led(5.1, "red", false), press(7), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 2u);
  EXPECT_TRUE(t.sessions()[0].cut_short);
  EXPECT_DOUBLE_EQ(t.sessions()[1].press.s, 7);
}

TEST(Timeline, APressAfterADeviceIsReadyAgainStarts) {
  const Timeline t =
      timeline_of({supply(0, 3700), press(1), led(1.1, "red", true), led(2, "red", false), led(2.5, "green", true), press(2.6), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 2u);
}

TEST(Timeline, APressWhileADeviceRestartsIsTheStartThatTheLedAnswers) {
  const Timeline t =
      timeline_of({supply(0, 3700), press(1), led(1.1, "red", true), led(2, "red", false), press(3), led(4, "red", true), press(7), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 2u);
  EXPECT_TRUE(t.sessions()[0].cut_short);
  EXPECT_DOUBLE_EQ(t.sessions()[0].until_s, 2);
  EXPECT_DOUBLE_EQ(t.sessions()[1].press.s, 3);
  EXPECT_DOUBLE_EQ(t.sessions()[1].stop->s, 7);
}

TEST(Timeline, APressThatARestartingDeviceDidNotHearIsNotStoppedByTheNext) {
  // The supply dips at 4 s; the device is ready again at 5 s.
  const Timeline t = timeline_of({supply(0, 3700), led(1, "green", true), led(4, "green", false), press(4.5), led(5, "green", true), press(8),
                                  led(8, "green", false), led(8.1, "red", true), at(12, "end")});
  ASSERT_EQ(t.sessions().size(), 2u);
  EXPECT_FALSE(t.sessions()[0].stop.has_value());
  EXPECT_TRUE(t.sessions()[0].cut_short);
  EXPECT_DOUBLE_EQ(t.sessions()[1].press.s, 8);
  EXPECT_FALSE(t.sessions()[1].stop.has_value());
}

TEST(Timeline, APressRightAfterARestartIsTheStartThatTheLedAnswers) {
  // Dark for 0.4 s at the press, as an LED that blinks, but for 0.9 s in all.
  const Timeline t =
      timeline_of({supply(0, 3700), press(1), led(1.1, "red", true), led(4, "red", false), press(4.4), led(4.9, "red", true), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 2u);
  EXPECT_DOUBLE_EQ(t.sessions()[0].until_s, 4);
  EXPECT_DOUBLE_EQ(t.sessions()[1].press.s, 4.4);
}

TEST(Timeline, ARecordingOfADarkLedIsStillStopped) {
  // The recording LED is broken, and the ready LED is what it was.
  const Timeline t =
      timeline_of({supply(0, 3700), led(1, "green", true), press(2), press(6), led(7, "red", true), led(7.1, "red", false), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 1u);
  EXPECT_TRUE(t.sessions()[0].stop.has_value());
}

TEST(Timeline, APressBetweenTwoBlinksOfTheLedStops) {
  const Timeline t = timeline_of({supply(0, 3700), press(1), led(1.1, "red", true), led(2, "red", false), press(2.5), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 1u);
  EXPECT_TRUE(t.sessions()[0].stop.has_value());
}

Event release(double s) {
  Event event = at(s, "release");
  event.name = "record";
  return event;
}

TEST(Timeline, ABouncingContactIsOnePressAtItsFirstTouch) {
  const Timeline t = timeline_of({supply(0, 3700), press(1), release(1.001), press(1.004), release(1.3), press(1.305), release(1.306), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 1u);
  EXPECT_DOUBLE_EQ(t.sessions()[0].press.s, 1);
  EXPECT_FALSE(t.sessions()[0].stop.has_value()) << "letting go bounces as well";
}

TEST(Timeline, AButtonThatIsHeldCannotBePressed) {
  const Timeline t = timeline_of({supply(0, 3700), press(1), press(1.5), release(1.6), at(9, "end")});
  ASSERT_EQ(t.sessions().size(), 1u);
  EXPECT_FALSE(t.sessions()[0].stop.has_value());
}

TEST(Timeline, OtherButtonsAndPressesWithoutPowerDoNotCount) {
  const Timeline t = timeline_of({press(0.5), supply(1, 3700), press(2, "menu"), supply(3, 0), press(4), at(9, "end")});
  EXPECT_EQ(t.sessions().size(), 1u);
  EXPECT_DOUBLE_EQ(t.sessions()[0].press.s, 0.5);
}

TEST(Timeline, CutsAndPullsAreNumberedTogether) {
  const Timeline t = timeline_of(
      {supply(0, 3700), pull(1), press(2), led(2.1, "red", true), supply(2.2, 0), led(2.2, "red", false), supply(3, 3700), press(4), at(9, "end")});
  ASSERT_EQ(t.cuts().size(), 2u);
  EXPECT_FALSE(t.cuts()[0].is_supply);
  EXPECT_EQ(t.cuts()[1].snapshot, 2);
  EXPECT_TRUE(t.cuts()[1].recording_lit);
  EXPECT_DOUBLE_EQ(t.cuts()[1].lit_since_s, 2.1);
  ASSERT_EQ(t.sessions().size(), 2u);
  EXPECT_TRUE(t.sessions()[0].cut_short);
  EXPECT_DOUBLE_EQ(t.sessions()[0].until_s, 2.2);
}

TEST(Timeline, AnLedThatIsLitAlreadyIsLitAtOnce) {
  const Timeline t = timeline_of({led(1, "amber", true), led(3, "amber", false), led(5, "amber", true), at(9, "end")});
  EXPECT_DOUBLE_EQ(t.first_lit("amber", 0)->s, 1);
  EXPECT_DOUBLE_EQ(t.first_lit("amber", 2)->s, 2);
  EXPECT_DOUBLE_EQ(t.first_lit("amber", 4)->s, 5);
  EXPECT_DOUBLE_EQ(t.first_lit("amber", 6)->s, 6);
  EXPECT_FALSE(t.first_lit("red", 0).has_value());
}

TEST(Timeline, AnLedIsLitUntilItIsDarkOrThePowerIsCut) {
  const Timeline t = timeline_of({supply(0, 3700), led(1, "red", true), led(2, "red", false), led(2.3, "red", true), supply(3, 0), supply(3.2, 3700),
                                  led(3.4, "red", true), led(4, "red", false), led(6, "red", true), at(9, "end")});
  const std::vector<LitStretch> lit = t.lit_stretches("red");
  ASSERT_EQ(lit.size(), 3u);
  EXPECT_DOUBLE_EQ(lit[0].from.s, 1);
  EXPECT_DOUBLE_EQ(lit[0].until.s, 3) << "a blink of 0.3 s, then the cut, of which no edge tells";
  EXPECT_DOUBLE_EQ(lit[1].from.s, 3.4);
  EXPECT_DOUBLE_EQ(lit[1].until.s, 4);
  EXPECT_DOUBLE_EQ(lit[2].from.s, 6);
  EXPECT_DOUBLE_EQ(lit[2].until.s, 9);
  EXPECT_TRUE(t.lit_stretches("amber").empty());
}

}  // namespace
}  // namespace saksi::judge
