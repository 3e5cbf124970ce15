// Goal: numbers of trials, allowed late ones and bounds are those that the tables of the literature give. Method: published and independently
// computed values (order statistics, chances of passing, zero failures), and the defining inequality itself.
#include "judge/statistics/order_statistics.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace saksi::judge {
namespace {

struct Row {
  double share;
  double confidence;
  int n[9];  ///< for 0 to 8 late ones
};

constexpr Row kRows[] = {{0.90, 0.95, {29, 46, 61, 76, 89, 103, 116, 129, 142}},
                         {0.95, 0.90, {45, 77, 105, 132, 158, 184, 209, 234, 258}},
                         {0.95, 0.95, {59, 93, 124, 153, 181, 208, 234, 260, 286}},
                         {0.95, 0.99, {90, 130, 165, 198, 229, 259, 288, 316, 344}},
                         {0.99, 0.95, {299, 473, 628, 773, 913, 1049, 1182, 1312, 1441}},
                         {0.999, 0.95, {2995, 4742, 6294, 7752, 9151, 10511, 11840, 13146, 14432}}};

TEST(OrderStatistics, TrialsNeededAreThoseOfTheTables) {
  for (const Row& row : kRows) {
    for (int late = 0; late <= 8; ++late) EXPECT_EQ(trials_needed(row.share, row.confidence, late), row.n[late]) << row.share;
  }
}

TEST(OrderStatistics, LateAllowedIsTheInverseOfTrialsNeeded) {
  for (const Row& row : kRows) {
    for (int late = 0; late <= 8; ++late) {
      EXPECT_EQ(late_allowed(row.share, row.confidence, row.n[late]), late);
      EXPECT_EQ(late_allowed(row.share, row.confidence, row.n[late] - 1), late - 1);
    }
  }
}

TEST(OrderStatistics, AClaimThatNoNumberOfTrialsCanShowIsRefused) { EXPECT_THROW(trials_needed(0.999999, 0.95, 0), std::invalid_argument); }

TEST(OrderStatistics, ChancesOfPassingAreThoseOfTheTable) {
  constexpr double kLate[] = {0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.10};
  struct Plan {
    int n, late, percent[7];
  };
  constexpr Plan kPlans[] = {{59, 0, {89, 74, 55, 30, 17, 5, 0}},
                             {124, 2, {100, 98, 87, 55, 28, 5, 0}},
                             {208, 5, {100, 100, 98, 76, 41, 5, 0}},
                             {386, 12, {100, 100, 100, 95, 62, 5, 0}}};
  for (const Plan& plan : kPlans) {
    for (size_t i = 0; i < 7; ++i) EXPECT_NEAR(100 * chance_of_at_most(plan.late, plan.n, kLate[i]), plan.percent[i], 0.5) << plan.n;
  }
}

TEST(OrderStatistics, FewPressesReachTheConfidenceThatIsToldOfThem) {
  EXPECT_NEAR(1 - chance_of_at_most(0, 10, 0.05), 0.40, 0.005);
  EXPECT_NEAR(1 - chance_of_at_most(0, 20, 0.05), 0.64, 0.005);
  EXPECT_NEAR(1 - chance_of_at_most(0, 30, 0.05), 0.79, 0.005);
}

TEST(OrderStatistics, BoundsAfterNoFailureAreThoseOfTheTable) {
  EXPECT_NEAR(100 * zero_failure_bound(24, 0.95), 11.7, 0.05);
  EXPECT_NEAR(100 * zero_failure_bound(59, 0.95), 5.0, 0.05);
  EXPECT_NEAR(100 * zero_failure_bound(100, 0.95), 3.0, 0.05);
  EXPECT_NEAR(100 * zero_failure_bound(300, 0.95), 1.0, 0.05);
  EXPECT_NEAR(100 * zero_failure_bound(1000, 0.95), 0.30, 0.005);
  EXPECT_NEAR(100 * zero_failure_bound(10000, 0.95), 0.03, 0.005);
  EXPECT_EQ(zero_failure_bound(0, 0.95), 1);
}

TEST(OrderStatistics, BoundsAreThoseOfClopperAndPearson) {
  // Two-sided 95 % of 5 in 20, as tables give it: 8.66 % to 49.10 %; each side is a one-sided bound of 97.5 %.
  EXPECT_NEAR(lower_bound(5, 20, 0.975), 0.0866, 5e-5);
  EXPECT_NEAR(upper_bound(5, 20, 0.975), 0.4910, 5e-5);
  EXPECT_EQ(lower_bound(0, 20, 0.95), 0);
  EXPECT_EQ(upper_bound(20, 20, 0.95), 1);
  EXPECT_NEAR(upper_bound(0, 59, 0.95), zero_failure_bound(59, 0.95), 1e-9);
}

TEST(OrderStatistics, LateShownIsTheFirstNumberWhoseLowerBoundIsBeyondTheShare) {
  for (const int n : {20, 59, 93, 208, 386}) {
    const int shown = late_shown(0.95, 0.95, n);
    EXPECT_GT(lower_bound(shown, n, 0.95), 0.05) << n;
    EXPECT_LE(lower_bound(shown - 1, n, 0.95), 0.05) << n;
  }
  EXPECT_EQ(late_shown(0.05, 0.95, 10), 11);  // ten late ones of ten do not show that more than 95 % are late
}

}  // namespace
}  // namespace saksi::judge
