// Clips from the press to the close, on a card image: what is in them, and what is left if power goes at any sector write.
//
// The camera around the recorder is played by the test: pictures of 64x64 at 15 a second, one I_PCM stream that libav decodes.
#include "firmware-under-test/camera/recorder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "firmware-under-test/bsp/clock.h"
#include "firmware-under-test/bsp/mock_host.h"
#include "firmware-under-test/camera/decode_clip.h"
#include "firmware-under-test/camera/recorder_bench.h"
#include "firmware-under-test/camera/test_card.h"

namespace saksi::firmware {
namespace {

constexpr uint32_t kClipsLba = 10000;  // clips start at cluster 128; FATs and directories lie before

using Camera = RecorderBench;

std::vector<std::string> recovered;

void on_recovered(const clip_recovered_t* clip) {
  recovered.push_back(std::string(clip->name) + " " + std::to_string(clip->fragments) + " " + std::to_string(clip->pictures));
}

/// Copies a clip out with mtools and decodes it.
DecodedClip decode(const TestCard& card, const std::string& name) {
  std::string out = card.folder() + "/" + name;
  unlink(out.c_str());
  ToolResult copy = run_tool("mcopy -n -o -i " + card.volume() + " ::/DCIM/100SAKSI/" + name + " " + out);
  if (copy.exit_code != 0) return {};
  return decode_clip(out);
}

class RecorderTest : public testing::Test {
 protected:
  void SetUp() override { recovered.clear(); }

  void expect_clean() {
    ToolResult fsck = card_.fsck();
    EXPECT_EQ(fsck.exit_code, 0) << fsck.output;
  }

