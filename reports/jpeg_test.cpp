#include "reports/jpeg.h"

#include <gtest/gtest.h>

#include "reports/test-support/sample_run.h"

namespace saksi::report {

static YuvPicture picture() { return sample_run().stills.at(0).picture; }

/// Width and height in a JPEG file's SOF0 segment.
static std::pair<int, int> size_in(const std::vector<uint8_t>& jpeg) {
  for (size_t i = 2; i + 9 < jpeg.size();) {
    if (jpeg[i] != 0xFF) break;
    if (jpeg[i + 1] == 0xC0) return {jpeg[i + 7] << 8 | jpeg[i + 8], jpeg[i + 5] << 8 | jpeg[i + 6]};
    i += 2u + static_cast<size_t>(jpeg[i + 2] << 8 | jpeg[i + 3]);
  }
  return {0, 0};
}

TEST(Jpeg, IsAWholeFileOfThePicturesSize) {
  const std::vector<uint8_t> jpeg = encode_jpeg(picture(), 480);
  ASSERT_GT(jpeg.size(), 100u);
  EXPECT_EQ(jpeg[0] << 8 | jpeg[1], 0xFFD8);
  EXPECT_EQ(jpeg[jpeg.size() - 2] << 8 | jpeg[jpeg.size() - 1], 0xFFD9);
  EXPECT_EQ(size_in(jpeg), std::make_pair(64, 36));
}

TEST(Jpeg, IsScaledDownToTheWidthAsked) { EXPECT_EQ(size_in(encode_jpeg(picture(), 32)), std::make_pair(32, 18)); }

TEST(Jpeg, SamePictureSameBytes) { EXPECT_EQ(encode_jpeg(picture(), 480), encode_jpeg(picture(), 480)); }

TEST(Jpeg, TakesOddSizes) {
  YuvPicture odd;
  odd.width = 35;
  odd.height = 29;
  odd.y.assign(35 * 29, 100);
  odd.cb.assign(18 * 15, 128);
  odd.cr.assign(18 * 15, 128);
  EXPECT_EQ(size_in(encode_jpeg(odd, 480)), std::make_pair(35, 29));
}

}  // namespace saksi::report
