// The parameter sets as libavcodec reads them, with a picture behind them.
#include "firmware-under-test/camera/parameter_sets.h"

#include <gtest/gtest.h>

extern "C" {
#include <libavcodec/avcodec.h>
}

#include <vector>

#include "firmware-under-test/camera/pcm_picture.h"

namespace saksi::firmware {
namespace {

struct Parsed {
  int width, height, coded_width, coded_height, profile, level;
  int primaries, transfer, matrix, range, has_b_frames;
  int fps_num, fps_den;
  bool decoded;
};

void append(std::vector<uint8_t>& stream, const uint8_t* nal, size_t bytes) {
  const uint8_t start[] = {0, 0, 0, 1};
  stream.insert(stream.end(), start, start + 4);
  stream.insert(stream.end(), nal, nal + bytes);
}

Parsed parse(uint32_t width, uint32_t height, uint32_t fps, uint32_t qp) {
  parameter_sets_t sets;
  parameter_sets_make(&sets, width, height, fps, qp);
  std::vector<uint8_t> stream;
  append(stream, sets.sps, sets.sps_bytes);
  append(stream, sets.pps, sets.pps_bytes);
  std::vector<uint8_t> picture = pcm_picture(width, height, true, 0, 0, 80);
  append(stream, picture.data(), picture.size());
  stream.resize(stream.size() + AV_INPUT_BUFFER_PADDING_SIZE);
  AVCodecContext* decoder = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_H264));
  decoder->thread_count = 1;
  decoder->err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK | AV_EF_BITSTREAM;
  avcodec_open2(decoder, nullptr, nullptr);
  AVPacket* packet = av_packet_alloc();
  packet->data = stream.data();
  packet->size = static_cast<int>(stream.size()) - AV_INPUT_BUFFER_PADDING_SIZE;
  avcodec_send_packet(decoder, packet);
  AVFrame* frame = av_frame_alloc();
  bool decoded = avcodec_receive_frame(decoder, frame) == 0 && frame->data[0][0] == 80;
  Parsed parsed{decoder->width,           decoder->height,
                decoder->coded_width,     decoder->coded_height,
                decoder->profile,         decoder->level,
                decoder->color_primaries, decoder->color_trc,
                decoder->colorspace,      decoder->color_range,
                decoder->has_b_frames,    decoder->framerate.num,
                decoder->framerate.den,   decoded};
  av_frame_free(&frame);
  av_packet_free(&packet);
  avcodec_free_context(&decoder);
  return parsed;
}

TEST(ParameterSets, SizesAndCropping) {
  const struct {
    uint32_t width, height;
    int coded_width, coded_height;
  } sizes[] = {{64, 64, 64, 64}, {350, 286, 352, 288}, {640, 360, 640, 368}, {1920, 1080, 1920, 1088}, {66, 1080, 80, 1088}};
  for (const auto& size : sizes) {
    Parsed parsed = parse(size.width, size.height, 15, 27);
    EXPECT_EQ(parsed.width, static_cast<int>(size.width));
    EXPECT_EQ(parsed.height, static_cast<int>(size.height));
    EXPECT_EQ(parsed.coded_width, size.coded_width);
    EXPECT_EQ(parsed.coded_height, size.coded_height);
    EXPECT_TRUE(parsed.decoded) << "the first picture comes out at once: no reordering";
  }
}

TEST(ParameterSets, ProfileColourAndRate) {
  Parsed parsed = parse(640, 360, 30, 27);
  EXPECT_EQ(parsed.profile, FF_PROFILE_H264_CONSTRAINED_BASELINE);
  EXPECT_EQ(parsed.primaries, AVCOL_PRI_BT709);
  EXPECT_EQ(parsed.transfer, AVCOL_TRC_BT709);
  EXPECT_EQ(parsed.matrix, AVCOL_SPC_BT709);
  EXPECT_EQ(parsed.range, AVCOL_RANGE_MPEG);
  EXPECT_EQ(parsed.has_b_frames, 0);
  EXPECT_EQ(parsed.fps_num, 30 * parsed.fps_den);
}

TEST(ParameterSets, EveryRateAndQpDecodes) {
  for (uint32_t fps = 1; fps <= 60; ++fps) EXPECT_TRUE(parse(64, 64, fps, fps % 52).decoded);
}

TEST(ParameterSets, LevelFollowsSizeRateAndQuality) {
  EXPECT_EQ(parameter_sets_level(64, 64, 15, 40), 10);
  EXPECT_EQ(parameter_sets_level(640, 360, 15, 27), 30);
  EXPECT_EQ(parameter_sets_level(640, 360, 15, 40), 22);
  EXPECT_EQ(parameter_sets_level(1920, 1080, 30, 36), 41);
  EXPECT_EQ(parameter_sets_level(1920, 64, 1, 40), 31) << "sides are bounded too";
  EXPECT_EQ(parameter_sets_level(1920, 1080, 60, 0), 52);
}

}  // namespace
}  // namespace saksi::firmware
