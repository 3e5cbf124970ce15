// Goal: a clip shows the right frame at the right time, and a file that is no clip is refused in plain words. Method: small grey clips
// written by the test, whose frames are told by their level.
#include "sim/scene/clip_source.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "sim/scene/still_source.h"
#include "sim/scene/test_clip.h"

namespace saksi::sim {
namespace {

using AtEnd = ClipSource::AtEnd;

/// The 8-bit RGB level of limited-range luma.
int shown(int luma) { return (luma - 16) * 255 / 219; }

std::string message_of(const std::string& path) {
  try {
    ClipSource clip(path, AtEnd::kLoop);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(ClipSource, EachFrameHasItsTimeAndItsPicture) {
  const std::string path = write_test_clip("a.y4m", {40, 80, 120, 160, 200}, 64, 48, "25:1");
  ClipSource clip(path, AtEnd::kHold);
  EXPECT_EQ(clip.file(), path);
  for (int64_t n = 0; n < 4; ++n) {
    for (const int64_t t : {n * 40'000'000, n * 40'000'000 + 39'999'999}) {
      const PictureSpan span = clip.span_at(t);
      EXPECT_EQ(span.id, n);
      EXPECT_EQ(span.begin_ns, n * 40'000'000);
      EXPECT_EQ(span.end_ns, (n + 1) * 40'000'000);
    }
    const Picture& picture = clip.picture(n);
    EXPECT_EQ(picture.width, 64);
    EXPECT_EQ(picture.height, 48);
    ASSERT_EQ(picture.rgb.size(), 64u * 48u * 3u);
    EXPECT_NEAR(picture.rgb[0], shown(40 + 40 * static_cast<int>(n)), 1);
    EXPECT_EQ(picture.rgb[0], picture.rgb.back());
  }
}

TEST(ClipSource, RatesThatAreNoWholeNanosecondsDoNotDrift) {
  ClipSource clip(write_test_clip("a.y4m", std::vector<uint8_t>(301, 100), 64, 48, "30000:1001"), AtEnd::kHold);
  EXPECT_EQ(clip.span_at(9'999'999'999).begin_ns, 299 * 1001 * INT64_C(1'000'000'000) / 30000);
  EXPECT_EQ(clip.span_at(10'010'000'000).id, 300);
}

TEST(ClipSource, LoopsAndSaysSo) {
  ClipSource clip(write_test_clip("a.y4m", {40, 80, 120}), AtEnd::kLoop);
  EXPECT_EQ(clip.span_at(250'000'000).id, 2);
  EXPECT_EQ(clip.span_at(250'000'000).end_ns, 300'000'000);
  EXPECT_TRUE(clip.warnings().empty());
  const PictureSpan span = clip.span_at(3'100'000'000);
  EXPECT_EQ(span.id, 1);
  EXPECT_EQ(span.begin_ns, 3'100'000'000);
  EXPECT_EQ(span.end_ns, 3'200'000'000);
  EXPECT_NEAR(clip.picture(1).rgb[0], shown(80), 1);
  ASSERT_EQ(clip.warnings().size(), 1u);
  EXPECT_NE(clip.warnings()[0].find("started over"), std::string::npos);
}

TEST(ClipSource, HoldsTheLastFrameAndSaysSo) {
  ClipSource clip(write_test_clip("a.y4m", {40, 80, 120}), AtEnd::kHold);
  const PictureSpan span = clip.span_at(5'000'000'000);
  EXPECT_EQ(span.id, 2);
  EXPECT_EQ(span.begin_ns, 200'000'000);
  EXPECT_EQ(span.end_ns, kForeverNs);
  EXPECT_NEAR(clip.picture(2).rgb[0], shown(120), 1);
  ASSERT_EQ(clip.warnings().size(), 1u);
  EXPECT_NE(clip.warnings()[0].find("stayed"), std::string::npos);
}

TEST(ClipSource, FramesMayBeAskedForInAnyOrder) {
  std::vector<uint8_t> levels;
  for (int i = 0; i < 40; ++i) levels.push_back(static_cast<uint8_t>(20 + 5 * i));
  ClipSource clip(write_test_clip("a.y4m", levels), AtEnd::kLoop);
  for (const int64_t id : {39, 0, 20, 19, 18, 12, 39, 38, 1}) {
    EXPECT_NEAR(clip.picture(id).rgb[0], shown(20 + 5 * static_cast<int>(id)), 1) << id;
  }
  EXPECT_EQ(clip.span_at(1'250'000'000).id, 12);
}

TEST(ClipSource, AForkedChildDoesNotMoveItsParentsPlaceInTheFile) {
  std::vector<uint8_t> levels;
  for (int i = 0; i < 200; ++i) levels.push_back(static_cast<uint8_t>(20 + i));
  ClipSource clip(write_test_clip("a.y4m", levels, 320, 240), AtEnd::kLoop);
  clip.picture(10);
  const pid_t child = fork();
  if (child == 0) {
    clip.picture(199);
    _exit(0);
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  for (const int64_t id : {11, 60, 120}) EXPECT_NEAR(clip.picture(id).rgb[0], shown(20 + static_cast<int>(id)), 1);
}

TEST(ClipSource, OddSizesAreShown) {
  ClipSource clip(write_test_clip("a.y4m", {100}, 35, 21), AtEnd::kHold);
  EXPECT_EQ(clip.picture(0).width, 35);
  EXPECT_EQ(clip.picture(0).rgb.size(), 35u * 21u * 3u);
  ClipSource dot(write_test_clip("dot.y4m", {100}, 1, 1), AtEnd::kHold);
  EXPECT_EQ(dot.picture(0).rgb.size(), 3u);
}

TEST(ClipSource, MissingFileIsRefused) {
  const std::string message = message_of("/nowhere/clip.mp4");
  EXPECT_NE(message.find("clip '/nowhere/clip.mp4' cannot be opened: No such file"), std::string::npos) << message;
}

TEST(ClipSource, AFolderIsRefused) { EXPECT_NE(message_of(::testing::TempDir()).find("not a regular file"), std::string::npos); }

TEST(ClipSource, AnEmptyFileIsRefused) { EXPECT_NE(message_of(write_test_file("a.mp4", "")).find("is empty"), std::string::npos); }

TEST(ClipSource, AForeignFileIsRefused) {
  std::string text = "name: desk\n";
  for (int i = 0; i < 200; ++i) text += "these are words and no video\n";
  const std::string message = message_of(write_test_file("a.yaml", text));
  EXPECT_NE(message.find("ffprobe"), std::string::npos) << message;
}

TEST(ClipSource, AClipOfZeroFramesIsRefused) {
  const std::string message = message_of(write_test_clip("a.y4m", {}));
  EXPECT_FALSE(message.empty());
  EXPECT_NE(message.find("a.y4m"), std::string::npos) << message;
}

TEST(ClipSource, AClipCutInItsLastFrameKeepsTheOthers) {
  const std::string whole = write_test_clip("whole.y4m", {40, 80, 120});
  std::ifstream in(whole, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  bytes.resize(bytes.size() - 1000);
  ClipSource clip(write_test_file("cut.y4m", bytes), AtEnd::kLoop);
  EXPECT_EQ(clip.span_at(150'000'000).id, 1);
  EXPECT_NEAR(clip.picture(1).rgb[0], shown(80), 1);
}

TEST(StillSource, AVideosFirstFrameStandsStill) {
  const std::string path = write_test_clip("a.y4m", {120, 40});
  StillSource still(StillSource::load(path), path);
  const PictureSpan span = still.span_at(123'456'789);
  EXPECT_EQ(span.begin_ns, 0);
  EXPECT_EQ(span.end_ns, kForeverNs);
  EXPECT_NEAR(still.picture(span.id).rgb[0], shown(120), 1);
}

TEST(StillSource, APictureFileIsRead) {
  // Three pixels of PPM: red, green, blue.
  StillSource still(StillSource::load(write_test_file("a.ppm", std::string("P6\n3 1\n255\n\xFF\0\0\0\xFF\0\0\0\xFF", 20))));
  const Picture& picture = still.picture(0);
  ASSERT_EQ(picture.rgb.size(), 9u);
  const uint8_t expected[9] = {255, 0, 0, 0, 255, 0, 0, 0, 255};
  for (size_t i = 0; i < 9; ++i) EXPECT_NEAR(picture.rgb[i], expected[i], 1) << i;
}

}  // namespace
}  // namespace saksi::sim
