#include "firmware-under-test/camera/settings.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

std::vector<std::string> complaints;

settings_t parse(const std::string& text) {
  settings_t settings;
  complaints.clear();
  settings_defaults(&settings);
  settings_parse(&settings, text.data(), static_cast<uint32_t>(text.size()), [](const char* line) { complaints.push_back(line); });
  return settings;
}

TEST(Settings, AreTheDeviceDefaultsWithoutAFile) {
  settings_t settings = parse("");
  EXPECT_EQ(settings.width, 640u);
  EXPECT_EQ(settings.height, 360u);
  EXPECT_EQ(settings.fps, 15u);
  EXPECT_EQ(settings.qp, 27u);
  EXPECT_EQ(settings.gop, 15u);
  EXPECT_EQ(settings.pre_event_ms, 3000u);
  EXPECT_EQ(settings.exposure_us, 0u);
  EXPECT_EQ(settings.exposure_max_us, 10000u);
  EXPECT_EQ(settings.mains_hz, 50u);
  EXPECT_EQ(settings.wb_red, 0u);
  EXPECT_EQ(settings.gain_percent, 400u);
}

TEST(Settings, AnOfficerIsAShortName) {
  EXPECT_STREQ(parse("").officer, "");
  EXPECT_STREQ(parse("officer = IM-1234.b").officer, "IM-1234.b");
  EXPECT_STREQ(parse("officer=123456789012345678901234").officer, "123456789012345678901234");
  EXPECT_TRUE(complaints.empty());
  EXPECT_STREQ(parse("officer=1234567890123456789012345").officer, "");
  EXPECT_STREQ(parse("officer=a;clock=trusted").officer, "") << "nothing that would look like another entry";
  EXPECT_EQ(complaints.size(), 1u);
}

TEST(Settings, ReadsLinesWithAnyLineEndBlanksAndComments) {
  settings_t settings = parse("# camera\r\nwidth = 320\r\n\r\nheight=240\n  pre_event_ms\t=0\nqp=0");
  EXPECT_EQ(settings.width, 320u);
  EXPECT_EQ(settings.height, 240u);
  EXPECT_EQ(settings.pre_event_ms, 0u);
  EXPECT_EQ(settings.qp, 0u);
  EXPECT_TRUE(complaints.empty());
}

TEST(Settings, GainHasTwoDecimalPlaces) {
  EXPECT_EQ(parse("gain=2").gain_percent, 200u);
  EXPECT_EQ(parse("gain=2.5").gain_percent, 250u);
  EXPECT_EQ(parse("gain=10.66").gain_percent, 1066u);
  EXPECT_TRUE(complaints.empty());
}

TEST(Settings, ReportsWhatItDoesNotUnderstandAndKeepsTheRest) {
  settings_t settings = parse("colour=red\nwidth=641\nheight=2000\nfps=\nqp=12x\nqp=-1\ngop=99999999999\nno equals\ngain=1.234\nfps=30\n");
  EXPECT_EQ(complaints.size(), 9u);
  EXPECT_EQ(complaints.front(), "colour=red");
  EXPECT_EQ(settings.width, 640u);
  EXPECT_EQ(settings.height, 360u);
  EXPECT_EQ(settings.qp, 27u);
  EXPECT_EQ(settings.gop, 15u);
  EXPECT_EQ(settings.fps, 30u);
}

TEST(Settings, SurvivesNoise) {
  std::string noise;
  for (int i = 0; i < 4096; ++i) noise += static_cast<char>(i * 7919 >> 3);
  settings_t settings = parse(noise);
  EXPECT_EQ(settings.width, 640u);
}

}  // namespace
