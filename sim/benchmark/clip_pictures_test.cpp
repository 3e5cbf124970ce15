// Goal: the encoder is measured on the pictures that are meant. Method: grey clips written by the test, whose pictures are told by their level, and
// a clip whose level is its place.
#include "sim/benchmark/clip_pictures.h"

#include "base/error.h"
#include "sim/scene/test_clip.h"

namespace saksi::sim {
namespace {

/// One picture in which luma grows by 1 a column; `count` times.
std::string write_ramp(int width, int height, int count) {
  std::string clip = "YUV4MPEG2 W" + std::to_string(width) + " H" + std::to_string(height) + " F25:1 Ip A1:1 C420jpeg\n";
  for (int n = 0; n < count; ++n) {
    clip += "FRAME\n";
    for (int i = 0; i < width * height; ++i) clip += static_cast<char>(20 + i % width);
    clip += std::string(static_cast<size_t>(width * height / 2), static_cast<char>(128));
  }
  return write_test_file("ramp.y4m", clip);
}

TEST(ClipPictures, AsManyAsWantedOrThere) {
  const std::string path = write_test_clip("a.y4m", {40, 80, 120});
  EXPECT_EQ(still_camera(path, 64, 48, 2).size(), 2u);
  EXPECT_EQ(moving_camera(path, 64, 48, 2).size(), 2u);
  const std::vector<Nv12Picture> all = still_camera(path, 64, 48, 9);
  ASSERT_EQ(all.size(), 3u);
  for (size_t n = 0; n < 3; ++n) EXPECT_EQ(all[n].luma[0], 40 + 40 * n);
}

TEST(ClipPictures, WholeMacroblocksAreFilledWithTheOutermostPixels) {
  const std::vector<Nv12Picture> pictures = still_camera(write_ramp(40, 24, 1), 40, 24, 1);
  ASSERT_EQ(pictures[0].width, 48);
  ASSERT_EQ(pictures[0].height, 32);
  ASSERT_EQ(pictures[0].luma.size(), 48u * 32u);
  ASSERT_EQ(pictures[0].chroma.size(), 48u * 16u);
  for (size_t y : {0u, 23u, 31u}) {
    EXPECT_EQ(pictures[0].luma[y * 48], 20);
    EXPECT_EQ(pictures[0].luma[y * 48 + 39], 59);
    EXPECT_EQ(pictures[0].luma[y * 48 + 47], 59);
  }
  EXPECT_EQ(pictures[0].chroma.back(), 128);
}

// At twice the size luma grows by half a level a column, so a window 10 columns further is 5 levels brighter.
TEST(ClipPictures, TheMovingCameraMovesAndTurns) {
  const std::vector<Nv12Picture> pictures = moving_camera(write_ramp(64, 48, 30), 64, 48, 30);
  const auto middle = [&](size_t n) { return pictures[n].luma[24 * 64 + 32]; };
  EXPECT_NEAR(middle(2) - middle(0), 5, 1);
  EXPECT_NEAR(middle(12) - middle(0), 30, 1);
  EXPECT_NEAR(middle(14) - middle(0), 29, 1);  // 70 - 64 beyond the turn: 58 columns
  EXPECT_NEAR(middle(25) - middle(0), 1, 1);   // 125 of a round of 128: 3 columns
  EXPECT_EQ(pictures[0].chroma[0], 128);
}

TEST(ClipPictures, WhatIsNoClipIsRefused) {
  EXPECT_THROW(still_camera("/nowhere/clip.avi", 64, 48, 1), UsageError);
  EXPECT_THROW(moving_camera(write_test_file("a.avi", "no video at all"), 64, 48, 1), UsageError);
}

}  // namespace
}  // namespace saksi::sim
