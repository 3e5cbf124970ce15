// Goal: the reference camera loses nothing that was on the card, whatever write the power goes at and whatever a card may do then; every planted
// defect is caught by the requirement that it breaks; judges that share no code with ours agree. Method: sweeps of the built program, small enough
// for every commit (the whole is the nightly target "sweep"); fsck.vfat, FFmpeg and `saksi run` on what they leave.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/write_log.h"
#include "tests/support/browser.h"
#include "tests/support/command.h"

namespace saksi::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string sweep_of(const std::string& options, const std::string& dir) {
  return "sweep " + scenario("start/press-at-desk.yaml") + " -j 2 --quiet " + options + " --out " + dir;
}

/// How many cuts broke a requirement.
int broken(const Json& sweep, const std::string& id) {
  for (const Json& line : sweep.at("requirements")) {
    if (line.at("id") == id) return line.at("broken").get<int>();
  }
  return -1;
}

TEST(Sweep, TheReferenceSurvivesEveryLegalDamage) {
  const std::string dir = fresh_dir("sweep-good");
  const Outcome outcome = saksi(sweep_of("--cuts 40 --damage torn,shorn,reorder", dir));
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  const Json sweep = read_json(dir + "/sweep.json");
  EXPECT_EQ(sweep.at("cuts").get<int>(), 160);
  EXPECT_LT(sweep.at("cards").get<int>(), 160) << "equal cards are judged once";
  for (const Json& line : sweep.at("requirements")) EXPECT_GT(line.at("checked").get<int>(), 0) << line.dump();

  // What was recovered, by a judge that shares no code with ours.
  size_t clips = 0;
  for (const auto& entry : fs::directory_iterator(dir + "/clips")) {
    const Outcome decoded = run_command("ffmpeg -v error -xerror -i " + entry.path().string() + " -f null - 2>&1");
    EXPECT_EQ(decoded.code, 0) << entry.path() << ": " << decoded.output;
    EXPECT_EQ(decoded.output, "") << entry.path();
    ++clips;
  }
  EXPECT_GT(clips, 3u);
  // The longest and the shortest one in a browser.
  std::vector<fs::path> by_size;
  for (const auto& entry : fs::directory_iterator(dir + "/clips")) by_size.push_back(entry.path());
  std::sort(by_size.begin(), by_size.end(), [](const fs::path& a, const fs::path& b) { return fs::file_size(a) < fs::file_size(b); });
  for (const fs::path& clip : {by_size.front(), by_size.back()}) {
    const std::string said = play_in_chromium(clip.string(), fresh_dir("sweep-chromium"));
    EXPECT_EQ(said.rfind("ended-", 0), 0u) << clip << ": " << said;
  }
}

/// Files of a card as mtools lists them: "::/DCIM/100SAKSI/CLIP0001.MP4", sorted.
std::string listed_by_mtools(const std::string& image) {
  const Outcome outcome = run_command("mdir -a -b -/ -i " + image + " ::/ | grep -v '/$' | sort");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  return outcome.output;
}

TEST(Sweep, ACutIsPlayedAgainByItsId) {
  const std::string dir = fresh_dir("sweep-replay");
  ASSERT_EQ(saksi(sweep_of("--cuts 2 --damage none --no-clip --new-card", dir)).code, 0);
  const Outcome before = saksi("replay cut=300,torn=9,seed=2 --sweep " + dir + " --out " + dir + "/before");
  EXPECT_EQ(before.code, 0) << before.output;
  const Json verdicts = read_json(dir + "/before/verdicts.json");
  EXPECT_EQ(verdicts.at("scenario"), "press-at-desk-before-cut");
  const WriteLog log = WriteLog::load(dir + "/before/truth/card-writes.log");
  EXPECT_EQ(log.entries().size(), 300u) << "the cut comes right after the 300th write";
  const Outcome after = saksi("replay " + dir + "/replayed/cases/cut=300,torn=9,seed=2 --recovery --out " + dir + "/after");
  EXPECT_EQ(after.code, 0) << after.output;
  EXPECT_NE(saksi("replay cut=3").output.find("--sweep DIR"), std::string::npos);
}

