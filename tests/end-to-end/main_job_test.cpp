// Goal: the main job works on real input, and what it leaves is what outside judges say it is. Method: one run of the main scenario on the
// Verilated encoder, looked at with fsck.vfat, mtools, FFmpeg and Chromium.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/browser.h"
#include "tests/support/command.h"

namespace saksi::test {
namespace {

/// The run is made once; the tests look at what it left.
class MainJob : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = fresh_dir("main-job");
    const Outcome outcome = saksi("run " + scenario("start/press-at-desk.yaml") + " --out " + dir_);
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    ASSERT_NE(outcome.output.find("press-to-record"), std::string::npos);
  }
  static std::string recorded() { return dir_; }
  static std::string copied_clip();

 private:
  static std::string dir_;
};

std::string MainJob::dir_;

std::string MainJob::copied_clip() {
  const std::string clip = recorded() + "/CLIP0001.MP4";
  const Outcome outcome = run_command("mcopy -n -o -i " + recorded() + "/recording/card.img ::/DCIM/100SAKSI/CLIP0001.MP4 " + clip);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  return clip;
}

TEST_F(MainJob, LeavesWhatTheContractNames) {
  for (const char* name : {"recording/manifest.json", "recording/events.jsonl", "recording/console.log", "recording/card.img", "truth/frames.jsonl",
                           "truth/encoder.jsonl", "truth/block-writes.jsonl", "verdicts.json", "self-check.json", "performance.json", "report.html",
                           "junit.xml", "timeline.json"}) {
    EXPECT_TRUE(std::filesystem::exists(recorded() + "/" + name)) << name;
  }
}

