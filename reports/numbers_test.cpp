#include "reports/numbers.h"

#include <gtest/gtest.h>

namespace saksi::report {

static const Language& english() { return Language::get("en"); }

static Json measured(double value, const char* unit, double uncertainty) { return {{"value", value}, {"unit", unit}, {"uncertainty", uncertainty}}; }

TEST(Numbers, ValueAndUncertaintyShareUnitAndDigits) {
  const RowNumbers row = row_numbers({{"max", 0.5}, {"unit", "s"}}, measured(0.0412, "s", 0.0042), english());
  EXPECT_EQ(row.measured, "41.2 ms");
  EXPECT_EQ(row.uncertainty, "\xC2\xB1 4.2 ms");
  EXPECT_EQ(row.limit, "at most 500 ms");
}

TEST(Numbers, SecondsFromOneUpwards) {
  const RowNumbers row = row_numbers({{"min", 2.0}, {"max", 3.25}, {"unit", "s"}}, measured(3.0213, "s", 0.03), english());
  EXPECT_EQ(row.measured, "3.021 s");
  EXPECT_EQ(row.uncertainty, "\xC2\xB1 0.030 s");
  EXPECT_EQ(row.limit, "2.00 to 3.25 s");
}

TEST(Numbers, CountsAreExact) {
  const RowNumbers row = row_numbers({{"equal", 0}, {"unit", "1"}}, measured(2, "1", 0), english());
  EXPECT_EQ(row.measured, "2");
  EXPECT_EQ(row.uncertainty, "exact");
  EXPECT_EQ(row.limit, "exactly 0");
}

TEST(Numbers, WhatWasNotMeasuredIsADash) {
  const RowNumbers row = row_numbers({{"max", 0.5}, {"unit", "s"}}, Json(), english());
  EXPECT_EQ(row.measured, "\xE2\x80\x93");
  EXPECT_EQ(row.limit, "at most 500 ms");
}

TEST(Numbers, WhatHadNotComeByTheEnd) {
  const Json late = {{"value", nullptr}, {"at_least", 2.5}, {"unit", "s"}, {"uncertainty", 0}};
  EXPECT_EQ(row_numbers({{"max", 0.5}, {"unit", "s"}}, late, english()).measured, "at least 2.500 s");
}

TEST(Numbers, IndonesianWritesCommaAndPoint) {
  const Language& lang = Language::get("id");
  EXPECT_EQ(row_numbers({{"max", 0.5}, {"unit", "s"}}, measured(1.25, "s", 0.03), lang).measured, "1,250 s");
  EXPECT_EQ(grouped(1234567, lang), "1.234.567");
  EXPECT_EQ(grouped(-1234, english()),
            "\xE2\x88\x92"
            "1,234");
  EXPECT_EQ(grouped(999, english()), "999");
}

TEST(Numbers, SignedTimes) {
  EXPECT_EQ(signed_time(41'200'000, english()), "+41.2 ms");
  EXPECT_EQ(signed_time(-2'987'000'000, english()),
            "\xE2\x88\x92"
            "2.987 s");
  EXPECT_EQ(signed_time(0, english()), "+0.0 ms");
}

}  // namespace saksi::report
