#ifndef SAKSI_SIM_SCENE_CANVAS_H_
#define SAKSI_SIM_SCENE_CANVAS_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "base/seed_stream.h"
#include "sim/scene/texture.h"

namespace saksi::sim {

/// Reflectance in linear BT.709, 0 to 1.
using Reflectance = std::array<float, 3>;

/// Draws a flat thing in metres and in linear light, with soft edges a texel wide. x to the right and y down from the upper left corner.
class Canvas {
 public:
  /// About so many texels a metre, less of things that would have more than two million; both sides are rounded up to a multiple of 32 texels, or of
  /// 4 where that would be much.
  Canvas(double width_m, double height_m, double texels_per_m);

  double width_m() const { return width_m_; }
  double height_m() const { return height_m_; }

  void fill(const Reflectance& colour) { box(0, 0, width_m_, height_m_, 0, colour, 1, 1); }
  void ellipse(double x, double y, double radius_x, double radius_y, const Reflectance& colour, float cover = 1);
  void box(double left, double top, double right, double bottom, double corner, const Reflectance& colour, float cover = 1, int soft_rim = 0);
  /// A line with round ends, getting thinner or thicker from one end to the other.
  void limb(double x0, double y0, double x1, double y1, double radius0, double radius1, const Reflectance& colour);
  /// Capitals, digits, '-', '<', '.', of that height.
  void text(double left, double top, double height, const std::string& words, const Reflectance& colour);
  /// Lines of print: words of letters that the stream draws, to be read where the camera is near and sharp enough.
  void print(double left, double top, double right, double bottom, double height, SeedStream& random, const Reflectance& colour);
  /// Multiplies what is there by a random pattern with features of that size: cloth, plaster, stone.
  void grain(double size_m, double amount, SeedStream& random);
  /// Stripes or checks on what is there between two heights, this often a metre.
  void stripes(double top, double bottom, double per_m, bool checked, double amount);

  Texture texture(bool has_edges) const { return Texture(width_, height_, texels_, has_edges); }

 private:
  /// Lays a colour over all texels near a box by their distance to a shape, in metres, negative inside.
  template <typename Distance>
  void lay(double left, double top, double right, double bottom, const Reflectance& colour, float cover, const Distance& distance);
  Texel* row(int y) { return &texels_[static_cast<size_t>(y) * static_cast<size_t>(width_)]; }

  double width_m_, height_m_;
  int width_, height_;
  double step_x_, step_y_;  ///< metres a texel
  std::vector<Texel> texels_;
};

}  // namespace saksi::sim

#endif
