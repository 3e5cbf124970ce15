// Goal: the histogram of write latencies shows every command once, in the right bar, and its percentiles are those of the list. Method: lists whose
// answers are counted by hand, and a list of sectors out of which commands are put together.
#include "reports/card_latency.h"

#include <gtest/gtest.h>

#include <numeric>

#include "reports/html_sections.h"

namespace saksi::report {
namespace {

constexpr int64_t kMs = 1'000'000;

BlockWrite sector(int64_t command, int64_t t_command_ns, int64_t t_ns) {
  BlockWrite write;
  write.command = command;
  write.t_command_ns = t_command_ns;
  write.t_ns = t_ns;
  return write;
}

TEST(CardLatency, ACommandLastsUntilItsLastSectorIsStored) {
  ReportInput input;
  input.block_writes = {sector(0, 10 * kMs, 12 * kMs), sector(0, 10 * kMs, 15 * kMs), sector(-1, 0, 99 * kMs), sector(1, 20 * kMs, 21 * kMs),
                        sector(0, 10 * kMs, 13 * kMs)};
  EXPECT_EQ(write_latencies_ns(input), (std::vector<int64_t>{5 * kMs, 1 * kMs}));
}

TEST(CardLatency, BarsGoByOneTwoFiveAndHoldEveryCommandOnce) {
  const std::vector<int64_t> latencies = {1 * kMs, 2 * kMs - 1, 2 * kMs, 19 * kMs, 250 * kMs};
  const std::vector<LatencyBar> bars = latency_bars(latencies);
  ASSERT_EQ(bars.size(), 8u);
  const std::vector<int64_t> from = {1, 2, 5, 10, 20, 50, 100, 200};
  const std::vector<size_t> commands = {2, 1, 0, 1, 0, 0, 0, 1};
  for (size_t i = 0; i < bars.size(); ++i) {
    EXPECT_EQ(bars[i].from_ns, from[i] * kMs);
    EXPECT_EQ(bars[i].commands, commands[i]) << i;
    EXPECT_EQ(bars[i].from_ns, i == 0 ? kMs : bars[i - 1].to_ns);
  }
  EXPECT_EQ(bars.back().to_ns, 500 * kMs);
  EXPECT_EQ(latency_bars({7}).at(0).from_ns, 0) << "what is too short for a bar of its own is in the first";
  EXPECT_TRUE(latency_bars({}).empty());
}

TEST(CardLatency, PercentilesAreByNearestRank) {
  std::vector<int64_t> latencies(200);
  std::iota(latencies.begin(), latencies.end(), 1);
  EXPECT_EQ(latency_percentile_ns(latencies, 500), 100);
  EXPECT_EQ(latency_percentile_ns(latencies, 990), 198);
  EXPECT_EQ(latency_percentile_ns(latencies, 1000), 200);
  EXPECT_EQ(latency_percentile_ns({42}, 990), 42);
}

TEST(CardLatency, TheSectionIsThereInBothLanguagesWhereThereAreCommands) {
  ReportInput input;
  EXPECT_EQ(card_latency_section(input, Language::get("en")), "");
  for (int64_t i = 0; i < 1000; ++i) input.block_writes.push_back(sector(i, i * 100 * kMs, i * 100 * kMs + (i == 500 ? 240 : 3) * kMs));
  const std::string english = card_latency_section(input, Language::get("en"));
  EXPECT_NE(english.find("240.0 ms"), std::string::npos) << english;
  EXPECT_NE(english.find(">999<"), std::string::npos) << english;
  const std::string indonesian = card_latency_section(input, Language::get("id"));
  EXPECT_NE(indonesian.find("240,0 ms"), std::string::npos) << indonesian;
}

}  // namespace
}  // namespace saksi::report
