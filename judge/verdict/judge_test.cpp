// Goal: every kind of input gets the right verdicts.json, damage is judged and never refused, and foreign files are. Method: one made-up
// recording and what can be taken out of it: its card, its files, its clip; whole, damaged, cut.
#include "judge/verdict/judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "judge/test-support/card_image.h"
#include "judge/test-support/story.h"
#include "judge/verdict/requirement.h"

namespace saksi::judge {
namespace {

using Json = nlohmann::ordered_json;
using testing::Story;
using testing::StoryClip;

constexpr char kRequirements[] = SAKSI_SOURCE_DIR "/scenarios/requirements/first-light.yaml";
constexpr char kClip[] = "DCIM/100SAKSI/CLIP0001.MP4";

Json judge(const std::string& path, const std::string& requirements = "") { return judge_recording(path, {requirements, kRequirements, {}}); }

std::string verdict_on(const Json& verdicts, const std::string& id) {
  for (const Json& r : verdicts["requirements"]) {
    if (r["id"] == id) return r["verdict"];
  }
  for (const Json& n : verdicts["not_judged"]) {
    if (n["id"] == id) return "not judged";
  }
  return "not there";
}

bool has_problem(const Json& problems, const std::string& kind) {
  return std::any_of(problems.begin(), problems.end(), [&](const Json& p) { return p["kind"] == kind; });
}

int64_t ns(double s) { return static_cast<int64_t>(s * 1e9); }

Story good_story() {
  Story story;
  story.events.supply(0, 3700);
  story.events.led(ns(1.0), "green", true);
  story.events.press(ns(2.3), "record");
  story.events.led(ns(2.4), "red", true);
  story.events.press(ns(3.3), "record");
  story.events.led(ns(3.5), "red", false);
  story.events.end(ns(5));
  StoryClip clip;
  clip.photon_s = story.steady(1.32, 30);
  story.clips = {clip};
  return story;
}

class Judge : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = testing::fresh_folder("judge");
    good_story().write(folder_);
    clip_ = good_story().film(good_story().clips[0]);
  }
  std::string temporary(const std::string& name, const std::vector<uint8_t>& bytes) const {
    const std::string path = testing::fresh_folder("judge-file") + "/" + name;
    testing::write_file(path, bytes);
    return path;
  }
  static std::string folder_;
  static std::vector<uint8_t> clip_;
};
std::string Judge::folder_;
std::vector<uint8_t> Judge::clip_;

TEST_F(Judge, ARecordingIsJudgedByAllThatIsKnown) {
  const Json v = judge(folder_);
  EXPECT_EQ(v["schema"], "saksi-verdicts/1");
  EXPECT_EQ(v["scenario"], "story");
  EXPECT_EQ(v["seed"], 1);
  EXPECT_EQ(v["device"]["name"], "made-up");
  EXPECT_EQ(v["digest"].get<std::string>().size(), 64u);
  for (const char* id : {"press-to-record", "pre-event-complete", "no-gap-at-press", "stop-recorded", "no-frames-dropped", "no-frames-repeated",
                         "times-true", "clip-playable", "ready-in-time"}) {
    EXPECT_EQ(verdict_on(v, id), "pass") << id;
  }
  EXPECT_EQ(verdict_on(v, "led-truthful"), "not judged");
  ASSERT_EQ(v["evidence"].size(), 1u);
  EXPECT_EQ(v["evidence"][0]["file"], kClip);
  EXPECT_EQ(v["evidence"][0]["verdict"], "pass");
  EXPECT_EQ(v["evidence"][0]["signature"], "not-signed");
  EXPECT_EQ(v["evidence"][0]["frames"], 30);
  EXPECT_NEAR(v["evidence"][0]["recovered_until"].get<double>(), 2.0, 1e-6);
  EXPECT_NEAR(v["evidence"][0]["photon_s"][0].get<double>(), 1.32, 0.004);
}

TEST_F(Judge, TheSameInputGivesTheSameBytes) { EXPECT_EQ(verdicts_text(judge(folder_)), verdicts_text(judge(folder_))); }

