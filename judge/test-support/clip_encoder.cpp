#include <cstring>
#include <stdexcept>

#include "judge/test-support/clip_writer.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
}

namespace saksi::judge::testing {

namespace {

using Bytes = std::vector<uint8_t>;

/// Splits an Annex B stream into NAL units.
std::vector<Bytes> split_annex_b(const uint8_t* data, size_t size) {
  std::vector<Bytes> units;
  size_t at = 0;
  while (at + 3 <= size) {
    if (data[at] != 0 || data[at + 1] != 0 || data[at + 2] != 1) {
      ++at;
      continue;
    }
    const size_t begin = at + 3;
    size_t end = begin;
    while (end < size && !(end + 3 <= size && data[end] == 0 && data[end + 1] == 0 && data[end + 2] <= 1)) ++end;
    if (end + 3 > size) end = size;
    units.emplace_back(data + begin, data + end);
    at = end;
  }
  return units;
}

Bytes avcc_of(const Bytes& sps, const Bytes& pps) {
  Bytes avcc{1, sps[1], sps[2], sps[3], 0xFF, 0xE1, static_cast<uint8_t>(sps.size() >> 8), static_cast<uint8_t>(sps.size())};
  avcc.insert(avcc.end(), sps.begin(), sps.end());
  avcc.insert(avcc.end(), {1, static_cast<uint8_t>(pps.size() >> 8), static_cast<uint8_t>(pps.size())});
  avcc.insert(avcc.end(), pps.begin(), pps.end());
  return avcc;
}

}  // namespace

struct ClipEncoder::State {
  AVCodecContext* context = nullptr;
  AVFrame* frame = av_frame_alloc();
  AVPacket* packet = av_packet_alloc();
  CodedClip clip;
  ~State() {
    avcodec_free_context(&context);
    av_frame_free(&frame);
    av_packet_free(&packet);
  }
};

ClipEncoder::ClipEncoder(int width, int height, int qp, int gop) : state_(std::make_unique<State>()) {
  av_log_set_level(AV_LOG_QUIET);
  const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
  if (codec == nullptr) throw std::runtime_error("libavcodec has no libx264");
  AVCodecContext* context = state_->context = avcodec_alloc_context3(codec);
  context->width = width;
  context->height = height;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  context->time_base = {1, static_cast<int>(kTimescale)};
  context->gop_size = gop;
  context->max_b_frames = 0;
  context->thread_count = 1;
  av_opt_set(context->priv_data, "preset", "ultrafast", 0);
  av_opt_set(context->priv_data, "tune", "zerolatency", 0);
  av_opt_set(context->priv_data, "profile", "baseline", 0);
  av_opt_set_int(context->priv_data, "qp", qp, 0);
  if (avcodec_open2(context, codec, nullptr) < 0) throw std::runtime_error("libx264 cannot be opened");
  state_->clip.width = width;
  state_->clip.height = height;
}

ClipEncoder::~ClipEncoder() = default;

void ClipEncoder::add(const Picture& picture, int64_t pts) {
  AVFrame* frame = state_->frame;
  av_frame_unref(frame);
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = picture.width;
  frame->height = picture.height;
  if (av_frame_get_buffer(frame, 0) < 0) throw std::bad_alloc();
  const uint8_t* from = picture.bytes.data();
  for (int plane = 0; plane < 3; ++plane) {
    const int w = plane == 0 ? picture.width : (picture.width + 1) / 2;
    const int h = plane == 0 ? picture.height : (picture.height + 1) / 2;
    for (int y = 0; y < h; ++y, from += w) std::memcpy(frame->data[plane] + static_cast<ptrdiff_t>(y) * frame->linesize[plane], from, static_cast<size_t>(w));
  }
  frame->pts = pts;
  if (avcodec_send_frame(state_->context, frame) < 0) throw std::runtime_error("libx264 does not take a picture");
  drain();
}

void ClipEncoder::drain() {
  State& s = *state_;
  while (avcodec_receive_packet(s.context, s.packet) == 0) {
    CodedPicture picture{{}, (s.packet->flags & AV_PKT_FLAG_KEY) != 0, s.packet->pts};
    Bytes sps;
    Bytes pps;
    for (const Bytes& unit : split_annex_b(s.packet->data, static_cast<size_t>(s.packet->size))) {
      const int type = unit[0] & 0x1F;
      if (type == 7) sps = unit;
      if (type == 8) pps = unit;
      if (type != 1 && type != 5) continue;
      for (int shift = 24; shift >= 0; shift -= 8) picture.bytes.push_back(static_cast<uint8_t>(unit.size() >> shift));
      picture.bytes.insert(picture.bytes.end(), unit.begin(), unit.end());
    }
    if (s.clip.avcc.empty()) s.clip.avcc = avcc_of(sps, pps);
    s.clip.pictures.push_back(std::move(picture));
    av_packet_unref(s.packet);
  }
}

CodedClip ClipEncoder::finish() {
  avcodec_send_frame(state_->context, nullptr);
  drain();
  return std::move(state_->clip);
}

}  // namespace saksi::judge::testing
