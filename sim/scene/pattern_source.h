#ifndef SAKSI_SIM_SCENE_PATTERN_SOURCE_H_
#define SAKSI_SIM_SCENE_PATTERN_SOURCE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scene/picture_source.h"

namespace saksi::sim {

/// Pictures computed from a seed, 25 a second, 640 x 480: a wide painting of coloured boxes that the camera pans over, or noise that is new
/// in every picture.
class PatternSource : public PictureSource {
 public:
  enum class Kind { kPan, kNoise };
  PatternSource(Kind kind, uint64_t seed);

  PictureSpan span_at(int64_t t_ns) override;
  const Picture& picture(int64_t id) override;
  const std::string& file() const override { return file_; }

 private:
  void draw_painting();
  void draw_pan(int64_t id);
  void draw_noise(int64_t id);

  Kind kind_;
  uint64_t seed_;
  std::string file_;
  std::vector<uint8_t> painting_;  ///< kPaintingWidth x 480 RGB
  Picture current_;
  int64_t current_id_ = -1;
};

}  // namespace saksi::sim

#endif
