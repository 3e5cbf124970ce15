#include "judge/media/light_code_search.h"

#include <algorithm>
#include <vector>

namespace saksi::judge {

namespace {

using light_code::kBankHeight;
using light_code::kCells;
using light_code::kStripCentreY;
using light_code::kStrips;
using light_code::kStripWidth;

// White must be this much brighter than black to be looked at, in steps of 8-bit luma.
constexpr double kMinContrast = 20;
constexpr int kMinSize = 64;
// The scene is a 4:3 field.
constexpr double kSceneAspect = 0.75;
// Ticks read in one picture lie this close together: three ticks of readout and one from bank to bank.
constexpr int kMaxTickSpread = 4;

struct Hit {
  int row;
  double left;
  double width;
  uint32_t tick;
};

std::optional<uint32_t> decode_row(const LumaPicture& picture, int row, double left, double width) {
  const std::optional<CellLevels> levels = cell_levels(picture, left, width / kCells, row, row + 1);
  if (!levels) return std::nullopt;
  const std::optional<CellLevels> normalised = normalised_by_sync(*levels);
  if (!normalised) return std::nullopt;
  const std::optional<uint32_t> upper = decode_levels(*normalised, 0);
  return upper ? upper : decode_levels(*normalised, 1);
}

/// True if the pixels at the middles of the sync cells could be a strip: a quick test before the full one.
bool has_sync(const uint8_t* pixels, double left, double cell) {
  const auto at = [&](int i) { return int{pixels[static_cast<int>(left + (i + 0.5) * cell)]}; };
  const int dark = std::max({at(1), at(kCells - 3), at(kCells - 1)});
  return at(0) >= dark + kMinContrast && at(2) >= dark + kMinContrast && at(kCells - 2) >= dark + kMinContrast;
}

/// Decodes every place where a strip could lie, on a grid as coarse as decoding allows.
std::vector<Hit> all_hits(const LumaPicture& picture) {
  std::vector<Hit> hits;
  const int row_step = std::max(1, picture.height / 120);
  const double usual_cell = kStripWidth * picture.width / kCells;
  for (int row = 0; row < picture.height; row += row_step) {
    const uint8_t* pixels = picture.pixels + static_cast<ptrdiff_t>(row) * picture.stride;
    for (double width = 0.5 * picture.width; width <= picture.width; width += usual_cell * 0.4) {
      for (double left = 0; left + width <= picture.width; left += usual_cell * 0.2) {
        if (!has_sync(pixels, left, width / kCells)) continue;
        if (const auto tick = decode_row(picture, row, left, width)) hits.push_back({row, left, width, *tick});
      }
    }
  }
  return hits;
}

/// The hits that agree with the one that most others agree with.
std::vector<Hit> agreeing(const std::vector<Hit>& hits) {
  const Hit* best = nullptr;
  size_t best_count = 0;
  for (const Hit& candidate : hits) {
    size_t count = 0;
    for (const Hit& hit : hits) {
      if (std::abs(tick_distance(candidate.tick, hit.tick)) <= kMaxTickSpread) ++count;
    }
    if (count > best_count) {
      best_count = count;
      best = &candidate;
    }
  }
  std::vector<Hit> result;
  for (const Hit& hit : hits) {
    if (std::abs(tick_distance(best->tick, hit.tick)) <= kMaxTickSpread) result.push_back(hit);
  }
  return result;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// A straight line through points, by least squares.
struct Line {
  double offset = 0;
  double slope = 0;
};

std::optional<Line> fit_line(const std::vector<std::pair<double, double>>& points) {
  const double n = static_cast<double>(points.size());
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (const auto& [x, y] : points) {
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
  }
  const double denominator = n * sxx - sx * sx;
  if (points.size() < 2 || denominator <= 1e-9) return std::nullopt;
  const double slope = (n * sxy - sx * sy) / denominator;
  return Line{(sy - slope * sx) / n, slope};
}

/// Where the levels along a row cross from one cell's to the next one's, for each edge between unlike cells: points (edge number, column).
void add_edges(const LumaPicture& picture, const Hit& hit, std::vector<std::pair<double, double>>& points) {
  const double cell = hit.width / kCells;
  const std::optional<CellLevels> levels = cell_levels(picture, hit.left, cell, hit.row, hit.row + 1);
  if (!levels) return;
  const light_code::Cells cells = light_code::encode(hit.tick);
  for (int edge = 1; edge < kCells; ++edge) {
    const size_t right = static_cast<size_t>(edge);
    if (cells[right] == cells[right - 1]) continue;
    const double level = ((*levels)[right] + (*levels)[right - 1]) / 2;
    const int begin = static_cast<int>(hit.left + (edge - 0.5) * cell);
    const int end = std::min(static_cast<int>(hit.left + (edge + 0.5) * cell) + 1, picture.width - 1);
    for (int x = begin; x < end; ++x) {
      const double here = picture.at(x, hit.row);
      const double next = picture.at(x + 1, hit.row);
      if ((here < level) == (next < level) || here == next) continue;
      points.push_back({edge, x + 0.5 + (level - here) / (next - here)});
      break;
    }
  }
}

/// Left edge and width of the strips, from the edges of cells in all hits.
Line refine_columns(const LumaPicture& picture, const std::vector<Hit>& hits) {
  std::vector<double> lefts;
  std::vector<double> widths;
  for (const Hit& hit : hits) {
    lefts.push_back(hit.left);
    widths.push_back(hit.width);
  }
  const Line rough{median(lefts), median(widths) / kCells};
  std::vector<std::pair<double, double>> points;
  int last_row = -1;
  for (const Hit& hit : hits) {
    if (hit.row == last_row) continue;
    last_row = hit.row;
    Hit centred = hit;
    centred.left = rough.offset;
    centred.width = rough.slope * kCells;
    add_edges(picture, centred, points);
  }
  const std::optional<Line> fine = fit_line(points);
  const bool near = fine && std::abs(fine->offset - rough.offset) < rough.slope && std::abs(fine->slope - rough.slope) < 0.05 * rough.slope;
  return near ? *fine : rough;
}

/// Rows in a row that show the same tick: a bank.
struct Band {
  uint32_t tick;
  double centre;
};

std::vector<Band> find_bands(const LumaPicture& picture, const Line& columns, uint32_t near_tick) {
  std::vector<Band> bands;
  int begin = -1;
  int last = -1;
  uint32_t tick = 0;
  const int gap = std::max(2, picture.height / 100);
  const auto finish = [&] {
    if (begin >= 0 && last - begin + 1 >= picture.height / 120.0) bands.push_back({tick, (begin + last + 1) / 2.0});
    begin = -1;
  };
  for (int row = 0; row < picture.height; ++row) {
    const std::optional<uint32_t> here = decode_row(picture, row, columns.offset, columns.slope * kCells);
    if (!here || std::abs(tick_distance(near_tick, *here)) > kMaxTickSpread) {
      if (begin >= 0 && row - last > gap) finish();
      continue;
    }
    if (begin >= 0 && *here != tick) finish();
    if (begin < 0) {
      begin = row;
      tick = *here;
    }
    last = row;
  }
  finish();
  return bands;
}

/// Maps the scene's rows to the picture's: offset and height of the scene in pixels.
std::optional<Line> fit_rows(const LumaPicture& picture, const std::vector<Band>& bands, double scene_width) {
  const double expected_height = kSceneAspect * scene_width;
  const double expected_origin = (picture.height - expected_height) / 2;
  std::vector<std::pair<double, double>> points;
  for (const Band& band : bands) {
    const double bank_offset = (band.tick & 1) != 0 ? kBankHeight / 2 : -kBankHeight / 2;
    double nearest = 0;
    double distance = 0.1;  // a third of the distance from strip to strip
    for (double centre : kStripCentreY) {
      const double off = std::abs(expected_origin + (centre + bank_offset) * expected_height - band.centre) / expected_height;
      if (off < distance) {
        distance = off;
        nearest = centre + bank_offset;
      }
    }
    if (nearest != 0) points.push_back({nearest, band.centre});
  }
  if (points.size() < 2) return std::nullopt;
  const std::optional<Line> fit = fit_line(points);
  if (fit && std::abs(fit->slope / expected_height - 1) < 0.15) return fit;
  double origin = 0;
  for (const auto& [scene_y, row] : points) origin += row - scene_y * expected_height;
  return Line{origin / static_cast<double>(points.size()), expected_height};
}

}  // namespace

int32_t tick_distance(uint32_t from, uint32_t to) {
  const uint32_t modulus = light_code::kTickModulus;
  const uint32_t difference = (to - from) & (modulus - 1);
  return difference < modulus / 2 ? static_cast<int32_t>(difference) : static_cast<int32_t>(difference) - static_cast<int32_t>(modulus);
}

std::optional<CellLevels> cell_levels(const LumaPicture& picture, double left, double cell, int row_begin, int row_end) {
  if (row_begin < 0 || row_end > picture.height || row_begin >= row_end || left < 0 || left + kCells * cell > picture.width) return std::nullopt;
  CellLevels levels{};
  for (int i = 0; i < kCells; ++i) {
    const int begin = static_cast<int>(left + (i + 0.25) * cell + 0.5);
    const int end = std::max(begin + 1, static_cast<int>(left + (i + 0.75) * cell + 0.5));
    int64_t sum = 0;
    for (int row = row_begin; row < row_end; ++row) {
      for (int x = begin; x < end && x < picture.width; ++x) sum += picture.at(x, row);
    }
    levels[static_cast<size_t>(i)] = static_cast<double>(sum) / (static_cast<double>(std::min(end, picture.width) - begin) * (row_end - row_begin));
  }
  return levels;
}

std::optional<CellLevels> normalised_by_sync(const CellLevels& levels) {
  const double white_left = (levels[0] + levels[2]) / 2;
  const double black_left = levels[1];
  const double white_right = levels[kCells - 2];
  const double black_right = (levels[kCells - 3] + levels[kCells - 1]) / 2;
  if (std::min(levels[0], levels[2]) - black_left < kMinContrast) return std::nullopt;
  if (white_right - std::max(levels[kCells - 3], levels[kCells - 1]) < kMinContrast) return std::nullopt;
  CellLevels normalised{};
  for (int i = 0; i < kCells; ++i) {
    const double part = i / static_cast<double>(kCells - 1);
    const double black = black_left + part * (black_right - black_left);
    const double white = white_left + part * (white_right - white_left);
    normalised[static_cast<size_t>(i)] = (levels[static_cast<size_t>(i)] - black) / (white - black);
  }
  return normalised;
}

std::optional<uint32_t> decode_levels(const CellLevels& normalised, int bank) {
  light_code::Cells cells{};
  for (size_t i = 0; i < cells.size(); ++i) cells[i] = normalised[i] > 0.5;
  return light_code::decode(cells, bank);
}

std::optional<CodeLocation> find_light_code(const LumaPicture& picture) {
  if (picture.width < kMinSize || picture.height < kMinSize) return std::nullopt;
  const std::vector<Hit> hits = all_hits(picture);
  if (hits.size() < 2) return std::nullopt;
  const std::vector<Hit> code = agreeing(hits);
  if (code.size() < 2) return std::nullopt;
  const Line columns = refine_columns(picture, code);
  const double width = columns.slope * kCells;
  const std::optional<Line> rows = fit_rows(picture, find_bands(picture, columns, code.front().tick), width / kStripWidth);
  if (!rows) return std::nullopt;
  return CodeLocation{columns.offset, width, rows->offset, rows->slope};
}

}  // namespace saksi::judge
