#include "sim/scene/row_painter.h"

#include <emmintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/wide_vectors.h"

namespace saksi::sim {

namespace {

constexpr int kSpan = RowPainter::kSpan;
constexpr float kGrazing = 1e-4f;  ///< a plane that is seen from the side is not seen
constexpr int kWeight = 1 << 14;   ///< of rows of texels, together
constexpr float kUnit = 1.0f / (static_cast<float>(Texture::kOne) * kWeight);

/// Where in a level the samples of a span are.
struct Places {
  int32_t offset[kSpan];   ///< of the upper left of four texels
  int32_t weights[kSpan];  ///< of the rows: the upper in the lower half
  float across[kSpan];     ///< from the left column to the right one
};

using Four = float __attribute__((vector_size(16)));
using FourWhole = int32_t __attribute__((vector_size(16)));

inline Four within(const Four& value, float most) {
  const Four least = {0, 0, 0, 0}, end = least + most;
  const Four from_zero = value > least ? value : least;
  return from_zero < end ? from_zero : end;
}

/// What misses the plane is given a place in the margin.
inline void find_places(const Texel& begin, const Texel& step, const Texture::Level& level, Places* places) {
  const auto width = static_cast<float>(level.width), height = static_cast<float>(level.height), stride = static_cast<float>(level.stride());
  const Four zero = {0, 0, 0, 0}, one = zero + 1.0f;
  for (int i = 0; i < kSpan; i += 4) {
    const Four n = Four{0, 1, 2, 3} + static_cast<float>(i);
    const Four w = begin[2] + n * step[2];
    const FourWhole hits = w > kGrazing;
    const Four inverse = 1.0f / (hits ? w : one);
    const Four u = (begin[0] + n * step[0]) * inverse * width + 0.5f, v = (begin[1] + n * step[1]) * inverse * height + 0.5f;
    const Four x = within(hits ? u : zero, width + 1), y = within(v, height + 1);
    const Four whole_x = __builtin_convertvector(__builtin_convertvector(x, FourWhole), Four);
    const Four whole_y = __builtin_convertvector(__builtin_convertvector(y, FourWhole), Four);
    const FourWhole lower = __builtin_convertvector((y - whole_y) * static_cast<float>(kWeight), FourWhole);
    const FourWhole weights = (lower << 16) | (kWeight - lower);
    const FourWhole offset = __builtin_convertvector(whole_y * stride + whole_x, FourWhole);  // a level has less than 2^24 texels: exact
    const Four across = x - whole_x;
    std::memcpy(places->across + i, &across, sizeof across);
    std::memcpy(places->weights + i, &weights, sizeof weights);
    std::memcpy(places->offset + i, &offset, sizeof offset);
  }
}

/// Between four texels, in units of kUnit.
inline __m128 between(const uint64_t* upper, const uint64_t* lower, int32_t weights, float across) {
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(upper)), b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(lower));
  const __m128i rows = _mm_set1_epi32(weights);
  const __m128 left = _mm_cvtepi32_ps(_mm_madd_epi16(_mm_unpacklo_epi16(a, b), rows));
  const __m128 right = _mm_cvtepi32_ps(_mm_madd_epi16(_mm_unpackhi_epi16(a, b), rows));
  return _mm_add_ps(left, _mm_mul_ps(_mm_set1_ps(across), _mm_sub_ps(right, left)));
}

/// Returns the most that is still let through by any of the samples.
SAKSI_WIDE_VECTORS float paint_samples(const Texel& begin, const Texel& step, const Texture::Level& level, const Texel& light, int first, int last,
                                       Texel* samples) {
  Places places;
  find_places(begin, step, level, &places);
  const uint64_t* texels = level.texels.data();
  const ptrdiff_t stride = level.stride();
  // What a texel covers is taken off what is let through.
  const __m128 gives = _mm_set_ps(-kUnit, light[2] * kUnit, light[1] * kUnit, light[0] * kUnit);
  __m128 most = _mm_setzero_ps();
  for (int i = first; i < last; ++i) {
    const uint64_t* upper = texels + places.offset[i];
    const __m128 texel = between(upper, upper + stride, places.weights[i], places.across[i]);
    const __m128 before = _mm_loadu_ps(reinterpret_cast<const float*>(samples + i));
    const __m128 through = _mm_shuffle_ps(before, before, 0xFF);
    const __m128 after = _mm_add_ps(before, _mm_mul_ps(through, _mm_mul_ps(texel, gives)));
    _mm_storeu_ps(reinterpret_cast<float*>(samples + i), after);
    most = _mm_max_ps(most, after);
  }
  return _mm_cvtss_f32(_mm_shuffle_ps(most, most, 0xFF));
}

}  // namespace

float SeenPlane::texels_at(float nearness) const {
  constexpr float kLeast = 0.02f;
  const float facing = std::max(kLeast, nearness);
  return texels / (facing * std::sqrt(facing));
}

bool SeenPlane::misses(const Texel& begin, const Texel& end) const {
  if (std::max(begin[2], end[2]) < kGrazing) return true;
  // The rim of a texture reaches half a texel of its level beyond it; a level has at least two texels.
  constexpr float kRim = 0.26f;
  const auto beyond = [&](int axis) {
    return (begin[axis] < -kRim * begin[2] && end[axis] < -kRim * end[2]) || (begin[axis] > (1 + kRim) * begin[2] && end[axis] > (1 + kRim) * end[2]);
  };
  return std::min(begin[2], end[2]) > kGrazing && (beyond(0) || beyond(1));
}

void RowPainter::set_columns(int columns) {
  open_.assign(static_cast<size_t>((columns + kSpan - 1) / kSpan), 0);
  samples_.assign(open_.size() * kSpan, Texel{0, 0, 0, 0});
}

void RowPainter::begin_row() { std::fill(samples_.begin(), samples_.end(), Texel{0, 0, 0, 0}); }

void RowPainter::begin_span(int span, float clear, const Texel& light) {
  const Texel front = {light[0], light[1], light[2], 0};
  Texel* samples = &samples_[static_cast<size_t>(span) * kSpan];
  for (int x = 0; x < kSpan; ++x) {
    samples[x] += front;
    samples[x][3] = clear;
  }
}

void RowPainter::paint(const SeenPlane& plane, const Texel* rays) {
  const int first = plane.first / kSpan, last = std::min(spans(), (plane.last + kSpan - 1) / kSpan);
  for (int span = first; span < last; ++span) {
    if (is_open(span)) paint(plane, rays, span, 0, kSpan);
  }
}

void RowPainter::paint(const SeenPlane& plane, const Texel* rays, int span, int first, int last) {
  const Texel begin = plane.seen(rays[span]), end = plane.seen(rays[span + 1]);
  if (plane.misses(begin, end)) return;
  const Texture::Level& level = plane.texture->level_for(plane.texels_at(std::max(begin[2], end[2])));
  Texel* samples = &samples_[static_cast<size_t>(span) * kSpan];
  const float most = paint_samples(begin, (end - begin) * (1.0f / kSpan), level, plane.light, first, last, samples);
  if (most < kNothing && first == 0 && last == kSpan) open_[static_cast<size_t>(span)] = 0;
}

}  // namespace saksi::sim
