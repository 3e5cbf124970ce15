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

Texture::Level with_margin(int width, int height, const std::vector<Texel>& in, bool has_edges) {
  Texture::Level level{width, height, {}};
  level.texels.assign(static_cast<size_t>(width + 2) * static_cast<size_t>(height + 2), Texel{0, 0, 0, 0});
  for (int y = -1; y <= height; ++y) {
    for (int x = -1; x <= width; ++x) {
      const int from_x = std::clamp(x, 0, width - 1), from_y = std::clamp(y, 0, height - 1);
      if (has_edges && (from_x != x || from_y != y)) continue;
      level.texels[static_cast<size_t>(y + 1) * static_cast<size_t>(width + 2) + static_cast<size_t>(x + 1)] =
          in[static_cast<size_t>(from_y) * static_cast<size_t>(width) + static_cast<size_t>(from_x)];
    }
  }
  return level;
}

}  // namespace

Texture::Texture(int width, int height, std::vector<Texel> texels, bool has_edges) {
  opaque_ = !has_edges && std::all_of(texels.begin(), texels.end(), [](const Texel& texel) { return texel[3] >= 1.0f; });
  levels_.push_back(with_margin(width, height, texels, has_edges));
  // A level of an odd size has no half that stands for the same rectangle.
  while (width % 2 == 0 && height % 2 == 0 && width >= 4 && height >= 4) {
    texels = halved(width, height, texels);
    width /= 2;
    height /= 2;
    levels_.push_back(with_margin(width, height, texels, has_edges));
  }
}

const Texture::Level& Texture::level_for(float texels) const {
  constexpr float kHalfAStep = 1.41421356f;  // of two, on the scale of ratios
  size_t level = 0;
  for (; texels > kHalfAStep && level + 1 < levels_.size(); texels *= 0.5f) ++level;
  return levels_[level];
}

}  // namespace saksi::sim
