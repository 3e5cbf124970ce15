#include "sim/scene/row_painter.h"

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>

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

/// What a plane's samples are painted from and to.
struct Stroke {
  const Texture::Level& level;
  const Texel& light;
  Texel* samples;
};

/// Between four texels, in units of kUnit.
inline __m128 between(const uint64_t* upper, const uint64_t* lower, int32_t weights, float across) {
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(upper)), b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(lower));
  const __m128i rows = _mm_set1_epi32(weights);
  const __m128 left = _mm_cvtepi32_ps(_mm_madd_epi16(_mm_unpacklo_epi16(a, b), rows));
  const __m128 right = _mm_cvtepi32_ps(_mm_madd_epi16(_mm_unpackhi_epi16(a, b), rows));
  return _mm_add_ps(left, _mm_mul_ps(_mm_set1_ps(across), _mm_sub_ps(right, left)));
}

/// What a texel gives, and what it covers is taken off what is let through.
inline __m128 gives(const Texel& light) { return _mm_set_ps(-kUnit, light[2] * kUnit, light[1] * kUnit, light[0] * kUnit); }

/// Samples [first, last). Returns the most that is still let through by any of them.
inline float blend(const Stroke& stroke, const Places& places, int first, int last) {
  const uint64_t* texels = stroke.level.texels.data();
  const ptrdiff_t stride = stroke.level.stride();
  const __m128 light = gives(stroke.light);
  __m128 most = _mm_setzero_ps();
  for (int i = first; i < last; ++i) {
    const uint64_t* upper = texels + places.offset[i];
    const __m128 texel = between(upper, upper + stride, places.weights[i], places.across[i]);
    auto* const sample = reinterpret_cast<float*>(stroke.samples + i);
    const __m128 before = _mm_loadu_ps(sample);
    const __m128 through = _mm_shuffle_ps(before, before, 0xFF);
    const __m128 after = _mm_add_ps(before, _mm_mul_ps(through, _mm_mul_ps(texel, light)));
    _mm_storeu_ps(sample, after);
    most = _mm_max_ps(most, after);
  }
  return _mm_cvtss_f32(_mm_shuffle_ps(most, most, 0xFF));
}

#define SAKSI_AVX2 __attribute__((target("avx2")))

SAKSI_AVX2 inline __m256i both(const uint64_t* first, const uint64_t* second) {
  const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(first)), high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(second));
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}

/// The samples of a whole span, two at a time: the same operations, so the same light to the bit.
SAKSI_AVX2 inline float blend_span(const Stroke& stroke, const Places& places) {
  const uint64_t* texels = stroke.level.texels.data();
  const ptrdiff_t stride = stroke.level.stride();
  const __m128 one_light = gives(stroke.light);
  const __m256 light = _mm256_set_m128(one_light, one_light);
  const __m256i to_each = _mm256_set_epi32(1, 1, 1, 1, 0, 0, 0, 0);
  __m256 most = _mm256_setzero_ps();
  for (int i = 0; i < kSpan; i += 2) {
    const uint64_t *upper = texels + places.offset[i], *next = texels + places.offset[i + 1];
    const __m256i a = both(upper, next), b = both(upper + stride, next + stride);
    const __m128i weights = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(places.weights + i));
    const __m128i across = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(places.across + i));
    const __m256i rows = _mm256_permutevar8x32_epi32(_mm256_castsi128_si256(weights), to_each);
    const __m256 part = _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(_mm256_castsi128_si256(across), to_each));
    const __m256 left = _mm256_cvtepi32_ps(_mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), rows));
    const __m256 right = _mm256_cvtepi32_ps(_mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), rows));
    const __m256 texel = _mm256_add_ps(left, _mm256_mul_ps(part, _mm256_sub_ps(right, left)));
    auto* const sample = reinterpret_cast<float*>(stroke.samples + i);
    const __m256 before = _mm256_loadu_ps(sample);
    const __m256 through = _mm256_permute_ps(before, 0xFF);
    const __m256 after = _mm256_add_ps(before, _mm256_mul_ps(through, _mm256_mul_ps(texel, light)));
    _mm256_storeu_ps(sample, after);
    most = _mm256_max_ps(most, after);
  }
  const __m128 of_two = _mm_max_ps(_mm256_castps256_ps128(most), _mm256_extractf128_ps(most, 1));
  return _mm_cvtss_f32(_mm_shuffle_ps(of_two, of_two, 0xFF));
}

/// Asks for the texels that the row below will want: a row's own come from memory too late.
inline void fetch_ahead(const Stroke& stroke, const Places& places) {
  const uint64_t* next = stroke.level.texels.data() + 2 * stroke.level.stride();
  for (const int i : {0, kSpan / 2, kSpan - 1}) _mm_prefetch(reinterpret_cast<const char*>(next + places.offset[i]), _MM_HINT_T1);
}

/// Ray `begin` and what a sample adds to it give the places.
float paint_any(const Texel& begin, const Texel& step, const Stroke& stroke, int first, int last) {
  Places places;
  find_places(begin, step, stroke.level, &places);
  fetch_ahead(stroke, places);
  return blend(stroke, places, first, last);
}

SAKSI_AVX2 float paint_wide(const Texel& begin, const Texel& step, const Stroke& stroke, int first, int last) {
  Places places;
  find_places(begin, step, stroke.level, &places);
  fetch_ahead(stroke, places);
  return first == 0 && last == kSpan ? blend_span(stroke, places) : blend(stroke, places, first, last);
}

using Paint = float (*)(const Texel&, const Texel&, const Stroke&, int, int);
const Paint paint_samples = __builtin_cpu_supports("avx2") ? paint_wide : paint_any;

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
  if (first >= last) return;
  Texel begin = plane.seen(rays[first]);
  for (int span = first; span < last; ++span) {
    const Texel end = plane.seen(rays[span + 1]);
    if (is_open(span)) paint(plane, begin, end, span, 0, kSpan);
    begin = end;
  }
}

void RowPainter::paint(const SeenPlane& plane, const Texel* rays, int span, int first, int last) {
  paint(plane, plane.seen(rays[span]), plane.seen(rays[span + 1]), span, first, last);
}

void RowPainter::paint(const SeenPlane& plane, const Texel& begin, const Texel& end, int span, int first, int last) {
  if (plane.misses(begin, end)) return;
  const Stroke stroke{plane.texture->level_for(plane.texels_at(std::max(begin[2], end[2]))), plane.light,
                      &samples_[static_cast<size_t>(span) * kSpan]};
  const float most = paint_samples(begin, (end - begin) * (1.0f / kSpan), stroke, first, last);
  if (most < kNothing && first == 0 && last == kSpan) open_[static_cast<size_t>(span)] = 0;
}

}  // namespace saksi::sim
