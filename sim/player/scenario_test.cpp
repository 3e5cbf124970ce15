// Goal: a scenario is read as written, and every mistake in it is said with its place. Method: small files, one mistake each.
#include "sim/player/scenario.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "base/temp_folder.h"
#include "sim/player/suite_search.h"

namespace saksi::sim {
namespace {

std::string write_file(const std::string& name, const std::string& text) {
  static const TempFolder folder;
  const std::string path = folder.file(name);
  std::ofstream(path) << text;
  return path;
}

std::string scenario_text(const std::string& actions) {
  return "name: s\nlight: desk.yaml\nduration_s: 10\nparameters: {delay: 20}\nactions:\n" + actions + "require: [a]\n";
}

std::string error_of(const std::string& actions) {
  const std::string path = write_file("s.yaml", scenario_text(actions));
  try {
    load_scenario(path, {}, std::nullopt);
  } catch (const UsageError& error) {
    return std::string(error.what()).substr(path.size());
  }
  return "no error";
}

TEST(Scenario, TimedAndTriggeredActions) {
  const std::string path = write_file("s.yaml", scenario_text("  - {at_s: 2.1, press: record, hold_ms: 40}\n  - {on: led_red, after_ms: \"${delay}\", supply: cut}\n"));
  const Scenario scenario = load_scenario(path, {}, std::nullopt);
  ASSERT_EQ(scenario.actions.size(), 2u);
  EXPECT_EQ(scenario.actions[0].at_ns, 2'100'000'000);
  EXPECT_EQ(scenario.actions[0].hold_ns, 40'000'000);
  EXPECT_EQ(scenario.actions[1].on_led, "red");
  EXPECT_EQ(scenario.actions[1].after_ns, 20'000'000);
  EXPECT_EQ(scenario.actions[1].verb.kind, Verb::Kind::kSupplyCut);
}

TEST(Scenario, ParametersCanBeSet) {
  const std::string path = write_file("s.yaml", scenario_text("  - {on: led_red, after_ms: \"${delay}\", supply: cut}\n"));
  EXPECT_EQ(load_scenario(path, {{"delay", "80"}}, std::nullopt).actions[0].after_ns, 80'000'000);
  try {
    load_scenario(path, {{"dealy", "80"}}, std::nullopt);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_EQ(error.what(), path + ":4:13: the scenario has no parameter 'dealy'; did you mean 'delay'? Known here: delay");
  }
}

TEST(Scenario, JitterComesFromTheSeed) {
  const std::string path = write_file("s.yaml", scenario_text("  - {at_s: 2, jitter_s: 1, press: record}\n"));
  const int64_t one = load_scenario(path, {}, 1).actions[0].at_ns;
  EXPECT_EQ(load_scenario(path, {}, 1).actions[0].at_ns, one);
  EXPECT_NE(load_scenario(path, {}, 2).actions[0].at_ns, one);
  EXPECT_EQ(load_scenario(path, {}, 1).actions[0].earliest_ns, 2'000'000'000);
  EXPECT_EQ(load_scenario(path, {}, 1).actions[0].jitter_ns, 1'000'000'000);
  EXPECT_GE(one, 2'000'000'000);
  EXPECT_LT(one, 3'000'000'000);
}

TEST(Scenario, AnActionAtThePressGoesWithIt) {
  const std::string press = "  - {at_s: 2, jitter_s: 1, press: record}\n";
  const std::string path = write_file("s.yaml", scenario_text(press + "  - {on: press, after_ms: \"${delay}\", supply: cut}\n"));
  for (const uint64_t seed : {1, 2}) {
    const Scenario scenario = load_scenario(path, {}, seed);
    EXPECT_EQ(scenario.actions[1].at_ns, scenario.actions[0].at_ns + 20'000'000);
    EXPECT_EQ(scenario.actions[1].earliest_ns, 2'020'000'000);
    EXPECT_TRUE(scenario.actions[1].on_led.empty());
  }
  const std::string refused = error_of("  - {on: press, supply: cut}\n" + press);
  EXPECT_NE(refused.find("'on: press' needs a press with 'at_s' before it in the list"), std::string::npos);
  EXPECT_NE(error_of(press + "  - {on: press, after_ms: 8000, supply: cut}\n").find("goes beyond duration_s"), std::string::npos);
}

TEST(Suite, ASearchSaysWhereCutsAreMade) {
  const std::string scenario = write_file("s.yaml", scenario_text("  - {on: led_red, after_ms: \"${delay}\", supply: cut}\n"));
  const auto suite = [&](const std::string& to, const std::string& step) {
    return write_file("suite.yaml", "suite: x\nsearch: {parameter: delay, to_ms: " + to + ", step_ms: " + step +
                                        ", requirement: a, requirements: r.yaml}\nscenarios: [{scenario: s.yaml}]\n");
  };
  const std::optional<SuiteSearch> search = suite_search(suite("1000", "5"));
  ASSERT_TRUE(search);
  EXPECT_EQ(search->from_ms, 0);
  EXPECT_EQ(search->to_ms, 1000);
  EXPECT_EQ(search->step_ms, 5);
  EXPECT_EQ(search->parameter, "delay");
  EXPECT_EQ(load_suite(suite("1000", "5")).size(), 1U);
  EXPECT_THROW(suite_search(suite("1000", "7")), UsageError);
  EXPECT_THROW(suite_search(suite("0", "1")), UsageError);
}

TEST(Scenario, MistakesAreSaidWithTheirPlace) {
  EXPECT_EQ(error_of("  - {at_s: 2, presss: record}\n"), ":6:15: unknown key 'presss'; did you mean 'press'? Known here: at_s, jitter_s, on, after_ms, press, release, "
                                                         "supply, supply_mv, card, hold_ms, for_ms");
  EXPECT_EQ(error_of("  - {at_s: 2}\n"), ":6:5: an action has exactly one of: press, release, supply, supply_mv, card");
  EXPECT_EQ(error_of("  - {at_s: 2, press: record, supply: on}\n"), ":6:38: 'supply' stands beside 'press'; an action has one of them");
  EXPECT_EQ(error_of("  - {press: record}\n"), ":6:5: an action has either 'at_s' (a time) or 'on' (what the device shows)");
  EXPECT_EQ(error_of("  - {at_s: 20, press: record}\n"), ":6:12: 20 is out of range; 0 to 10 was expected");
  EXPECT_EQ(error_of("  - {at_s: 2, supply: cutt}\n"), ":6:23: 'cutt' is not one of: on, cut; did you mean 'cut'?");
  EXPECT_EQ(error_of("  - {at_s: 2, supply: cut, hold_ms: 3}\n"), ":6:37: 'hold_ms' belongs to 'press'");
}

TEST(Scenario, LightMayBeginInMidScene) {
  EXPECT_EQ(load_scenario(write_file("s.yaml", scenario_text("  - {at_s: 1, supply: on}\n")), {}, std::nullopt).light_from_ns, 0);
  const std::string path = write_file("s.yaml", scenario_text("  - {at_s: 1, supply: on}\n") + "light_from_s: 110.5\n");
  EXPECT_EQ(load_scenario(path, {}, std::nullopt).light_from_ns, 110'500'000'000);
}

TEST(Suite, ListsAndSeedsAreExpanded) {
  const std::string path = write_file("suite.yaml",
                                      "suite: x\nscenarios:\n"
                                      "  - {scenario: a.yaml, set: {delay: [0, 20]}}\n"
                                      "  - {scenario: b.yaml, seeds: {from: 3, to: 4}}\n");
  const std::vector<SuiteEntry> entries = load_suite(path);
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[1].name, "a-delay-20");
  EXPECT_EQ(entries[1].parameters.at("delay"), "20");
  EXPECT_EQ(entries[3].name, "b-seed-4");
  EXPECT_EQ(entries[3].seed, 4u);
  EXPECT_TRUE(is_suite(path));
}

TEST(Suite, SameNameTwiceIsAnError) {
  const std::string path = write_file("suite.yaml", "suite: x\nscenarios:\n  - {scenario: a.yaml}\n  - {scenario: a.yaml}\n");
  EXPECT_THROW(load_suite(path), UsageError);
}

}  // namespace
}  // namespace saksi::sim
