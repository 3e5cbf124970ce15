// Goal: a fitted table has the twin's mean, falls with the quantisation parameter, leaves the blocks for checking out, and is read back as it was
// written. Method: pictures of noise that a seed makes, coded by the twin once more.
#include "sim/benchmark/size_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/error.h"
#include "base/seed_stream.h"
#include "base/temp_folder.h"

namespace saksi::sim {
namespace {

constexpr int kMbs = 4, kSide = 16 * kMbs;
constexpr int kFps = 15;

hw::PictureInput picture(size_t number, int noise) {
  hw::PictureInput input;
  input.number = number;
  input.config.width_mbs = input.config.height_mbs = kMbs;
  input.config.src_stride = input.config.rec_stride = kSide;
  input.config.deblock = true;
  input.config.inter = number % 15 != 0;
  input.config.idr = !input.config.inter;
  input.source_luma.resize(kSide * kSide);
  input.source_chroma.assign(kSide * kSide / 2, 128);
  SeedStream random(number, "picture");
  for (size_t i = 0; i < input.source_luma.size(); ++i) {
    input.source_luma[i] = static_cast<uint8_t>(100 + (i / 8) % 40 + random.below(static_cast<uint64_t>(noise)));
  }
  return input;
}

double mean_bits(const hw::SizesOfType& type, int qp) {
  double sum = 0;
  for (double score = -2.995; score < 3; score += 0.01) sum += type.bits(qp, score) * std::exp(-score * score / 2) * 0.01 / std::sqrt(2 * 3.14159265);
  return sum;
}

TEST(SizeFit, HasTheTwinsMeanOfTheBlocksForFitting) {
  SizeFit fit(kFps);
  double bits = 0, count = 0;
  hw::h264::PictureCoder coder{hw::h264::BusTiming{}};
  std::vector<uint8_t> luma(kSide * kSide), chroma(kSide * kSide / 2);
  for (size_t n = 0; n < 300; ++n) {
    // What is left out is much richer, and must not show.
    hw::PictureInput input = picture(n, is_for_fit(n, kFps) ? 20 : 100);
    fit.add(input);
    if (!is_for_fit(n, kFps)) continue;
    input.config.inter = false;
    input.config.idr = true;
    input.config.qp = 28;
    input.config.bs_size = 1 << 20;
    coder.code(input.config, {input.source_luma.data(), input.source_chroma.data(), luma.data(), chroma.data(), nullptr, nullptr});
    bits += 8.0 * static_cast<double>(coder.bytes().size()) / (kMbs * kMbs);
    ++count;
  }
  EXPECT_EQ(count, 150);
  const hw::SizesOfPicture fitted = fit.fitted(kSide, kSide);
  EXPECT_NEAR(mean_bits(fitted.i, 28) / (bits / count), 1, 0.01);
  // At coarse parameters nothing of such noise is left to be coded.
  for (const hw::SizesOfType* type : {&fitted.i, &fitted.p}) {
    for (const int qp : {10, 14, 18, 22, 26}) EXPECT_GT(mean_bits(*type, qp), mean_bits(*type, qp + 4)) << "QP " << qp;
  }
  EXPECT_EQ(fitted.i.qps.front().qp, 10);
  EXPECT_EQ(fitted.i.qps.back().qp, 51);

  hw::SizeTable table{"noise", {fitted}};
  const TempFolder folder;
  const std::string path = folder.file("fitted.yaml");
  std::ofstream(path) << text_of(table, {"scene: made up"});
  const hw::SizeTable read = hw::SizeTable::load(path);
  EXPECT_EQ(read.scene_class, "noise");
  EXPECT_NEAR(read.pictures.at(0).p.bits(28, 0.7), fitted.p.bits(28, 0.7), 1e-3 * fitted.p.bits(28, 0.7));
  EXPECT_NEAR(read.pictures.at(0).p.correlations[2], fitted.p.correlations[2], 1e-3);
}

TEST(SizeFit, TooFewPicturesAreRefused) {
  SizeFit fit(kFps);
  for (size_t n = 0; n < 20; ++n) fit.add(picture(n, 20));
  EXPECT_THROW(fit.fitted(kSide, kSide), UsageError);
}

}  // namespace
}  // namespace saksi::sim