  MockHost host_;
  TestCard card_;
};

TEST_F(RecorderTest, AClipHoldsPreEventAndLiveVideoWithTrueTimes) {
  auto camera = std::make_unique<Camera>(card_, host_, 3 * kSecond);
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  camera->pictures_for(10);
  camera->press();
  EXPECT_FALSE(recorder_is_durable(&camera->recorder)) << "nothing after the press was there yet";
  camera->picture();
  EXPECT_TRUE(recorder_is_durable(&camera->recorder));
  camera->pictures_for(5);
  camera->stop();
  ASSERT_EQ(camera->prepare(), FAT32_OK);
  expect_clean();
  DecodedClip clip = decode(card_, "CLIP0001.MP4");
  ASSERT_TRUE(clip.opened);
  EXPECT_EQ(clip.warnings, 0) << clip.first_warning;
  ASSERT_FALSE(clip.frames.empty());
  EXPECT_TRUE(clip.frames[0].is_key);
  for (size_t i = 0; i < clip.frames.size(); ++i) EXPECT_LE(std::abs(clip.frames[i].pts - static_cast<int64_t>(i * kPeriod)), 800) << i;
  double before_s = static_cast<double>(camera->press_time - camera->recorder.clip_start) / kSecond;
  EXPECT_GE(before_s, 3.0);
  EXPECT_LT(before_s, 3.0 + (kGop + 1.0) / kFps);
  uint64_t last = camera->recorder.clip_start + (clip.frames.size() - 1) * kPeriod;
  EXPECT_GE(last, camera->stop_time);
  EXPECT_LT(last, camera->stop_time + kPeriod);
}

TEST_F(RecorderTest, WithoutPreEventTheClipStartsWithTheNextPicture) {
  auto camera = std::make_unique<Camera>(card_, host_, 0);
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  camera->pictures_for(2);
  EXPECT_EQ(ring_count(&camera->ring), 0u);
  camera->press();
  uint64_t next = camera->next_time;
  camera->picture();
  EXPECT_TRUE(recorder_is_durable(&camera->recorder));
  EXPECT_EQ(camera->recorder.clip_start, next);
  camera->pictures_for(2);
  camera->stop();
  EXPECT_EQ(decode(card_, "CLIP0001.MP4").frames.size(), 32u);
  EXPECT_EQ(ring_count(&camera->ring), 0u);
  expect_clean();
}

TEST_F(RecorderTest, AFrameThatWasLostLeavesItsGapInTheTimes) {
  auto camera = std::make_unique<Camera>(card_, host_, kSecond);
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  camera->pictures_for(2);
  camera->press();
  camera->pictures_for(1.5);
  camera->next_time += 2 * kPeriod;
  camera->pictures_for(1.5);
  camera->stop();
  DecodedClip clip = decode(card_, "CLIP0001.MP4");
  int gaps = 0;
  for (size_t i = 1; i < clip.frames.size(); ++i)
    gaps += std::abs(clip.frames[i].pts - clip.frames[i - 1].pts - 3 * static_cast<int64_t>(kPeriod)) < 1000;
  EXPECT_EQ(gaps, 1);
}

TEST_F(RecorderTest, LongRecordingsGoOnInTheNextClipWithoutALoss) {
  auto camera = std::make_unique<Camera>(card_, host_, kSecond, 2 << 20);
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  camera->pictures_for(2);
  camera->press();
  camera->pictures_for(50);
  camera->stop();
  ASSERT_EQ(camera->prepare(), FAT32_OK);
  expect_clean();
  size_t frames = 0;
  std::vector<int> luma;
  for (const char* name : {"CLIP0001.MP4", "CLIP0002.MP4", "CLIP0003.MP4"}) {
    DecodedClip clip = decode(card_, name);
    EXPECT_EQ(clip.warnings, 0) << clip.first_warning;
    frames += clip.frames.size();
    for (const DecodedFrame& frame : clip.frames) luma.push_back(frame.luma);
  }
  EXPECT_GT(frames, 50u * kFps + kFps);
  for (size_t i = 1; i < luma.size(); ++i) EXPECT_EQ((luma[i] - luma[i - 1] + 200) % 200, 1) << i;
}

TEST_F(RecorderTest, ClipsAreCutByTheirLengthToo) {
  auto camera = std::make_unique<Camera>(card_, host_, kSecond, 16 << 20);
  camera->settings.clip_ticks_max = 10 * kSecond;
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  camera->pictures_for(2);
  camera->press();
  camera->pictures_for(25);
  camera->stop();
  ASSERT_EQ(camera->prepare(), FAT32_OK);
  expect_clean();
  std::vector<int> luma;
  for (const char* name : {"CLIP0001.MP4", "CLIP0002.MP4", "CLIP0003.MP4"}) {
    DecodedClip clip = decode(card_, name);
    EXPECT_EQ(clip.warnings, 0) << clip.first_warning;
    EXPECT_LE(clip.frames.size(), 11u * kFps) << name << ": ten seconds, and up to one until the next IDR picture";
    EXPECT_GE(clip.frames.size(), 5u * kFps) << name;
    for (const DecodedFrame& frame : clip.frames) luma.push_back(frame.luma);
  }
  for (size_t i = 1; i < luma.size(); ++i) EXPECT_EQ((luma[i] - luma[i - 1] + 200) % 200, 1) << i;
}

TEST_F(RecorderTest, AFullCardClosesTheClipAndSaysSo) {
  auto camera = std::make_unique<Camera>(card_, host_, kSecond, 2 << 20);
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  for (uint32_t cluster = 2; cluster < camera->volume.cluster_end; ++cluster) {
    if (fat32_get(&camera->volume, cluster) == FAT32_FREE) fat32_set(&camera->volume, cluster, 0x0FFFFFF7);
  }
  camera->pictures_for(2);
  camera->press();
  for (int i = 0; i < 600 && camera->result != RECORDER_FULL; ++i) camera->picture();
  EXPECT_EQ(camera->result, RECORDER_FULL);
  DecodedClip clip = decode(card_, "CLIP0001.MP4");
  EXPECT_EQ(clip.warnings, 0) << clip.first_warning;
  EXPECT_GT(clip.frames.size(), 200u);
}

TEST_F(RecorderTest, AFailingCardIsReported) {
  auto camera = std::make_unique<Camera>(card_, host_, kSecond);
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  camera->pictures_for(2);
  camera->press();
  camera->picture();
  card_.fail_after(20);
  for (int i = 0; i < 30 && camera->recorder.is_active; ++i) camera->picture();
  EXPECT_EQ(camera->result, RECORDER_FAILED);
}

TEST_F(RecorderTest, AStopDoesNotWaitForEverForASilentSensor) {
  auto camera = std::make_unique<Camera>(card_, host_, kSecond);
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  camera->pictures_for(2);
  camera->press();
  camera->pictures_for(1);
  recorder_stop(&camera->recorder, host_.now + kSecond / 2);
  host_.now += 2 * kSecond;
  camera->step();
  EXPECT_EQ(camera->result, RECORDER_FINISHED);
  expect_clean();
}

class SignedRecorderTest : public RecorderTest {
 protected:
  std::unique_ptr<Camera> make(uint64_t pre_event, uint32_t clip_bytes_max = 64 << 20) {
    return std::make_unique<Camera>(card_, host_, pre_event, clip_bytes_max, &bench_);
  }
  size_t expect_playable(const std::string& name) {
    DecodedClip clip = decode(card_, name);
    EXPECT_EQ(clip.warnings, 0) << name << ": " << clip.first_warning;
    return clip.frames.size();
  }

