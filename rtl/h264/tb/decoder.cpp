#include "rtl/h264/tb/decoder.h"

#include <wels/codec_api.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <stdexcept>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace saksi::tb {
namespace {

class BitWriter {
 public:
  void u(int count, uint32_t value) {
    for (int i = count - 1; i >= 0; i--) {
      if (fill_ == 0) bytes_.push_back(0);
      bytes_.back() |= (value >> i & 1) << (7 - fill_);
      fill_ = (fill_ + 1) % 8;
    }
  }
  void ue(uint32_t value) {
    int length = 0;
    while ((value + 1) >> (length + 1)) length++;
    u(length, 0);
    u(length + 1, value + 1);
  }
  /// The bytes after a start code, with trailing bits. Parameter sets as small as ours need no emulation prevention.
  void append_to(Bytes& out) {
    u(1, 1);
    while (fill_ != 0) u(1, 0);
    out.insert(out.end(), {0, 0, 0, 1});
    out.insert(out.end(), bytes_.begin(), bytes_.end());
  }

 private:
  Bytes bytes_;
  int fill_ = 0;
};

Picture nv12(int width, int height, uint8_t* const planes[], const int strides[]) {
  Picture out(width, height);
  for (int y = 0; y < height; y++) std::copy_n(planes[0] + y * strides[0], width, out.luma() + y * width);
  for (int y = 0; y < height / 2; y++) {
    for (int x = 0; x < width / 2; x++) {
      out.chroma()[y * width + 2 * x] = planes[1][y * strides[1] + x];
      out.chroma()[y * width + 2 * x + 1] = planes[2][y * strides[2] + x];
    }
  }
  return out;
}

/// What libavcodec logged as a warning or worse since it was last cleared. The log has no owner, so neither has this.
std::string ffmpeg_log;

void collect_log(void*, int level, const char* format, va_list args) {
  if (level > AV_LOG_WARNING) return;
  char line[512];
  std::vsnprintf(line, sizeof line, format, args);
  ffmpeg_log += line;
}

class FfmpegDecoder : public Decoder {
 public:
  FfmpegDecoder() {
    av_log_set_callback(collect_log);
    const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_H264);
    context_ = avcodec_alloc_context3(codec);
    context_->thread_count = 1;
    context_->flags |= AV_CODEC_FLAG_LOW_DELAY;
    context_->err_recognition = AV_EF_EXPLODE | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_COMPLIANT | AV_EF_CAREFUL;
    context_->apply_cropping = 0;
    if (avcodec_open2(context_, codec, nullptr) < 0) throw std::runtime_error("libavcodec has no H.264 decoder");
  }
  ~FfmpegDecoder() override {
    av_frame_free(&frame_);
    av_packet_free(&packet_);
    avcodec_free_context(&context_);
  }
  bool decode(const Bytes& access_unit, Picture& picture) override {
    ffmpeg_log.clear();
    Bytes padded = access_unit;
    padded.resize(access_unit.size() + AV_INPUT_BUFFER_PADDING_SIZE);
    packet_->data = padded.data();
    packet_->size = static_cast<int>(access_unit.size());
    const int sent = avcodec_send_packet(context_, packet_);
    const int received = avcodec_receive_frame(context_, frame_);
    what_ = ffmpeg_log;
    if (sent < 0 || received < 0) what_ += " no picture";
    if (received >= 0 && frame_->decode_error_flags != 0) what_ += " decode_error_flags";
    if (received >= 0 && frame_->flags & AV_FRAME_FLAG_CORRUPT) what_ += " corrupt";
    if (!what_.empty()) return false;
    picture = nv12(frame_->width, frame_->height, frame_->data, frame_->linesize);
    return true;
  }

 private:
  AVCodecContext* context_;
  AVPacket* packet_ = av_packet_alloc();
  AVFrame* frame_ = av_frame_alloc();
};

void append_warning(void* text, int level, const char* message) {
  if (level <= WELS_LOG_WARNING) *static_cast<std::string*>(text) += message;
}

