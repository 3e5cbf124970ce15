#ifndef SAKSI_SIM_SCENE_TEXTURE_H_
#define SAKSI_SIM_SCENE_TEXTURE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saksi::sim {

/// Red, green, blue in linear BT.709, multiplied by the fourth, the share of the texel that is covered. Each 0 to 1.
using Texel = float __attribute__((vector_size(16)));

/// A flat picture of reflectances at several resolutions, each half of the one before, for a view from any distance.
class Texture {
 public:
  static constexpr int kOne = 32767;  ///< what a texel's 1 is kept as

  /// One resolution, with a margin of one texel around it, so that a sample between any four can be taken: places across go from 0 to width + 1,
  /// places down from 0 to height + 1, and texel (0, 0) has its middle at (1, 1). At either end a sample may be taken too.
  struct Level {
    int width = 0;  ///< without the margin
    int height = 0;
    std::vector<uint64_t> texels;  ///< four numbers of 16 bits each, red in the lowest

    int stride() const { return width + 2; }
    /// The texel whose middle is at that place, margin included.
    Texel at(int x, int y) const;
  };

  Texture() = default;
  /// `texels`: width x height. A texture with edges ends in nothing beyond its rim, over one texel; one without goes on with its outermost texels.
  Texture(int width, int height, std::vector<Texel> texels, bool has_edges);

  /// The level whose texels are nearest to `texels` of the finest one in width.
  const Level& level_for(float texels) const {
    constexpr float kHalfAStep = 1.41421356f;  // of two, on the scale of ratios
    size_t level = 0;
    for (; texels > kHalfAStep && level + 1 < levels_.size(); texels *= 0.5f) ++level;
    return levels_[level];
  }
  const Level& finest() const { return levels_[0]; }

 private:
  std::vector<Level> levels_;
};

}  // namespace saksi::sim

#endif
