#include "rtl/h264/tb/content.h"

#include <stdexcept>
#include <utility>

namespace saksi::tb {
namespace {

/// Dark pictures keep this much of their light, in 1/256.
constexpr int kDarkness = 24;

uint8_t clip_pixel(int value) { return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value); }

Picture brighter(Picture picture, int by) {
  for (int i = 0; i < picture.width * picture.height; i++) picture.luma()[i] = clip_pixel(picture.luma()[i] + by);
  return picture;
}

/// Lines of small glyph-like patterns, black on white, that scroll upwards.
Picture text(int n, int width, int height) {
  Picture picture(width, height);
  for (int y = 0; y < height; y++) {
    for (int x = 0; x < width; x++) {
      const int line = (y + 3 * n) / 12;
      const uint32_t glyph = (x / 7 * 2654435761u + static_cast<uint32_t>(line) * 40503u) * 2246822519u;
      const bool ink = (y + 3 * n) % 12 < 9 && x % 7 < 5 && (glyph >> (x % 7 + 5 * ((y + 3 * n) % 12 / 2)) & 1);
      picture.luma()[y * width + x] = ink ? 20 : 235;
    }
  }
  return picture;
}

Picture dark(Picture picture) {
  for (uint8_t& pixel : picture.pixels) pixel = static_cast<uint8_t>(16 + pixel * kDarkness / 256);
  return picture;
}

}  // namespace

Picture content(const std::string& kind, int n, int width, int height) {
  if (kind == "static") return texture(0, 0, width, height);
  if (kind == "pan") return texture(3 * n, 2 * n, width, height);
  if (kind == "flash") return brighter(texture(n, 0, width, height), n % 3 == 1 ? 90 : 0);
  if (kind == "cut") return texture(n < 3 ? n : 5000 + n, 0, width, height);
  if (kind == "text") return text(n, width, height);
  if (kind == "noise") {
    SeedStream random(static_cast<uint64_t>(n) + 1, "inter-noise");
    return noise(random, width, height);
  }
  Clip clip(Clip::default_path(), width, height);
  Picture picture;
  for (int i = 0; i <= 2 * n; i++) {
    if (!clip.next(picture)) throw std::runtime_error("the clip is too short");
  }
  return kind == "dark" ? dark(picture) : picture;
}

}  // namespace saksi::tb
