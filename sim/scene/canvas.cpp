#include "sim/scene/canvas.h"

namespace saksi::sim {

namespace {

constexpr int kGlyphColumns = 5, kGlyphRows = 7;
constexpr const char* kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr const char* kKnown = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-<.";
/// The usual letters of a 5 x 7 dot matrix, a byte a column, the lowest bit on top.
constexpr uint8_t kGlyphs[][kGlyphColumns] = {
    {0x3E, 0x51, 0x49, 0x45, 0x3E}, {0x00, 0x42, 0x7F, 0x40, 0x00}, {0x42, 0x61, 0x51, 0x49, 0x46}, {0x21, 0x41, 0x45, 0x4B, 0x31},
    {0x18, 0x14, 0x12, 0x7F, 0x10}, {0x27, 0x45, 0x45, 0x45, 0x39}, {0x3C, 0x4A, 0x49, 0x49, 0x30}, {0x01, 0x71, 0x09, 0x05, 0x03},
    {0x36, 0x49, 0x49, 0x49, 0x36}, {0x06, 0x49, 0x49, 0x29, 0x1E}, {0x7E, 0x11, 0x11, 0x11, 0x7E}, {0x7F, 0x49, 0x49, 0x49, 0x36},
    {0x3E, 0x41, 0x41, 0x41, 0x22}, {0x7F, 0x41, 0x41, 0x22, 0x1C}, {0x7F, 0x49, 0x49, 0x49, 0x41}, {0x7F, 0x09, 0x09, 0x09, 0x01},
    {0x3E, 0x41, 0x49, 0x49, 0x7A}, {0x7F, 0x08, 0x08, 0x08, 0x7F}, {0x00, 0x41, 0x7F, 0x41, 0x00}, {0x20, 0x40, 0x41, 0x3F, 0x01},
    {0x7F, 0x08, 0x14, 0x22, 0x41}, {0x7F, 0x40, 0x40, 0x40, 0x40}, {0x7F, 0x02, 0x0C, 0x02, 0x7F}, {0x7F, 0x04, 0x08, 0x10, 0x7F},
    {0x3E, 0x41, 0x41, 0x41, 0x3E}, {0x7F, 0x09, 0x09, 0x09, 0x06}, {0x3E, 0x41, 0x51, 0x21, 0x5E}, {0x7F, 0x09, 0x19, 0x29, 0x46},
    {0x46, 0x49, 0x49, 0x49, 0x31}, {0x01, 0x01, 0x7F, 0x01, 0x01}, {0x3F, 0x40, 0x40, 0x40, 0x3F}, {0x1F, 0x20, 0x40, 0x20, 0x1F},
    {0x3F, 0x40, 0x38, 0x40, 0x3F}, {0x63, 0x14, 0x08, 0x14, 0x63}, {0x07, 0x08, 0x70, 0x08, 0x07}, {0x61, 0x51, 0x49, 0x45, 0x43},
    {0x08, 0x08, 0x08, 0x08, 0x08}, {0x08, 0x14, 0x22, 0x41, 0x00}, {0x00, 0x60, 0x60, 0x00, 0x00}};

/// A multiple of 32, so that it can be halved five times; of 4 where that would be much too fine.
int texels_for(double metres, double texels_per_m) {
  const double wanted = metres * texels_per_m;
  const int step = wanted > 64 ? 32 : 4;
  return std::max(step, static_cast<int>(std::ceil(wanted / step)) * step);
}

/// A board of 40 m may be looked at, but not for a gigabyte.
double bounded_density(double width_m, double height_m, double texels_per_m) {
  constexpr double kMost = 2e6;
  return std::min(texels_per_m, std::sqrt(kMost / (width_m * height_m)));
}

}  // namespace

Canvas::Canvas(double width_m, double height_m, double texels_per_m)
    : width_m_(width_m),
      height_m_(height_m),
      width_(texels_for(width_m, bounded_density(width_m, height_m, texels_per_m))),
      height_(texels_for(height_m, bounded_density(width_m, height_m, texels_per_m))),
      step_x_(width_m / width_),
      step_y_(height_m / height_),
      texels_(static_cast<size_t>(width_) * static_cast<size_t>(height_), Texel{0, 0, 0, 0}) {}

template <typename Distance>
void Canvas::lay(double left, double top, double right, double bottom, const Reflectance& colour, float cover, const Distance& distance) {
  const double texel = std::max(step_x_, step_y_);
  const int x0 = std::max(0, static_cast<int>(left / step_x_) - 1), x1 = std::min(width_, static_cast<int>(right / step_x_) + 2);
  const int y0 = std::max(0, static_cast<int>(top / step_y_) - 1), y1 = std::min(height_, static_cast<int>(bottom / step_y_) + 2);
  for (int y = y0; y < y1; ++y) {
    Texel* texels = row(y);
    for (int x = x0; x < x1; ++x) {
      const double d = distance((x + 0.5) * step_x_, (y + 0.5) * step_y_);
      const float share = cover * static_cast<float>(std::clamp(0.5 - d / texel, 0.0, 1.0));
      if (share > 0) texels[x] = texels[x] * (1 - share) + Texel{colour[0], colour[1], colour[2], 1} * share;
    }
  }
}

void Canvas::ellipse(double x, double y, double radius_x, double radius_y, const Reflectance& colour, float cover) {
  lay(x - radius_x, y - radius_y, x + radius_x, y + radius_y, colour, cover, [&](double px, double py) {
    const double u = (px - x) / radius_x, v = (py - y) / radius_y;
    return (std::sqrt(u * u + v * v) - 1) * std::min(radius_x, radius_y);
  });
}

void Canvas::box(double left, double top, double right, double bottom, double corner, const Reflectance& colour, float cover, int soft_rim) {
  const double x = (left + right) / 2, y = (top + bottom) / 2, half_x = (right - left) / 2 - corner, half_y = (bottom - top) / 2 - corner;
  // What fills the canvas is whole up to its rim.
  const double wider = soft_rim * 2 * std::max(step_x_, step_y_);
  lay(left, top, right, bottom, colour, cover, [&](double px, double py) {
    const double u = std::abs(px - x) - half_x, v = std::abs(py - y) - half_y;
    const double outside = std::hypot(std::max(u, 0.0), std::max(v, 0.0));
    return outside + std::min(std::max(u, v), 0.0) - corner - wider;
  });
}

void Canvas::limb(double x0, double y0, double x1, double y1, double radius0, double radius1, const Reflectance& colour) {
  const double r = std::max(radius0, radius1), dx = x1 - x0, dy = y1 - y0, length = std::max(1e-9, dx * dx + dy * dy);
  lay(std::min(x0, x1) - r, std::min(y0, y1) - r, std::max(x0, x1) + r, std::max(y0, y1) + r, colour, 1, [&](double px, double py) {
    const double along = std::clamp(((px - x0) * dx + (py - y0) * dy) / length, 0.0, 1.0);
    return std::hypot(px - x0 - along * dx, py - y0 - along * dy) - (radius0 + along * (radius1 - radius0));
  });
}

void Canvas::text(double left, double top, double height, const std::string& words, const Reflectance& colour) {
  const double dot = height / kGlyphRows;
  const std::string known = kKnown;
  for (const char letter : words) {
    const size_t index = known.find(letter);
    for (int column = 0; index != std::string::npos && column < kGlyphColumns; ++column) {
      for (int y = 0; y < kGlyphRows; ++y) {
        if (!(kGlyphs[index][column] >> y & 1)) continue;
        box(left + column * dot, top + y * dot, left + (column + 1) * dot, top + (y + 1) * dot, 0, colour);
      }
    }
    left += (kGlyphColumns + 1) * dot;
  }
}

void Canvas::print(double left, double top, double right, double bottom, double height, SeedStream& random, const Reflectance& colour) {
  constexpr double kLeading = 1.7;
  constexpr uint64_t kLetterCount = 26, kLongestWord = 8;
  const double letter = height / kGlyphRows * (kGlyphColumns + 1);
  for (double y = top; y + height <= bottom; y += kLeading * height) {
    std::string line;
    const auto room = static_cast<size_t>(std::max(0.0, (right - left) * (0.8 + 0.2 * random.uniform()) / letter));
    while (line.size() < room) {
      for (uint64_t n = 2 + random.below(kLongestWord); n > 0 && line.size() < room; --n) line += kLetters[random.below(kLetterCount)];
      line += ' ';
    }
    text(left, y, height, line, colour);
  }
}

void Canvas::grain(double size_m, double amount, SeedStream& random) {
  const int columns = static_cast<int>(width_m_ / size_m) + 2, rows = static_cast<int>(height_m_ / size_m) + 2;
  std::vector<double> nodes(static_cast<size_t>(columns) * static_cast<size_t>(rows));
  for (double& node : nodes) node = 1 + amount * (2 * random.uniform() - 1);
  for (int y = 0; y < height_; ++y) {
    const double v = (y + 0.5) * step_y_ / size_m;
    const auto iv = static_cast<size_t>(v);
    for (int x = 0; x < width_; ++x) {
      const double u = (x + 0.5) * step_x_ / size_m;
      const auto iu = static_cast<size_t>(u);
      const double* at = &nodes[iv * static_cast<size_t>(columns) + iu];
      const double fu = u - static_cast<double>(iu), fv = v - static_cast<double>(iv);
      const double upper = at[0] + fu * (at[1] - at[0]), lower = at[columns] + fu * (at[columns + 1] - at[columns]);
      const auto factor = static_cast<float>(upper + fv * (lower - upper));
      Texel& texel = row(y)[x];
      for (int i = 0; i < 3; ++i) texel[i] = std::min(texel[i] * factor, texel[3]);
    }
  }
}

void Canvas::stripes(double top, double bottom, double per_m, bool checked, double amount) {
  for (int y = std::max(0, static_cast<int>(top / step_y_)); y < std::min(height_, static_cast<int>(bottom / step_y_)); ++y) {
    for (int x = 0; x < width_; ++x) {
      const bool odd = static_cast<int>(x * step_x_ * per_m) % 2 != 0, low = checked && static_cast<int>(y * step_y_ * per_m) % 2 != 0;
      if (odd == low) continue;
      Texel& texel = row(y)[x];
      for (int i = 0; i < 3; ++i) texel[i] *= static_cast<float>(1 - amount);
    }
  }
}

}  // namespace saksi::sim