/// The camera hashes itself with its hash block as it boots; binutils and coreutils hash the image that the build made.
TEST_F(MainJob, TheConsoleSaysWhichFirmwareRan) {
  const std::string image = recorded() + "/firmware.bin";
  const Outcome copied =
      run_command("riscv64-unknown-elf-objcopy -O binary -j .text -j .rodata " + std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam.elf " + image);
  ASSERT_EQ(copied.code, 0) << copied.output;
  const std::string hash = run_command("sha256sum " + image).output.substr(0, 64);
  const std::string console = read_file(recorded() + "/recording/console.log");
  EXPECT_NE(console.find("I: firmware sha256 " + hash), std::string::npos) << hash << "\n" << console.substr(0, 400);
  EXPECT_EQ(console.find("no hash block"), std::string::npos);
}

/// The camera's hash block makes the chain, the judge follows it with OpenSSL. A bit of a picture that the card lost is found, and where.
TEST_F(MainJob, TheHashChainHoldsUntilABitIsLost) {
  const auto evidence = [](const std::string& verdicts) { return read_json(verdicts).at("evidence").at(0); };
  EXPECT_EQ(evidence(recorded() + "/verdicts.json").at("hash_chain"), "valid");
  const std::string clip = copied_clip();
  std::string bytes = read_file(clip);
  const size_t at = bytes.find("moof", bytes.size() / 2) + 4000;
  bytes.at(at) = static_cast<char>(bytes[at] ^ 0x10);
  const std::string dir = fresh_dir("main-job-lost-bit");
  write_file(dir + "/clip.mp4", bytes);
  const Outcome judged = saksi("judge " + dir + "/clip.mp4 --out " + dir + "/out");
  const auto found = evidence(dir + "/out/verdicts.json");
  EXPECT_EQ(found.at("hash_chain"), "broken") << judged.output;
  const auto mismatches = std::count_if(found.at("problems").begin(), found.at("problems").end(),
                                        [](const auto& problem) { return problem.at("kind") == "hash-mismatch"; });
  EXPECT_EQ(mismatches, 1);
}

TEST_F(MainJob, CardIsCleanForFsck) {
  const Outcome outcome = run_command("/sbin/fsck.vfat -n " + recorded() + "/recording/card.img");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
}

TEST_F(MainJob, FfmpegDecodesEveryFrameThatTheJudgeCounts) {
  const std::string clip = copied_clip();
  const Outcome decode = run_command("ffmpeg -v warning -xerror -i " + clip + " -f null -");
  EXPECT_EQ(decode.code, 0);
  EXPECT_EQ(decode.output, "");
  const Outcome count = run_command("ffprobe -v error -count_frames -select_streams v -show_entries stream=nb_read_frames -of csv=p=0 " + clip);
  const auto verdicts = read_json(recorded() + "/verdicts.json");
  ASSERT_EQ(verdicts.at("evidence").size(), 1u);
  EXPECT_EQ(std::stoi(count.output), verdicts.at("evidence")[0].at("frames").get<int>());
  EXPECT_GT(std::stoi(count.output), 80);
}

TEST_F(MainJob, ColoursAreSignalledAsBt709) {
  const Outcome probe = run_command(
      "ffprobe -v error -select_streams v -show_entries stream=profile,color_space,color_primaries,color_transfer,color_range -of csv=p=0 " +
      copied_clip());
  EXPECT_EQ(probe.output, "Constrained Baseline,tv,bt709,bt709,bt709\n");
}

TEST_F(MainJob, ChromiumPlaysTheClipToItsEnd) {
  const std::string said = play_in_chromium(copied_clip(), fresh_dir("chromium"));
  EXPECT_EQ(said.rfind("ended-", 0), 0u) << said;
  EXPECT_NE(said.find("-640x360"), std::string::npos) << said;
}

TEST_F(MainJob, TruthLiesWithinTheStatedUncertainty) {
  const auto check = read_json(recorded() + "/self-check.json");
  ASSERT_GE(check.at("measurements").size(), 6u);
  for (const auto& entry : check.at("measurements")) EXPECT_TRUE(entry.at("covered").get<bool>()) << entry.dump();
}

TEST_F(MainJob, HalfWidthOfPressToRecordIsAtMost20Ms) {
  const auto value = measurement(read_json(recorded() + "/verdicts.json"), "press_to_record");
  EXPECT_LE(value.at("uncertainty").get<double>(), 0.020);
}

TEST_F(MainJob, BlockWritesNameFileOffsetAndCaller) {
  const std::string lines = read_file(recorded() + "/truth/block-writes.jsonl");
  EXPECT_NE(lines.find("\"file\":\"DCIM/100SAKSI/CLIP0001.MP4\""), std::string::npos);
  EXPECT_NE(lines.find("sdhci_transfer+0x"), std::string::npos);
  EXPECT_NE(lines.find("main+0x"), std::string::npos);
}

TEST_F(MainJob, JudgingTheRecordingAgainGivesTheSameVerdicts) {
  const std::string dir = fresh_dir("judged-again");
  // Whom the run trusted, and of which date, it says itself.
  const std::string today = read_json(recorded() + "/verdicts.json").at("today").get<std::string>();
  EXPECT_EQ(saksi("judge " + recorded() + "/recording --trust " + recorded() + "/vendor-ca.pem --today " + today + " --out " + dir).code, 0);
  EXPECT_EQ(read_file(dir + "/verdicts.json"), read_file(recorded() + "/verdicts.json"));
}

TEST_F(MainJob, ABrokenFatIsJudgedAndNotRefused) {
  const std::string dir = fresh_dir("broken-fat");
  ASSERT_EQ(run_command("cp --sparse=always " + recorded() + "/recording/card.img " + dir + "/card.img").code, 0);
  // Both copies of the FAT: reserved area is 32 sectors, so the first begins at 16 KiB.
  ASSERT_EQ(run_command("dd if=/dev/urandom of=" + dir + "/card.img bs=512 seek=32 count=2100 conv=notrunc status=none").code, 0);
  const Outcome outcome = saksi("judge " + dir + "/card.img --out " + dir);
  EXPECT_TRUE(outcome.code == 1 || outcome.code == 4) << outcome.code << outcome.output;
}

TEST_F(MainJob, AClipCutInHalfIsJudgedAndNotRefused) {
  const std::string dir = fresh_dir("half-clip");
  const std::string clip = read_file(copied_clip());
  write_file(dir + "/half.mp4", clip.substr(0, clip.size() / 2));
  const Outcome outcome = saksi("judge " + dir + "/half.mp4 --out " + dir);
  EXPECT_TRUE(outcome.code == 1 || outcome.code == 4) << outcome.code << outcome.output;
  const auto verdicts = read_json(dir + "/verdicts.json");
  EXPECT_GT(verdicts.at("evidence")[0].at("frames").get<int>(), 20);
}

TEST_F(MainJob, TheReportIsWrittenInIndonesian) {
  const std::string dir = fresh_dir("report-id");
  EXPECT_EQ(saksi("report " + recorded() + " --lang id --out " + dir).code, 0);
  EXPECT_NE(read_file(dir + "/report.html").find("lang=\"id\""), std::string::npos);
}

}  // namespace
}  // namespace saksi::test
