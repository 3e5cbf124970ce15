#ifndef SAKSI_SIM_SCENE_CLIP_SOURCE_H_
#define SAKSI_SIM_SCENE_CLIP_SOURCE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/scene/picture_source.h"

struct AVFrame;

namespace saksi::sim {

class ClipDecoder;

/// A video or picture file, decoded by libav as far as it is asked for. Frames keep the file's own times. The file is read by position, so
/// that a process and its forked child do not disturb each other.
class ClipSource : public PictureSource {
 public:
  enum class AtEnd { kLoop, kHold };

  /// UsageError if the file is missing, FFmpeg cannot read it, it has no video, or not a single frame of it can be decoded.
  ClipSource(const std::string& path, AtEnd at_end);
  ~ClipSource() override;

  PictureSpan span_at(int64_t t_ns) override;
  const Picture& picture(int64_t id) override;
  const std::string& file() const override { return path_; }
  std::vector<std::string> warnings() const override;

 private:
  bool decode_next();
  void add_time(const AVFrame& frame);
  PictureSpan span_of_complete(int64_t t_ns);

  std::string path_;
  AtEnd at_end_;
  std::unique_ptr<ClipDecoder> decoder_;
  int64_t next_id_ = 0;  ///< frame that the decoder gives next

  std::vector<int64_t> begin_ns_;  ///< of every frame decoded so far, from the first
  int64_t file_start_ns_ = 0;
  int64_t last_duration_ns_ = 0;
  bool complete_ = false;  ///< every frame's time is known
  bool ended_ = false;
  int damaged_ = 0;

  /// The latest frames, frame n at n mod kKept: to know when a frame ends the one after it is decoded, and an exposure may reach back.
  static constexpr size_t kKept = 6;
  std::array<AVFrame*, kKept> kept_;
  std::array<int64_t, kKept> kept_id_;
  Picture current_;
  int64_t current_id_ = -1;
};

}  // namespace saksi::sim

#endif
