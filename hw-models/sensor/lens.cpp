#include "hw-models/sensor/lens.h"

#include <algorithm>
#include <cmath>

#include "base/wide_vectors.h"
#include "hw-models/sensor/normal_noise.h"

namespace saksi::hw {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kRootOfHalfLn2 = 0.58870501125773734550;
constexpr int kLookedAt = 2;  ///< rows for each block

}  // namespace

double shading_constant(double corner_illumination) { return 1 / std::sqrt(corner_illumination) - 1; }

Lens::Kernel Lens::kernel_for(double samples_per_mm) const {
  if (config_.mtf50_lp_mm <= 0) return {1.0f};
  // MTF(f) = exp(-2 (pi sigma f)^2) is 1/2 at the frequency that is given.
  const double sigma = kRootOfHalfLn2 / (kPi * config_.mtf50_lp_mm) * samples_per_mm;
  // Three samples blur by the right variance where the Gaussian is too narrow to be sampled.
  if (sigma < 0.5) return {static_cast<float>(1 - sigma * sigma), static_cast<float>(sigma * sigma / 2)};
  constexpr double kReach = 2.7;
  std::vector<double> weights = {1};
  double sum = 1;
  for (int k = 1; k <= kReach * sigma; ++k) {
    weights.push_back(exp_of_minus(k * k / (2 * sigma * sigma)));
    sum += 2 * weights.back();
  }
  Kernel kernel;
  for (const double weight : weights) kernel.push_back(static_cast<float>(weight / sum));
  return kernel;
}

void Lens::set_grid(const SampleGrid& grid) {
  if (grid == grid_) return;
  grid_ = grid;
  across_ = kernel_for(grid.columns / (grid.width * kPixelPitchMm));
  down_ = kernel_for(grid.rows / (grid.height * kPixelPitchMm));
  const auto columns = static_cast<size_t>(grid.columns);
  kept_.assign(2 * down_.size() - 1, Planes());
  kept_row_.assign(kept_.size(), -1);
  for (Planes& planes : kept_) {
    for (auto& plane : planes) plane.assign(columns, 0.0f);
  }
  for (size_t colour = 0; colour < 3; ++colour) {
    exposed_[colour].assign(columns, 0.0f);
    out_[colour].assign(columns, 0.0f);
  }
  illumination_.assign(columns, 1.0f);
  x_squared_.resize(columns);
  const double half_diagonal = std::hypot(grid.field_width, grid.field_height) / 2;
  for (int x = 0; x < grid.columns; ++x) {
    const double at = (grid.x + grid.width * (x + 0.5) / grid.columns - grid.field_width / 2.0) / half_diagonal;
    x_squared_[static_cast<size_t>(x)] = static_cast<float>(at * at);
  }
}

void Lens::begin_frame(LightSource& scene, const SampleGrid& grid, int64_t exposure_ns, RowEnd row_end) {
  set_grid(grid);
  scene_ = &scene;
  row_end_ = std::move(row_end);
  exposure_ns_ = exposure_ns;
  std::fill(kept_row_.begin(), kept_row_.end(), -1);
  if (config_.veiling_glare > 0 || config_.smear > 0) look_ahead();
}

void Lens::expose(int row, Planes* planes) {
  const int64_t end = row_end_(row);
  scene_->expose_row(grid_, row, end - exposure_ns_, end, {(*planes)[0].data(), (*planes)[1].data(), (*planes)[2].data()});
}

void Lens::look_ahead() {
  for (auto& colour : blocks_) colour.fill(0.0f);
  std::array<int, kBlocks> columns_of{};
  for (int x = 0; x < grid_.columns; ++x) ++columns_of[static_cast<size_t>(x * kBlocks / grid_.columns)];
  for (int look = 0; look < kBlocks * kLookedAt; ++look) {
    expose((2 * look + 1) * grid_.rows / (2 * kBlocks * kLookedAt), &exposed_);
    const int block_row = look / kLookedAt;
    for (size_t colour = 0; colour < 3; ++colour) {
      float* block = &blocks_[colour][static_cast<size_t>(block_row * kBlocks)];
      int x = 0;
      for (int b = 0; b < kBlocks; ++b) {
        float sum = 0;
        for (int i = 0; i < columns_of[static_cast<size_t>(b)]; ++i) sum += exposed_[colour][static_cast<size_t>(x++)];
        block[b] += sum / static_cast<float>(std::max(1, columns_of[static_cast<size_t>(b)]) * kLookedAt);
      }
    }
  }
  for (size_t colour = 0; colour < 3; ++colour) {
    float sum = 0;
    for (const float block : blocks_[colour]) sum += block;
    mean_[colour] = sum / (kBlocks * kBlocks);
  }
}

