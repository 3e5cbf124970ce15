#include "judge/tamper/code_anew.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
}

#include <cstring>
#include <memory>
#include <utility>

#include "judge/media/parameter_sets.h"

namespace saksi::judge {

namespace {

struct AvFree {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
template <typename T>
using Owned = std::unique_ptr<T, AvFree>;

AVCodecID codec_id(const TamperClip& clip) { return clip.codec == VideoCodec::kH265 ? AV_CODEC_ID_HEVC : AV_CODEC_ID_H264; }

/// The NAL units of a byte stream (ITU-T H.264, annex B).
std::vector<Bytes> split_stream(const uint8_t* data, size_t size) {
  std::vector<Bytes> nals;
  size_t begin = 0;
  bool inside = false;
  for (size_t at = 0; at <= size; ++at) {
    const bool start_code = at + 3 <= size && data[at] == 0 && data[at + 1] == 0 && data[at + 2] == 1;
    if (!start_code && at != size) continue;
    size_t end = at;
    while (inside && end > begin && data[end - 1] == 0) --end;
    if (inside && end > begin) nals.emplace_back(data + begin, data + end);
    inside = start_code;
    begin = at + 3;
  }
  return nals;
}

Owned<AVCodecContext> open_decoder(const TamperClip& clip) {
  const AVCodec* codec = avcodec_find_decoder(codec_id(clip));
  Owned<AVCodecContext> decoder(avcodec_alloc_context3(codec));
  decoder->extradata = static_cast<uint8_t*>(av_mallocz(clip.config.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  std::memcpy(decoder->extradata, clip.config.data(), clip.config.size());
  decoder->extradata_size = static_cast<int>(clip.config.size());
  decoder->thread_count = 1;
  decoder->log_level_offset = AV_LOG_TRACE;
  if (avcodec_open2(decoder.get(), codec, nullptr) < 0) return nullptr;
  return decoder;
}

/// For pictures like `frame`; nullptr if this machine has no encoder for them.
Owned<AVCodecContext> open_encoder(const TamperClip& clip, const AVFrame& frame) {
  const AVCodec* codec = avcodec_find_encoder(codec_id(clip));
  if (codec == nullptr) return nullptr;
  Owned<AVCodecContext> encoder(avcodec_alloc_context3(codec));
  encoder->width = frame.width;
  encoder->height = frame.height;
  encoder->pix_fmt = static_cast<AVPixelFormat>(frame.format);
  encoder->time_base = {1, 25};
  encoder->gop_size = 1'000'000;
  encoder->max_b_frames = 0;
  encoder->thread_count = 1;
  encoder->log_level_offset = AV_LOG_TRACE;  // says nothing on the console
  av_opt_set(encoder->priv_data, "preset", "ultrafast", 0);
  av_opt_set(encoder->priv_data, "tune", "zerolatency", 0);
  av_opt_set(encoder->priv_data, "qp", "30", 0);
  av_opt_set(encoder->priv_data, "x265-params", "qp=30:log-level=none", 0);
  if (avcodec_open2(encoder.get(), codec, nullptr) < 0) return nullptr;
  return encoder;
}

/// Pictures through decoder and encoder.
class Recoder {
 public:
  explicit Recoder(const TamperClip& clip) : clip_(clip), decoder_(open_decoder(clip)) {}

  bool add(const TamperSample& sample) {
    if (!decoder_) return false;
    Bytes data;
    for (const Bytes& nal : sample.nals) {
      for (int shift : {24, 16, 8, 0}) data.push_back(static_cast<uint8_t>(nal.size() >> shift));
      data.insert(data.end(), nal.begin(), nal.end());
    }
    const Owned<AVPacket> packet(av_packet_alloc());
    if (av_new_packet(packet.get(), static_cast<int>(data.size())) < 0) return false;
    std::memcpy(packet->data, data.data(), data.size());
    return avcodec_send_packet(decoder_.get(), packet.get()) == 0 && take_frames();
  }
  bool finish() {
    if (!decoder_ || avcodec_send_packet(decoder_.get(), nullptr) < 0 || !take_frames() || !encoder_) return false;
    return avcodec_send_frame(encoder_.get(), nullptr) == 0 && take_packets();
  }
  std::vector<std::vector<Bytes>>& pictures() { return pictures_; }

 private:
  bool take_frames() {
    const Owned<AVFrame> frame(av_frame_alloc());
    while (avcodec_receive_frame(decoder_.get(), frame.get()) == 0) {
      if (!encoder_) encoder_ = open_encoder(clip_, *frame);
      if (!encoder_) return false;
      frame->pts = frames_++;
      frame->pict_type = AV_PICTURE_TYPE_NONE;
      if (avcodec_send_frame(encoder_.get(), frame.get()) < 0 || !take_packets()) return false;
      av_frame_unref(frame.get());
    }
    return true;
  }
  bool take_packets() {
    const Owned<AVPacket> packet(av_packet_alloc());
    while (avcodec_receive_packet(encoder_.get(), packet.get()) == 0) {
      pictures_.push_back(split_stream(packet->data, static_cast<size_t>(packet->size)));
      av_packet_unref(packet.get());
    }
    return true;
  }

  const TamperClip& clip_;
  Owned<AVCodecContext> decoder_, encoder_;
  int64_t frames_ = 0;
  std::vector<std::vector<Bytes>> pictures_;
};

bool has_slice(const TamperClip& clip, const TamperSample& sample) {
  for (const Bytes& nal : sample.nals) {
    if (clip.is_slice(nal)) return true;
  }
  return false;
}

}  // namespace

bool code_anew(TamperClip& clip, size_t first, size_t end) {
  Recoder recoder(clip);
  std::vector<size_t> places;
  for (size_t i = first; i < end; ++i) {
    if (!has_slice(clip, clip.samples[i])) continue;
    places.push_back(i);
    if (!recoder.add(clip.samples[i])) return false;
  }
  if (!recoder.finish() || recoder.pictures().size() != places.size()) return false;
  for (size_t i = first; i < end; ++i) clip.samples[i].nals.clear();
  for (size_t i = 0; i < places.size(); ++i) clip.samples[places[i]].nals = std::move(recoder.pictures()[i]);
  if (end < clip.samples.size()) {
    const std::vector<Bytes> sets = described_parameter_sets(clip.codec, clip.config);
    std::vector<Bytes>& nals = clip.samples[end].nals;
    nals.insert(nals.begin(), sets.begin(), sets.end());
  }
  auto& samples = clip.samples;
  if (first == 0 && end == samples.size()) {
    size_t kept = 0;
    for (size_t i : places) {
      if (i != kept) samples[kept] = std::move(samples[i]);
      ++kept;
    }
    samples.resize(kept);
  }
  return true;
}

}  // namespace saksi::judge
