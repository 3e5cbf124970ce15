// Goal: a run without a cut is described as what a cut may be held against. Method: events told here, and cards made of file facts.
#include "judge/sweep/uncut_run.h"

#include <gtest/gtest.h>

namespace saksi::judge {
namespace {

constexpr int64_t kS = 1'000'000'000;

Event event(double s, const std::string& kind) {
  Event event;
  event.t_ns = static_cast<int64_t>(s * static_cast<double>(kS));
  event.kind = kind;
  return event;
}

Event press(double s) {
  Event one = event(s, "press");
  one.name = "record";
  return one;
}

Event led(double s, bool on, const std::string& name = "red") {
  Event one = event(s, "led");
  one.name = name;
  one.on = on;
  return one;
}

Event supply(double s, int64_t mv) {
  Event one = event(s, "supply");
  one.mv = mv;
  return one;
}

/// A camera that is pressed at 2 s and writes ten times a second from 0.1 s on; A.MP4 is as it stays after write 30.
class UncutRunTest : public testing::Test {
 protected:
  UncutRun describe(const std::vector<Event>& more, const nlohmann::ordered_json& leds = {{"recording", "red"}}) {
    Observations run;
    run.recording.emplace();
    run.recording->events = {supply(0.05, 3800), press(2), led(2.1, true)};
    for (const Event& one : more) run.recording->events.push_back(one);
    run.claims = Claims(nlohmann::ordered_json{{"leds", leds}});
    std::vector<double> durable_s;
    for (int i = 0; i < 40; ++i) durable_s.push_back(0.1 * (i + 1));
    return describe_uncut_run(
        run,
        [](size_t writes) {
          FileFacts file;
          file.path = "A.MP4";
          file.is_clip = true;
          file.content = writes >= 30 ? "whole" : "part";
          CardFacts card;
          card.readable = true;
          card.files = {file};
          return card;
        },
        durable_s);
  }
};

TEST_F(UncutRunTest, AStoppedClipIsCompleteFromItsLastWriteOn) {
  const UncutRun run = describe({press(2.8), led(3.1, false), event(5, "end")});
  ASSERT_EQ(run.files.size(), 1u);
  EXPECT_EQ(run.files[0].complete_at, 30u);
}

TEST_F(UncutRunTest, AClipStillBeingRecordedAtTheEndIsNeverComplete) {
  EXPECT_EQ(describe({event(5, "end")}).files[0].complete_at, UncutFile::kNever);
}

TEST_F(UncutRunTest, AStoppedClipIsNotCompleteIfTheCameraWasNeverReadyAgain) {
  // A dip of the supply took the camera away right after the stop.
  const nlohmann::ordered_json leds = {{"recording", "red"}, {"ready", "green"}};
  EXPECT_EQ(describe({press(2.98), led(2.99, false), event(5, "end")}, leds).files[0].complete_at, UncutFile::kNever);
  EXPECT_EQ(describe({press(2.98), led(2.99, false), led(3.2, true, "green"), event(5, "end")}, leds).files[0].complete_at, 30u);
}

TEST_F(UncutRunTest, AClipThatTheCameraWentOnWithByItselfIsNeverComplete) {
  Event pull = event(2.2, "card");
  pull.action = "pull";
  EXPECT_EQ(describe({pull, led(2.2, false), led(2.4, true), event(5, "end")}).files[0].complete_at, UncutFile::kNever);
  EXPECT_EQ(describe({pull, led(2.2, false), led(2.4, true), led(3.5, false), event(5, "end")}).files[0].complete_at, 30u);
}

TEST_F(UncutRunTest, AClipThatThePowerEndedIsCompleteOnlyOnceItWasRecovered) {
  EXPECT_EQ(describe({supply(3.5, 0), led(3.5, false), event(5, "end")}).files[0].complete_at, UncutFile::kNever);
  EXPECT_EQ(describe({supply(2.5, 0), led(2.5, false), supply(2.7, 3800), event(5, "end")}).files[0].complete_at, 30u) << "written at 3.0 s";
}

}  // namespace
}  // namespace saksi::judge
