#ifndef SAKSI_JUDGE_MEDIA_LIGHT_CODE_SEARCH_H_
#define SAKSI_JUDGE_MEDIA_LIGHT_CODE_SEARCH_H_

#include <array>
#include <cstdint>
#include <optional>

#include "base/light_code.h"
#include "judge/media/clip_decoder.h"
#include "judge/media/light_code_reader.h"

namespace saksi::judge {

/// Mean luma of each cell of a bank.
using CellLevels = std::array<double, light_code::kCells>;

/// Cell levels from the rows [row_begin, row_end) of a bank whose cells begin at column `left` and are `cell` wide; the middle half of each cell
/// counts. All of it must lie within the picture, else nullopt.
std::optional<CellLevels> cell_levels(const LumaPicture& picture, double left, double cell, int row_begin, int row_end);

/// Levels with 0 as black and 1 as white, taken from the start and end cells, linear between them. nullopt if these do not stand out.
std::optional<CellLevels> normalised_by_sync(const CellLevels& levels);

/// The tick that normalised levels show if they are those of an upper (0) or lower (1) bank.
std::optional<uint32_t> decode_levels(const CellLevels& normalised, int bank);

/// The distance from one tick to another, modulo 2^22, in -2^21 .. 2^21 - 1.
int32_t tick_distance(uint32_t from, uint32_t to);

}  // namespace saksi::judge

#endif
