#ifndef SAKSI_SIM_SCENE_STILL_SOURCE_H_
#define SAKSI_SIM_SCENE_STILL_SOURCE_H_

#include <cstdint>
#include <string>

#include "sim/scene/picture_source.h"

namespace saksi::sim {

/// One picture for ever.
class StillSource : public PictureSource {
 public:
  explicit StillSource(Picture picture, std::string file = "");

  /// A picture file that FFmpeg reads; of a video, its first frame.
  static Picture load(const std::string& path);
  /// A uniform picture of one 8-bit sRGB value.
  static Picture uniform(uint8_t level);

  PictureSpan span_at(int64_t t_ns) override;
  const Picture& picture(int64_t id) override;
  const std::string& file() const override { return file_; }

 private:
  Picture picture_;
  std::string file_;
};

}  // namespace saksi::sim

#endif
