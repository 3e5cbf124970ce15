// Goal: a picture that is filled up has the size that was asked for, and two decoders that know nothing of each other take it without complaint, as
// flat mid-grey. Method: sizes from the least to the most for I and P pictures, quantisation parameters, sizes of picture and slices.
#include "hw-models/h264/model/filled_picture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rtl/h264/tb/decoder.h"

namespace saksi::hw::h264 {
namespace {

constexpr uint32_t kLeast = 1;  // less than any slice can have

PictureConfig config_of(int width_mbs, int height_mbs, int qp, int number) {
  PictureConfig config;
  config.width_mbs = width_mbs;
  config.height_mbs = height_mbs;
  config.qp = qp;
  config.deblock = true;
  config.idr = number == 0;
  config.inter = number > 0;
  config.frame_num = number % 16;
  config.bs_size = UINT32_MAX;
  return config;
}

/// The NAL units of a picture in byte stream format, behind the parameter sets.
tb::Bytes access_unit(const FilledPicture& picture, const PictureConfig& config) {
  tb::Bytes stream;
  if (config.idr) stream = tb::parameter_sets(16 * config.width_mbs, 16 * config.height_mbs);
  auto from = picture.bytes().begin();
  for (const uint32_t size : picture.nal_sizes()) {
    stream.insert(stream.end(), {0, 0, 0, 1});
    stream.insert(stream.end(), from, from + size);
    from += size;
  }
  return stream;
}

class Decoders {
 public:
  void expect_grey(const FilledPicture& picture, const PictureConfig& config, const std::string& what) {
    for (tb::Decoder* decoder : {ffmpeg_.get(), openh264_.get()}) {
      tb::Picture decoded(16, 16);
      ASSERT_TRUE(decoder->decode(access_unit(picture, config), decoded)) << what << ": " << decoder->what();
      const size_t pixels = static_cast<size_t>(decoded.width) * static_cast<size_t>(decoded.height);
      EXPECT_TRUE(std::all_of(decoded.luma(), decoded.luma() + pixels * 3 / 2, [](uint8_t sample) { return sample == 128; })) << what;
    }
  }

 private:
  std::unique_ptr<tb::Decoder> ffmpeg_ = tb::make_ffmpeg_decoder(), openh264_ = tb::make_openh264_decoder();
};

uint32_t least_bytes(FilledPicture& picture, const PictureConfig& config) {
  picture.write(config, {kLeast});
  return static_cast<uint32_t>(picture.bytes().size());
}

TEST(FilledPicture, HasEverySizeAndTwoDecodersTakeIt) {
  Decoders decoders;
  FilledPicture picture;
  int number = 0;
  for (const int qp : {0, 10, 26, 27, 51}) {
    for (int n = 0; n < 60; ++n, ++number) {
      const PictureConfig config = config_of(22, 18, qp, n == 0 ? 0 : n);
      const uint32_t bytes = least_bytes(picture, config) + static_cast<uint32_t>(n < 40 ? 2 + n * 13 : (n - 39) * 6007);
      const std::string what = "QP " + std::to_string(qp) + ", picture " + std::to_string(n) + ", " + std::to_string(bytes) + " bytes";
      picture.write(config, {bytes});
      EXPECT_EQ(picture.bytes().size(), bytes) << what;
      decoders.expect_grey(picture, config, what);
    }
  }
}

// Without decoders, since these are many.
TEST(FilledPicture, MissesNoSize) {
  FilledPicture picture;
  for (const int inter : {0, 1}) {
    const PictureConfig config = config_of(22, 18, 33, inter);
    const uint32_t least = least_bytes(picture, config);
    for (uint32_t bytes = least; bytes < least + 3000; ++bytes) {
      picture.write(config, {bytes});
      const uint32_t short_of = bytes - static_cast<uint32_t>(picture.bytes().size());
      EXPECT_LE(short_of, inter == 1 && bytes == least + 1 ? 1u : 0u) << bytes << " bytes, inter " << inter;
    }
  }
}

TEST(FilledPicture, FillsSlicesOneByOne) {
  Decoders decoders;
  FilledPicture picture;
  for (int number = 0; number < 4; ++number) {
    PictureConfig config = config_of(20, 15, 30, number);
    config.slice_rows = 4;
    ASSERT_EQ(slice_count(config), 4);
    const std::vector<uint32_t> sizes{500, 1200, 200, 9000};
    picture.write(config, sizes);
    EXPECT_EQ(picture.nal_sizes(), sizes);
    decoders.expect_grey(picture, config, "picture " + std::to_string(number));
  }
}

TEST(FilledPicture, ATinyPictureHoldsWhatItCan) {
  Decoders decoders;
  FilledPicture picture;
  for (int number = 0; number < 30; ++number) {
    const PictureConfig config = config_of(4, 4, 24, number);
    const uint32_t wanted = 20 + 250 * static_cast<uint32_t>(number);
    picture.write(config, {wanted});
    EXPECT_LE(picture.bytes().size(), std::max(wanted, 40u));
    EXPECT_GE(picture.bytes().size() + 386, std::min(wanted, 16 * 386u));
    decoders.expect_grey(picture, config, std::to_string(wanted) + " bytes");
  }
}

}  // namespace
}  // namespace saksi::hw::h264
