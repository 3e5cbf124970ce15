#ifndef SAKSI_SIM_SCENE_PICTURE_SOURCE_H_
#define SAKSI_SIM_SCENE_PICTURE_SOURCE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace saksi::sim {

/// A picture as a screen would be given it: 8-bit sRGB, R G B interleaved, rows without padding.
struct Picture {
  int width = 0;
  int height = 0;
  double pixel_aspect = 1.0;  ///< width of a pixel over its height
  std::vector<uint8_t> rgb;
};

/// The time a picture is shown.
struct PictureSpan {
  int64_t id = 0;        ///< names the picture; the same picture may be shown in several spans
  int64_t begin_ns = 0;  ///< first ns
  int64_t end_ns = 0;    ///< first ns after it
};

constexpr int64_t kForeverNs = INT64_MAX;

/// Pictures, one after the other.
class PictureSource {
 public:
  virtual ~PictureSource() = default;

  /// Which picture is shown at a time >= 0. Times before 0 are shown the first.
  virtual PictureSpan span_at(int64_t t_ns) = 0;
  /// The picture of that name; valid until the next call.
  virtual const Picture& picture(int64_t id) = 0;
  /// The file it comes from, or empty.
  virtual const std::string& file() const = 0;
  virtual std::vector<std::string> warnings() const { return {}; }
};

}  // namespace saksi::sim

#endif
