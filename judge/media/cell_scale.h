#ifndef SAKSI_JUDGE_MEDIA_CELL_SCALE_H_
#define SAKSI_JUDGE_MEDIA_CELL_SCALE_H_

#include <array>

#include "base/light_code.h"
#include "judge/media/light_code_reader.h"
#include "judge/media/light_code_search.h"

namespace saksi::judge {

/// Cells of a bank by a yes or no for each.
using CellSet = std::array<bool, light_code::kCells>;

/// Scales a bank's levels so that its steady cells, which no change in question turns, are 0 and 1 on average: black and white are each a straight
/// line along the strip through the steady cells of that colour. Keeps no reference to `levels`.
class CellScale {
 public:
  /// `cells`: what the steady ones show. Start and end cells must be among them.
  CellScale(const CellLevels& levels, const light_code::Cells& cells, const CellSet& steady);

  double normalised(size_t cell) const { return normalised_[cell]; }
  /// Standard deviation of a steady cell's level.
  double noise() const { return noise_; }
  /// White is so bright that brighter light might look the same.
  bool saturated() const { return saturated_; }
  /// Whether each steady cell is as far off as noise takes it, and none as far as something before it would: what is at rest in the picture is sound.
  bool is_sound() const;

 private:
  std::array<double, light_code::kCells> normalised_{};
  std::array<double, light_code::kCells> off_{};  ///< of the steady cells, in ascending order, the first steady_count_ of them
  size_t steady_count_ = 0;
  double noise_ = 0;
  bool saturated_ = false;
};

/// The mean levels of the cells that differ between `from` and `to`, without those that `not_changed_from` and `not_changed_to` turn too.
ChangeLevels change_levels(const CellScale& scale, const light_code::Cells& from, const light_code::Cells& to,
                           const light_code::Cells& not_changed_from, const light_code::Cells& not_changed_to);

/// Whether the cells that a change turns all look turned about half, falling ones alike and rising ones alike; a cell that is spoilt does not.
bool turns_alike(const CellScale& scale, const light_code::Cells& from, const light_code::Cells& to, const ChangeLevels& change);

/// Whether falling and rising cells look as if the same part of the exposure had turned both, for some part and some tone curve. `noise` is that of
/// one cell. Not for a bank whose white is clipped.
bool is_one_part(const ChangeLevels& change, double noise);

}  // namespace saksi::judge

#endif
