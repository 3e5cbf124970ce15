#include "sim/scene/resampler.h"

#include <algorithm>
#include <cmath>

#include "base/wide_vectors.h"
#include "sim/scene/colour.h"

namespace saksi::sim {

void Resampler::Axis::set(int samples, double begin, double end, int size) {
  const auto edge = [&](int i) { return begin + (end - begin) * i / samples; };
  const auto first_pixel = [&](int i) { return std::clamp(static_cast<int>(std::floor(edge(i))), 0, size - 1); };
  const auto last_pixel = [&](int i) { return std::clamp(static_cast<int>(std::ceil(edge(i + 1))) - 1, first_pixel(i), size - 1); };
  taps = 1;
  for (int i = 0; i < samples; ++i) taps = std::max(taps, last_pixel(i) - first_pixel(i) + 1);
  first.resize(static_cast<size_t>(samples));
  weights.assign(static_cast<size_t>(samples) * static_cast<size_t>(taps), 0.0f);
  for (int i = 0; i < samples; ++i) {
    // Near the end, start early enough that all taps lie within the picture.
    const int start = std::max(0, std::min(first_pixel(i), size - taps));
    first[static_cast<size_t>(i)] = start;
    float* out = &weights[static_cast<size_t>(i) * static_cast<size_t>(taps)];
    double total = 0;
    for (int pixel = first_pixel(i); pixel <= last_pixel(i); ++pixel) {
      const double covered = std::max(1e-9, std::min(edge(i + 1), pixel + 1.0) - std::max(edge(i), static_cast<double>(pixel)));
      out[pixel - start] = static_cast<float>(covered);
      total += covered;
    }
    for (int k = 0; k < taps; ++k) out[k] = static_cast<float>(out[k] / total);
  }
}

void Resampler::fit(const Picture& picture) {
  // The largest part of the picture, about its centre, that has the scene's shape.
  const double picture_aspect = picture.width * picture.pixel_aspect / picture.height;
  const double width = std::min(1.0, window_.aspect / picture_aspect) * picture.width;
  const double height = std::min(1.0, picture_aspect / window_.aspect) * picture.height;
  const double left = (picture.width - width) / 2 + width * window_.left;
  const double top = (picture.height - height) / 2 + height * window_.top;
  across_.set(window_.columns, left, left + width * window_.width, picture.width);
  down_.set(window_.rows, top, top + height * window_.height, picture.height);
}

const float* Resampler::linear_row(const Picture& picture, int y) {
  const size_t slot = static_cast<size_t>(y) % 2;
  float* out = linear_[slot].data();
  if (linear_y_[slot] == y) return out;
  linear_y_[slot] = y;
  const float* table = srgb_to_linear().data();
  const size_t width = static_cast<size_t>(picture.width);
  const uint8_t* in = &picture.rgb[3 * width * static_cast<size_t>(y)];
  for (size_t x = 0; x < width; ++x) {
    out[x] = table[in[3 * x]];
    out[width + x] = table[in[3 * x + 1]];
    out[2 * width + x] = table[in[3 * x + 2]];
  }
  return out;
}

namespace {

SAKSI_WIDE_VECTORS void start_sum(const float* __restrict row, float weight, size_t n, float* __restrict sums) {
  for (size_t x = 0; x < n; ++x) sums[x] = weight * row[x];
}

SAKSI_WIDE_VECTORS void add_to_sum(const float* __restrict row, float weight, size_t n, float* __restrict sums) {
  for (size_t x = 0; x < n; ++x) sums[x] += weight * row[x];
}

template <int kTaps>
void across(const float* __restrict in, const int* first, const float* weights, int any_taps, int columns, float* __restrict out) {
  const int taps = kTaps != 0 ? kTaps : any_taps;
  for (int x = 0; x < columns; ++x) {
    const float* from = in + first[x];
    const float* weight = weights + static_cast<size_t>(x) * static_cast<size_t>(taps);
    float sum = from[0] * weight[0];
    for (int k = 1; k < taps; ++k) sum += from[k] * weight[k];
    out[x] = sum;
  }
}

}  // namespace

void Resampler::resample(const Picture& picture, std::array<std::vector<float>, 3>* planes) {
  fit(picture);
  const size_t width = static_cast<size_t>(picture.width);
  const size_t columns = static_cast<size_t>(window_.columns);
  for (auto& row : linear_) row.resize(3 * width);
  linear_y_.fill(-1);
  sums_.resize(3 * width);
  for (auto& plane : *planes) plane.resize(columns * static_cast<size_t>(window_.rows));
  for (int row = 0; row < window_.rows; ++row) {
    auto sum = start_sum;
    for (int k = 0; k < down_.taps; ++k) {
      const float weight = down_.weights[static_cast<size_t>(row * down_.taps + k)];
      if (weight == 0.0f) continue;
      sum(linear_row(picture, down_.first[static_cast<size_t>(row)] + k), weight, 3 * width, sums_.data());
      sum = add_to_sum;
    }
    for (size_t colour = 0; colour < 3; ++colour) {
      const float* in = &sums_[colour * width];
      float* out = &(*planes)[colour][columns * static_cast<size_t>(row)];
      switch (across_.taps) {
        case 1:
          across<1>(in, across_.first.data(), across_.weights.data(), 1, window_.columns, out);
          break;
        case 2:
          across<2>(in, across_.first.data(), across_.weights.data(), 2, window_.columns, out);
          break;
        case 3:
          across<3>(in, across_.first.data(), across_.weights.data(), 3, window_.columns, out);
          break;
        default:
          across<0>(in, across_.first.data(), across_.weights.data(), across_.taps, window_.columns, out);
          break;
      }
    }
  }
}

}  // namespace saksi::sim
