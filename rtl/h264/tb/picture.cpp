#include "rtl/h264/tb/picture.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
}

namespace saksi::tb {

Picture padded(const Picture& picture) {
  Picture out(coded_size(picture.width), coded_size(picture.height));
  for (int y = 0; y < out.height; y++) {
    for (int x = 0; x < out.width; x++) {
      out.luma()[y * out.width + x] = picture.luma()[std::min(y, picture.height - 1) * picture.width + std::min(x, picture.width - 1)];
    }
  }
  for (int y = 0; y < out.height / 2; y++) {
    for (int x = 0; x < out.width; x++) {
      const int from = std::min(x / 2, picture.width / 2 - 1) * 2 + x % 2;
      out.chroma()[y * out.width + x] = picture.chroma()[std::min(y, picture.height / 2 - 1) * picture.width + from];
    }
  }
  return out;
}

Picture cropped(const Picture& picture, int width, int height) {
  Picture out(width, height);
  for (int y = 0; y < height; y++) std::copy_n(picture.luma() + y * picture.width, width, out.luma() + y * width);
  for (int y = 0; y < height / 2; y++) std::copy_n(picture.chroma() + y * picture.width, width, out.chroma() + y * width);
  return out;
}

double luma_psnr(const Picture& a, const Picture& b) {
  double sum = 0;
  for (int i = 0; i < a.width * a.height; i++) sum += (a.pixels[i] - b.pixels[i]) * (a.pixels[i] - b.pixels[i]);
  return sum == 0 ? 99 : 10 * std::log10(255.0 * 255.0 * a.width * a.height / sum);
}

Picture noise(SeedStream& random, int width, int height) {
  Picture out(width, height);
  for (uint8_t& pixel : out.pixels) pixel = static_cast<uint8_t>(random.next());
  return out;
}

Picture texture(int x, int y, int width, int height) {
  Picture out(width, height);
  const auto at = [](int u, int v, int plane) {
    const uint32_t grain = (u * 0x9E3779B1u ^ v * 0x85EBCA77u ^ plane) * 0xC2B2AE3Du >> 28;
    const int shade = 96 + u / 5 % 64 + v / 7 % 48;
    const int edges = ((u + v) / 23 % 3 == 0 ? 40 : 0) + (u / 37 % 2 ? -24 : 8) + (v / 29 % 2 ? 12 : -20);
    return static_cast<uint8_t>(std::min(255, std::max(0, shade + edges + static_cast<int>(grain) / 2 - plane * 16)));
  };
  for (int v = 0; v < height; v++) {
    for (int u = 0; u < width; u++) out.luma()[v * width + u] = at(x + u, y + v, 0);
  }
  for (int v = 0; v < height / 2; v++) {
    for (int u = 0; u < width; u++) out.chroma()[v * width + u] = at(x + u / 2 * 2, y + 2 * v, 1 + u % 2);
  }
  return out;
}

Picture checkerboard(int width, int height) {
  Picture out(width, height);
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) out.luma()[y * width + x] = (x + y) % 2 ? 255 : 0;
  }
  for (int y = 0; y < height / 2; y++) {
    for (int x = 0; x < width; x++) out.chroma()[y * width + x] = (x / 2 + x + y) % 2 ? 255 : 0;
  }
  return out;
}

struct Clip::State {
  int width;
  int height;
  AVFormatContext* format = nullptr;
  AVCodecContext* codec = nullptr;
  SwsContext* scaler = nullptr;
  AVPacket* packet = av_packet_alloc();
  AVFrame* frame = av_frame_alloc();
  int stream = -1;

  ~State() {
    sws_freeContext(scaler);
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&codec);
    avformat_close_input(&format);
  }
};

std::string Clip::default_path() {
  const char* path = std::getenv("SAKSI_CLIP");
  return path ? path : SAKSI_CLIP;
}

Clip::Clip(const std::string& path, int width, int height) : state_(std::make_unique<State>()) {
  state_->width = width;
  state_->height = height;
  const AVCodec* codec = nullptr;
  if (avformat_open_input(&state_->format, path.c_str(), nullptr, nullptr) < 0 || avformat_find_stream_info(state_->format, nullptr) < 0 ||
      (state_->stream = av_find_best_stream(state_->format, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0)) < 0) {
    throw std::runtime_error("cannot read a video from " + path + " (set SAKSI_CLIP to a video file)");
  }
  state_->codec = avcodec_alloc_context3(codec);
  state_->codec->thread_count = 1;
  avcodec_parameters_to_context(state_->codec, state_->format->streams[state_->stream]->codecpar);
  if (avcodec_open2(state_->codec, codec, nullptr) < 0) throw std::runtime_error("no decoder for " + path);
}

Clip::~Clip() = default;

bool Clip::next(Picture& picture) {
  State& s = *state_;
  while (avcodec_receive_frame(s.codec, s.frame) < 0) {
    if (av_read_frame(s.format, s.packet) < 0) return false;
    if (s.packet->stream_index == s.stream) avcodec_send_packet(s.codec, s.packet);
    av_packet_unref(s.packet);
  }
  s.scaler = sws_getCachedContext(s.scaler, s.frame->width, s.frame->height, static_cast<AVPixelFormat>(s.frame->format), s.width, s.height,
                                  AV_PIX_FMT_NV12, SWS_BICUBIC | SWS_ACCURATE_RND | SWS_BITEXACT, nullptr, nullptr, nullptr);
  picture = Picture(s.width, s.height);
  uint8_t* planes[4] = {picture.luma(), picture.chroma(), nullptr, nullptr};
  const int strides[4] = {s.width, s.width, 0, 0};
  sws_scale(s.scaler, s.frame->data, s.frame->linesize, 0, s.frame->height, planes, strides);
  return true;
}

}  // namespace saksi::tb
