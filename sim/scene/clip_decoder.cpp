#include "sim/scene/clip_decoder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstring>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include "base/error.h"

namespace saksi::sim {

namespace {

constexpr AVRational kNs{1, 1'000'000'000};
constexpr int kIoBytes = 1 << 16;

/// What libav has complained about since it was last looked at: some decoders (FFV1's) patch up a damaged frame and tell it in no other way.
int complaints = 0;
void count_complaint(void*, int level, const char*, va_list) {
  if (level <= AV_LOG_ERROR) ++complaints;
}

[[noreturn]] void refuse(const std::string& path, const std::string& what, const std::string& advice) {
  throw UsageError("clip '" + path + "' " + what + ". " + advice);
}

std::string error_text(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = "";
  av_strerror(code, text, sizeof text);
  return text;
}

}  // namespace

struct ClipDecoder::File {
  int fd = -1;
  int64_t size = 0;
  int64_t position = 0;

  ~File() {
    if (fd >= 0) close(fd);
  }

  static int read(void* opaque, uint8_t* buffer, int size) {
    File* file = static_cast<File*>(opaque);
    const ssize_t got = pread(file->fd, buffer, static_cast<size_t>(size), file->position);
    if (got < 0) return AVERROR(errno);
    if (got == 0) return AVERROR_EOF;
    file->position += got;
    return static_cast<int>(got);
  }

  static int64_t seek(void* opaque, int64_t offset, int whence) {
    File* file = static_cast<File*>(opaque);
    switch (whence & ~AVSEEK_FORCE) {
      case AVSEEK_SIZE:
        return file->size;
      case SEEK_SET:
        file->position = offset;
        break;
      case SEEK_CUR:
        file->position += offset;
        break;
      case SEEK_END:
        file->position = file->size + offset;
        break;
      default:
        return AVERROR(EINVAL);
    }
    return file->position;
  }
};

ClipDecoder::ClipDecoder(const std::string& path) : path_(path), file_(std::make_unique<File>()) {
  // What is wrong with a clip is told by exceptions and warnings; libav's own lines would go to the terminal.
  av_log_set_callback(count_complaint);
  try {
    open(path);
  } catch (...) {
    release();
    throw;
  }
}

ClipDecoder::~ClipDecoder() { release(); }

void ClipDecoder::release() {
  sws_freeContext(scaler_);
  av_packet_free(&packet_);
  avcodec_free_context(&codec_);
  avformat_close_input(&format_);
  if (io_) av_freep(&io_->buffer);
  avio_context_free(&io_);
}

void ClipDecoder::open(const std::string& path) {
  file_->fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_->fd < 0)
    refuse(path, std::string("cannot be opened: ") + std::strerror(errno), "Check the path; any video file that FFmpeg reads will do.");
  struct stat status;
  if (fstat(file_->fd, &status) != 0 || !S_ISREG(status.st_mode)) refuse(path, "is not a regular file", "Give a video file, not a folder or a pipe.");
  file_->size = status.st_size;
  if (file_->size == 0) refuse(path, "is empty (0 bytes)", "Give a video file with at least one frame.");

