// Goal: a recording folder is read whole, and a mistake in it is reported with file and line. Method: folders written with the shared format.
#include "judge/recording/recording.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/recording_format.h"

namespace saksi::judge {
namespace {

class RecordingFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("saksi-recording-test-" + std::to_string(getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    put("manifest.json", R"({"schema": "saksi-recording/1", "device": {"claims": {"pre_event_s": 3}}})");
    recording::EventLog log;
    log.supply(0, 3700);
    log.press(2'000'000'000, "record", 500);
    log.led(2'100'000'000, "red", true, 7);
    log.rail(2'100'000'000, "vsys", 3650, 240000);
    log.card_pull(2'200'000'000);
    log.end(3'000'000'000);
    log.write((folder_ / "events.jsonl").string());
    put("console.log", "100 boot\n2150000000 E: card\n");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void put(const std::string& name, const std::string& text) { std::ofstream(folder_ / name, std::ios::binary) << text; }
  std::string error() const {
    try {
      Recording::load(folder_.string());
    } catch (const UsageError& e) {
      return std::string(e.what()).substr(folder_.string().size() + 1);
    }
    return "no error";
  }
  std::filesystem::path folder_;
};

TEST_F(RecordingFolder, IsReadWhole) {
  put("card-1.img", "x");
  const Recording r = Recording::load(folder_.string());
  ASSERT_EQ(r.events.size(), 6u);
  EXPECT_EQ(r.events[1].kind, "press");
  EXPECT_EQ(r.events[1].name, "record");
  EXPECT_EQ(r.events[1].u_ns, 500);
  EXPECT_EQ(r.events[2].from, "device");
  EXPECT_TRUE(r.events[2].on);
  EXPECT_EQ(r.events[3].ua, 240000);
  EXPECT_EQ(r.events[4].action, "pull");
  EXPECT_EQ(r.end_ns(), 3'000'000'000);
  ASSERT_EQ(r.console.size(), 2u);
  EXPECT_EQ(r.console[1].text, "E: card");
  EXPECT_FALSE(r.card_image.has_value());
  EXPECT_EQ(r.card_snapshots.size(), 1u);
  EXPECT_EQ(r.digest, recording::folder_digest(folder_.string()));
}

TEST_F(RecordingFolder, MistakesHaveFileAndLine) {
  put("events.jsonl", "{\"t_ns\":0,\"from\":\"bench\",\"event\":\"end\"}\n{\"t_ns\":\"x\",\"from\":\"bench\",\"event\":\"end\"}\n");
  EXPECT_EQ(error(), "events.jsonl:2: \"t_ns\" must be a whole number");
  put("events.jsonl", "{\"t_ns\":0,\"from\":\"bench\",\"event\":\"press\"}\n");
  EXPECT_EQ(error(), "events.jsonl:1: key \"button\" is missing");
  put("events.jsonl", "{\"t_ns\":0,");
  EXPECT_EQ(error(), "events.jsonl:1: a JSON object was expected");
  put("events.jsonl", "");
  put("console.log", "no time\n");
  EXPECT_EQ(error(), "console.log:1: a line must begin with its time in nanoseconds and a space");
  put("manifest.json", "{\"schema\": \"other/9\"}");
  EXPECT_EQ(error(), "manifest.json: \"schema\" is \"other/9\", expected \"saksi-recording/1\"");
  put("manifest.json", "[");
  EXPECT_EQ(error(), "manifest.json: is not a JSON object");
}

TEST(Claims, AreLookedUpByNameAndPath) {
  const Claims claims({{"pre_event_s", 3}, {"signing", false}, {"zero", 0}, {"leds", {{"recording", "red"}, {"fault", ""}}}});
  EXPECT_EQ(claims.number("pre_event_s"), 3.0);
  EXPECT_FALSE(claims.number("leds").has_value());
  EXPECT_EQ(claims.led("recording"), "red");
  EXPECT_FALSE(claims.led("ready").has_value());
  EXPECT_TRUE(claims.offers("pre_event_s"));
  EXPECT_FALSE(claims.offers("signing"));
  EXPECT_FALSE(claims.offers("zero"));
  EXPECT_FALSE(claims.offers("nothing"));
  EXPECT_TRUE(claims.offers("leds.recording"));
  EXPECT_FALSE(claims.offers("leds.fault"));
  EXPECT_FALSE(claims.offers("leds.ready"));
  EXPECT_FALSE(claims.offers("pre_event_s.x"));
}

}  // namespace
}  // namespace saksi::judge
