#include "sim/scene/picture_scene.h"

#include <algorithm>

#include "base/host_profile.h"
#include "base/wide_vectors.h"

namespace saksi::sim {

namespace {

SAKSI_WIDE_VECTORS void add_scaled(const float* __restrict in, float factor, size_t n, bool first, float* __restrict sums) {
  if (first) {
    for (size_t x = 0; x < n; ++x) sums[x] = factor * in[x];
  } else {
    for (size_t x = 0; x < n; ++x) sums[x] += factor * in[x];
  }
}

}  // namespace

PictureScene::PictureScene(const PictureSceneConfig& config, std::unique_ptr<PictureSource> source)
    : config_(config), source_(std::move(source)), lighting_(config.light.lighting()), strips_(config.code_epoch) {}

void PictureScene::set_grid(const hw::SampleGrid& grid) {
  if (grid == grid_) return;
  grid_ = grid;
  const SceneWindow window = window_of(grid, config_.field_part);
  resampler_.set_window(window);
  for (Sampled& picture : kept_) picture.id = -1;
  strips_.set_window(window);
}

const PictureScene::Sampled& PictureScene::sampled(int64_t id) {
  for (const Sampled& picture : kept_) {
    if (picture.id == id) return picture;
  }
  Sampled& picture = kept_[next_slot_];
  next_slot_ = (next_slot_ + 1) % kKept;
  resampler_.resample(source_->picture(id), &picture.planes);
  picture.id = id;
  return picture;
}

void PictureScene::expose_row(const hw::SampleGrid& grid, int row, int64_t t0_ns, int64_t t1_ns, const hw::RowExposure& out) {
  const HostProfile::Scope scope(HostWork::kScene);
  set_grid(grid);
  float* const planes[3] = {out.red, out.green, out.blue};
  const int64_t from_ns = t0_ns + config_.from_ns, to_ns = t1_ns + config_.from_ns;
  expose_pictures(row, from_ns, to_ns, planes);
  if (!config_.light_code) return;
  const Lighting::Dose dose = lighting_.over(from_ns, to_ns);
  std::array<float, 3> lux_s = dose.colour;
  for (float& value : lux_s) value *= static_cast<float>(dose.lux_s);
  strips_.draw(row, t0_ns, t1_ns, lux_s, planes);
}

void PictureScene::expose_pictures(int row, int64_t t0_ns, int64_t t1_ns, float* const out[3]) {
  const size_t columns = static_cast<size_t>(grid_.columns);
  for (int64_t t = t0_ns; t < t1_ns;) {
    const PictureSpan span = source_->span_at(t);
    const int64_t end = std::min(span.end_ns, t1_ns);
    const Sampled& picture = sampled(span.id);
    const Lighting::Dose dose = lighting_.over(t, end);
    const auto light_s = static_cast<float>(dose.lux_s * config_.white_reflectance);
    for (size_t colour = 0; colour < 3; ++colour) {
      if (!out[colour]) continue;
      const float* in = &picture.planes[colour][columns * static_cast<size_t>(row)];
      const float lux_s = dose.colour[colour] * light_s;
      add_scaled(in, lux_s, columns, t == t0_ns, out[colour]);
    }
    t = end;
  }
}

}  // namespace saksi::sim
