// Goal: what is recorded is written exactly as docs/formats/recording.md says. Method: whole lines and a whole digest, spelled out.
#include "base/recording_format.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/sha256.h"
#include "base/temp_folder.h"

namespace saksi::recording {
namespace {

TEST(RecordingFormat, EventsAreWrittenByTimeAndThenAsAppended) {
  EventLog log;
  log.supply(0, 3700);
  log.led(2'000'000'100, "red", true);
  log.press(2'000'000'000, "record", 1500);
  log.supply(2'000'000'100, 0);
  log.led(2'000'000'100, "red", false);
  log.release(2'000'000'050, "record");
  log.rail(10, "vsys", 3650, 240000);
  log.card_pull(2'000'000'200);
  log.card_insert(2'000'000'300);
  log.end(3'000'000'000);
  EXPECT_EQ(log.text(),
            "{\"t_ns\":0,\"from\":\"bench\",\"event\":\"supply\",\"mv\":3700,\"u_ns\":0}\n"
            "{\"t_ns\":10,\"from\":\"device\",\"event\":\"rail\",\"rail\":\"vsys\",\"mv\":3650,\"ua\":240000}\n"
            "{\"t_ns\":2000000000,\"from\":\"bench\",\"event\":\"press\",\"button\":\"record\",\"u_ns\":1500}\n"
            "{\"t_ns\":2000000050,\"from\":\"bench\",\"event\":\"release\",\"button\":\"record\",\"u_ns\":0}\n"
            "{\"t_ns\":2000000100,\"from\":\"device\",\"event\":\"led\",\"led\":\"red\",\"on\":true,\"u_ns\":0}\n"
            "{\"t_ns\":2000000100,\"from\":\"bench\",\"event\":\"supply\",\"mv\":0,\"u_ns\":0}\n"
            "{\"t_ns\":2000000100,\"from\":\"device\",\"event\":\"led\",\"led\":\"red\",\"on\":false,\"u_ns\":0}\n"
            "{\"t_ns\":2000000200,\"from\":\"bench\",\"event\":\"card\",\"action\":\"pull\"}\n"
            "{\"t_ns\":2000000300,\"from\":\"bench\",\"event\":\"card\",\"action\":\"insert\"}\n"
            "{\"t_ns\":3000000000,\"from\":\"bench\",\"event\":\"end\"}\n");
}

TEST(RecordingFormat, AConsoleLineStaysOneLine) {
  EXPECT_EQ(console_line(1500, "boot\tok"), "1500 boot\tok\n");
  EXPECT_EQ(console_line(1, std::string("a\nb\x00\xff", 5)), "1 a\\x0Ab\\x00\\xFF\n");
}

TEST(RecordingFormat, DigestCoversEventsConsoleAndCardsOnly) {
  const TempFolder temp;
  const std::filesystem::path& folder = temp.path();
  const auto put = [&](const std::string& name, const std::string& text) { std::ofstream(folder / name, std::ios::binary) << text; };
  EXPECT_THROW(folder_digest(folder.string()), UsageError);
  put("events.jsonl", "one\n");
  put("console.log", "two\n");
  put("card.img", "three");
  put("card-10.img", "four");
  put("card-2.img", "five");
  const auto card = [&](const std::string& name) { return hex(sparse_file_digest((folder / name).string())); };
  const std::string lines = digest_line("card-10.img", 4, card("card-10.img")) + digest_line("card-2.img", 4, card("card-2.img")) +
                            digest_line("card.img", 5, card("card.img")) + digest_line("console.log", 4, hex(sha256("two\n"))) +
                            digest_line("events.jsonl", 4, hex(sha256("one\n")));
  EXPECT_EQ(folder_digest(folder.string()), hex(sha256(lines)));
  put("manifest.json", "{}");
  put("card-x.img", "not a card image by name");
  EXPECT_EQ(folder_digest(folder.string()), hex(sha256(lines)));
}

}  // namespace
}  // namespace saksi::recording
