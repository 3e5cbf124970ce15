#ifndef SAKSI_SIM_SCENE_CLIP_DECODER_H_
#define SAKSI_SIM_SCENE_CLIP_DECODER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "sim/scene/picture_source.h"

struct AVCodecContext;
struct AVFormatContext;
struct AVFrame;
struct AVIOContext;
struct AVPacket;
struct SwsContext;

namespace saksi::sim {

/// The first video stream of a file, one frame after the other from the start. Reads the file by position (pread), decodes with one thread
/// and libav's bit-exact paths.
class ClipDecoder {
 public:
  /// UsageError if there is no such file, FFmpeg cannot read it, or it has no video.
  explicit ClipDecoder(const std::string& path);
  ~ClipDecoder();
  ClipDecoder(const ClipDecoder&) = delete;
  ClipDecoder& operator=(const ClipDecoder&) = delete;

  /// Decodes the next frame into `frame`; false at the end.
  bool next(AVFrame* frame);
  /// The frame's time in ns in the file, INT64_MIN if it carries none.
  int64_t time_ns(const AVFrame& frame) const;
  /// How long it is to be shown, in ns: from the frame, else from the stream's rate, else 1/25 s.
  int64_t duration_ns(const AVFrame& frame) const;
  /// Packets and frames that could not be decoded whole.
  int damaged() const { return damaged_; }

  void convert(const AVFrame& frame, Picture* picture);

 private:
  struct File;
  void open(const std::string& path);
  void release();

  std::string path_;
  std::unique_ptr<File> file_;
  AVIOContext* io_ = nullptr;
  AVFormatContext* format_ = nullptr;
  AVCodecContext* codec_ = nullptr;
  AVPacket* packet_ = nullptr;
  SwsContext* scaler_ = nullptr;
  int stream_ = -1;
  bool draining_ = false;
  int damaged_ = 0;
};

}  // namespace saksi::sim

#endif