  SigningBench bench_;
};

TEST_F(SignedRecorderTest, AClipPlaysWithoutAWarningAndAllOfItIsSigned) {
  auto camera = make(3 * kSecond);
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  camera->pictures_for(6);
  camera->press();
  camera->pictures_for(5);
  camera->stop();
  size_t frames = expect_playable("CLIP0001.MP4");
  EXPECT_GT(frames, 8u * kFps);
  EXPECT_EQ(camera->recorder.covered, frames);
  EXPECT_EQ(camera->recorder.pictures, frames);
  EXPECT_GT(bench_.signatures, 12);
  ASSERT_EQ(camera->prepare(), FAT32_OK);
  expect_clean();
}

TEST_F(SignedRecorderTest, EveryClipOfALongRecordingIsSignedToItsEnd) {
  for (uint32_t gop : {1u, 5u, 40u}) {
    card_.undo_to(0);
    auto camera = make(kSecond, 2 << 20);
    camera->gop = gop;
    ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
    camera->pictures_for(2);
    camera->press();
    camera->pictures_for(50);
    camera->stop();
    size_t frames = expect_playable("CLIP0001.MP4") + expect_playable("CLIP0002.MP4") + expect_playable("CLIP0003.MP4");
    EXPECT_GT(frames, 50u * kFps);
    for (const std::string& line : host_.log) EXPECT_EQ(line.find("W:"), std::string::npos) << line;
  }
}

TEST_F(SignedRecorderTest, ASilentElementDelaysNothingButTheEndAndIsReported) {
  auto camera = make(kSecond);
  bench_.failures = 1 << 20;
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  camera->pictures_for(2);
  camera->press();
  camera->picture();
  EXPECT_TRUE(recorder_is_durable(&camera->recorder));
  camera->pictures_for(3);
  camera->stop();
  EXPECT_GT(expect_playable("CLIP0001.MP4"), 3u * kFps);
  EXPECT_EQ(camera->recorder.covered, 0u);
  std::string log;
  for (const std::string& line : host_.log) log += line + "\n";
  EXPECT_NE(log.find("W: secure element failed to sign"), std::string::npos) << log;
  EXPECT_NE(log.find("frames not signed"), std::string::npos) << log;
}

TEST_F(SignedRecorderTest, RecoverySaysWhatACutLeftUnsigned) {
  std::vector<SectorWrite> log;
  auto camera = make(kSecond);
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  camera->pictures_for(2);
  camera->press();
  camera->pictures_for(5);
  uint32_t written = camera->recorder.pictures;
  uint32_t covered = camera->recorder.covered;
  EXPECT_LT(covered, written);
  EXPECT_GT(covered + 2 * kGop + kFps / 2, written) << "at most what came since the last GOP but one";
  auto again = make(kSecond);
  ASSERT_EQ(again->start_up(
                [](const clip_recovered_t* clip) { recovered.push_back(std::to_string(clip->pictures) + " " + std::to_string(clip->covered)); }),
            FAT32_OK);
  ASSERT_EQ(recovered.size(), 1u);
  EXPECT_EQ(recovered[0], std::to_string(written) + " " + std::to_string(covered));
  expect_playable("CLIP0001.MP4");
}

TEST_F(RecorderTest, TheSpareIsKeptOverARestart) {
  auto camera = std::make_unique<Camera>(card_, host_, kSecond);
  ASSERT_EQ(camera->start_up(on_recovered), FAT32_OK);
  size_t writes = card_.log().size();
  auto again = std::make_unique<Camera>(card_, host_, kSecond);
  ASSERT_EQ(again->start_up(on_recovered), FAT32_OK);
  EXPECT_EQ(card_.log().size(), writes) << "a start on a card at rest writes nothing";
  expect_clean();
}

/// What fsck may say of a card after a cut: chains longer than their file, lost chains, FATs that differ.
bool is_allowed(const std::string& line) {
  static const char* const allowed[] = {"fsck.fat 4",
                                        "FATs differ but appear to be intact",
                                        "Using first FAT.",
                                        "cluster chain length is > ",
                                        "Truncating file to",
                                        "Reclaimed ",
                                        "Free cluster summary uninitialized",
                                        "Free cluster summary wrong",
                                        "Auto-correcting.",
                                        "Setting free clusters",
                                        "Leaving filesystem unchanged.",
                                        "/DCIM/100SAKSI/CLIP",
                                        "clusters\n"};
  for (const char* text : allowed) {
    if ((line + "\n").find(text) != std::string::npos) return true;
  }
  return line.empty();
}

void expect_allowed(const std::string& output, const std::string& older, size_t cut) {
  size_t at = 0;
  while (at < output.size()) {
    size_t end = std::min(output.find('\n', at), output.size());
    std::string line = output.substr(at, end - at);
    EXPECT_TRUE(is_allowed(line)) << "cut " << cut << ": " << line << "\n" << output;
    bool names_older = !older.empty() && line.find(older) != std::string::npos;
    EXPECT_FALSE(names_older) << "cut " << cut << "\n" << output;
    at = end + 1;
  }
}

std::string contents(const TestCard& card, const std::string& name) {
  std::string out = card.folder() + "/contents";
  unlink(out.c_str());
  if (run_tool("mcopy -n -o -i " + card.volume() + " ::/DCIM/100SAKSI/" + name + " " + out).exit_code != 0) return "";
  std::ifstream file(out, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Story {
  std::vector<SectorWrite> log;
  size_t durable, first_closed;
  std::string first_clip;
  size_t second_frames;
};

/// First power-on of a new card, a clip, a second clip.
Story tell_story(TestCard& card, MockHost& host) {
  Story story;
  auto camera = std::make_unique<Camera>(card, host, kSecond, 8 << 20);
  EXPECT_EQ(camera->start_up(on_recovered), FAT32_OK);
  camera->pictures_for(1.5);
  camera->press();
  camera->pictures_for(0.6);
  camera->stop();
  story.durable = camera->durable_at_write;
  story.first_closed = card.log().size();
  story.first_clip = contents(card, "CLIP0001.MP4");
  EXPECT_EQ(camera->prepare(), FAT32_OK);
  camera->pictures_for(0.7);
  camera->press();
  camera->pictures_for(1.2);
  camera->stop();
  EXPECT_EQ(camera->prepare(), FAT32_OK);
  story.log = card.log();
  return story;
}

/// The card as it is after a cut, before anything has been repaired. Returns the frames of the clip that was cut.
size_t judge_cut_card(const TestCard& card, const Story& story, size_t cut) {
  bool has_first = cut >= story.first_closed;
  expect_allowed(card.fsck().output, has_first ? "CLIP0001" : "", cut);
  if (has_first) {
    EXPECT_EQ(contents(card, "CLIP0001.MP4"), story.first_clip) << "cut " << cut;
  }
  DecodedClip clip = decode(card, has_first ? "CLIP0002.MP4" : "CLIP0001.MP4");
  if (cut >= story.durable && !has_first) {
    EXPECT_GT(clip.frames.size(), kFps) << "cut " << cut;
  }
  EXPECT_EQ(clip.warnings, 0) << "cut " << cut << ": " << clip.first_warning;
  return clip.frames.size();
}

/// The card after the camera has started again on it.
void judge_recovered_card(const TestCard& card, const Story& story, size_t cut, size_t frames_before) {
  ToolResult fsck = card.fsck();
  EXPECT_EQ(fsck.exit_code, 0) << "cut " << cut << "\n" << fsck.output;
  bool has_first = cut >= story.first_closed;
  if (has_first) {
    EXPECT_EQ(contents(card, "CLIP0001.MP4"), story.first_clip) << "cut " << cut;
  }
  DecodedClip clip = decode(card, has_first ? "CLIP0002.MP4" : "CLIP0001.MP4");
  EXPECT_GE(clip.frames.size(), frames_before) << "cut " << cut;
  EXPECT_EQ(clip.warnings, 0) << "cut " << cut << ": " << clip.first_warning;
}

TEST_F(RecorderTest, ACutAtAnySectorWriteLosesNothingThatWasDurable) {
  Story story = tell_story(card_, host_);
  size_t writes = story.log.size();
  ASSERT_GT(story.durable, 0u);
  ASSERT_GT(writes, 300u);
  card_.undo_to(0);
  for (size_t cut = 0; cut < writes; ++cut) {
    if (cut > 0) card_.redo(story.log, cut - 1, cut);
    // Neighbouring cuts among samples leave the same file system and the same boxes: some of them are enough.
    bool is_sample = story.log[cut].lba >= kClipsLba && cut > 0 && story.log[cut].lba == story.log[cut - 1].lba + 1;
    if (is_sample && cut % 16 != 0) continue;
    size_t frames = judge_cut_card(card_, story, cut);
    auto restarted = std::make_unique<Camera>(card_, host_, kSecond, 8 << 20);
    ASSERT_EQ(restarted->start_up(on_recovered), FAT32_OK) << "cut " << cut;
    judge_recovered_card(card_, story, cut, frames);
    card_.undo_to(cut);
    if (HasFailure()) break;
  }
}

TEST_F(RecorderTest, ACutDuringRecoveryIsRecoveredToo) {
  Story story = tell_story(card_, host_);
  // Cut in the middle of the second clip: recovery has a clip to cut and a spare to lay out.
  size_t cut = story.first_closed + (story.log.size() - story.first_closed) * 2 / 3;
  card_.undo_to(cut);
  auto first = std::make_unique<Camera>(card_, host_, kSecond, 8 << 20);
  ASSERT_EQ(first->start_up(on_recovered), FAT32_OK);
  ASSERT_EQ(recovered.size(), 1u);
  EXPECT_EQ(recovered[0].substr(0, 12), "CLIP0002.MP4");
  size_t frames = decode(card_, "CLIP0002.MP4").frames.size();
  EXPECT_GT(frames, 0u);
  std::vector<SectorWrite> recovery(card_.log().begin() + static_cast<long>(cut), card_.log().end());
  for (size_t second = 0; second <= recovery.size(); ++second) {
    card_.undo_to(cut);
    card_.redo(recovery, 0, second);
    auto again = std::make_unique<Camera>(card_, host_, kSecond, 8 << 20);
    ASSERT_EQ(again->start_up(on_recovered), FAT32_OK) << second;
    judge_recovered_card(card_, story, cut, frames);
    EXPECT_EQ(decode(card_, "CLIP0002.MP4").frames.size(), frames);
  }
}

}  // namespace
}  // namespace saksi::firmware