  io_ = avio_alloc_context(static_cast<unsigned char*>(av_malloc(kIoBytes)), kIoBytes, 0, file_.get(), File::read, nullptr, File::seek);
  format_ = avformat_alloc_context();
  format_->pb = io_;
  format_->flags |= AVFMT_FLAG_BITEXACT;
  const std::string try_it = "See what 'ffprobe " + path + "' says; any video file that FFmpeg reads will do.";
  int code = avformat_open_input(&format_, path.c_str(), nullptr, nullptr);
  if (code < 0) refuse(path, "is no video that FFmpeg reads (" + error_text(code) + ")", try_it);
  code = avformat_find_stream_info(format_, nullptr);
  if (code < 0) refuse(path, "cannot be read by FFmpeg (" + error_text(code) + ")", try_it);
  const AVCodec* codec = nullptr;
  stream_ = av_find_best_stream(format_, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
  if (stream_ < 0 || !codec) refuse(path, "has no video that FFmpeg can decode", try_it);

  codec_ = avcodec_alloc_context3(codec);
  avcodec_parameters_to_context(codec_, format_->streams[stream_]->codecpar);
  codec_->pkt_timebase = format_->streams[stream_]->time_base;
  codec_->thread_count = 1;
  codec_->flags |= AV_CODEC_FLAG_BITEXACT;
  codec_->idct_algo = FF_IDCT_SIMPLE;
  code = avcodec_open2(codec_, codec, nullptr);
  if (code < 0) refuse(path, "cannot be decoded by FFmpeg (" + error_text(code) + ")", try_it);
  packet_ = av_packet_alloc();
  complaints = 0;
}

bool ClipDecoder::next(AVFrame* frame) {
  while (true) {
    const int got = avcodec_receive_frame(codec_, frame);
    if (got == 0) {
      if (frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) || complaints > 0) ++damaged_;
      complaints = 0;
      return true;
    }
    if (got == AVERROR_EOF) return false;
    if (got != AVERROR(EAGAIN)) {
      ++damaged_;
      complaints = 0;
    }
    if (draining_) {
      if (got == AVERROR(EAGAIN)) return false;
      continue;
    }
    const int read = av_read_frame(format_, packet_);
    if (read < 0) {
      draining_ = true;
      avcodec_send_packet(codec_, nullptr);
      continue;
    }
    if (packet_->stream_index != stream_) {
      complaints = 0;
    } else if (avcodec_send_packet(codec_, packet_) < 0) {
      ++damaged_;
      complaints = 0;
    }
    av_packet_unref(packet_);
  }
}

int64_t ClipDecoder::time_ns(const AVFrame& frame) const {
  if (frame.best_effort_timestamp == AV_NOPTS_VALUE) return INT64_MIN;
  return av_rescale_q(frame.best_effort_timestamp, format_->streams[stream_]->time_base, kNs);
}

int64_t ClipDecoder::duration_ns(const AVFrame& frame) const {
  const AVStream& stream = *format_->streams[stream_];
  const int64_t own = frame.pkt_duration > 0 ? av_rescale_q(frame.pkt_duration, stream.time_base, kNs) : 0;
  if (own > 0) return own;
  for (const AVRational rate : {stream.avg_frame_rate, stream.r_frame_rate}) {
    if (rate.num > 0 && rate.den > 0) {
      const int64_t ns = av_rescale_q(1, av_inv_q(rate), kNs);
      if (ns > 0) return ns;
    }
  }
  return 40'000'000;
}

void ClipDecoder::convert(const AVFrame& frame, Picture* picture) {
  const AVPixelFormat format = static_cast<AVPixelFormat>(frame.format);
  scaler_ = sws_getCachedContext(scaler_, frame.width, frame.height, format, frame.width, frame.height, AV_PIX_FMT_RGB24,
                                 SWS_BILINEAR | SWS_FULL_CHR_H_INT | SWS_ACCURATE_RND | SWS_BITEXACT, nullptr, nullptr, nullptr);
  if (!scaler_) refuse(path_, "has frames in a form that FFmpeg cannot turn into RGB", "Convert it: ffmpeg -i FILE -pix_fmt yuv420p clip.mp4");
  int matrix = frame.colorspace;
  if (matrix == AVCOL_SPC_UNSPECIFIED || matrix == AVCOL_SPC_RGB) matrix = frame.height >= 720 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
  const int* coefficients = sws_getCoefficients(matrix);
  const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
  const bool full = frame.color_range == AVCOL_RANGE_JPEG || std::strncmp(description->name, "yuvj", 4) == 0;
  sws_setColorspaceDetails(scaler_, coefficients, full, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);

  picture->width = frame.width;
  picture->height = frame.height;
  const AVRational aspect = frame.sample_aspect_ratio;
  picture->pixel_aspect = aspect.num > 0 && aspect.den > 0 ? static_cast<double>(aspect.num) / aspect.den : 1.0;
  // Room for a vector store beyond the end of the last row.
  const size_t bytes = 3 * static_cast<size_t>(frame.width) * static_cast<size_t>(frame.height);
  picture->rgb.resize(bytes + 64);
  uint8_t* const planes[4] = {picture->rgb.data(), nullptr, nullptr, nullptr};
  const int strides[4] = {3 * frame.width, 0, 0, 0};
  sws_scale(scaler_, frame.data, frame.linesize, 0, frame.height, planes, strides);
  picture->rgb.resize(bytes);
}

}  // namespace saksi::sim
