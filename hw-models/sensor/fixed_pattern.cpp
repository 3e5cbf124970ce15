#include "hw-models/sensor/fixed_pattern.h"

#include <cmath>

#include "hw-models/sensor/normal_noise.h"
#include "hw-models/sensor/pixel_model.h"

namespace saksi::hw {

namespace {

constexpr float kDeadGain = 0.05f;
constexpr float kHotLeast_e_s = 2000.0f;
constexpr int kHotDoublings = 5;

/// The first pixel of the array that a sample takes, along one axis, and how many: every second one from there, all of its colour.
struct Run {
  int first;
  int count;
};
Run run_of(int sample, int start, int length, int samples) {
  const int binning = length / samples > 0 ? length / samples : 1;
  return {start + 2 * binning * (sample / 2) + sample % 2, binning};
}

int16_t in_units(float sum, int pixels) { return static_cast<int16_t>(std::lrint(sum / static_cast<float>(pixels) * kPatternUnit)); }

/// What a broken pixel adds to its sample. `bits` are the pixel's own.
void add_broken(uint64_t bits, float* lost_gain, float* dark_e_s) {
  if ((bits & 1) != 0) {
    *lost_gain += 1 - kDeadGain;
    return;
  }
  const auto doublings = static_cast<float>(bits >> 8 & 0xFFFF) * (kHotDoublings / 65536.0f);
  const auto whole = static_cast<int>(doublings);
  *dark_e_s += kHotLeast_e_s * static_cast<float>(1 << whole) * (1 + doublings - static_cast<float>(whole));  // within 6 % of the power of two
}

}  // namespace

void FixedPattern::add_sample(const Pixels& pixels, int row, int column) {
  const auto& normal = normal_quantiles();
  const uint64_t key = mix_bits(seed_ ^ 0x7061747465726e00u);  // not the key of the noise
  constexpr uint64_t kBroken = 1u << 20;
  const auto broken_below = static_cast<uint64_t>(defect_share_ * static_cast<float>(kBroken));
  float gain = 0, offset = 0, lost_gain = 0, hot_e_s = 0;
  for (int y = 0; y < pixels.down; ++y) {
    for (int x = 0; x < pixels.across; ++x) {
      const auto place = static_cast<uint64_t>(pixels.y + 2 * y) * static_cast<uint64_t>(grid_.field_width) + static_cast<uint64_t>(pixels.x + 2 * x);
      const uint64_t bits = mix_bits(key + place * kMixStep);
      gain += normal[bits & (kNormalQuantiles - 1)];
      offset += normal[bits >> 32 & (kNormalQuantiles - 1)];
      if (bits >> 44 < broken_below) add_broken(mix_bits(bits), &lost_gain, &hot_e_s);
    }
  }
  const int count = pixels.down * pixels.across;
  gain_.push_back(in_units(gain, count));
  offset_.push_back(in_units(offset, count));
  const auto n = static_cast<float>(count);
  if (lost_gain > 0 || hot_e_s > 0) defects_.push_back({row, column, 1 - lost_gain / n, hot_e_s / n});
}

void FixedPattern::set_grid(const SampleGrid& grid) {
  if (grid == grid_) return;
  grid_ = grid;
  gain_.clear();
  offset_.clear();
  defects_.clear();
  first_defect_.clear();
  for (int row = 0; row < grid.rows; ++row) {
    first_defect_.push_back(defects_.size());
    const Run down = run_of(row, grid.y, grid.height, grid.rows);
    for (int column = 0; column < grid.columns; ++column) {
      const Run across = run_of(column, grid.x, grid.width, grid.columns);
      add_sample({across.first, down.first, across.count, down.count}, row, column);
    }
  }
  first_defect_.push_back(defects_.size());
}

}  // namespace saksi::hw
