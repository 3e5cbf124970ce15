// Goal: what waves are recorded around is read as written, from a scenario and from the command line, and mistakes are named with their place.
// Method: small texts by hand.
#include "sim/player/wave_trigger.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "sim/player/scenario.h"

namespace saksi::sim {
namespace {

constexpr int64_t kMs = 1'000'000;

WaveTrigger read(const std::string& text) { return read_wave_trigger(YamlNode::parse(text, "s.yaml")); }

std::string error_of(const std::string& text) {
  try {
    read(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

std::string option_error(const std::string& text) {
  try {
    wave_trigger_option(text, WaveTrigger{});
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(WaveTrigger, EveryKey) {
  const WaveTrigger trigger = read("{around: led-red, nth: 3, before_ms: 0.5, after_ms: 20, signals: [h264.u_entropy, \"*.clk\"]}");
  EXPECT_EQ(trigger.around, "led-red");
  EXPECT_EQ(trigger.nth, 3);
  EXPECT_EQ(trigger.before_ns, kMs / 2);
  EXPECT_EQ(trigger.after_ns, 20 * kMs);
  EXPECT_EQ(trigger.signals, (std::vector<std::string>{"h264.u_entropy", "*.clk"}));
}

TEST(WaveTrigger, EveryWordIsAnEventAndHasADefaultWindow) {
  for (const std::string& word : event_words()) {
    const WaveTrigger trigger = read("{around: " + word + "}");
    EXPECT_EQ(trigger.name(), word);
    EXPECT_EQ(trigger.before_ns, 5 * kMs);
    EXPECT_EQ(trigger.after_ns, 5 * kMs);
    EXPECT_EQ(trigger.nth, 1);
    EXPECT_EQ(wave_trigger_option(word, WaveTrigger{}).around, word);
  }
}

TEST(WaveTrigger, EventsWithADetail) {
  EXPECT_EQ(read("{around: {irq: h264}}").name(), "irq of h264");
  EXPECT_EQ(read("{around: {console: \"E: *\"}}").name(), "console line 'E: *'");
  const WaveTrigger time = read("{around: {at_s: 2.5}}");
  EXPECT_EQ(time.around, "time");
  EXPECT_EQ(time.at_ns, 2500 * kMs);
}

TEST(WaveTrigger, WhenItWillComeIsKnownOfWhatTheBenchDoesAtSetTimes) {
  Scenario scenario;
  scenario.duration_ns = 1000 * kMs;
  Action later, earlier, triggered, beyond;
  later.at_ns = 500 * kMs;
  earlier.at_ns = 300 * kMs;
  beyond.at_ns = 1000 * kMs;
  scenario.actions = {later, earlier, beyond};
  WaveTrigger press;
  EXPECT_EQ(known_time(press, scenario), 300 * kMs);
  press.nth = 2;
  EXPECT_EQ(known_time(press, scenario), 500 * kMs);
  press.nth = 3;
  EXPECT_EQ(known_time(press, scenario), std::nullopt) << "the run is over";
  press.nth = 1;
  triggered.on_led = "red";
  scenario.actions.push_back(triggered);
  EXPECT_EQ(known_time(press, scenario), std::nullopt) << "an LED may light before";
  EXPECT_EQ(known_time(read("{around: led-red}"), scenario), std::nullopt);
  EXPECT_EQ(known_time(read("{around: {at_s: 0.25}}"), scenario), 250 * kMs);
}

TEST(WaveTrigger, MistakesHaveTheirPlace) {
  EXPECT_NE(error_of("{around: pres}").find("s.yaml:1:10: there is no event 'pres'; did you mean 'press'? Known here: press, "), std::string::npos);
  EXPECT_NE(error_of("{around: {irq: h264, console: x}}").find("s.yaml:1:10: exactly one of irq, console and at_s"), std::string::npos);
  EXPECT_NE(error_of("{around: {irq: \"\"}}").find("the name of a block was expected"), std::string::npos);
  EXPECT_NE(error_of("{around: {led: red}}").find("s.yaml:1:11: unknown key 'led'"), std::string::npos);
  EXPECT_NE(error_of("{around: press, before_ms: 1001}").find("s.yaml:1:28: "), std::string::npos);
  EXPECT_NE(error_of("{around: press, nth: 0}").find("s.yaml:1:22: "), std::string::npos);
  EXPECT_NE(error_of("{around: press, before_ms: 0, after_ms: 0}").find("nothing would be recorded"), std::string::npos);
  EXPECT_NE(error_of("{before_ms: 1}").find("around"), std::string::npos);
}

TEST(WaveTrigger, TheCommandLineReplacesTheEventAndKeepsTheRest) {
  const WaveTrigger scenario = read("{around: press, nth: 2, before_ms: 1, after_ms: 2, signals: [a]}");
  EXPECT_EQ(wave_trigger_option("scenario", scenario).nth, 2);
  const WaveTrigger irq = wave_trigger_option("irq:sdhci", scenario);
  EXPECT_EQ(irq.name(), "irq of sdhci");
  EXPECT_EQ(irq.nth, 1);
  EXPECT_EQ(irq.after_ns, 2 * kMs);
  EXPECT_EQ(irq.signals, std::vector<std::string>{"a"});
  EXPECT_EQ(wave_trigger_option("console:a:b*", scenario).detail, "a:b*");
  const WaveTrigger window = wave_trigger_option("1500:1502.5", scenario);
  EXPECT_EQ(window.around, "time");
  EXPECT_EQ(window.at_ns, 1500 * kMs);
  EXPECT_EQ(window.before_ns, 0);
  EXPECT_EQ(window.after_ns, 2500 * kMs / 1000);
}

TEST(WaveTrigger, MistakesOnTheCommandLine) {
  for (const char* text : {"20:10", "-1:5", "5:5", "nan:5"}) EXPECT_NE(option_error(text).find("0 <= FROM_MS < TO_MS"), std::string::npos) << text;
  EXPECT_NE(option_error("0:2001").find("at most 2000 ms"), std::string::npos);
  for (const char* text : {"presss", "press:1", "irq", "irq:", "1:2:3", "1:", ":"}) {
    EXPECT_NE(option_error(text).find("an event was expected"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace saksi::sim
