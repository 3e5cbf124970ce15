#include "hw-models/isp/statistics.h"

#include <algorithm>

#include "base/wide_vectors.h"
#include "hw-models/isp/pipeline.h"

namespace saksi::hw {

namespace {

struct Sums {
  uint32_t even = 0, odd = 0, clipped = 0;
};

/// Of pairs of samples of one row.
SAKSI_WIDE_VECTORS Sums sum_of(const uint16_t* samples, int pairs) {
  Sums sums;
  for (int i = 0; i < pairs; ++i) {
    const uint32_t even = samples[2 * i], odd = samples[2 * i + 1];
    sums.even += even;
    sums.odd += odd;
    sums.clipped += (even >= FrameStatistics::kClipped ? 1u : 0u) + (odd >= FrameStatistics::kClipped ? 1u : 0u);
  }
  return sums;
}

uint16_t mean_of(uint64_t sum, uint64_t count, int black) {
  const uint64_t scaled = FrameStatistics::kUnit * sum / count;
  const uint64_t offset = static_cast<uint64_t>(FrameStatistics::kUnit * black);
  return static_cast<uint16_t>(scaled > offset ? scaled - offset : 0);
}

/// Borders of zones lie at even samples, so that every zone has whole cells of the mosaic.
int border(int index, int count, int begin, int size) { return begin + size * index / count / 2 * 2; }

ZoneStatistics zone_of(const IspSettings& s, const uint16_t* raw, int x0, int x1, int y0, int y1) {
  uint64_t red = 0, green = 0, blue = 0, clipped = 0;
  for (int y = y0; y < y1; ++y) {
    const Sums sums = sum_of(raw + static_cast<size_t>(y) * static_cast<size_t>(s.in_width) + x0, (x1 - x0) / 2);
    (y % 2 == 0 ? red : green) += sums.even;
    (y % 2 == 0 ? green : blue) += sums.odd;
    clipped += sums.clipped;
  }
  const uint64_t cells = static_cast<uint64_t>((x1 - x0) / 2) * static_cast<uint64_t>((y1 - y0) / 2);
  ZoneStatistics zone;
  zone.red = mean_of(red, cells, s.black_level);
  zone.green = mean_of(green, 2 * cells, s.black_level);
  zone.blue = mean_of(blue, cells, s.black_level);
  zone.clipped = static_cast<uint16_t>(clipped * 65535 / (4 * cells));
  return zone;
}

}  // namespace

FrameStatistics statistics_of(const IspSettings& s, const uint16_t* raw) {
  FrameStatistics all;
  for (int row = 0; row < FrameStatistics::kRows; ++row) {
    const int y0 = border(row, FrameStatistics::kRows, s.crop_y, s.crop_height);
    const int y1 = border(row + 1, FrameStatistics::kRows, s.crop_y, s.crop_height);
    for (int column = 0; column < FrameStatistics::kColumns; ++column) {
      const int x0 = border(column, FrameStatistics::kColumns, s.crop_x, s.crop_width);
      const int x1 = border(column + 1, FrameStatistics::kColumns, s.crop_x, s.crop_width);
      all.zones[static_cast<size_t>(row * FrameStatistics::kColumns + column)] = zone_of(s, raw, x0, x1, y0, y1);
    }
  }
  return all;
}

}  // namespace saksi::hw