TEST_F(Judge, AScenariosOwnRequirementsDecide) {
  const std::string copy = testing::fresh_folder("judge-own");
  std::filesystem::copy(folder_, copy, std::filesystem::copy_options::recursive);
  Json manifest = Json::parse(std::ifstream(copy + "/manifest.json"));
  manifest["require"] = {"led-truthful"};
  manifest["requirements"] = Json::parse(R"([{"id": "led-truthful", "text": {"en": "a", "id": "b"}, "measurement": "durable_frames_at_cut",
    "limit": {"min": 1, "unit": "1"}, "source": "ours"}])");
  std::ofstream(copy + "/manifest.json") << manifest.dump();
  const Json v = judge(copy);
  EXPECT_EQ(v["requirements"].size(), 1u);
  EXPECT_EQ(verdict_on(v, "led-truthful"), "inconclusive");
  EXPECT_EQ(v["verdict"], "inconclusive");
  EXPECT_EQ(v["requirements"][0]["reason"], "no supply cut came while the recording LED was lit");
  EXPECT_EQ(verdicts_exit_code(v), ExitCode::kInconclusive);
  // Another file stands in for the entries, and the scenario still says which of them count.
  EXPECT_EQ(judge(copy, kRequirements)["requirements"].size(), 1u);
  EXPECT_EQ(judge(copy, kRequirements)["requirements"][0]["text"]["id"].get<std::string>().rfind("Ketika", 0), 0u);
}

TEST_F(Judge, PicturesThatShowNothingAreNoEvidence) {
  const std::string copy = testing::fresh_folder("judge-no-picture");
  std::filesystem::copy(folder_, copy, std::filesystem::copy_options::recursive);
  Json manifest = Json::parse(std::ifstream(copy + "/manifest.json"));
  const std::string why = "the sizes of the pictures were drawn";
  manifest["no_picture"] = why;
  manifest["require"] = {"press-to-record", "no-frames-dropped", "times-true", "clip-playable", "ready-in-time"};
  std::ofstream(copy + "/manifest.json") << manifest.dump();
  const Json v = judge(copy, kRequirements);
  EXPECT_EQ(v["no_picture"], why);
  EXPECT_EQ(v["verdict"], "inconclusive");
  for (const Json& r : v["requirements"]) {
    const bool of_picture = r["id"] != "clip-playable" && r["id"] != "ready-in-time";
    EXPECT_EQ(r["verdict"], of_picture ? "inconclusive" : "pass") << r["id"];
    EXPECT_EQ(r.value("reason", ""), of_picture ? why : "") << r["id"];
  }
  EXPECT_FALSE(judge(folder_).contains("no_picture"));
}

TEST_F(Judge, ALightCodeOfAnotherRecordingTellsNoTimeOfThisOne) {
  const std::string copy = testing::fresh_folder("judge-foreign");
  std::filesystem::copy(folder_, copy, std::filesystem::copy_options::recursive);
  Json manifest = Json::parse(std::ifstream(copy + "/manifest.json"));
  manifest["light_code"]["epoch_tick"] = 123456;  // the clips' code began at 0
  manifest["require"] = {"press-to-record", "clip-playable"};
  std::ofstream(copy + "/manifest.json") << manifest.dump();
  const Json v = judge(copy, kRequirements);
  EXPECT_EQ(v["verdict"], "inconclusive");
  for (const Json& r : v["requirements"]) {
    const bool of_picture = r["id"] == "press-to-record";
    EXPECT_EQ(r["verdict"], of_picture ? "inconclusive" : "pass") << r["id"];
    EXPECT_EQ(r.value("reason", "").find("another recording") != std::string::npos, of_picture) << r["id"];
  }
}

TEST_F(Judge, ABareCardIsJudgedWithoutEvents) {
  const Json v = judge(folder_ + "/card.img");
  EXPECT_EQ(v["verdict"], "pass");
  EXPECT_EQ(v["scenario"], "card.img");
  EXPECT_TRUE(v["device"].is_null());
  EXPECT_EQ(verdict_on(v, "clip-playable"), "pass");
  EXPECT_EQ(verdict_on(v, "no-frames-dropped"), "pass");
  EXPECT_EQ(verdict_on(v, "press-to-record"), "not judged");
  for (const Json& n : v["not_judged"]) EXPECT_NE(n["reason"], "");
}

TEST_F(Judge, AMountedCardIsJudgedLikeItsImage) {
  const std::string mounted = testing::fresh_folder("judge-mounted");
  std::filesystem::create_directories(mounted + "/DCIM/100SAKSI");
  testing::write_file(mounted + "/" + kClip, clip_);
  const Json v = judge(mounted);
  EXPECT_EQ(v["verdict"], "pass");
  EXPECT_EQ(v["evidence"][0]["file"], kClip);
  EXPECT_EQ(v["digest"].get<std::string>().size(), 64u);
}

TEST_F(Judge, ABareClipIsJudged) {
  const Json v = judge(temporary("CLIP0001.MP4", clip_));
  EXPECT_EQ(v["verdict"], "pass");
  EXPECT_EQ(verdict_on(v, "press-to-record"), "not judged");
}

