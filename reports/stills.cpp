#include "reports/stills.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
}

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include "base/recording_format.h"
#include "judge/card/exfat_volume.h"
#include "judge/measure/observations.h"
#include "judge/measure/observe.h"

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

std::vector<uint8_t> copy_plane(const AVFrame& frame, int plane, int width, int height) {
  std::vector<uint8_t> out;
  out.reserve(static_cast<size_t>(width) * static_cast<size_t>(height));
  for (int row = 0; row < height; ++row) {
    const uint8_t* begin = frame.data[plane] + static_cast<ptrdiff_t>(row) * frame.linesize[plane];
    out.insert(out.end(), begin, begin + width);
  }
  return out;
}

/// Decodes a clip picture by picture, in colour: the judge's own decoder looks at luma alone.
class ColourDecoder {
 public:
  ColourDecoder(const judge::Mp4Movie& movie, const judge::ByteSource& source)
      : movie_(movie),
        source_(source),
        context_(avcodec_alloc_context3(avcodec_find_decoder(movie.codec == judge::VideoCodec::kH265 ? AV_CODEC_ID_HEVC : AV_CODEC_ID_H264))),
        packet_(av_packet_alloc()),
        frame_(av_frame_alloc()) {
    context_->thread_count = 1;
    context_->extradata = static_cast<uint8_t*>(av_mallocz(movie.avcc.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    context_->extradata_size = static_cast<int>(movie.avcc.size());
    std::copy(movie.avcc.begin(), movie.avcc.end(), context_->extradata);
    open_ = avcodec_open2(context_.get(), nullptr, nullptr) == 0;
  }

  /// The next picture; false at the end.
  bool next(YuvPicture& picture) {
    while (open_) {
      const int got = avcodec_receive_frame(context_.get(), frame_.get());
      if (got == 0) return copy(picture);
      if (got != AVERROR(EAGAIN) || !feed()) return false;
    }
    return false;
  }

 private:
  /// Gives the decoder one more sample, or the end; false if it has had that.
  bool feed() {
    if (sample_ > movie_.samples.size()) return false;
    if (sample_++ == movie_.samples.size()) return avcodec_send_packet(context_.get(), nullptr) == 0;
    const judge::Mp4Sample& sample = movie_.samples[sample_ - 1];
    av_packet_unref(packet_.get());
    if (av_new_packet(packet_.get(), static_cast<int>(sample.size)) != 0) return false;
    if (!source_.read_exactly(sample.offset, packet_->data, sample.size)) return feed();
    avcodec_send_packet(context_.get(), packet_.get());  // a sample it cannot take is the judge's to report
    return true;
  }

  bool copy(YuvPicture& picture) const {
    if (frame_->format != AV_PIX_FMT_YUV420P && frame_->format != AV_PIX_FMT_YUVJ420P) return false;
    picture.width = frame_->width;
    picture.height = frame_->height;
    picture.y = copy_plane(*frame_, 0, frame_->width, frame_->height);
    picture.cb = copy_plane(*frame_, 1, (frame_->width + 1) / 2, (frame_->height + 1) / 2);
    picture.cr = copy_plane(*frame_, 2, (frame_->width + 1) / 2, (frame_->height + 1) / 2);
    return true;
  }

  const judge::Mp4Movie& movie_;
  const judge::ByteSource& source_;
  std::unique_ptr<AVCodecContext, FreeCodec> context_;
  std::unique_ptr<AVPacket, FreePacket> packet_;
  std::unique_ptr<AVFrame, FreeFrame> frame_;
  size_t sample_ = 0;
  bool open_ = false;
};

std::vector<StoredFrame> frames_of(const judge::StoredClip& clip) {
  std::vector<StoredFrame> frames;
  for (const judge::FrameTime& time : clip.photon.frames) {
    StoredFrame frame{clip.file, static_cast<int64_t>(frames.size()), std::nullopt, 0};
    if (time.known) {
      frame.photon_ns = std::llround(time.time_s.middle() * 1e9);
      frame.uncertainty_ns = std::llround(time.time_s.half_width() * 1e9);
    }
    frames.push_back(frame);
  }
  return frames;
}

void add_stills(const judge::ByteSource& source, const std::vector<StoredFrame>& frames, ReportInput& input) {
  const judge::Mp4Movie movie = judge::parse_mp4(source);
  ColourDecoder decoder(movie, source);
  YuvPicture picture;
  size_t at = 0;
  for (size_t index : frames_to_show(frames, first_press_ns(input))) {
    for (; at <= index; ++at) {
      if (!decoder.next(picture)) return;
    }
    input.stills.push_back({frames[index], picture});
  }
}

}  // namespace

std::vector<size_t> frames_to_show(const std::vector<StoredFrame>& frames, std::optional<int64_t> press_ns) {
  std::set<size_t> show;
  const size_t count = frames.size();
  if (count == 0) return {};
  for (size_t i = 0; i < std::min<size_t>(2, count); ++i) show.insert(i);
  show.insert(count - 1);
  const auto after = std::find_if(frames.begin(), frames.end(),
                                  [&](const StoredFrame& frame) { return press_ns && frame.photon_ns && *frame.photon_ns >= *press_ns; });
  if (after != frames.end()) {
    const size_t first = static_cast<size_t>(after - frames.begin());
    for (size_t i = first - std::min<size_t>(2, first); i < std::min(first + 3, count); ++i) show.insert(i);
  } else {
    for (size_t i = 0; i < std::min<size_t>(7, count); ++i) show.insert(i);
  }
  return {show.begin(), show.end()};
}

void read_stills(ReportInput& input) {
  if (!input.recording || !input.recording->card_image) return;
  if (input.recording->manifest.contains(recording::kKeyNoPicture)) return;
  const std::unique_ptr<judge::Volume> volume = judge::open_card_volume(std::make_shared<judge::FileSource>(*input.recording->card_image));
  if (!volume->readable()) return;
  const Json device = input.recording->manifest.value("device", Json::object());
  const judge::Claims claims(device.value("claims", Json::object()));
  const judge::CardContents card = judge::read_card(*volume, claims, judge::frame_hints(*input.recording));
  for (const judge::StoredClip& clip : card.clips) {
    const std::vector<StoredFrame> frames = frames_of(clip);
    input.frames.insert(input.frames.end(), frames.begin(), frames.end());
    if (!input.stills.empty() || frames.empty()) continue;
    for (size_t i = 0; i < volume->files().size(); ++i) {
      if (volume->files()[i].path == clip.file) add_stills(*volume->open(i), frames, input);
    }
  }
}

}  // namespace saksi::report
