#ifndef SAKSI_SIM_SCENE_LIGHT_CODE_STRIPS_H_
#define SAKSI_SIM_SCENE_LIGHT_CODE_STRIPS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "base/light_code.h"
#include "sim/scene/scene_window.h"

namespace saksi::sim {

/// The strips of base/light_code.h as a sampling grid sees them: each sample's share of strip and of white cells, by area.
class LightCodeStrips {
 public:
  /// `epoch_tick`: what the code shows at t = 0, even.
  explicit LightCodeStrips(uint32_t epoch_tick = 0) : epoch_tick_(epoch_tick) {}

  void set_window(const SceneWindow& window);

  /// Draws the strips over a row's light, as lit with so many lux seconds of each primary over [t0_ns, t1_ns); a plane that is nullptr is left out.
  void draw(int row, int64_t t0_ns, int64_t t1_ns, const std::array<float, 3>& lux_s, float* const planes[3]);

 private:
  /// The part of a row, by height, that the strips and their margin cover; 0 for most rows.
  float covered(int row) const { return rows_[static_cast<size_t>(row)].strip; }
  /// The part of a column, by width, inside the strips' and margins' horizontal extent.
  const float* covered_columns() const { return strip_columns_.data(); }
  /// Adds to `sums` the share of each sample of a row that is white, the mean over [t0_ns, t1_ns). Before t = 0 nothing is white.
  void add_white(int row, int64_t t0_ns, int64_t t1_ns, float* sums);

  uint32_t epoch_tick_;
  struct Row {
    float strip = 0;                               ///< share of height covered by strip or margin
    std::array<float, light_code::kBanks> bank{};  ///< share of height within a bank
  };
  const std::vector<float>& white_columns(uint32_t shown);

  SceneWindow window_;
  std::vector<Row> rows_;
  std::vector<float> strip_columns_;
  std::vector<float> white_;  ///< of a row that is being drawn
  /// White share of every column for the last few tick values: an exposure sees at most a few.
  struct Columns {
    uint32_t shown = UINT32_MAX;
    std::vector<float> white;
  };
  static constexpr size_t kKept = 8;
  std::array<Columns, kKept> kept_;
};

}  // namespace saksi::sim

#endif
