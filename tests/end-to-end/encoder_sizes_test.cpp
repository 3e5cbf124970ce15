// Goal: a run whose encoder draws sizes leaves a card like any other, and nobody takes its pictures for evidence. Method: the main scenario with
// --encoder sizes, looked at with fsck.vfat and FFmpeg; tables that are missing, made and named.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

const char kNoPicture[] = "--encoder sizes carries no picture";

/// The run is made once; the tests look at what it left.
class EncoderSizes : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = fresh_dir("encoder-sizes");
    const Outcome outcome = saksi("run " + quoted(scenario("start/press-at-desk.yaml")) + " --encoder sizes --check-determinism --out " + dir_);
    EXPECT_EQ(outcome.code, 4) << outcome.output;
    EXPECT_NE(outcome.output.find(kNoPicture), std::string::npos) << outcome.output;
  }
  static std::string dir_;
};
std::string EncoderSizes::dir_;

TEST_F(EncoderSizes, WhatPicturesMustShowIsInconclusiveAndTheRestIsJudged) {
  const auto verdicts = read_json(dir_ + "/verdicts.json");
  EXPECT_EQ(verdicts.at("no_picture").get<std::string>().rfind(kNoPicture, 0), 0u);
  for (const auto& requirement : verdicts.at("requirements")) {
    const std::string id = requirement.at("id");
    const bool judged = id == "ready-in-time" || id == "clip-playable";
    EXPECT_EQ(requirement.at("verdict"), judged ? "pass" : "inconclusive") << requirement.dump();
    EXPECT_EQ(requirement.value("reason", "").rfind(kNoPicture, 0), judged ? std::string::npos : 0u) << requirement.dump();
  }
  // The judge says the same of the recording alone.
  EXPECT_EQ(saksi("judge " + dir_ + "/recording --quiet").code, 4);
}

TEST_F(EncoderSizes, TheCardIsCleanAndTheClipDecodes) {
  const Outcome fsck = run_command("/sbin/fsck.vfat -n " + dir_ + "/recording/card.img");
  EXPECT_EQ(fsck.code, 0) << fsck.output;
  const std::string clip = dir_ + "/CLIP0001.MP4";
  const Outcome copy = run_command("mcopy -n -o -i " + dir_ + "/recording/card.img ::/DCIM/100SAKSI/CLIP0001.MP4 " + clip);
  ASSERT_EQ(copy.code, 0) << copy.output;
  const Outcome decode = run_command("ffmpeg -v warning -xerror -i " + clip + " -f null -");
  EXPECT_EQ(decode.code, 0);
  EXPECT_EQ(decode.output, "");
  const Outcome count = run_command("ffprobe -v error -count_frames -select_streams v -show_entries stream=nb_read_frames -of csv=p=0 " + clip);
  EXPECT_GT(std::stoi(count.output), 80);
}

TEST_F(EncoderSizes, SizesAreAsLargeAsTheTwins) {
  const std::string twin = fresh_dir("encoder-sizes-twin");
  ASSERT_EQ(saksi("run " + quoted(scenario("start/press-at-desk.yaml")) + " --encoder model --out " + twin).code, 0);
  const auto bytes = [](const std::string& dir) {
    std::istringstream lines(read_file(dir + "/truth/encoder.jsonl"));
    double sum = 0;
    for (std::string line; std::getline(lines, line);) sum += nlohmann::json::parse(line).at("bytes").get<double>();
    return sum;
  };
  // One recording of ten seconds: the distribution is of the whole scene. And the table is of pictures exposed for 10 ms at gain 4, where exposure now
  // follows the light: here the twin's are brighter, and larger by two fifths.
  EXPECT_NEAR(bytes(dir_) / bytes(twin), 1, 0.4);
}

TEST(EncoderSizesTable, ASceneWithoutOneIsRefusedWithWhatThereIs) {
  const std::string dir = fresh_dir("encoder-sizes-table");
  write_file(dir + "/grey.yaml", "name: grey-wall\ngrey: 0.4\n");
  const std::string text = "name: wall\nlight: grey.yaml\nduration_s: 5\nactions: [{at_s: 0.1, supply: on}, {at_s: 3, press: record}]\n"
                           "require: [ready-in-time]\n";
  write_file(dir + "/wall.yaml", text + "requirements: " + scenario("requirements/first-light.yaml") + "\n");
  const std::string run = "run " + dir + "/wall.yaml --encoder sizes --out " + dir + "/out --size ";
  const Outcome refused = saksi(run + "128x96");
  EXPECT_EQ(refused.code, 2);
  for (const char* part : {"grey-wall", "desk", "dim-hall", "golden", "saksi fit-sizes"}) {
    EXPECT_NE(refused.output.find(part), std::string::npos) << refused.output;
  }
  const Outcome fit = saksi("fit-sizes " + dir + "/grey.yaml --sizes 128x96 --seconds 20");
  ASSERT_EQ(fit.code, 0) << fit.output;
  EXPECT_TRUE(std::filesystem::exists(dir + "/sizes/grey-wall.yaml")) << fit.output;
  EXPECT_EQ(saksi(run + "128x96").code, 0) << "the pictures are not asked for";
  const Outcome too_large = saksi(run + "352x288");
  EXPECT_EQ(too_large.code, 2);
  EXPECT_NE(too_large.output.find("--add --sizes 352x288"), std::string::npos) << too_large.output;
}

TEST(EncoderSizesTable, AnotherClipNeedsAnotherTable) {
  const std::string desk = "run " + quoted(scenario("start/press-at-desk.yaml")) + " --out " + fresh_dir("encoder-sizes-clip");
  const Outcome clip = saksi(desk + " --encoder sizes --clip default");
  EXPECT_EQ(clip.code, 2);
  EXPECT_NE(clip.output.find("--size-table"), std::string::npos) << clip.output;
  EXPECT_EQ(saksi(desk + " --encoder model --size-table " + quoted(scenario("scenes/sizes/desk.yaml"))).code, 2);
}

}  // namespace
}  // namespace saksi::test