TEST_F(Judge, AClipCutInHalfFailsAndSaysHowFarItGoes) {
  const Json v = judge(temporary("HALF.MP4", std::vector<uint8_t>(clip_.begin(), clip_.begin() + static_cast<ptrdiff_t>(clip_.size() / 2))));
  EXPECT_EQ(v["verdict"], "fail");
  EXPECT_EQ(verdict_on(v, "clip-playable"), "fail");
  EXPECT_TRUE(has_problem(v["evidence"][0]["problems"], "truncated"));
  const int frames = v["evidence"][0]["frames"];
  EXPECT_GT(frames, 5);
  EXPECT_LT(frames, 30);
  EXPECT_NEAR(v["evidence"][0]["recovered_until"].get<double>(), frames / 15.0, 1e-3);
}

TEST_F(Judge, AClipWithoutItsBeginningIsStillJudged) {
  std::vector<uint8_t> headless = clip_;
  std::fill_n(headless.begin(), 1024, 0);
  const Json v = judge(temporary("HEADLESS.MP4", headless));
  EXPECT_EQ(v["verdict"], "fail");
  EXPECT_TRUE(has_problem(v["evidence"][0]["problems"], "no-movie"));
  EXPECT_EQ(judge(temporary("ZEROS.MP4", std::vector<uint8_t>(5000, 0)))["verdict"], "fail");
}

TEST_F(Judge, ACardWithABrokenFatIsJudged) {
  std::vector<uint8_t> card = testing::read_file(folder_ + "/card.img");
  // Both FATs lose a sector in mid-chain; 32 reserved sectors stand before them.
  const size_t fat_bytes = (size_t{card[36]} | size_t{card[37]} << 8) * 512;
  for (size_t fat : {size_t{32 * 512}, 32 * 512 + fat_bytes}) std::fill_n(card.begin() + static_cast<ptrdiff_t>(fat + 60), 60, 0);
  const Json v = judge(temporary("card.img", card));
  EXPECT_EQ(v["verdict"], "fail");
  EXPECT_TRUE(has_problem(v["card"]["problems"], "bad-chain"));
}

TEST_F(Judge, ACardThatCannotBeReadIsInconclusive) {
  std::vector<uint8_t> card = testing::read_file(folder_ + "/card.img");
  std::fill_n(card.begin(), 64 * 512, 0);
  const Json v = judge(temporary("card.img", card));
  EXPECT_EQ(v["verdict"], "inconclusive");
  EXPECT_EQ(verdict_on(v, "clip-playable"), "inconclusive");
  EXPECT_TRUE(has_problem(v["card"]["problems"], "no-volume"));
}

TEST_F(Judge, AnEmptyCardHoldsNoPlayableClip) {
  const std::string path = testing::fresh_folder("judge-empty") + "/card.img";
  testing::make_card_image(path, 34, {});
  EXPECT_EQ(judge(path)["verdict"], "fail");
}

TEST_F(Judge, ForeignAndMissingInputsAreRefused) {
  const std::vector<uint8_t> jpeg{0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 2, 3, 4, 5};
  EXPECT_THROW(judge(temporary("picture.jpg", jpeg)), UsageError);
  EXPECT_THROW(judge(temporary("picture.mp4", jpeg)), UsageError);
  EXPECT_THROW(judge(temporary("picture.img", jpeg)), UsageError);
  EXPECT_THROW(judge(temporary("empty.mp4", {})), UsageError);
  EXPECT_THROW(judge(folder_ + "/nothing"), UsageError);
  EXPECT_THROW(judge("/dev/null"), UsageError);
  const std::string half = testing::fresh_folder("judge-half");
  std::filesystem::copy(folder_ + "/manifest.json", half + "/manifest.json");
  EXPECT_THROW(judge(half), UsageError);
}

TEST_F(Judge, AMistakeInARequirementFileIsFoundFirst) {
  const std::string path = temporary("r.yaml", {'-', ' ', 'x', '\n'});
  EXPECT_THROW(judge(folder_, path), UsageError);
}

TEST_F(Judge, WhatNothingMeasuresIsListedAndNeverPasses) {
  const std::string clock =
      "- {id: clock, text: {en: a, id: b}, conditions: {en: c, id: d}, not_measured: no reference, limit: {max: 1, unit: s/d},"
      " source: {name: A book, date: '2024', page: p. 8}, standing: second-hand}\n";
  const std::string playable = "- {id: playable, text: {en: a, id: b}, measurement: clips_playable, limit: {min: 1, unit: '1'}, source: ours}\n";
  const Json alone = judge(folder_, temporary("clock.yaml", {clock.begin(), clock.end()}));
  EXPECT_EQ(alone["verdict"], "inconclusive");
  EXPECT_TRUE(alone["requirements"].empty());
  ASSERT_EQ(alone["not_judged"].size(), 1u);
  const Json& entry = alone["not_judged"][0];
  EXPECT_EQ(entry["reason"], "the judge has no measurement for it: no reference");
  EXPECT_EQ(entry["standing"], "second-hand");
  EXPECT_EQ(entry["source"], "A book (2024), p. 8");
  EXPECT_EQ(entry["conditions"]["id"], "d");
  const std::string both = clock + playable;
  const Json beside = judge(folder_, temporary("both.yaml", {both.begin(), both.end()}));
  EXPECT_EQ(beside["verdict"], "pass");
  EXPECT_EQ(verdict_on(beside, "clock"), "not judged");
  EXPECT_EQ(beside["requirements"][0]["standing"], "proposed");
}

