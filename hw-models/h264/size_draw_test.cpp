// Goal: what is drawn is the table's distribution: mean, quantiles, persistence; it falls with the quantisation parameter, obeys rate control and
// MAX_BYTES, and is the same for the same seed. Method: a table by hand whose figures are known, many thousands of pictures.
#include "hw-models/h264/size_draw.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "base/temp_folder.h"

namespace saksi::hw {
namespace {

constexpr int kWidthMbs = 22, kHeightMbs = 18, kMbs = kWidthMbs * kHeightMbs;

/// Log-normal with a standard deviation of 0.3, the median halved by 6 of the quantisation parameter.
SizesOfType lognormal(double median_at_28, double correlation) {
  SizesOfType type;
  for (size_t lag = 1; lag <= kSizeLags; ++lag) type.correlations[lag - 1] = std::pow(correlation, static_cast<double>(lag));
  type.bands.fill(1.0 / kSizeBands);
  for (const int qp : {10, 28, 51}) {
    SizesAtQp entry;
    entry.qp = qp;
    for (size_t k = 0; k < kSizeScores.size(); ++k) entry.bits[k] = median_at_28 * std::exp2((28 - qp) / 6.0) * std::exp(0.3 * kSizeScores[k]);
    entry.cycles = 200;
    entry.skipped = 0.5;
    type.qps.push_back(entry);
  }
  return type;
}

SizeTable table() {
  SizeTable table;
  table.scene_class = "test";
  table.pictures = {{352, 288, "", lognormal(60, 0.9), lognormal(12, 0.9)}};
  return table;
}

h264::PictureConfig p_picture(int qp) {
  h264::PictureConfig config;
  config.width_mbs = kWidthMbs;
  config.height_mbs = kHeightMbs;
  config.qp = qp;
  config.inter = true;
  return config;
}

std::vector<double> draw(const h264::PictureConfig& config, size_t count, uint64_t seed = 1) {
  SizeDraw source(table(), seed);
  std::vector<double> bytes;
  while (bytes.size() < count) bytes.push_back(source.next(config).slice_bytes.at(0));
  return bytes;
}

double mean(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()); }

TEST(SizeDraw, HasTheTablesMeanQuantilesAndPersistence) {
  std::vector<double> bytes = draw(p_picture(28), 200'000);
  const double median = 12.0 * kMbs / 8;
  EXPECT_NEAR(mean(bytes), median * std::exp(0.3 * 0.3 / 2), 0.01 * median);
  double both = 0, one = 0;
  for (size_t n = 1; n < bytes.size(); ++n) {
    const double a = std::log(bytes[n - 1] / median), b = std::log(bytes[n] / median);
    both += a * b;
    one += b * b;
  }
  EXPECT_NEAR(both / one, 0.9, 0.01);
  std::sort(bytes.begin(), bytes.end());
  EXPECT_NEAR(bytes[bytes.size() / 2], median, 0.01 * median);
  EXPECT_NEAR(bytes[bytes.size() * 97725 / 100000], median * std::exp(0.6), 0.03 * median);
  EXPECT_NEAR(bytes[bytes.size() * 2275 / 100000], median * std::exp(-0.6), 0.01 * median);
}

TEST(SizeDraw, FallsWithTheQuantisationParameter) {
  std::vector<double> finer = draw(p_picture(10), 100);
  for (int qp = 11; qp <= 51; ++qp) {
    const std::vector<double> coarser = draw(p_picture(qp), 100);
    for (size_t n = 0; n < coarser.size(); ++n) EXPECT_LT(coarser[n], finer[n]) << "QP " << qp;
    finer = coarser;
  }
}

TEST(SizeDraw, IsTheSeedsAlone) {
  EXPECT_EQ(draw(p_picture(28), 100, 7), draw(p_picture(28), 100, 7));
  EXPECT_NE(draw(p_picture(28), 100, 7), draw(p_picture(28), 100, 8));
}

TEST(SizeDraw, LinesFollowThePlanUnderRateControl) {
  h264::PictureConfig config = p_picture(22);
  config.rate_control = true;
  config.qp_min = 10;
  config.qp_max = 45;
  config.row_bytes = 20;
  SizeDraw source(table(), 1);
  for (int n = 0; n < 50; ++n) {
    const DrawnPicture picture = source.next(config);
    EXPECT_GT(picture.counters.qp_sum, 22u * kHeightMbs) << "more bytes than planned, so a coarser quantiser";
  }
  EXPECT_LT(mean(draw(config, 500)), 0.9 * mean(draw(p_picture(22), 500)));
  config.row_bytes = 10'000;
  EXPECT_LT(SizeDraw(table(), 1).next(config).counters.qp_sum, 22u * kHeightMbs);
}

TEST(SizeDraw, KeepsMaxBytesAndSlices) {
  h264::PictureConfig config = p_picture(10);
  config.max_bytes = 1280 + 6 * kMbs;
  config.slice_rows = 4;
  SizeDraw source(table(), 1);
  for (int n = 0; n < 100; ++n) {
    const DrawnPicture picture = source.next(config);
    ASSERT_EQ(picture.slice_bytes.size(), 5u);
    EXPECT_LE(std::accumulate(picture.slice_bytes.begin(), picture.slice_bytes.end(), 0u), config.max_bytes);
  }
}

TEST(SizeDraw, CountersAreTheTablesMeans) {
  const DrawnPicture picture = SizeDraw(table(), 1).next(p_picture(30));
  EXPECT_EQ(picture.counters.cycles, 200u * kMbs);
  EXPECT_EQ(picture.counters.skip_mbs, kMbs / 2u);
  EXPECT_EQ(picture.counters.qp_sum, 30u * kHeightMbs);
}

TEST(SizeTable, InterpolatesBetweenSizesOfPicture) {
  SizeTable sizes = table();
  sizes.pictures.push_back({1408, 1152, "", lognormal(30, 0.5), lognormal(3, 0.5)});  // 16 times the macroblocks
  EXPECT_NEAR(sizes.at(kWidthMbs, kHeightMbs).p.bits(28, 0), 12, 1e-9);
  EXPECT_NEAR(sizes.at(2 * kWidthMbs, 2 * kHeightMbs).p.bits(28, 0), 6, 1e-9);
  EXPECT_NEAR(sizes.at(2 * kWidthMbs, 2 * kHeightMbs).p.correlations[0], 0.7, 1e-9);
  EXPECT_NEAR(sizes.at(4, 4).p.bits(28, 0), 12, 1e-9);
  EXPECT_NEAR(sizes.at(120, 68).p.bits(28, 0), 3, 1e-9);
  EXPECT_TRUE(sizes.covers(40, 23));
  EXPECT_TRUE(sizes.covers(20, 15));
  EXPECT_FALSE(sizes.covers(4, 4));
  EXPECT_FALSE(table().covers(40, 23));
}

TEST(SizeTable, SaysWhatIsWrong) {
  const TempFolder folder;
  const std::string path = folder.file("size-table.yaml");
  const auto problem = [&](const std::string& text) -> std::string {
    std::ofstream(path) << text;
    try {
      SizeTable::load(path);
      return "";
    } catch (const UsageError& error) {
      return error.what();
    }
  };
  EXPECT_NE(problem("class: a\npictures: []\n").find("at least one size"), std::string::npos);
  EXPECT_NE(problem("class: a\npictures: [{size: big, i: {}, p: {}}]\n").find("WIDTHxHEIGHT"), std::string::npos);
  const std::string type =
      "{correlations: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], bands: [1, 0, 0, 0, 0, 0, 0, 0], qps: [{qp: 20, bits: [1, 2, 3, 4, 5, 6, 7, 8, "
      "9, 10, 9], cycles: 100, "
      "skipped: 0, intra: 1}]}";
  EXPECT_NE(problem("class: a\npictures: [{size: 64x64, i: " + type + ", p: " + type + "}]\n").find("ascending"), std::string::npos);
}

}  // namespace
}  // namespace saksi::hw
