// Goal: circuit and twin code the same, a difference between them is found and told, and pictures are judged by the right PSNR. Method: a small clip
// with motion, and results that the test spoils.
#include "sim/benchmark/coded_clip.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace saksi::sim {
namespace {

constexpr int kWidth = 80;
constexpr int kHeight = 64;

std::vector<Nv12Picture> moving_texture(int count) {
  std::vector<Nv12Picture> pictures;
  for (int n = 0; n < count; ++n) {
    Nv12Picture picture{kWidth, kHeight, {}, std::vector<uint8_t>(kWidth * kHeight / 2, 120)};
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) picture.luma.push_back(static_cast<uint8_t>(60 + (x + 2 * n) * (x + 2 * n) / 20 % 90 + (y * 7 + n) % 50));
    }
    pictures.push_back(picture);
  }
  return pictures;
}

TEST(CodedClip, TwinAndCircuitAgree) {
  const std::vector<Nv12Picture> pictures = moving_texture(5);
  for (const int gop : {1, 3, 60}) {
    const CodedClip twin = code_by_twin(pictures, {27, gop}), circuit = code_by_circuit(pictures, {27, gop});
    EXPECT_EQ(first_difference(twin, circuit), "");
    EXPECT_EQ(twin.pictures.size(), 5u);
    EXPECT_GT(mean_luma_psnr(pictures, twin), 30);
    EXPECT_GT(cycles_of(circuit), 100);
    // NAL unit types: an IDR picture, and one that is none (table 7-1).
    for (int n = 0; n < 5; ++n) EXPECT_EQ(twin.pictures[static_cast<size_t>(n)].bytes[0] & 0x1F, n % gop == 0 ? 5 : 1);
  }
}

TEST(CodedClip, EveryDifferenceIsTold) {
  const CodedClip good = code_by_twin(moving_texture(2), {27, 60});
  CodedClip bad = good;
  bad.pictures[1].bytes.back() ^= 1;
  EXPECT_NE(first_difference(good, bad).find("picture 1: byte"), std::string::npos) << first_difference(good, bad);
  bad = good;
  bad.pictures[1].bytes.pop_back();
  EXPECT_NE(first_difference(good, bad).find("bytes of NAL unit"), std::string::npos) << first_difference(good, bad);
  bad = good;
  bad.pictures[0].luma[7] ^= 1;
  EXPECT_NE(first_difference(good, bad).find("picture 0: byte 7 of the reconstructed luma"), std::string::npos) << first_difference(good, bad);
  bad = good;
  bad.pictures[0].chroma[9] ^= 1;
  EXPECT_NE(first_difference(good, bad).find("byte 9 of the reconstructed chroma"), std::string::npos) << first_difference(good, bad);
  bad = good;
  ++bad.pictures[1].counters.cycles;
  EXPECT_NE(first_difference(good, bad).find("cycles"), std::string::npos) << first_difference(good, bad);
  bad.pictures.pop_back();
  EXPECT_NE(first_difference(good, bad).find("2 pictures, the circuit 1"), std::string::npos) << first_difference(good, bad);
}

TEST(CodedClip, BitsAndPsnr) {
  CodedClip coded;
  coded.pictures.resize(2);
  coded.pictures[0].bytes.resize(1000);
  coded.pictures[1].bytes.resize(500);
  EXPECT_DOUBLE_EQ(kbits_a_picture(coded), 6);
  const Nv12Picture picture = moving_texture(1)[0];
  std::vector<uint8_t> wide(96 * kHeight);
  for (int y = 0; y < kHeight; ++y) {
    const auto from = picture.luma.begin() + kWidth * y;
    std::transform(from, from + kWidth, wide.begin() + 96 * y, [](uint8_t pixel) { return static_cast<uint8_t>(pixel + 1); });
  }
  EXPECT_NEAR(luma_psnr(picture, wide.data(), 96), 48.1308, 1e-4);  // 20 log10(255): every pixel is off by 1
  EXPECT_EQ(luma_psnr(picture, picture.luma.data(), kWidth), 99);
}

}  // namespace
}  // namespace saksi::sim
