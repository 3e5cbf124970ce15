#include "judge/media/clip_decoder.h"

#include <fmt/format.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/log.h>
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "judge/media/nal.h"

namespace saksi::judge {

namespace {

constexpr uint32_t kMaxSampleBytes = 64 * 1024 * 1024;
constexpr int kMaxPixels = 8192 * 8192;

/// What a sample's row of NAL units is like.
struct Framing {
  bool fills = false;  ///< length-prefixed NAL units, up to the sample's end
  bool has_picture = false;
};

Framing framing_of(const std::vector<uint8_t>& bytes, size_t length_bytes, VideoCodec codec) {
  Framing framing;
  size_t at = 0;
  while (at < bytes.size()) {
    if (bytes.size() - at < length_bytes) return framing;
    size_t length = 0;
    for (size_t i = 0; i < length_bytes; ++i) length = (length << 8) | bytes[at + i];
    at += length_bytes;
    if (length == 0 || length > bytes.size() - at) return framing;
    const NalHead head = parse_nal_head(bytes.data() + at, length, codec);
    const bool beside = head.kind == NalKind::kSei || head.kind == NalKind::kParameterSet || head.kind == NalKind::kDelimiter;
    framing.has_picture = framing.has_picture || !beside;
    at += length;
  }
  framing.fills = !bytes.empty();
  return framing;
}

/// One plane of a picture: 0 luma, 1 and 2 colour difference; empty if there is none or its samples are not bytes.
LumaPicture plane_of(const AVFrame& frame, int plane) {
  const AVPixFmtDescriptor* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  if (format == nullptr || plane >= format->nb_components || (format->flags & AV_PIX_FMT_FLAG_RGB) != 0) return {nullptr, 0, 0, 0};
  const AVComponentDescriptor& component = format->comp[plane];
  if (component.plane != plane || component.depth != 8 || component.step != 1 || frame.linesize[plane] <= 0) return {nullptr, 0, 0, 0};
  const auto size = [plane](int whole, int shift) { return plane == 0 ? whole : AV_CEIL_RSHIFT(whole, shift); };
  return {frame.data[plane], frame.linesize[plane], size(frame.width, format->log2_chroma_w), size(frame.height, format->log2_chroma_h)};
}

bool is_zero(const std::vector<uint8_t>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

}  // namespace

struct ClipDecoder::State {
  const Mp4Movie& movie;
  const ByteSource& source;
  AVCodecContext* context = nullptr;
  AVPacket* packet = av_packet_alloc();
  AVFrame* frame = av_frame_alloc();
  size_t next_sample = 0;
  bool flushing = false;
  size_t unwritten = 0;
  size_t without_picture = 0;
  ProblemList problems;

  State(const Mp4Movie& m, const ByteSource& s) : movie(m), source(s) {}
  ~State() {
    avcodec_free_context(&context);
    av_packet_free(&packet);
    av_frame_free(&frame);
  }

  void open();
  /// Hands the next sample to the decoder, or its end. False if everything was handed over before.
  bool send_next();
};

void ClipDecoder::State::open() {
  // The decoder's own messages say nothing that the problems do not.
  av_log_set_level(AV_LOG_QUIET);
  const AVCodec* codec = avcodec_find_decoder(movie.codec == VideoCodec::kH265 ? AV_CODEC_ID_HEVC : AV_CODEC_ID_H264);
  if (codec == nullptr) throw InfraError("libavcodec has no decoder for H.264 or H.265");
  context = avcodec_alloc_context3(codec);
  context->thread_count = 1;
  context->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER;
  context->flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT;
  context->max_pixels = kMaxPixels;
  context->pkt_timebase = {1, static_cast<int>(std::min<uint32_t>(movie.timescale, 1'000'000'000))};
  context->extradata = static_cast<uint8_t*>(av_mallocz(movie.avcc.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  std::memcpy(context->extradata, movie.avcc.data(), movie.avcc.size());
  context->extradata_size = static_cast<int>(movie.avcc.size());
  if (avcodec_open2(context, codec, nullptr) < 0) {
    problems.add(Severity::kDamage, "decode-error", "The decoder does not accept the clip's parameter sets.");
    avcodec_free_context(&context);
  }
}

bool ClipDecoder::State::send_next() {
  if (flushing) return false;
  if (next_sample >= movie.samples.size()) {
    flushing = true;
    avcodec_send_packet(context, nullptr);
    return true;
  }
  const size_t index = next_sample++;
  const Mp4Sample& sample = movie.samples[index];
  std::vector<uint8_t> bytes(std::min(sample.size, kMaxSampleBytes));
  if (!source.read_exactly(sample.offset, bytes.data(), bytes.size()) || is_zero(bytes)) {
    ++unwritten;
    problems.add(Severity::kTorn, "zero-sample", fmt::format("Picture {} was announced but never written.", index));
    return true;
  }
  const Framing framing = framing_of(bytes, movie.nal_length_bytes(), movie.codec);
  if (framing.fills && !framing.has_picture) {
    ++without_picture;
    return true;
  }
  if (!framing.fills) problems.add(Severity::kDamage, "decode-error", fmt::format("Picture {} is not a row of NAL units.", index));
  if (av_new_packet(packet, static_cast<int>(bytes.size())) < 0) throw InfraError("out of memory for a coded picture");
  std::memcpy(packet->data, bytes.data(), bytes.size());
  packet->pts = sample.pts;
  packet->dts = sample.dts;
  packet->pos = static_cast<int64_t>(index);
  if (sample.sync) packet->flags |= AV_PKT_FLAG_KEY;
  if (avcodec_send_packet(context, packet) < 0) problems.add(Severity::kDamage, "decode-error", fmt::format("Picture {} cannot be decoded.", index));
  av_packet_unref(packet);
  return true;
}

ClipDecoder::ClipDecoder(const Mp4Movie& movie, const ByteSource& source) : state_(std::make_unique<State>(movie, source)) {
  if (movie.has_movie) state_->open();
}

ClipDecoder::~ClipDecoder() = default;

bool ClipDecoder::next(DecodedPicture& picture) {
  State& s = *state_;
  if (s.context == nullptr) return false;
  while (true) {
    const int result = avcodec_receive_frame(s.context, s.frame);
    if (result == AVERROR_EOF) return false;
    if (result < 0) {
      if (result != AVERROR(EAGAIN)) s.problems.add(Severity::kDamage, "decode-error", "The decoder gave up on a picture.");
      if (!s.send_next()) return false;
      continue;
    }
    const int64_t pos = s.frame->pkt_pos;
    if (pos < 0 || static_cast<size_t>(pos) >= s.movie.samples.size() || s.frame->data[0] == nullptr) continue;
    picture.sample = static_cast<size_t>(pos);
    picture.pts = s.movie.samples[picture.sample].pts;
    picture.damaged = s.frame->decode_error_flags != 0 || (s.frame->flags & AV_FRAME_FLAG_CORRUPT) != 0;
    picture.luma = plane_of(*s.frame, 0);
    picture.cb = plane_of(*s.frame, 1);
    picture.cr = plane_of(*s.frame, 2);
    if (picture.damaged) s.problems.add(Severity::kDamage, "damaged-picture", fmt::format("Picture {} decodes with errors.", picture.sample));
    return true;
  }
}

Problems ClipDecoder::problems() const { return state_->problems.take(); }
size_t ClipDecoder::unwritten() const { return state_->unwritten; }
size_t ClipDecoder::without_picture() const { return state_->without_picture; }

}  // namespace saksi::judge