class OpenH264Decoder : public Decoder {
 public:
  OpenH264Decoder() {
    if (WelsCreateDecoder(&decoder_) != 0) throw std::runtime_error("OpenH264 makes no decoder");
    WelsTraceCallback callback = append_warning;
    void* text = &log_;
    int level = WELS_LOG_WARNING;
    decoder_->SetOption(DECODER_OPTION_TRACE_LEVEL, &level);
    decoder_->SetOption(DECODER_OPTION_TRACE_CALLBACK, &callback);
    decoder_->SetOption(DECODER_OPTION_TRACE_CALLBACK_CONTEXT, &text);
    SDecodingParam param{};
    param.eEcActiveIdc = ERROR_CON_DISABLE;
    param.sVideoProperty.eVideoBsType = VIDEO_BITSTREAM_AVC;
    decoder_->Initialize(&param);
    log_.clear();
  }
  ~OpenH264Decoder() override {
    decoder_->Uninitialize();
    WelsDestroyDecoder(decoder_);
  }
  bool decode(const Bytes& access_unit, Picture& picture) override {
    log_.clear();
    uint8_t* planes[3] = {};
    SBufferInfo info{};
    const DECODING_STATE state = decoder_->DecodeFrameNoDelay(access_unit.data(), static_cast<int>(access_unit.size()), planes, &info);
    what_ = log_;
    if (state != dsErrorFree) what_ += " state " + std::to_string(state);
    if (info.iBufferStatus != 1) what_ += " no picture";
    if (!what_.empty()) return false;
    const SSysMEMBuffer& buffer = info.UsrData.sSystemBuffer;
    const int strides[3] = {buffer.iStride[0], buffer.iStride[1], buffer.iStride[1]};
    picture = nv12(buffer.iWidth, buffer.iHeight, planes, strides);
    return true;
  }

 private:
  ISVCDecoder* decoder_ = nullptr;
  std::string log_;
};

}  // namespace

Bytes parameter_sets(int width, int height) {
  const int width_mbs = coded_size(width) / 16;
  const int height_mbs = coded_size(height) / 16;
  BitWriter sps;
  sps.u(8, 0x67);
  sps.u(8, 66);    // profile_idc
  sps.u(8, 0xC0);  // constraint_set0_flag, constraint_set1_flag
  sps.u(8, width_mbs * height_mbs > 3600 ? 40 : 31);
  sps.ue(0);  // seq_parameter_set_id
  sps.ue(0);  // log2_max_frame_num_minus4
  sps.ue(2);  // pic_order_cnt_type
  sps.ue(1);  // max_num_ref_frames
  sps.u(1, 0);
  sps.ue(width_mbs - 1);
  sps.ue(height_mbs - 1);
  sps.u(2, 3);  // frame_mbs_only_flag, direct_8x8_inference_flag
  const bool crop = width % 16 != 0 || height % 16 != 0;
  sps.u(1, crop);
  if (crop) {
    sps.ue(0);
    sps.ue((16 * width_mbs - width) / 2);
    sps.ue(0);
    sps.ue((16 * height_mbs - height) / 2);
  }
  sps.u(1, 0);  // vui_parameters_present_flag

  BitWriter pps;
  pps.u(8, 0x68);
  pps.ue(0);
  pps.ue(0);
  pps.u(2, 0);  // entropy_coding_mode_flag, bottom_field_pic_order_in_frame_present_flag
  pps.ue(0);    // num_slice_groups_minus1
  pps.ue(0);
  pps.ue(0);
  pps.u(3, 0);  // weighted prediction
  pps.ue(0);    // pic_init_qp_minus26
  pps.ue(0);
  pps.ue(0);    // chroma_qp_index_offset
  pps.u(3, 4);  // deblocking_filter_control_present_flag

  Bytes out;
  sps.append_to(out);
  pps.append_to(out);
  return out;
}

std::unique_ptr<Decoder> make_ffmpeg_decoder() { return std::make_unique<FfmpegDecoder>(); }
std::unique_ptr<Decoder> make_openh264_decoder() { return std::make_unique<OpenH264Decoder>(); }

}  // namespace saksi::tb
