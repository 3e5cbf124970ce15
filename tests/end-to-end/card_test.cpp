// Goal: the reference camera says what its card does wrong and loses nothing that was stored, and a camera that does not look at write errors is
// caught by the requirement that it breaks. Method: scenarios with a failing card, with the good firmware and the defective one;
// truth/card-faults.jsonl says that the fault struck.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/browser.h"
#include "tests/support/command.h"

namespace saksi::test {
namespace {

std::string defect(const std::string& name) { return std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam-" + name + ".elf"; }

TEST(Card, ThatStoresNothingIsSaidByTheReference) {
  const std::string dir = fresh_dir("card-write-error");
  const Outcome outcome = saksi("run " + scenario("card/write-error.yaml") + " --encoder sizes --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(read_file(dir + "/truth/card-faults.jsonl").find("\"write_error\""), std::string::npos);
  EXPECT_NE(read_file(dir + "/recording/console.log").find("E: card error"), std::string::npos);
}

// A camera that does not look at write errors finds out all the same, since it reads back what it lays out for the next clip.
TEST(Card, ThatStoresNothingFromTheStartIsFoundOutByReadingBack) {
  const std::string dir = fresh_dir("card-ignores-write-error");
  const Outcome outcome =
      saksi("run " + scenario("card/write-error.yaml") + " --encoder sizes --firmware " + defect("ignores-write-error") + " --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(read_file(dir + "/recording/console.log").find("E: card does not keep what it takes"), std::string::npos);
}

TEST(Card, OneWriteErrorInMidRecordingCostsNothing) {
  const std::string dir = fresh_dir("card-write-error-once");
  const Outcome outcome = saksi("run " + scenario("card/write-error-once.yaml") + " --encoder model --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(read_file(dir + "/truth/card-faults.jsonl").find("\"write_error\""), std::string::npos);
  EXPECT_NE(read_file(dir + "/recording/console.log").find("W: card write"), std::string::npos);
}

TEST(Card, ThatFailsForGoodInMidRecordingLosesNothingStored) {
  const std::string dir = fresh_dir("card-write-error-for-good");
  const Outcome outcome = saksi("run " + scenario("card/write-error-for-good.yaml") + " --encoder model --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(read_file(dir + "/recording/events.jsonl").find("\"led\":\"amber\",\"on\":true"), std::string::npos);
  EXPECT_NE(read_file(dir + "/recording/console.log").find("E: card error"), std::string::npos);
  EXPECT_EQ(verdict_on(read_json(dir + "/verdicts.json"), "led-while-stored"), "pass");
}

TEST(Card, AWriteErrorInMidRecordingThatIsIgnoredFailsLedWhileStored) {
  const std::string dir = fresh_dir("card-ignores-write-error-late");
  const Outcome outcome =
      saksi("run " + scenario("card/write-error-for-good.yaml") + " --encoder model --firmware " + defect("ignores-write-error") + " --out " + dir);
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  const nlohmann::ordered_json verdicts = read_json(dir + "/verdicts.json");
  EXPECT_EQ(verdict_on(verdicts, "press-to-record"), "pass") << "the recording begins as it should";
  EXPECT_EQ(verdict_on(verdicts, "led-while-stored"), "fail");
}

/// A clip of a card as mtools copies it out; its path.
std::string copied(const std::string& image, const std::string& clip, const std::string& dir) {
  const Outcome outcome = run_command("mcopy -n -o -i " + image + " ::/DCIM/100SAKSI/" + clip + " " + dir + "/" + clip);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  return dir + "/" + clip;
}

void expect_ffmpeg_plays(const std::string& clip) {
  const Outcome decoded = run_command("ffmpeg -v error -xerror -i " + clip + " -f null - 2>&1");
  EXPECT_EQ(decoded.code, 0) << decoded.output;
  EXPECT_EQ(decoded.output, "");
}

TEST(Card, ThatGetsFullInMidRecordingHasWholeClipsOnItAndTheOlderOneAsItWas) {
  const std::string dir = fresh_dir("card-full-in-mid-recording");
  const Outcome outcome = saksi("run " + scenario("card/full-in-mid-recording.yaml") + " --encoder model --out " + dir);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const std::string console = read_file(dir + "/recording/console.log");
  EXPECT_NE(console.find("closed CLIP0002.MP4"), std::string::npos) << console;
  EXPECT_NE(console.find("E: card full"), std::string::npos) << console;
  EXPECT_LT(console.find("closed CLIP0002.MP4"), console.find("E: card full"));
  const Outcome checked = run_command("fsck.vfat -n " + dir + "/recording/card.img");
  EXPECT_EQ(checked.code, 0) << checked.output;
  const std::string before = fresh_dir("card-full-before");
  const std::string older = copied(dir + "/recording/card-1.img", "CLIP0001.MP4", before);
  const std::string same = copied(dir + "/recording/card.img", "CLIP0001.MP4", dir);
  EXPECT_TRUE(read_file(older) == read_file(same)) << "the older clip, byte for byte";
  expect_ffmpeg_plays(same);
  expect_ffmpeg_plays(copied(dir + "/recording/card.img", "CLIP0002.MP4", dir));
}

TEST(Card, ThatSaysMoreThanItHasIsFoundOutBeforeItIsRecordedOn) {
  const std::string wraps = fresh_dir("card-wraps");
  const Outcome outcome = saksi("run " + scenario("card/false-capacity.yaml") + " --encoder sizes --out " + wraps);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(read_file(wraps + "/recording/console.log").find("E: card says 32768 MiB and has 4096 MiB"), std::string::npos);
  EXPECT_EQ(read_file(wraps + "/truth/card-faults.jsonl"), "") << "nothing was written where it is not";
}

/// The card of a camera whose power was cut in mid-recording, with the first sector of the clip's header turned into noise.
std::string card_without_header(const std::string& dir, const std::string& firmware) {
  const Outcome cut = saksi("run " + scenario("power/cut-after-led.yaml") + " --set cut_after_ms=900 --encoder model" + firmware + " --out " + dir);
  EXPECT_NE(cut.code, 2) << cut.output;
  const std::string image = dir + "/recording/card-1.img";
  const Outcome places = run_command("mshowfat -i " + image + " ::/DCIM/100SAKSI/CLIP0001.MP4");
  const size_t begin = places.output.find('<');
  EXPECT_NE(begin, std::string::npos) << places.output;
  const long cluster = std::atol(places.output.c_str() + begin + 1);
  std::fstream file(image, std::ios::in | std::ios::out | std::ios::binary);
  std::string boot(64, '\0');
  file.read(boot.data(), static_cast<std::streamsize>(boot.size()));
  const auto byte = [&](size_t at) { return static_cast<long>(static_cast<uint8_t>(boot[at])); };
  const long reserved = byte(14) + 256 * byte(15), fat = byte(36) + 256 * byte(37) + 65536 * byte(38);
  file.seekp((reserved + byte(16) * fat + (cluster - 2) * byte(13)) * 512);
  std::string noise(512, '\0');
  for (size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>(i * 151 + 7);
  file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  return image;
}

Outcome recover(const std::string& image, const std::string& firmware, const std::string& dir) {
  write_file(dir + "/recover.yaml", "name: recover\nlight: " + scenario("scenes/desk.yaml") + "\ndevice: " + scenario("devices/saksi-cam.yaml") +
                                        "\nduration_s: 4\ncard: {image: " + image + "}\nactions:\n  - {at_s: 0.1, supply: on}\nrequirements: " +
                                        scenario("requirements/first-light.yaml") + "\nrequire: [ready-in-time, clip-playable]\n");
  return saksi("run " + dir + "/recover.yaml --encoder sizes" + firmware + " --out " + dir + "/recovered");
}

TEST(Card, ThatLosesTheHeaderOfAClipCostsNoClip) {
  const std::string dir = fresh_dir("card-header-lost");
  recover(card_without_header(dir, ""), "", dir);
  EXPECT_EQ(verdict_on(read_json(dir + "/recovered/verdicts.json"), "clip-playable"), "pass");
  const std::string console = read_file(dir + "/recovered/recording/console.log");
  EXPECT_NE(console.find("W: header of CLIP0001.MP4 restored from its copy"), std::string::npos) << console;
  EXPECT_NE(console.find("recovered CLIP0001.MP4"), std::string::npos) << console;
  const Outcome checked = run_command("fsck.vfat -n " + dir + "/recovered/recording/card.img");
  EXPECT_EQ(checked.code, 0) << checked.output;
  const std::string clip = copied(dir + "/recovered/recording/card.img", "CLIP0001.MP4", dir);
  expect_ffmpeg_plays(clip);
  EXPECT_EQ(play_in_chromium(clip, fresh_dir("card-header-chromium")).rfind("ended-", 0), 0u);
}

TEST(Card, ACameraWithOneHeaderOnlyLosesTheClipThere) {
  const std::string firmware = " --firmware " + defect("no-header-copy");
  const std::string dir = fresh_dir("card-no-header-copy");
  recover(card_without_header(dir, firmware), firmware, dir);
  EXPECT_EQ(verdict_on(read_json(dir + "/recovered/verdicts.json"), "clip-playable"), "fail");
}

std::string story(const std::string& name, const std::string& card, const std::string& actions, const std::string& require) {
  return "name: " + name + "\nlight: " + scenario("scenes/desk.yaml") + "\ndevice: " + scenario("devices/saksi-cam.yaml") +
         "\nduration_s: 9\ncard: " + card + "\nactions:\n  - {at_s: 0.1, supply: on}\n" + actions +
         "requirements: " + scenario("requirements/first-light.yaml") + "\nrequire: " + require + "\n";
}

constexpr char kPress[] = "  - {at_s: 5, press: record}\n  - {at_s: 7, press: record}\n";

TEST(Card, WithExfatIsSaidAndLeftAsItIs) {
  const std::string dir = fresh_dir("card-exfat");
  const std::string image = dir + "/exfat.img";
  const Outcome made = run_command("truncate -s 512M " + image + " && PATH=$PATH:/usr/sbin mkfs.exfat -L SAKSI " + image);
  ASSERT_EQ(made.code, 0) << made.output;
  write_file(dir + "/exfat.yaml", story("exfat", "{image: " + image + "}", kPress, "[fault-shown, fault-logged]"));
  const Outcome outcome = saksi("run " + dir + "/exfat.yaml --encoder sizes --out " + dir + "/run");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(read_file(dir + "/run/recording/console.log").find("E: card not readable: exFAT"), std::string::npos);
  const Outcome same = run_command("cmp " + image + " " + dir + "/run/recording/card.img");
  EXPECT_EQ(same.code, 0) << same.output;
}

TEST(Card, OfSixtyFourGibIsRecordedOnLikeASmallOne) {
  const std::string dir = fresh_dir("card-sdxc");
  write_file(dir + "/sdxc.yaml", story("sdxc", "{capacity_mib: 65536}", kPress, "[ready-in-time, clip-playable]"));
  const Outcome outcome = saksi("run " + dir + "/sdxc.yaml --encoder sizes --out " + dir + "/run");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(read_file(dir + "/run/recording/console.log").find("I: card ready 65536 MiB"), std::string::npos);
  const Outcome checked = run_command("fsck.vfat -n " + dir + "/run/recording/card.img");
  EXPECT_EQ(checked.code, 0) << checked.output;
  expect_ffmpeg_plays(copied(dir + "/run/recording/card.img", "CLIP0001.MP4", dir));
  const Outcome disk = run_command("du -k " + dir + "/run/recording/card.img | cut -f1");
  EXPECT_LT(std::atol(disk.output.c_str()), 20'000);
}

TEST(Card, OfTwoTebibytesIsSaidToBeTooLargeForThisCamera) {
  const std::string dir = fresh_dir("card-largest");
  write_file(dir + "/largest.yaml", story("largest", "{capacity_mib: 2097151}", kPress, "[fault-shown, fault-logged]"));
  const Outcome outcome = saksi("run " + dir + "/largest.yaml --encoder sizes --out " + dir + "/run");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_NE(read_file(dir + "/run/recording/console.log").find("E: card not usable: its FAT32 volume is too large"), std::string::npos);
  const Outcome disk = run_command("du -k " + dir + "/run/recording/card.img | cut -f1");
  EXPECT_LT(std::atol(disk.output.c_str()), 1'000);
}

}  // namespace
}  // namespace saksi::test
