// Goal: the search for the first durable moment finds it to one step, in few cuts, and says so where the outcome is not monotone. Method: made-up
// cameras, of which it is known which cuts keep a frame; the measurement and its verdict against limits on both sides.

#include "judge/claims/durable_search.h"

#include <gtest/gtest.h>

namespace saksi::judge {
namespace {

using Kind = CutLeft::Kind;

template <typename Keeps>
DurableSearch searched(const SearchPlan& plan, Keeps keeps) {
  DurableSearch search(plan);
  while (const std::optional<int64_t> at = search.next()) {
    EXPECT_EQ(search.cuts().count(*at), 0U) << *at << " was tried before";
    EXPECT_EQ((*at - plan.from_ms) % plan.step_ms, 0);
    CutLeft left;
    left.kind = keeps(*at);
    left.after_s = static_cast<double>(*at) * 1e-3;
    search.add(*at, left);
    if (search.cuts().size() > 1000) break;
  }
  return search;
}

Kind kept_if(bool kept) { return kept ? Kind::kKept : Kind::kLost; }

Requirement at_most(double limit_s) {
  Requirement requirement;
  requirement.id = "durable";
  requirement.measurement = "press_to_durable";
  requirement.limit.max = Bound();
  requirement.limit.max->number = limit_s;
  requirement.limit.unit = "s";
  return requirement;
}

const SearchPlan kPlan{0, 2000, 5, 2};

TEST(DurableSearch, FindsEveryFirstMomentToOneStepInFewCuts) {
  for (int64_t first = 1; first <= 2000; first += 7) {
    const DurableSearch search = searched(kPlan, [&](int64_t at) { return kept_if(at >= first); });
    ASSERT_TRUE(search.first_kept() && search.last_not_kept()) << first;
    EXPECT_GE(*search.first_kept(), first);
    EXPECT_LT(*search.last_not_kept(), first);
    EXPECT_EQ(*search.first_kept() - *search.last_not_kept(), kPlan.step_ms);
    EXPECT_TRUE(search.is_monotone());
    EXPECT_LE(search.cuts().size(), 16U);  // both ends, nine or ten halvings, two neighbours on each side
  }
}

TEST(DurableSearch, WhatIsDurableAtOnceHasNoCutThatLost) {
  const DurableSearch search = searched(kPlan, [](int64_t) { return Kind::kKept; });
  EXPECT_EQ(search.first_kept(), 0);
  EXPECT_FALSE(search.last_not_kept());
}

TEST(DurableSearch, WhatIsNeverDurableIsKnownAfterOneCut) {
  const DurableSearch search = searched(kPlan, [](int64_t) { return Kind::kLost; });
  EXPECT_EQ(search.cuts().size(), 1U);
  EXPECT_FALSE(search.first_kept());
}

TEST(DurableSearch, ALaterCutThatLosesMovesTheMomentBehindIt) {
  // A frame is kept from 400 ms on, and lost again from 405 to 410 ms, while the file system is written.
  const DurableSearch search = searched(kPlan, [](int64_t at) { return kept_if(at >= 400 && (at < 405 || at > 410)); });
  EXPECT_EQ(search.last_not_kept(), 410);
  EXPECT_EQ(search.first_kept(), 415);
  EXPECT_FALSE(search.is_monotone());
}

TEST(DurableSearch, ACutThatDecidesNothingIsNotTakenForKept) {
  const DurableSearch search = searched(kPlan, [](int64_t at) { return at < 300 ? Kind::kLost : at < 320 ? Kind::kUndecided : Kind::kKept; });
  EXPECT_EQ(search.first_kept(), 320);
  const nlohmann::ordered_json json = judge_search(at_most(1), kPlan, {{"a", search}});
  EXPECT_DOUBLE_EQ(json["measurement"]["upper_bound"].get<double>(), 0.320);
  EXPECT_LT(json["measurement"]["value"].get<double>() - json["measurement"]["uncertainty"].get<double>(), 0.3);
}

TEST(DurableSearch, TheWorstPressIsJudgedWithItsWholeRange) {
  std::vector<SearchedPress> presses;
  for (const int64_t first : {203, 412, 330}) {
    presses.push_back({"press", searched(kPlan, [&](int64_t at) { return kept_if(at >= first); })});
  }
  const nlohmann::ordered_json good = judge_search(at_most(0.415), kPlan, presses);
  EXPECT_EQ(good["verdict"], "pass");
  EXPECT_DOUBLE_EQ(good["measurement"]["value"].get<double>(), 0.4125);
  EXPECT_DOUBLE_EQ(good["measurement"]["uncertainty"].get<double>(), 0.0025);
  EXPECT_EQ(judge_search(at_most(0.412), kPlan, presses)["verdict"], "inconclusive");
  EXPECT_EQ(judge_search(at_most(0.409), kPlan, presses)["verdict"], "fail");
}

TEST(DurableSearch, APressThatIsNeverDurableFailsALimitBelowTheLastCut) {
  const std::vector<SearchedPress> presses{{"never", searched(kPlan, [](int64_t) { return Kind::kLost; })},
                                           {"good", searched(kPlan, [](int64_t) { return Kind::kKept; })}};
  EXPECT_EQ(judge_search(at_most(1), kPlan, presses)["verdict"], "fail");
  EXPECT_EQ(judge_search(at_most(3), kPlan, presses)["verdict"], "inconclusive");
}

TEST(DurableSearch, ReadsWhatACutLeftFromItsVerdicts) {
  const auto verdicts = [](const char* measurement) {
    return nlohmann::ordered_json{{"digest", "d"}, {"measurements", {nlohmann::ordered_json::parse(measurement)}}};
  };
  const CutLeft kept = left_by(verdicts(R"({"id": "press_to_durable", "value": 0.2, "uncertainty": 0.2})"), "press_to_durable");
  EXPECT_EQ(kept.kind, Kind::kKept);
  EXPECT_DOUBLE_EQ(kept.after_s, 0.4);
  const CutLeft lost = left_by(verdicts(R"({"id": "press_to_durable", "at_least": 0.3})"), "press_to_durable");
  EXPECT_EQ(lost.kind, Kind::kLost);
  EXPECT_DOUBLE_EQ(lost.after_s, 0.3);
  const CutLeft other = left_by(verdicts(R"({"id": "press_gap", "value": 0.2})"), "press_to_durable");
  EXPECT_EQ(other.kind, Kind::kUndecided);
  EXPECT_FALSE(other.reason.empty());
}

}  // namespace
}  // namespace saksi::judge
