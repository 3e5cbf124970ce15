#ifndef SAKSI_SIM_SCENE_ROW_PAINTER_H_
#define SAKSI_SIM_SCENE_ROW_PAINTER_H_

#include <array>
#include <cstdint>
#include <vector>

#include "sim/scene/texture.h"

namespace saksi::sim {

/// A flat part as the camera sees it at one time: a ray d hits it at (u, v) = (m d)[0, 1] / (m d)[2], in parts of its size.
struct SeenPlane {
  const Texture* texture = nullptr;
  std::array<Texel, 3> m;   ///< columns: what a ray's x, y and z add to u, v and nearness
  float distance = 0;       ///< of the plane, metres
  float texels = 0;         ///< of the finest level, that a sample spans on the plane's nearest point
  Texel light;              ///< lux s by colour
  float order = 0;          ///< the nearer of two has the smaller one
  int first = 0, last = 0;  ///< columns that it may cover, [first, last)

  /// What a ray gives: u and v times nearness, and nearness.
  Texel seen(const Texel& ray) const { return m[0] * ray[0] + m[1] * ray[1] + m[2] * ray[2]; }
  /// Texels of the finest level that a sample spans where the nearness is so much: on a slanted plane the mean of both directions, on the scale of
  /// ratios, for it is wider in one alone.
  float texels_at(float nearness) const;
  /// Whether nothing of it is seen between two rays that give this.
  bool misses(const Texel& begin, const Texel& end) const;
};

/// Lays flat parts one behind the other over a row of samples, the nearest first: each gives light where those before it let it through. Columns are
/// painted in spans; a span that nothing more can shine through is left alone.
class RowPainter {
 public:
  static constexpr int kSpan = 16;

  void set_columns(int columns);
  int spans() const { return static_cast<int>(open_.size()); }

  /// Starts a row without light.
  void begin_row();
  /// Starts from the front again, adding to the row's light, in those spans that `chosen` says: what lies there is seen through something that lets
  /// this part of its light through, 0 to 1, and gives this light itself.
  template <typename Chosen>
  void begin_layers(float clear, const Texel& light, const Chosen& chosen) {
    for (int span = 0; span < spans(); ++span) {
      const bool open = chosen(span);
      if (open) begin_span(span, clear, light);
      open_[static_cast<size_t>(span)] = open && clear > kNothing ? 1 : 0;
    }
  }
  bool is_open(int span) const { return open_[static_cast<size_t>(span)] != 0; }

  /// `rays`: spans() + 1 directions, at the beginning of each span and at the end of the last; between them a ray's direction goes in a straight
  /// line.
  void paint(const SeenPlane& plane, const Texel* rays);
  /// Samples [first, last) of one span.
  void paint(const SeenPlane& plane, const Texel* rays, int span, int first, int last);

  /// Sum of lux s by colour, for each column.
  const Texel* light() const { return samples_.data(); }

 private:
  static constexpr float kNothing = 1.0f / 1024;  ///< less than this that is let through is none
  void begin_span(int span, float clear, const Texel& light);
  /// `begin`, `end`: what the rays at both ends of the span give on the plane.
  void paint(const SeenPlane& plane, const Texel& begin, const Texel& end, int span, int first, int last);

  std::vector<Texel> samples_;  ///< light, and in the fourth number what is still let through
  std::vector<uint8_t> open_;   ///< by span: something is still let through
};

}  // namespace saksi::sim

#endif
