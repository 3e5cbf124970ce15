#include "judge/media/cell_scale.h"

#include <algorithm>
#include <cmath>

namespace saksi::judge {

namespace {

using light_code::Cells;
using light_code::kCells;

// Luma from which on white may be clipped; nominal white is 235 in the usual range.
constexpr double kSaturated = 225;

/// Black or white along the strip.
struct Tone {
  double offset = 0;
  double slope = 0;
  double at(size_t cell) const { return offset + slope * static_cast<double>(cell); }
};

Tone fit(const CellLevels& levels, const Cells& cells, const CellSet& steady, bool white) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!steady[i] || cells[i] != white) continue;
    const double x = static_cast<double>(i);
    n += 1;
    sx += x;
    sy += levels[i];
    sxx += x * x;
    sxy += x * levels[i];
  }
  // There are start and end cells of both colours at both ends.
  const double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  return {(sy - slope * sx) / n, slope};
}

}  // namespace

CellScale::CellScale(const CellLevels& levels, const Cells& cells, const CellSet& steady) {
  const Tone black = fit(levels, cells, steady, false), white = fit(levels, cells, steady, true);
  saturated_ = white.at(kCells / 2) >= kSaturated;
  double sum = 0;
  for (size_t i = 0; i < levels.size(); ++i) {
    normalised_[i] = (levels[i] - black.at(i)) / std::max(1.0, white.at(i) - black.at(i));
    if (!steady[i]) continue;
    const double off = normalised_[i] - (cells[i] ? 1 : 0);
    sum += off * off;
    off_[steady_count_++] = std::abs(off);
  }
  std::sort(off_.begin(), off_.begin() + static_cast<std::ptrdiff_t>(steady_count_));
  // Two lines were fitted: four values are spent.
  noise_ = std::sqrt(sum / std::max(1.0, static_cast<double>(steady_count_) - 4));
}

bool CellScale::is_sound() const {
  // The noise of most cells, by their median deviation, which what covers a few of them does not move.
  constexpr double kOfMedian = 1.4826, kAlways = 0.05, kDeviations = 4.5, kMost = 0.16;
  const double usual = kOfMedian * off_[steady_count_ / 2];
  return off_[steady_count_ - 1] <= std::min(kMost, kAlways + kDeviations * usual);
}

ChangeLevels change_levels(const CellScale& scale, const Cells& from, const Cells& to, const Cells& not_changed_from, const Cells& not_changed_to) {
  ChangeLevels change;
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i] == to[i] || not_changed_from[i] != not_changed_to[i]) continue;
    if (from[i]) {
      change.falling += scale.normalised(i);
      ++change.falling_cells;
    } else {
      change.rising += scale.normalised(i);
      ++change.rising_cells;
    }
  }
  if (change.falling_cells > 0) change.falling /= change.falling_cells;
  if (change.rising_cells > 0) change.rising /= change.rising_cells;
  return change;
}

bool is_one_part(const ChangeLevels& change, double noise) {
  static constexpr double kTolerance = 0.04, kDeviations = 2, kLoosest = 0.09;
  constexpr int kParts = 50;
  constexpr double kTones[] = {1.0, 0.7, 0.45, 0.38};  // exponents, from linear to as steep as cameras have
  const auto tolerance = [noise](int cells) { return std::min(kLoosest, kTolerance + kDeviations * noise / std::sqrt(cells)); };
  const double rising_tolerance = tolerance(change.rising_cells), falling_tolerance = tolerance(change.falling_cells);
  for (const double tone : kTones) {
    const double black = std::pow(light_code::kBlack, tone), white = std::pow(light_code::kWhite, tone);
    const auto level = [&](double lit) {
      return (std::pow(light_code::kBlack + lit * (light_code::kWhite - light_code::kBlack), tone) - black) / (white - black);
    };
    for (int part = 0; part <= kParts; ++part) {
      const double after = static_cast<double>(part) / kParts;
      if (std::abs(level(after) - change.rising) < rising_tolerance && std::abs(level(1 - after) - change.falling) < falling_tolerance) return true;
    }
  }
  return false;
}

bool turns_alike(const CellScale& scale, const Cells& from, const Cells& to, const ChangeLevels& change) {
  constexpr double kClear = 0.06;  // this far from the middle, all cells together say which tick it is; that some do not is not for the change
  if (change.falling_cells == 0 || change.rising_cells == 0) return false;  // a cell that is spoilt could not be told
  constexpr double kAlways = 0.1, kDeviations = 4, kMost = 0.3;
  const double alike = std::min(kMost, kAlways + kDeviations * scale.noise());
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i] != to[i] && std::abs(scale.normalised(i) - (from[i] ? change.falling : change.rising)) > alike) return false;
  }
  const double falls_by = 0.5 - change.falling, rises_by = change.rising - 0.5;
  return std::min(falls_by, rises_by) <= kClear && std::max(falls_by, rises_by) >= -kClear;
}

}  // namespace saksi::judge