SAKSI_WIDE_VECTORS void Lens::blur_across(const std::vector<float>& in, std::vector<float>* out) const {
  const int columns = grid_.columns;
  const int reach = static_cast<int>(across_.size()) - 1;
  const float* from = in.data();
  float* to = out->data();
  for (int x = 0; x < columns; ++x) to[x] = across_[0] * from[x];
  const int inner_end = std::max(reach, columns - reach);
  for (int k = 1; k <= reach; ++k) {
    const float weight = across_[static_cast<size_t>(k)];
    for (int x = reach; x < inner_end; ++x) to[x] += weight * (from[x - k] + from[x + k]);
    const auto at_edge = [&](int x) { to[x] += weight * (from[std::max(0, x - k)] + from[std::min(columns - 1, x + k)]); };
    for (int x = 0; x < std::min(reach, columns); ++x) at_edge(x);
    for (int x = inner_end; x < columns; ++x) at_edge(x);
  }
}

const Lens::Planes& Lens::blurred_across(int row) {
  const size_t slot = static_cast<size_t>(row) % kept_.size();
  if (kept_row_[slot] == row) return kept_[slot];
  kept_row_[slot] = row;
  if (across_.size() == 1) {
    expose(row, &kept_[slot]);
    return kept_[slot];
  }
  expose(row, &exposed_);
  for (size_t colour = 0; colour < 3; ++colour) blur_across(exposed_[colour], &kept_[slot][colour]);
  return kept_[slot];
}

SAKSI_WIDE_VECTORS void Lens::blur_down(int row) {
  const int reach = static_cast<int>(down_.size()) - 1;
  const auto columns = static_cast<size_t>(grid_.columns);
  for (int k = 0; k <= reach; ++k) {
    const float weight = down_[static_cast<size_t>(k)];
    // Both are kept at once: there are as many slots as rows within reach.
    const Planes& above = blurred_across(std::max(0, row - k));
    const Planes& below = blurred_across(std::min(grid_.rows - 1, row + k));
    for (size_t colour = 0; colour < 3; ++colour) {
      float* out = out_[colour].data();
      const float *a = above[colour].data(), *b = below[colour].data();
      if (k == 0) {
        for (size_t x = 0; x < columns; ++x) out[x] = weight * a[x];
      } else {
        for (size_t x = 0; x < columns; ++x) out[x] += weight * (a[x] + b[x]);
      }
    }
  }
}

void Lens::smear_row(int row) {
  // A smooth patch, worst left of the middle.
  const auto in_blocks = [](int at, int of) { return std::clamp((at + 0.5f) / static_cast<float>(of) * kBlocks - 0.5f, 0.0f, kBlocks - 1.0f); };
  const float v = (static_cast<float>(row) + 0.5f) / static_cast<float>(grid_.rows) - 0.5f;
  const float block_y = in_blocks(row, grid_.rows);
  const int top = std::min(static_cast<int>(block_y), kBlocks - 2);
  for (int x = 0; x < grid_.columns; ++x) {
    const float u = (static_cast<float>(x) + 0.5f) / static_cast<float>(grid_.columns) - 0.4f;
    const float off = 1 - 4 * (u * u + v * v);
    if (off <= 0) continue;
    const float share = static_cast<float>(config_.smear) * off;
    const float block_x = in_blocks(x, grid_.columns);
    const int left = std::min(static_cast<int>(block_x), kBlocks - 2);
    const float right_part = block_x - static_cast<float>(left), lower_part = block_y - static_cast<float>(top);
    for (size_t colour = 0; colour < 3; ++colour) {
      const float* block = &blocks_[colour][static_cast<size_t>(top * kBlocks + left)];
      const float upper = block[0] + right_part * (block[1] - block[0]);
      const float lower = block[kBlocks] + right_part * (block[kBlocks + 1] - block[kBlocks]);
      float& light = out_[colour][static_cast<size_t>(x)];
      light += share * (upper + lower_part * (lower - upper) - light);
    }
  }
}

SAKSI_WIDE_VECTORS void Lens::illuminate(int row) {
  const double half_diagonal = std::hypot(grid_.field_width, grid_.field_height) / 2;
  const double at = (grid_.y + grid_.height * (row + 0.5) / grid_.rows - grid_.field_height / 2.0) / half_diagonal;
  const auto y_squared = static_cast<float>(at * at);
  const auto k = static_cast<float>(shading_constant(config_.corner_illumination));
  const auto through = static_cast<float>(1 - config_.veiling_glare);
  for (size_t x = 0; x < illumination_.size(); ++x) {
    const float falloff = 1 / (1 + k * (x_squared_[x] + y_squared));
    illumination_[x] = through * falloff * falloff;
  }
}

RowLight Lens::row(int row) {
  RowLight light;
  if (down_.size() == 1 && config_.smear <= 0) {
    const Planes& planes = blurred_across(row);
    for (size_t colour = 0; colour < 3; ++colour) light.colours[colour] = planes[colour].data();
  } else {
    blur_down(row);
    if (config_.smear > 0) smear_row(row);
    for (size_t colour = 0; colour < 3; ++colour) light.colours[colour] = out_[colour].data();
  }
  if (config_.corner_illumination < 1 || config_.veiling_glare > 0) {
    illuminate(row);
    light.illumination = illumination_.data();
  }
  if (config_.veiling_glare > 0) {
    for (size_t colour = 0; colour < 3; ++colour) light.glare[colour] = static_cast<float>(config_.veiling_glare) * mean_[colour];
  }
  return light;
}

}  // namespace saksi::hw
