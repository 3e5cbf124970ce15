#ifndef SAKSI_JUDGE_MEDIA_ROW_BOUND_H_
#define SAKSI_JUDGE_MEDIA_ROW_BOUND_H_

#include <optional>
#include <vector>

#include "judge/media/light_code_reader.h"

namespace saksi::judge {

/// A part of an exposure, between 0 and 1.
struct Part {
  double low;
  double high;
};

/// The part of a bank's exposure that lay before a change, from how its cells look. `clipped` says that white may be clipped.
Part part_before_change(const ChangeLevels& change, double noise, bool clipped);

/// What a bank says about the middle m of the exposure (of length e) of its row: m <= boundary + factor * e, or m >= with `upper` false.
struct RowBound {
  double row;  ///< parts of the picture's height from its centre, -0.5 .. 0.5
  bool upper;
  double boundary_ms;  ///< after the start of the reference tick
  double factor;
};

/// The part of a bank's exposure that lay before a change, as its cells say it: `part`, with a standard deviation.
struct PartReading {
  double row;          ///< parts of the picture's height from its centre, -0.5 .. 0.5
  double boundary_ms;  ///< when the change was, after the start of the reference tick
  double part;
  double sigma;
};

/// What the cells of one picture's banks say, each change that was near by itself. Not of banks whose white is clipped. Other arguments as
/// row_bounds().
std::vector<PartReading> part_readings(const FrameReading& reading, int picture_height, int64_t reference_tick);

/// The bounds of one picture. `tick` of each bank is taken as the one nearest to `reference_tick`, from which times are counted.
std::vector<RowBound> row_bounds(const FrameReading& reading, int picture_height, int64_t reference_tick);

/// The readout times within `known` with which one camera can have exposed all banks of a picture: for as long each, one row after the other at one
/// pace. nullopt if there is none: a strip was copied from elsewhere, or a bank only looks as if in change.
std::optional<ReadoutRange> readout_of(const FrameReading& reading, int picture_height, const ReadoutRange& known);

}  // namespace saksi::judge

#endif
