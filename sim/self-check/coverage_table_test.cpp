// Goal: the table counts rightly and its bars can fail. Method: samples by hand, with known shares and percentiles.
#include "sim/self-check/coverage_table.h"

#include <gtest/gtest.h>

#include <cmath>

namespace saksi::sim {
namespace {

/// Runs whose errors are evenly spread from 0 to 1 and whose stated half-width is `uncertainty`.
CoverageRow even_errors(double uncertainty, int runs = 2000) {
  CoverageTable table;
  for (int i = 0; i < runs; ++i) {
    const double error = (i + 0.5) / runs;
    table.add(
        {{"measurements", {{{"id", "a"}, {"error", i % 2 == 0 ? error : -error}, {"uncertainty", uncertainty}, {"covered", error <= uncertainty}}}}});
  }
  return table.rows().at(0);
}

TEST(CoverageTable, AnHonestMeasurementKeepsTheBars) {
  const CoverageRow row = even_errors(0.95);
  EXPECT_EQ(row.runs, 2000u);
  EXPECT_NEAR(row.share(), 0.95, 1e-9);
  EXPECT_NEAR(row.error95, 0.95, 0.001);
  EXPECT_NEAR(row.width_ratio(), 1, 0.001);
  // Wilson's formula for 1900 of 2000.
  EXPECT_NEAR(row.low, 0.93956, 1e-4);
  EXPECT_NEAR(row.high, 0.95871, 1e-4);
  EXPECT_TRUE(keeps_bars(row));
}

TEST(CoverageTable, TooNarrowAndTooWideAreOff) {
  EXPECT_FALSE(keeps_bars(even_errors(0.90)));
  EXPECT_FALSE(keeps_bars(even_errors(1.0)));
  EXPECT_FALSE(keeps_bars(even_errors(1.3)));
  EXPECT_NE(text_of({even_errors(0.90)}).find("off"), std::string::npos);
  EXPECT_EQ(text_of({even_errors(0.95)}).find("off"), std::string::npos);
  EXPECT_TRUE(keeps_bars(even_errors(0.90, 40))) << "so few runs do not tell 90 from 93 %";
}

/// Runs of two kinds, one of which errs and states a hundred times more than the other, `stated` times what holds 95 of 100 of its errors.
CoverageRow two_kinds(double stated) {
  constexpr int kRuns = 4000, kWideEvery = 20;
  CoverageTable table;
  for (int i = 0; i < kRuns; ++i) {
    const double scale = i % kWideEvery == 0 ? 100 : 1;
    const double error = scale * ((i * 37 % kRuns) + 0.5) / kRuns, uncertainty = scale * 0.95 * stated;
    table.add({{"measurements", {{{"id", "a"}, {"error", error}, {"uncertainty", uncertainty}, {"covered", error <= uncertainty}}}}});
  }
  return table.rows().at(0);
}

TEST(CoverageTable, AnHonestFewMayBeWideButNotAllOfThem) {
  const CoverageRow honest = two_kinds(1);
  EXPECT_GT(honest.mean_half_width / honest.error95, 1.3) << "the mean is that of the few";
  EXPECT_LT(honest.width_ratio(), 1.3);
  EXPECT_NEAR(honest.own_ratio(), 1, 0.01);
  EXPECT_TRUE(keeps_bars(honest));
  const CoverageRow wide = two_kinds(1.4);
  EXPECT_NEAR(wide.own_ratio(), 1.4, 0.01);
  EXPECT_FALSE(keeps_bars(wide));
}

TEST(CoverageTable, RunsThatAreExactSayNothingOfIntervals) {
  CoverageTable table;
  for (int i = 0; i < 1000; ++i) {
    const double error = i % 2 == 0 ? 0 : (i + 0.5) / 1000, uncertainty = i % 2 == 0 ? 0 : 0.90;
    table.add({{"measurements", {{{"id", "a"}, {"error", error}, {"uncertainty", uncertainty}, {"covered", error <= uncertainty}}}}});
  }
  const CoverageRow row = table.rows().at(0);
  EXPECT_EQ(row.runs, 500U);
  EXPECT_EQ(row.exact, 500U);
  EXPECT_NEAR(row.share(), 0.90, 0.01) << "not 0.95";
}

TEST(CoverageTable, WhatIsExactIsRightOrWrong) {
  CoverageTable table;
  const auto add = [&table](const char* id, double error) {
    table.add({{"measurements", {{{"id", id}, {"error", error}, {"uncertainty", 0.0}, {"covered", error == 0}}}}});
  };
  for (int i = 0; i < 100; ++i) {
    add("right", 0);
    add("wrong", i < 10 ? 1 : 0);
  }
  const auto rows = table.rows();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_TRUE(keeps_bars(rows[0]));
  EXPECT_FALSE(keeps_bars(rows[1]));
  EXPECT_EQ(json_of(rows)[1]["covered"], 90);
}

}  // namespace
}  // namespace saksi::sim
