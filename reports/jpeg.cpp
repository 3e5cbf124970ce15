#include "reports/jpeg.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <memory>

#include "base/error.h"

namespace saksi::report {

namespace {

struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeCodec {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreeScaler {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};
using Frame = std::unique_ptr<AVFrame, FreeFrame>;

void check(bool good, const char* what) {
  if (!good) throw InfraError(std::string("libav cannot make a still: ") + what);
}

/// The picture in JFIF's colours and range, at the size of the still.
Frame convert(const YuvPicture& picture, int width, int height) {
  Frame frame(av_frame_alloc());
  check(frame != nullptr, "no memory");
  frame->format = AV_PIX_FMT_YUVJ420P;
  frame->width = width;
  frame->height = height;
  frame->color_range = AVCOL_RANGE_JPEG;
  check(av_frame_get_buffer(frame.get(), 0) == 0, "no memory");

  std::unique_ptr<SwsContext, FreeScaler> scaler(sws_getContext(picture.width, picture.height, AV_PIX_FMT_YUV420P, width, height, AV_PIX_FMT_YUV420P,
                                                                SWS_AREA | SWS_ACCURATE_RND | SWS_BITEXACT, nullptr, nullptr, nullptr));
  check(scaler != nullptr, "this size cannot be scaled");
  const int one = 1 << 16;
  sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(SWS_CS_ITU709), 0, sws_getCoefficients(SWS_CS_ITU601), 1, 0, one, one);
  const int chroma_width = (picture.width + 1) / 2;
  const uint8_t* planes[4] = {picture.y.data(), picture.cb.data(), picture.cr.data(), nullptr};
  const int strides[4] = {picture.width, chroma_width, chroma_width, 0};
  check(sws_scale(scaler.get(), planes, strides, 0, picture.height, frame->data, frame->linesize) == height, "scaling failed");
  return frame;
}

}  // namespace

std::vector<uint8_t> encode_jpeg(const YuvPicture& picture, int max_width, int quantiser) {
  const int width = std::min(picture.width, max_width);
  const int height = std::max(1, static_cast<int>(int64_t{picture.height} * width / picture.width));
  Frame frame = convert(picture, width, height);
  frame->quality = quantiser * FF_QP2LAMBDA;

  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  check(codec != nullptr, "no JPEG encoder");
  std::unique_ptr<AVCodecContext, FreeCodec> context(avcodec_alloc_context3(codec));
  context->width = width;
  context->height = height;
  context->pix_fmt = AV_PIX_FMT_YUVJ420P;
  context->color_range = AVCOL_RANGE_JPEG;
  context->time_base = {1, 25};
  context->thread_count = 1;
  context->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
  context->global_quality = quantiser * FF_QP2LAMBDA;
  check(avcodec_open2(context.get(), codec, nullptr) == 0, "the JPEG encoder does not start");

  std::unique_ptr<AVPacket, FreePacket> packet(av_packet_alloc());
  check(avcodec_send_frame(context.get(), frame.get()) == 0 && avcodec_send_frame(context.get(), nullptr) == 0, "encoding failed");
  check(avcodec_receive_packet(context.get(), packet.get()) == 0, "encoding failed");
  return {packet->data, packet->data + packet->size};
}

}  // namespace saksi::report
