#ifndef SAKSI_SIM_BENCHMARK_SCENE_SHEET_H_
#define SAKSI_SIM_BENCHMARK_SCENE_SHEET_H_

#include <cstdint>
#include <string>
#include <vector>

#include "reports/report_input.h"

namespace saksi::sim {

/// Width and height of a tile of the sheet; the camera's picture is twice as wide and as high.
constexpr int kTileWidth = 320, kTileHeight = 180;

/// What the reference camera, with its own exposure and white balance, hands to its encoder at the moment that the scene file's look_at_s names,
/// scaled to a tile. The camera is powered on some seconds before, to settle. One call in a process: SystemC has one kernel. UsageError for a bad
/// scene.
report::YuvPicture scene_tile(const std::string& scene_path, uint64_t seed);

/// Tiles in rows of four, in order, each with its name below it; 0, 0 is the upper left. At least one tile.
report::YuvPicture contact_sheet(const std::vector<report::YuvPicture>& tiles, const std::vector<std::string>& names);

}  // namespace saksi::sim

#endif
