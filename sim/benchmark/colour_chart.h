#ifndef SAKSI_SIM_BENCHMARK_COLOUR_CHART_H_
#define SAKSI_SIM_BENCHMARK_COLOUR_CHART_H_

#include <array>
#include <string>

#include "sim/benchmark/clip_pictures.h"

namespace saksi::sim {

/// A chart of 24 patches, 6 by 4, on a grey card, with the sRGB values commonly published for the classic colour checker. The grey card fills the
/// sensor's whole field, 4 by 3; the patches lie in its middle.
constexpr int kChartPatches = 24;

/// As a binary PPM file. InfraError if it cannot be written.
void write_colour_chart(const std::string& path);

struct ChartErrors {
  std::array<double, kChartPatches> ciede2000{};
  double mean = 0, worst = 0;
  double exposure = 1;  ///< by what the picture's light was multiplied
};

/// Of a picture of the chart by the reference camera at 16 to 9, `height` rows of it without padding. As is customary, light is scaled so that the
/// middle grey patch (sRGB 122) has its luminance; the reference is the patch under D65, whatever light the chart was under.
ChartErrors chart_errors(const Nv12Picture& picture, int width, int height);

}  // namespace saksi::sim

#endif
