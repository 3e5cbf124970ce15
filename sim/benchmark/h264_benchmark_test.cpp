// Goal: the table says what was measured against which bar, and a difference between twin and circuit cannot be overlooked. Method: results made by
// hand; the measuring itself is tested end to end.
#include "sim/benchmark/h264_benchmark.h"

#include <gtest/gtest.h>

namespace saksi::sim {
namespace {

H264BenchmarkResult result() {
  H264BenchmarkResult result;
  result.clip = "/clips/a.avi";
  result.pictures = 12;
  result.figures = {{"RTL", "frames/s", 39.9, H264Bar{40, 80, false}},
                    {"RTL", "cycles/macroblock", 150, H264Bar{400, 150, true}},
                    {"twin", "frames/s", 300, H264Bar{300, 600, false}},
                    {"RTL", "ns/cycle", 7, std::nullopt}};
  result.peer_line = "x264 --qp 27";
  return result;
}

TEST(H264Benchmark, BarsAreJudgedFromTheRightSide) {
  const auto json = json_of(result());
  const auto& figures = json.at("figures");
  EXPECT_FALSE(figures[0].at("met").get<bool>());
  EXPECT_EQ(figures[0].at("at_least"), 40);
  EXPECT_TRUE(figures[1].at("stretch_met").get<bool>());
  EXPECT_EQ(figures[1].at("at_most"), 400);
  EXPECT_TRUE(figures[2].at("met").get<bool>());
  EXPECT_FALSE(figures[2].at("stretch_met").get<bool>());
  EXPECT_FALSE(figures[3].contains("met"));
  const std::string text = text_of(result());
  EXPECT_NE(text.find(">= 40    >= 80  short\n"), std::string::npos) << text;
  EXPECT_NE(text.find("<= 400   <= 150  ok, stretch too\n"), std::string::npos) << text;
  EXPECT_NE(text.find(">= 300   >= 600  ok\n"), std::string::npos) << text;
}

TEST(H264Benchmark, ADifferenceIsNotAllRight) {
  H264BenchmarkResult bad = result();
  EXPECT_TRUE(bad.all_right());
  EXPECT_NE(text_of(bad).find("agree"), std::string::npos);
  bad.differences.push_back("I alone: picture 3: the twin counts 5 cycles, the circuit 6");
  EXPECT_FALSE(bad.all_right());
  EXPECT_FALSE(json_of(bad).at("all_right").get<bool>());
  EXPECT_NE(text_of(bad).find("DIFFERENT: I alone: picture 3"), std::string::npos);
  EXPECT_EQ(text_of(bad).find("agree"), std::string::npos);
}

}  // namespace
}  // namespace saksi::sim