TEST(Sweep, OneCutIsLeftForFsckAndTheDebugger) {
  const std::string dir = fresh_dir("sweep-one");
  const Outcome outcome = saksi(sweep_of("--cuts cut=600,torn=100,seed=3 --no-clip", dir));
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  const std::string folder = dir + "/cases/cut=600,torn=100,seed=3";
  const Outcome checked = run_command("fsck.vfat -n " + folder + "/card-after.img");
  EXPECT_EQ(checked.code, 0) << checked.output;
  // mtools reads the same files, of the same bytes, as our judge.
  std::string judged;
  const Json recovery = read_json(folder + "/recovery.json");
  for (const Json& file : recovery.at("after").at("files")) judged += "::/" + file.at("path").get<std::string>() + "\n";
  EXPECT_EQ(listed_by_mtools(folder + "/card-after.img"), judged);
  const Outcome copied = run_command("mcopy -o -i " + folder + "/card-after.img ::/DCIM/100SAKSI/CLIP0001.MP4 " + dir +
                                     "/clip.mp4 && ffmpeg -v error -xerror -i " + dir + "/clip.mp4 -f null - 2>&1");
  EXPECT_EQ(copied.code, 0) << copied.output;
  EXPECT_EQ(copied.output, "");
  const Outcome recover = saksi("run " + folder + "/recover.yaml --encoder sizes --out " + dir + "/recover");
  // Power went before the clip's first signature was made, so the whole is inconclusive.
  EXPECT_EQ(verdict_on(read_json(dir + "/recover/verdicts.json"), "ready-in-time"), "pass") << recover.output;
  EXPECT_NE(read_file(dir + "/recover/recording/console.log").find("recovered CLIP0001.MP4"), std::string::npos);

  // What came before plays again to the same card: the writes are those of the uncut run, so many of them.
  const Outcome before = saksi("run " + folder + "/before.yaml --encoder model --out " + dir + "/before");
  EXPECT_EQ(verdict_on(read_json(dir + "/before/verdicts.json"), "ready-in-time"), "pass") << before.output;
  const WriteLog uncut = WriteLog::load(dir + "/run/truth/card-writes.log"), cut = WriteLog::load(dir + "/before/truth/card-writes.log");
  ASSERT_EQ(cut.entries().size(), 600u);
  for (size_t i = 0; i < 600; ++i) ASSERT_EQ(cut.data(cut.entries()[i]), uncut.data(uncut.entries()[i])) << i;
}

// A firmware with a defect, so that there is something to be found: each cut must break the same requirements, with the same figures.
TEST(Sweep, WhatIsSimulatedTogetherComesToTheSameAsApart) {
  const std::string firmware = " --firmware " + std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam-recovery-truncates-good-data.elf";
  for (const std::string options : {"--cuts 24 --damage torn", "--cuts 3 --damage none --depth 2 --no-clip"}) {
    const std::string together_dir = fresh_dir("sweep-together"), apart_dir = fresh_dir("sweep-apart");
    const int code = saksi(sweep_of(options + firmware, together_dir)).code;
    EXPECT_EQ(saksi(sweep_of(options + " --apart" + firmware, apart_dir)).code, code) << options;
    const Json together = read_json(together_dir + "/sweep.json"), apart = read_json(apart_dir + "/sweep.json");
    EXPECT_TRUE(together.at("requirements") == apart.at("requirements")) << options << ": " << together_dir << ", " << apart_dir;
    EXPECT_EQ(together.at("cards"), apart.at("cards")) << options;
    EXPECT_EQ(apart.at("simulated"), apart.at("cards")) << options;
    EXPECT_LT(together.at("simulated").get<int>(), together.at("cards").get<int>()) << options;
  }
}

TEST(Sweep, RecoveriesThatAreCutThemselvesAreRecoveredFrom) {
  const std::string dir = fresh_dir("sweep-deep");
  const Outcome outcome = saksi(sweep_of("--cuts 4 --damage none --depth 2 --no-clip", dir));
  ASSERT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_GT(read_json(dir + "/sweep.json").at("cards").get<int>(), 20);
}

