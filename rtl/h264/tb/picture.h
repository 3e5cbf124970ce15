#ifndef SAKSI_RTL_H264_TB_PICTURE_H_
#define SAKSI_RTL_H264_TB_PICTURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/seed_stream.h"

namespace saksi::tb {

/// An NV12 picture, rows without gaps: luma, then interleaved Cb and Cr of half the size. Width and height are even.
struct Picture {
  Picture() = default;
  Picture(int w, int h, uint8_t value = 128) : width(w), height(h), pixels(w * h * 3 / 2, value) {}

  uint8_t* luma() { return pixels.data(); }
  const uint8_t* luma() const { return pixels.data(); }
  uint8_t* chroma() { return pixels.data() + width * height; }
  const uint8_t* chroma() const { return pixels.data() + width * height; }
  bool operator==(const Picture& other) const { return width == other.width && height == other.height && pixels == other.pixels; }

  int width = 0;
  int height = 0;
  std::vector<uint8_t> pixels;
};

/// Width or height in whole macroblocks.
constexpr int coded_size(int size) { return (size + 15) / 16 * 16; }

/// The picture padded to its coded size by repeating its last column and row.
Picture padded(const Picture& picture);
/// The upper left part of a picture.
Picture cropped(const Picture& picture, int width, int height);
/// Peak signal to noise ratio of luma in dB; 99 for equal pictures.
double luma_psnr(const Picture& a, const Picture& b);

/// Independent uniform pixels.
Picture noise(SeedStream& random, int width, int height);
/// The part of a texture at (x, y): smooth shading, edges in all directions and some grain, the same for the same arguments.
Picture texture(int x, int y, int width, int height);
/// Pixels that alternate between black and white, in luma and chroma.
Picture checkerboard(int width, int height);

/// Reads a video file picture by picture, scaled.
class Clip {
 public:
  /// Throws std::runtime_error if the file cannot be read.
  Clip(const std::string& path, int width, int height);
  ~Clip();
  /// The clip of the project's tests: environment SAKSI_CLIP, or the file that the build was configured with.
  static std::string default_path();

  /// False at the end.
  bool next(Picture& picture);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace saksi::tb

#endif