TEST_F(Judge, EveryShippedRequirementIsJudgedOrListed) {
  for (const auto& file : std::filesystem::directory_iterator(SAKSI_SOURCE_DIR "/scenarios/requirements")) {
    const Json v = judge(folder_, file.path().string());
    EXPECT_EQ(v["requirements"].size() + v["not_judged"].size(), RequirementSet::load(file.path().string()).entries().size()) << file.path();
  }
}

TEST(JudgeGolden, BadCamerasFailWhatTheyBreak) {
  Story ringless = good_story();
  ringless.clips[0].photon_s = ringless.steady(2.31, 15);
  Story dropper = good_story();
  dropper.clips[0].photon_s.erase(dropper.clips[0].photon_s.begin() + 5);
  const auto judged = [](const Story& story, const std::string& name) {
    const std::string folder = testing::fresh_folder(name);
    story.write(folder);
    return judge(folder);
  };
  const Json no_ring = judged(ringless, "golden-ringless");
  EXPECT_EQ(verdict_on(no_ring, "pre-event-complete"), "fail");
  EXPECT_EQ(verdict_on(no_ring, "press-to-record"), "pass");
  const Json dropped = judged(dropper, "golden-dropper");
  EXPECT_EQ(verdict_on(dropped, "no-frames-dropped"), "fail");
  EXPECT_EQ(verdict_on(dropped, "pre-event-complete"), "pass");
}

TEST(JudgeGolden, ALimitInsideTheUncertaintyIsInconclusive) {
  Story story = good_story();
  story.clips[0].photon_s = story.steady(2.3 - 10.0 / 15 - 0.0005, 25);
  const std::string folder = testing::fresh_folder("golden-inconclusive");
  story.write(folder);
  const std::string path = folder + "/own.yaml";
  std::ofstream(path) << "- {id: pre-event-complete, text: {en: a, id: b}, measurement: pre_event_s, limit: {min: 0.667, unit: s}, source: ours}\n";
  EXPECT_EQ(verdict_on(judge(folder, path), "pre-event-complete"), "inconclusive");
}

/// A box of an MP4; its texts end with a zero each where the string literal has one.
std::string mp4_box(const std::string& type, const std::string& content) {
  const size_t size = 8 + content.size();
  return std::string{static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8), static_cast<char>(size)} + type +
         content;
}

TEST(JudgeExport, SaysWhoExportedAClipAndThatNoSealIsOnIt) {
  const std::string folder = testing::fresh_folder("judge-export"), path = folder + "/export.mp4";
  std::filesystem::copy(SAKSI_SOURCE_DIR "/judge/signature/samples/plain_ec.mp4", path);
  std::string suep("\1\0\0\0", 4);
  suep += std::string("Unit <7>\0\0\xFF\0", 12) + std::string("\0\0\0\0\xE1\x78\x69\x00", 8) + std::string("J. Doe\0", 7);
  suep += std::string("\0\0\0\1\0\1gate 3\0\0\0\0", 16);
  const std::string meta = mp4_box("meta", std::string(4, '\0') + mp4_box("hdlr", std::string(24, '\0')) + mp4_box("suep", suep));
  std::ofstream(path, std::ios::binary | std::ios::app) << meta;
  const Json clip = judge(path)["evidence"][0];
  EXPECT_EQ(clip["export"]["unit"], "Unit <7>");
  EXPECT_EQ(clip["export"]["operator"], "J. Doe");
  EXPECT_EQ(clip["export"]["exported_at"], "2023-11-14 00:00:00 UTC");
  EXPECT_EQ(clip["export"]["sources"][0]["name"], "gate 3");
  EXPECT_TRUE(clip["export"]["seals"].empty());
  ASSERT_EQ(clip["problems"].size(), 1u) << clip["problems"].dump(1);
  EXPECT_EQ(clip["problems"][0]["kind"], "export-unsigned");
  EXPECT_EQ(clip["signature"], "valid") << "an export changes nothing of what the camera signed";
  EXPECT_NO_THROW(verdicts_text(judge(path))) << "texts may be any bytes";
}

}  // namespace
}  // namespace saksi::judge
