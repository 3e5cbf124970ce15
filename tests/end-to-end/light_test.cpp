// Goal: the reference camera follows the light: a hundred times more and less of it, and the failing of a hall's lights, without losing a frame.
// Method: the two scenarios as a user runs them.
#include <gtest/gtest.h>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

void expect_settles(const std::string& name, size_t changes) {
  const std::string dir = fresh_dir("light");
  const Outcome outcome = saksi("run " + scenario(name) + " --encoder model --quiet --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  bool found = false;
  const auto verdicts = read_json(dir + "/verdicts.json");
  for (const auto& one : verdicts.at("measurements")) {
    if (one.at("id") != "exposure_settling") continue;
    found = true;
    EXPECT_GE(one.at("samples").size(), changes);
    EXPECT_LT(one.at("value").get<double>() + one.at("uncertainty").get<double>(), 1.0);
  }
  EXPECT_TRUE(found);
  // The report reads the times of the pictures that it shows as the judge does.
  const std::string report = read_file(dir + "/report.html");
  EXPECT_EQ(report.find("time not readable"), std::string::npos);
  EXPECT_NE(report.find("from the press"), std::string::npos);
}

TEST(Light, TheSunComesAndGoes) { expect_settles("light/sun-at-the-window.yaml", 2); }
TEST(Light, TheHallsLightsFail) { expect_settles("light/lights-fail.yaml", 1); }

nlohmann::ordered_json measured(const std::string& dir, const std::string& id) {
  const auto verdicts = read_json(dir + "/verdicts.json");
  for (const auto& one : verdicts.at("measurements")) {
    if (one.at("id") == id) return one;
  }
  ADD_FAILURE() << id << " was not measured";
  return {};
}

TEST(Light, LampsTakeOverFromDaylight) {
  const std::string dir = fresh_dir("lamps");
  const Outcome outcome = saksi("run " + scenario("light/lamps-take-over.yaml") + " --encoder model --quiet --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto balance = measured(dir, "white_balance_settling");
  ASSERT_GE(balance.at("samples").size(), 1u) << balance;
  EXPECT_GT(balance.at("value").get<double>(), 0) << "the lamps come at once, and a balance sees them in the picture only";
  EXPECT_LT(balance.at("value").get<double>() + balance.at("uncertainty").get<double>(), 3.0);
  // The step was at 5 s: the first frame that shows it was exposed around that or one period later.
  const std::string explain = balance.at("explain");
  const std::string before = "before the frame at ";
  const size_t at = explain.find(before);
  ASSERT_NE(at, std::string::npos) << explain;
  EXPECT_NEAR(std::stod(explain.substr(at + before.size())), 5.0 + 0.5 / 15, 0.6 / 15) << explain;
}

/// What the judge says of a camera whose clock is so many seconds ahead of the bench's.
void expect_offset(const std::string& rtc_date, double ahead_s) {
  const std::string dir = fresh_dir("clock-offset");
  write_file(dir + "/scenario.yaml", "name: clock-offset\nseed: 3\nlight: " + scenario("scenes/desk.yaml") +
                                         "\nduration_s: 6\ndate: 2026-01-01T08:00:00Z\nrtc: {date: " + rtc_date +
                                         "}\nrequirements: " + scenario("requirements/first-light.yaml") +
                                         "\nactions: [{at_s: 0.1, supply: on}, {at_s: 2, press: record}, {at_s: 5, press: record}]\n"
                                         "require: [clock-right]\n");
  const Outcome outcome = saksi("run " + dir + "/scenario.yaml --encoder model --quiet --out " + dir + "/out");
  EXPECT_EQ(outcome.code, std::abs(ahead_s) < 2 ? 0 : 1) << outcome.output;
  const auto offset = measured(dir + "/out", "clock_offset");
  EXPECT_NEAR(offset.at("value").get<double>(), ahead_s, offset.at("uncertainty").get<double>()) << offset;
}

TEST(Light, AClockThatIsRightAndOnesThatAreNot) {
  expect_offset("2026-01-01T08:00:00Z", 0);
  expect_offset("2026-01-01T08:00:07Z", 7);
  expect_offset("2026-01-01T07:59:20Z", -40);
}

}  // namespace
}  // namespace saksi::test
