#include "reports/timeline.h"

#include <gtest/gtest.h>

#include "reports/test-support/sample_run.h"

namespace saksi::report {

static std::vector<Json> events_named(const ReportInput& input, const std::string& name, const std::string& phase) {
  const Json trace = Json::parse(timeline(input));
  std::vector<Json> found;
  for (const Json& event : trace.at("traceEvents")) {
    if (event.at("name") == name && event.at("ph") == phase) found.push_back(event);
  }
  return found;
}

TEST(Timeline, PressIsAGlobalInstantInMicroseconds) {
  const std::vector<Json> presses = events_named(sample_run(), "press record", "i");
  ASSERT_EQ(presses.size(), 2u);
  EXPECT_EQ(presses[0].at("ts").get<double>(), 5'500'000.0);
  EXPECT_EQ(presses[0].at("s"), "g");
}

TEST(Timeline, NanosecondsAreKeptAsDecimals) {
  ReportInput input = sample_run();
  input.block_writes = {{1'234'567'891, 8192, 1, "DCIM/A.MP4", 0}};
  EXPECT_NE(timeline(input).find("\"ts\":1234567.891,\"name\":\"DCIM/A.MP4\""), std::string::npos);
}

TEST(Timeline, LedsAreSpansAndACutPutsThemOut) {
  const std::vector<Json> lit = events_named(sample_run(), "red", "X");
  ASSERT_EQ(lit.size(), 1u);
  EXPECT_EQ(lit[0].at("dur").get<double>(), 3'810'000.0);
  const std::vector<Json> cut = events_named(sample_failed_run(), "red", "X");
  ASSERT_EQ(cut.size(), 1u);
  EXPECT_EQ(cut[0].at("ts").get<double>() + cut[0].at("dur").get<double>(), 7'000'000.0);
}

TEST(Timeline, HasATrackForEachSource) {
  for (const char* name : {"frame 3", "encode"}) EXPECT_FALSE(events_named(sample_run(), name, "X").empty()) << name;
  for (const char* name : {"picture 0", "press: <clip 1>", "DCIM/100SAKSI/CLIP0001.MP4", "supply 3700 mV"}) {
    EXPECT_FALSE(events_named(sample_run(), name, "i").empty()) << name;
  }
  EXPECT_FALSE(events_named(sample_run(), "vsys mV", "C").empty());
  EXPECT_FALSE(events_named(sample_run(), "thread_name", "M").empty());
}

TEST(Timeline, ABareClipGivesAnEmptyTrace) { EXPECT_TRUE(Json::parse(timeline(sample_bare_clip())).at("traceEvents").empty()); }

}  // namespace saksi::report
