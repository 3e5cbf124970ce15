#include "sim/scene/texture.h"

#include <algorithm>

namespace saksi::sim {

namespace {

/// Half of the width and of the height, each texel the mean of the four that it stands for.
std::vector<Texel> halved(int width, int height, const std::vector<Texel>& in) {
  const auto columns = static_cast<size_t>(width);
  std::vector<Texel> out;
  out.reserve(in.size() / 4);
  for (size_t y = 0; y + 1 < static_cast<size_t>(height); y += 2) {
    for (size_t x = 0; x + 1 < columns; x += 2) {
      const Texel* at = &in[y * columns + x];
      out.push_back((at[0] + at[1] + at[columns] + at[columns + 1]) * 0.25f);
    }
  }
  return out;
}

uint64_t packed(const Texel& texel) {
  uint64_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    bits |= static_cast<uint64_t>(std::clamp(texel[i], 0.0f, 1.0f) * Texture::kOne + 0.5f) << (16 * i);
  }
  return bits;
}

Texture::Level with_margin(int width, int height, const std::vector<Texel>& in, bool has_edges) {
  Texture::Level level{width, height, {}};
  const auto stride = static_cast<size_t>(level.stride());
  // A sample at the very end of the margin reads, with a weight of zero, one row and one texel more.
  level.texels.assign(stride * static_cast<size_t>(height + 3) + 1, 0);
  for (int y = -1; y <= height; ++y) {
    for (int x = -1; x <= width; ++x) {
      const int from_x = std::clamp(x, 0, width - 1), from_y = std::clamp(y, 0, height - 1);
      if (has_edges && (from_x != x || from_y != y)) continue;
      level.texels[static_cast<size_t>(y + 1) * stride + static_cast<size_t>(x + 1)] =
          packed(in[static_cast<size_t>(from_y) * static_cast<size_t>(width) + static_cast<size_t>(from_x)]);
    }
  }
  return level;
}

}  // namespace

Texel Texture::Level::at(int x, int y) const {
  const uint64_t bits = texels[static_cast<size_t>(y) * static_cast<size_t>(stride()) + static_cast<size_t>(x)];
  Texel texel;
  for (int i = 0; i < 4; ++i) texel[i] = static_cast<float>(bits >> (16 * i) & 0xFFFF) / kOne;
  return texel;
}

Texture::Texture(int width, int height, std::vector<Texel> texels, bool has_edges) {
  levels_.push_back(with_margin(width, height, texels, has_edges));
  // A level of an odd size has no half that stands for the same rectangle.
  while (width % 2 == 0 && height % 2 == 0 && width >= 4 && height >= 4) {
    texels = halved(width, height, texels);
    width /= 2;
    height /= 2;
    levels_.push_back(with_margin(width, height, texels, has_edges));
  }
}

}  // namespace saksi::sim
