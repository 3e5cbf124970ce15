// Goal: a percentile claim passes and fails with the confidence that it states, though it stops as soon as it is settled. Method: the true risks by
// simulation of many claims with a known late share, against the binomial law; stopping against the whole plan, press by press; guard bands and the
// document by example.
#include "judge/claims/claim.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/seed_stream.h"
#include "judge/statistics/order_statistics.h"

namespace saksi::judge {
namespace {

constexpr Percentile kPlan = {95, 95, 208, 5};

const char kText[] = R"(id: p95
text: {en: Soon., id: Segera.}
measurement: press_to_record
limit: {max: 1.0, unit: s}
percentile: {share: 95, confidence: 95, plan: {n: 93, late: 1}}
source: ours
)";

Requirement requirement() { return Requirement::from_yaml(YamlNode::parse(kText, "r.yaml")); }

std::vector<PressOutcome> draw(SeedStream& stream, int n, double late) {
  std::vector<PressOutcome> presses;
  for (int i = 0; i < n; ++i) presses.push_back(stream.uniform() < late ? PressOutcome::kLate : PressOutcome::kInTime);
  return presses;
}

struct Rates {
  double pass = 0, fail = 0, mean_n = 0;
};

Rates simulate(const Percentile& plan, double late, int claims) {
  SeedStream stream(7, "claims");
  Rates rates;
  for (int i = 0; i < claims; ++i) {
    const ClaimCount count = count_presses(plan, draw(stream, plan.n, late));
    rates.pass += count.verdict == ExitCode::kPass ? 1.0 / claims : 0;
    rates.fail += count.verdict == ExitCode::kFail ? 1.0 / claims : 0;
    rates.mean_n += static_cast<double>(count.n) / claims;
  }
  return rates;
}

TEST(Claim, ADeviceJustBadEnoughPassesAtMostFiveTimesInAHundred) {
  // Four standard errors of 20000 draws at 5 % are 0.6 %.
  for (const Percentile& plan : {Percentile{95, 95, 59, 0}, Percentile{95, 95, 124, 2}, kPlan}) {
    const Rates rates = simulate(plan, 0.05, 20'000);
    EXPECT_LE(rates.pass, 0.05 + 0.006) << plan.n;
    EXPECT_GE(rates.pass, 0.04) << plan.n;
    EXPECT_LE(rates.fail, 0.05 + 0.006) << plan.n;
  }
}

TEST(Claim, TheOperatingCurveIsTheOneThatIsTold) {
  for (const double late : {0.005, 0.01, 0.02, 0.03}) EXPECT_NEAR(simulate(kPlan, late, 20'000).pass, chance_of_pass(kPlan, late), 0.014) << late;
  EXPECT_GT(simulate(kPlan, 0.15, 2'000).fail, 0.99);
}

TEST(Claim, StoppingEarlyNeverChangesWhatTheWholePlanSays) {
  SeedStream stream(11, "claims");
  const int shown = late_shown(0.95, 0.95, kPlan.n);
  for (int i = 0; i < 3'000; ++i) {
    const std::vector<PressOutcome> presses = draw(stream, kPlan.n, 0.15 * stream.uniform());
    int late = 0;
    for (const PressOutcome press : presses) late += press == PressOutcome::kLate;
    const ExitCode whole = late <= kPlan.late ? ExitCode::kPass : late >= shown ? ExitCode::kFail : ExitCode::kInconclusive;
    const ClaimCount count = count_presses(kPlan, presses);
    EXPECT_EQ(count.verdict, whole);
    EXPECT_TRUE(count.settled);
  }
}

TEST(Claim, ItStopsAsSoonAsItIsSettled) {
  const ClaimCount good = count_presses(kPlan, std::vector<PressOutcome>(208, PressOutcome::kInTime));
  EXPECT_EQ(good.n, 203);
  EXPECT_EQ(good.verdict, ExitCode::kPass);
  const ClaimCount bad = count_presses(kPlan, std::vector<PressOutcome>(208, PressOutcome::kLate));
  EXPECT_EQ(bad.n, late_shown(0.95, 0.95, 208));
  EXPECT_EQ(bad.verdict, ExitCode::kFail);
  const ClaimCount short_of = count_presses(kPlan, std::vector<PressOutcome>(202, PressOutcome::kInTime));
  EXPECT_FALSE(short_of.settled);
  EXPECT_EQ(short_of.verdict, ExitCode::kInconclusive);
}

TEST(Claim, WhatIsUndecidedSpeaksAgainstAPassAndNotForAFail) {
  const ClaimCount count = count_presses(kPlan, std::vector<PressOutcome>(208, PressOutcome::kUndecided));
  EXPECT_EQ(count.verdict, ExitCode::kInconclusive);
  EXPECT_EQ(count.late, 0);
}

TEST(Claim, TheGuardBandIsTheWholeUncertainty) {
  Press press;
  press.uncertainty = 0.02;
  const auto outcome = [&](double value) {
    press.value = value;
    return outcome_of(press, 1.0);
  };
  EXPECT_EQ(outcome(0.980), PressOutcome::kInTime);
  EXPECT_EQ(outcome(0.981), PressOutcome::kUndecided);
  EXPECT_EQ(outcome(1.020), PressOutcome::kUndecided);
  EXPECT_EQ(outcome(1.021), PressOutcome::kLate);
  Press never;
  never.at_least = 3.0;
  EXPECT_EQ(outcome_of(never, 1.0), PressOutcome::kLate);
  never.at_least = 0.5;  // the recording ended before the limit was over
  EXPECT_EQ(outcome_of(never, 1.0), PressOutcome::kUndecided);
  EXPECT_EQ(outcome_of(Press(), 1.0), PressOutcome::kUndecided);
}

std::vector<Press> presses_of(int n, int late) {
  std::vector<Press> presses;
  for (int i = 0; i < n; ++i) {
    Press press;
    press.run = "run-" + std::to_string(i);
    press.state = i % 2 ? "hot" : "cold";
    press.digest = "digest-" + std::to_string(i);
    press.value = i < late ? 1.5 : 0.001 * i;
    press.uncertainty = 0.002;
    presses.push_back(press);
  }
  return presses;
}

TEST(Claim, TheDocumentHasCountsStatesAndTheBoundOfThePercentile) {
  const auto json = judge_claim(requirement(), presses_of(93, 1));
  EXPECT_EQ(json.at("verdict"), "pass");
  EXPECT_EQ(json.at("counted").at("n"), 93);
  EXPECT_EQ(json.at("counted").at("late"), 1);
  ASSERT_EQ(json.at("states").size(), 2u);
  EXPECT_EQ(json.at("states")[0].at("state"), "cold");
  EXPECT_EQ(json.at("states")[0].at("n"), 47);
  EXPECT_EQ(json.at("states")[0].at("max"), 1.5);
  EXPECT_DOUBLE_EQ(json.at("states")[1].at("median").get<double>(), 0.046);
  // The 92nd smallest of 93: the largest in time, 0.092, and its uncertainty.
  EXPECT_DOUBLE_EQ(json.at("percentile_bound").get<double>(), 0.094);
  // P(at most 1 of 93) is 5 % at a share of 0.049994 (exact fractions).
  EXPECT_DOUBLE_EQ(json.at("late_share").at("upper").get<double>(), 0.049994);
}

TEST(Claim, PressesAfterTheEndAreListedAndNotCounted) {
  const auto json = judge_claim(requirement(), presses_of(120, 0));
  EXPECT_EQ(json.at("counted").at("n"), 92);
  EXPECT_EQ(json.at("not_counted"), 28);
  EXPECT_EQ(json.at("presses")[92].at("counted"), false);
}

TEST(Claim, ARecordingThatStandsTwiceIsRefused) {
  std::vector<Press> presses = presses_of(10, 0);
  presses[7].digest = presses[2].digest;
  try {
    judge_claim(requirement(), presses);
    FAIL() << "counted twice";
  } catch (const UsageError& error) {
    EXPECT_EQ(std::string(error.what()), "run-2 and run-7 are the same recording (digest digest-2); a press counts once, leave one of them out");
  }
}

TEST(Claim, APressIsReadFromVerdicts) {
  const auto verdicts = nlohmann::ordered_json::parse(
      R"({"digest": "ab", "measurements": [{"id": "press_gap", "value": 9}, {"id": "press_to_record", "value": 0.03, "uncertainty": 0.002}]})");
  const Press press = press_of(verdicts, requirement(), "a", "hot");
  EXPECT_EQ(press.value, 0.03);
  EXPECT_EQ(press.uncertainty, 0.002);
  EXPECT_EQ(press.digest, "ab");
  const Press none = press_of({{"verdict", "infra-error"}, {"reason", "died"}}, requirement(), "b", "");
  EXPECT_EQ(none.reason, "died");
  EXPECT_EQ(outcome_of(none, 1.0), PressOutcome::kUndecided);
}

}  // namespace
}  // namespace saksi::judge
