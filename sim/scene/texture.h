#ifndef SAKSI_SIM_SCENE_TEXTURE_H_
#define SAKSI_SIM_SCENE_TEXTURE_H_

#include <cstddef>
#include <vector>

namespace saksi::sim {

/// Red, green, blue in linear BT.709, multiplied by the fourth, the share of the texel that is covered.
using Texel = float __attribute__((vector_size(16)));

/// A flat picture of reflectances at several resolutions, each half of the one before, for a view from any distance.
class Texture {
 public:
  /// One resolution, with a margin of one texel around it, so that a sample between any four can be taken.
  struct Level {
    int width = 0;  ///< without the margin
    int height = 0;
    std::vector<Texel> texels;

    /// Between the four nearest texels; place[0] in [0, width + 1), place[1] in [0, height + 1); texel (0, 0) has its middle at (1, 1).
    Texel at(const Texel& place) const {
      using Whole = int __attribute__((vector_size(16)));
      const Whole whole = __builtin_convertvector(place, Whole);
      const Texel part = place - __builtin_convertvector(whole, Texel);
      const Texel* above = texels.data() + static_cast<ptrdiff_t>(whole[1]) * (width + 2) + whole[0];
      const Texel* below = above + width + 2;
      const Texel upper = above[0] + part[0] * (above[1] - above[0]), lower = below[0] + part[0] * (below[1] - below[0]);
      return upper + part[1] * (lower - upper);
    }
  };

  Texture() = default;
  /// `texels`: width x height. A texture with edges ends in nothing beyond its rim, over one texel; one without goes on with its outermost texels.
  Texture(int width, int height, std::vector<Texel> texels, bool has_edges);

  /// The level whose texels are nearest to `texels` of the finest one in width.
  const Level& level_for(float texels) const;
  const Level& finest() const { return levels_[0]; }
  bool opaque() const { return opaque_; }

 private:
  std::vector<Level> levels_;
  bool opaque_ = false;
};

}  // namespace saksi::sim

#endif