TEST(Sweep, ACardThatLosesWhatItAcknowledgedIsSaid) {
  const std::string dir = fresh_dir("sweep-illegal");
  saksi(sweep_of("--cuts 20 --damage paired,rollback --no-clip", dir));
  const Json sweep = read_json(dir + "/sweep.json");
  EXPECT_EQ(broken(sweep, "cut-loss-said"), 0) << sweep.dump(2);
}

// Every write with torn sectors finds it too; here the one write in a hundred that it takes is looked up first.
TEST(Sweep, ABootLoopOnHalfAMoofIsCaught) {
  const std::string firmware = " --firmware " + std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam-boot-loop-on-bad-file.elf";
  const std::string dir = fresh_dir("sweep-boot-loop");
  ASSERT_EQ(saksi(sweep_of("--cuts 1 --damage none --no-clip --new-card" + firmware, dir)).code, 0);
  const WriteLog log = WriteLog::load(dir + "/run/truth/card-writes.log");
  std::vector<size_t> moofs;
  for (size_t i = 0; i < log.entries().size(); ++i) {
    const WriteLog::Sector& data = log.data(log.entries()[i]);
    if (std::string(data.begin() + 4, data.begin() + 8) == "moof") moofs.push_back(i);
  }
  ASSERT_GT(moofs.size(), 3u);
  const Outcome outcome = saksi(sweep_of("--cuts cut=" + std::to_string(moofs[2]) + ",torn=200,seed=1 --no-clip --new-card" + firmware, dir));
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_EQ(broken(read_json(dir + "/sweep.json"), "cut-ready-again"), 1);
}

struct Planted {
  const char* name;
  const char* options;
  const char* requirement;
};

class SweepDefects : public testing::TestWithParam<Planted> {};

TEST_P(SweepDefects, IsCaught) {
  const Planted& planted = GetParam();
  const std::string dir = fresh_dir(std::string("sweep-") + planted.name);
  const std::string firmware = std::string(SAKSI_BUILD_DIR) + "/firmware/saksi-cam-" + planted.name + ".elf";
  const Outcome outcome = saksi(sweep_of(std::string(planted.options) + " --firmware " + firmware, dir));
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_GT(broken(read_json(dir + "/sweep.json"), planted.requirement), 0) << outcome.output;
}

INSTANTIATE_TEST_SUITE_P(
    All, SweepDefects,
    testing::Values(Planted{"no-sync", "--cuts 60 --damage none --no-clip --new-card", "cut-led-truthful"},
                    Planted{"dirent-before-data", "--cuts 40 --damage none --no-clip --new-card", "cut-clips-play"},
                    Planted{"moof-straddles", "--cuts 20 --damage none --no-clip --new-card", "cut-nothing-foreign"},
                    Planted{"stale-tail", "--cuts 40 --damage none --no-clip", "cut-clips-play"},
                    Planted{"recovery-truncates-good-data", "--cuts 20 --damage none --no-clip --new-card", "cut-loses-nothing-stored"},
                    Planted{"recovery-not-idempotent", "--cuts 8 --damage none --depth 2 --no-clip --new-card", "cut-loses-nothing-stored"},
                    Planted{"header-only-once", "--cuts 20 --damage none --no-clip --new-card", "cut-led-truthful"},
                    Planted{"fat-mirror-forgotten", "--cuts 4 --damage none --no-clip --new-card", "cut-volume-sound"},
                    Planted{"led-before-durable", "--cuts 60 --damage none --no-clip --new-card", "cut-led-truthful"},
                    Planted{"reuses-clip-name", "--cuts 6 --damage none --new-card", "cut-records-again"}),
    [](const testing::TestParamInfo<Planted>& planted) {
      std::string name;
      for (const char* c = planted.param.name; *c != '\0'; ++c) {
        if (*c != '-') name += *c;
      }
      return name;
    });

}  // namespace
}  // namespace saksi::test
