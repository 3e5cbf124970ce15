#include "sim/benchmark/x264_peer.h"

#include <algorithm>
#include <cstring>
#include <memory>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
}

#include "base/error.h"
#include "sim/benchmark/coded_clip.h"

namespace saksi::sim {

namespace {

constexpr int kSliceNal = 1, kIdrNal = 5, kSeiNal = 6;

struct ContextDeleter {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FrameDeleter {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct PacketDeleter {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
using Context = std::unique_ptr<AVCodecContext, ContextDeleter>;
using Frame = std::unique_ptr<AVFrame, FrameDeleter>;
using Packet = std::unique_ptr<AVPacket, PacketDeleter>;

/// Coded with libx264, decoded again at once.
class X264 {
 public:
  X264(const std::vector<Nv12Picture>& pictures, int qp) : pictures_(pictures), packet_(av_packet_alloc()), decoded_(av_frame_alloc()) {
    open_encoder(qp);
    if (result_.problem.empty()) open_decoder();
  }

  X264Clip run() {
    for (size_t n = 0; n < pictures_.size() && good(); ++n) send(pictures_[n], static_cast<int64_t>(n));
    if (good()) {
      avcodec_send_frame(encoder_.get(), nullptr);
      take_packets();
    }
    if (good()) {
      avcodec_send_packet(decoder_.get(), nullptr);
      take_pictures();
    }
    if (good() && decoded_count_ != pictures_.size()) result_.problem = "FFmpeg does not decode every picture that libx264 coded";
    const auto count = static_cast<double>(pictures_.size());
    result_.kbits_a_picture = 8 * static_cast<double>(slice_bytes_) / 1000 / count;
    result_.psnr_db /= count;
    return result_;
  }

 private:
  bool good() const { return result_.problem.empty(); }

  void open_encoder(int qp) {
    const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
    if (!codec) {
      result_.problem = "this FFmpeg's libavcodec was built without libx264 (Debian's libavcodec59 has it): there is nothing to compare bits with";
      return;
    }
    encoder_.reset(avcodec_alloc_context3(codec));
    encoder_->width = pictures_[0].width;
    encoder_->height = pictures_[0].height;
    encoder_->pix_fmt = AV_PIX_FMT_NV12;
    encoder_->time_base = {1, 25};
    encoder_->framerate = {25, 1};
    encoder_->thread_count = 1;
    void* own = encoder_->priv_data;
    const bool set = av_opt_set(own, "profile", "baseline", 0) == 0 && av_opt_set(own, "preset", "ultrafast", 0) == 0 &&
                     av_opt_set(own, "tune", "psnr", 0) == 0 && av_opt_set_int(own, "qp", qp, 0) == 0 &&
                     av_opt_set(own, "x264-params", "deblock=0,0:keyint=60:min-keyint=60:scenecut=0:ref=1:ipratio=1", 0) == 0;
    if (!set || avcodec_open2(encoder_.get(), codec, nullptr) < 0) result_.problem = "libx264 does not take the settings of '" + x264_line("N") + "'";
  }

  void open_decoder() {
    const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_H264);
    decoder_.reset(codec ? avcodec_alloc_context3(codec) : nullptr);
    if (decoder_) decoder_->thread_count = 1;
    if (!decoder_ || avcodec_open2(decoder_.get(), codec, nullptr) < 0) result_.problem = "this FFmpeg has no H.264 decoder";
  }

  void send(const Nv12Picture& picture, int64_t pts) {
    const Frame frame(av_frame_alloc());
    frame->format = AV_PIX_FMT_NV12;
    frame->width = picture.width;
    frame->height = picture.height;
    frame->pts = pts;
    if (av_frame_get_buffer(frame.get(), 0) < 0) throw std::bad_alloc();
    const auto copy = [&](int plane, const std::vector<uint8_t>& from, int rows) {
      for (int y = 0; y < rows; ++y) {
        std::memcpy(frame->data[plane] + static_cast<ptrdiff_t>(y) * frame->linesize[plane], from.data() + static_cast<ptrdiff_t>(y) * picture.width,
                    static_cast<size_t>(picture.width));
      }
    };
    copy(0, picture.luma, picture.height);
    copy(1, picture.chroma, picture.height / 2);
    if (avcodec_send_frame(encoder_.get(), frame.get()) < 0) result_.problem = "libx264 does not take a picture";
    take_packets();
  }

  void take_packets() {
    while (good() && avcodec_receive_packet(encoder_.get(), packet_.get()) == 0) {
      count(packet_->data, packet_->data + packet_->size);
      if (avcodec_send_packet(decoder_.get(), packet_.get()) < 0) result_.problem = "FFmpeg does not decode what libx264 coded";
      av_packet_unref(packet_.get());
      take_pictures();
    }
  }

  /// Goes through the NAL units of an access unit (annex B: 00 00 01, and 00 00 00 01 at its begin and before parameter sets).
  void count(const uint8_t* data, const uint8_t* end) {
    static constexpr uint8_t kStart[3] = {0, 0, 1};
    const uint8_t* start = std::search(data, end, kStart, kStart + 3);
    while (start != end) {
      const uint8_t* const nal = start + 3;
      start = std::search(nal, end, kStart, kStart + 3);
      const uint8_t* nal_end = start;
      while (nal_end > nal && nal_end[-1] == 0) --nal_end;  // belongs to the next start code; no NAL unit ends with 0
      if (nal == nal_end) continue;
      const int type = nal[0] & 0x1F;
      if (type == kSliceNal || type == kIdrNal) slice_bytes_ += static_cast<uint64_t>(nal_end - nal);
      if (type == kSeiNal) take_settings(std::string(nal, nal_end));
    }
  }

  void take_settings(const std::string& text) {
    static const std::string kBegin = "options: ";
    const size_t at = text.find(kBegin);
    if (at == std::string::npos || !result_.settings.empty()) return;
    result_.settings = text.substr(at + kBegin.size(), text.find('\0', at) - at - kBegin.size());
  }

  void take_pictures() {
    while (good() && avcodec_receive_frame(decoder_.get(), decoded_.get()) == 0) {
      if (decoded_count_ < pictures_.size()) result_.psnr_db += luma_psnr(pictures_[decoded_count_], decoded_->data[0], decoded_->linesize[0]);
      ++decoded_count_;
    }
  }

  const std::vector<Nv12Picture>& pictures_;
  X264Clip result_;
  Context encoder_, decoder_;
  Packet packet_;
  Frame decoded_;
  uint64_t slice_bytes_ = 0;
  size_t decoded_count_ = 0;
};

}  // namespace

std::string x264_line(const std::string& qp) {
  return "x264 --profile baseline --preset ultrafast --tune psnr --deblock 0:0 --keyint 60 --min-keyint 60 --no-scenecut --ref 1 --ipratio 1 --qp " +
         qp;
}

X264Clip code_by_x264(const std::vector<Nv12Picture>& pictures, int qp) { return X264(pictures, qp).run(); }

}  // namespace saksi::sim
