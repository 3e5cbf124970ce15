// Goal: the text in the picture is what the camera knows, and stays away from the light code. Method: dates against known ones, pictures read back
// dot by dot.
#include "firmware-under-test/camera/overlay.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace saksi::firmware {
namespace {

std::string format(uint64_t unix_s, const char* device = "", const char* battery = "", const char* officer = "") {
  char text[OVERLAY_TEXT_BYTES];
  overlay_format(text, (unix_s + 11'644'473'600) * 10'000'000 + 9'999'999, device, battery, officer);
  return text;
}

TEST(Overlay, SaysDateDeviceAndOfficer) {
  EXPECT_EQ(format(0), "1970-01-01 00:00:00Z");
  EXPECT_EQ(format(951'782'400), "2000-02-29 00:00:00Z");
  EXPECT_EQ(format(1'709'251'199), "2024-02-29 23:59:59Z");
  EXPECT_EQ(format(1'709'251'200), "2024-03-01 00:00:00Z");
  EXPECT_EQ(format(4'102'444'799, "0123AB", "87%", "IM-1234"), "2099-12-31 23:59:59Z 0123AB 87% IM-1234");
  EXPECT_EQ(format(0, "", "", "x"), "1970-01-01 00:00:00Z x");
  EXPECT_EQ(format(0, std::string(40, 'D').c_str(), "unknown", std::string(40, 'O').c_str()).size(), OVERLAY_TEXT_BYTES - 1u);
}

TEST(Overlay, StaysInItsBandAtAnySize) {
  const std::string text = format(1'700'000'000, "0123456789ABCDEF01", "100%", "IM-1234");
  for (uint32_t height : {64u, 96u, 240u, 288u, 360u, 480u, 720u, 1080u}) {
    for (uint32_t width : {64u, 352u, 640u, 1920u}) {
      const uint32_t stride = width + 16;
      std::vector<uint8_t> luma(static_cast<size_t>(stride) * height, 100), chroma(luma.size() / 2, 90);
      const overlay_picture_t picture{luma.data(), chroma.data(), stride, width, height};
      overlay_draw(&picture, text.c_str());
      size_t drawn = 0;
      for (uint32_t y = 0; y < height; ++y) {
        for (uint32_t x = 0; x < stride; ++x) {
          const bool is_drawn = luma[y * stride + x] != 100;
          ASSERT_EQ(chroma[y / 2 * stride + x / 2 * 2] == 128, is_drawn) << "letters have no colour, and what is beside them keeps its own";
          if (!is_drawn) continue;
          ++drawn;
          ASSERT_LT(x, width);
          ASSERT_GE(y, height * 61 / 100);
          ASSERT_LE(y, height * 72 / 100);
        }
      }
      EXPECT_EQ(drawn > 0, height >= 100) << width << "x" << height;
    }
  }
}

TEST(Overlay, LettersAreLegible) {
  std::vector<uint8_t> luma(640 * 120, 100), chroma(640 * 60, 90);
  const overlay_picture_t drawn{luma.data(), chroma.data(), 640, 640, 120};
  overlay_draw(&drawn, "1T-");
  std::string picture;
  for (uint32_t y = 0; y < 9; ++y) {
    for (uint32_t x = 0; x < 18; ++x) picture += luma[(120 * 62 / 200 * 2 + y) * 640 + 6 + x] == 235 ? '#' : '.';
    picture += '\n';
  }
  EXPECT_EQ(picture,
            "..................\n"
            "..#...#####.......\n"
            ".##.....#.........\n"
            "..#.....#.........\n"
            "..#.....#...#####.\n"
            "..#.....#.........\n"
            "..#.....#.........\n"
            ".###....#.........\n"
            "..................\n");
}

}  // namespace
}  // namespace saksi::firmware
