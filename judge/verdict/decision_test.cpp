// Goal: the verdict follows from value, uncertainty and limit by one rule. Method: intervals on, inside and across limits; bounds from claims.
#include "judge/verdict/decision.h"

#include <gtest/gtest.h>

namespace saksi::judge {
namespace {

Requirement requirement(const std::string& limit, const std::string& extra = "") {
  return Requirement::from_yaml(YamlNode::parse("{id: r, text: {en: a, id: b}, measurement: pre_event_s, limit: " + limit + ", source: ours" + extra + "}", "r.yaml"));
}

Measurement measured(double value, double uncertainty) {
  Measurement m;
  m.value = value;
  m.uncertainty = uncertainty;
  return m;
}

const Claims& claims() {
  static const Claims all(nlohmann::ordered_json{{"pre_event_s", 3}, {"frame_rate_hz", 15}, {"gop", 30}, {"signing", false}});
  return all;
}

std::string verdict(const std::string& limit, const Measurement& m) { return verdict_word(decide(requirement(limit), m, {}, claims()).verdict); }

TEST(Decision, MaximaNeedTheWholeIntervalInside) {
  EXPECT_EQ(verdict("{max: 1.0, unit: s}", measured(0.90, 0.05)), "pass");
  EXPECT_EQ(verdict("{max: 1.0, unit: s}", measured(0.95, 0.05)), "pass");
  EXPECT_EQ(verdict("{max: 1.0, unit: s}", measured(0.96, 0.05)), "inconclusive");
  EXPECT_EQ(verdict("{max: 1.0, unit: s}", measured(1.04, 0.05)), "inconclusive");
  EXPECT_EQ(verdict("{max: 1.0, unit: s}", measured(1.06, 0.05)), "fail");
}

TEST(Decision, MinimaAndRangesLikewise) {
  EXPECT_EQ(verdict("{min: 1.0, unit: s}", measured(1.1, 0.05)), "pass");
  EXPECT_EQ(verdict("{min: 1.0, unit: s}", measured(1.0, 0.05)), "inconclusive");
  EXPECT_EQ(verdict("{min: 1.0, unit: s}", measured(0.9, 0.05)), "fail");
  EXPECT_EQ(verdict("{min: -0.5, max: 3, unit: s}", measured(-0.4, 0.05)), "pass");
  EXPECT_EQ(verdict("{min: -0.5, max: 3, unit: s}", measured(3.2, 0.05)), "fail");
  EXPECT_EQ(verdict("{equal: 0, unit: s}", measured(0, 0)), "pass");
  EXPECT_EQ(verdict("{equal: 0, unit: s}", measured(1, 0)), "fail");
  EXPECT_EQ(verdict("{equal: 0, unit: s}", measured(1, 1)), "inconclusive");
}

TEST(Decision, AWaitThatNeverEndedFailsOnlyPastTheLimit) {
  Measurement m;
  m.at_least = 2.0;
  EXPECT_EQ(verdict("{max: 1.0, unit: s}", m), "fail");
  EXPECT_EQ(verdict("{max: 3.0, unit: s}", m), "inconclusive");
  EXPECT_EQ(verdict("{min: 1.0, unit: s}", m), "pass");
  EXPECT_EQ(verdict("{min: 3.0, unit: s}", m), "inconclusive");
}

TEST(Decision, WithoutAValueTheReasonIsHandedOn) {
  Measurement m;
  m.reason = "no light code";
  const Decision d = decide(requirement("{max: 1, unit: s}"), m, {}, claims());
  EXPECT_EQ(d.verdict, ExitCode::kInconclusive);
  EXPECT_EQ(d.reason, "no light code");
}

TEST(Decision, BoundsComeFromClaimsAndMeasurements) {
  const auto limit_of = [](const std::string& limit) { return decide(requirement(limit), measured(0, 0), {}, claims()).limit; };
  EXPECT_EQ(limit_of("{min: {claim: pre_event_s, minus_gops: 1}, unit: s}")["min"], 1.0);
  EXPECT_EQ(limit_of("{min: {claim: pre_event_s, minus_gops: 2, at_least: 0}, unit: s}")["min"], 0.0);
  EXPECT_EQ(limit_of("{max: {frame_periods: 1.5}, unit: s}")["max"], 0.1);
  Measurement stored = measured(2, 0);
  stored.id = "clips_stored";
  EXPECT_EQ(decide(requirement("{min: {measurement: clips_stored, at_least: 1}, unit: s}"), measured(2, 0), {stored}, claims()).verdict, ExitCode::kPass);
  EXPECT_EQ(decide(requirement("{min: {measurement: clips_stored, at_least: 1}, unit: s}"), measured(1, 0), {stored}, claims()).verdict, ExitCode::kFail);
}

TEST(Decision, WhatTheLimitNeedsButTheDeviceDoesNotClaimIsInconclusive) {
  const Decision d = decide(requirement("{max: {frame_periods: 1.5}, unit: s}"), measured(0, 0), {}, Claims());
  EXPECT_EQ(d.verdict, ExitCode::kInconclusive);
  EXPECT_EQ(d.reason, "the limit depends on the claim 'frame_rate_hz', which the device does not make");
}

TEST(Decision, WhatIsNotClaimedIsNotOffered) {
  EXPECT_EQ(decide(requirement("{max: 1, unit: s}", ", needs_claim: signing"), measured(5, 0), {}, claims()).verdict, ExitCode::kNotOffered);
  EXPECT_EQ(decide(requirement("{max: 1, unit: s}", ", needs_claim: pre_event_s"), measured(5, 0), {}, claims()).verdict, ExitCode::kFail);
}

TEST(Decision, StoredNumbersHaveSixDecimalsAndNoNegativeZero) {
  EXPECT_EQ(rounded(1.23456789), 1.234568);
  EXPECT_FALSE(std::signbit(rounded(-1e-9)));
}

}  // namespace
}  // namespace saksi::judge
