// Goal: any byte of the card is led back to the write, the function, the clip's frame and the photon, and any frame to its bytes. Method: questions
// about a run of the built program; where a frame lies in the clip ffprobe says, on a copy that mtools took off the card.
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

using Json = nlohmann::ordered_json;

const std::string& recorded() {
  static const std::string dir = [] {
    const std::string made = fresh_dir("why");
    const Outcome outcome = saksi("run " + scenario("start/press-at-desk.yaml") + " --encoder model --out " + made);
    EXPECT_EQ(outcome.code, 0) << outcome.output;
    return made;
  }();
  return dir;
}

Json ask(const std::string& question) {
  const Outcome outcome = saksi("why " + recorded() + " " + question + " --json");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  return Json::parse(outcome.output, nullptr, false);
}

TEST(Why, AFrameIsWhereFfprobeFindsIt) {
  const std::string clip = recorded() + "/clip.mp4";
  ASSERT_EQ(run_command("mcopy -n -i " + recorded() + "/recording/card.img ::/DCIM/100SAKSI/CLIP0001.MP4 " + clip).code, 0);
  const Outcome probed = run_command("ffprobe -v error -select_streams v -show_entries packet=pos -of csv=p=0 " + clip);
  std::istringstream lines(probed.output);
  int64_t exposed_ns = 0;
  int frame = 0;
  for (std::string line; std::getline(lines, line); ++frame) {
    if (frame % 20 != 0) continue;
    const Json answer = ask("clip:" + std::to_string(frame));
    EXPECT_EQ(answer.at("file_offset").get<int64_t>(), std::stoll(line));
    EXPECT_EQ(answer.at("clip_frame").get<int>(), frame);
    EXPECT_GT(answer.at("frame").at("exposed_from_ns").get<int64_t>(), exposed_ns);
    exposed_ns = answer.at("frame").at("exposed_from_ns").get<int64_t>();
    EXPECT_GT(answer.at("writes").back().at("t_ns").get<int64_t>(), answer.at("frame").at("coded_ns").get<int64_t>()) << "first coded, then written";

    // And the way back, from the byte on the card.
    const Json back = ask("card:" + std::to_string(answer.at("card_offset").get<uint64_t>() + 1));
    EXPECT_EQ(back.at("clip_frame"), answer.at("clip_frame"));
    EXPECT_EQ(back.at("frame"), answer.at("frame"));
  }
  EXPECT_GT(frame, 60);
}

TEST(Why, NamesTheSourceLine) {
  const Json stack = ask("clip:0").at("writes").back().at("stack");
  bool found = false;
  for (const Json& place : stack) {
    if (place.at("function") != "clip_store_write") continue;
    found = place.at("line").get<std::string>().find("camera/clip_store.c:") != std::string::npos;
  }
  EXPECT_TRUE(found) << stack.dump(1);
}

TEST(Why, ToldWhatCannotBeAnswered) {
  const auto refusal = [](const std::string& question) {
    const Outcome outcome = saksi("why " + recorded() + " " + question);
    EXPECT_EQ(outcome.code, 2);
    return outcome.output;
  };
  EXPECT_NE(refusal("clip:100000").find("has"), std::string::npos);
  EXPECT_NE(refusal("clip:OTHER.MP4:0").find("there are: DCIM/100SAKSI/CLIP0001.MP4"), std::string::npos);
  EXPECT_NE(refusal("card:99999999999999").find("the card has"), std::string::npos);
  EXPECT_NE(refusal("photon:1").find("card:OFFSET, clip:FRAME or clip:FILE:FRAME was expected"), std::string::npos);
}

}  // namespace
}  // namespace saksi::test
