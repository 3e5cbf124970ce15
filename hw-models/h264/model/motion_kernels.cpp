#include "hw-models/h264/model/motion_kernels.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace saksi::hw::h264::motion {
namespace {

uint8_t clip(int value) { return static_cast<uint8_t>(std::min(255, std::max(0, value))); }

/// The six-tap filter over elements step apart; p is the third of the six.
template <typename T>
int six_tap(const T* p, int step) {
  return p[-2 * step] + p[3 * step] - 5 * (p[-step] + p[2 * step]) + 20 * (p[0] + p[step]);
}

}  // namespace

namespace portable {

int sad8(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride) {
  int sum = 0;
  for (int y = 0; y < 8; y++) {
    for (int x = 0; x < 8; x++) sum += std::abs(a[y * a_stride + x] - b[y * b_stride + x]);
  }
  return sum;
}

std::array<int, 4> sad16(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride) {
  std::array<int, 4> sads;
  for (int k = 0; k < 4; k++) {
    sads[k] = sad8(a + 8 * (k / 2 * a_stride + k % 2), a_stride, b + 8 * (k / 2 * b_stride + k % 2), b_stride);
  }
  return sads;
}

int sad8_mean(const uint8_t* a, int a_stride, const uint8_t* p, const uint8_t* q) {
  int sum = 0;
  for (int i = 0; i < 64; i++) sum += std::abs(a[i / 8 * a_stride + i % 8] - (p[i] + q[i] + 1) / 2);
  return sum;
}

void mean8(const uint8_t* p, const uint8_t* q, uint8_t* out) {
  for (int i = 0; i < 64; i++) out[i / 8 * 16 + i % 8] = static_cast<uint8_t>((p[i] + q[i] + 1) / 2);
}

void interpolate8(const uint8_t* from, int stride, Quadrant quadrant, Planes& out) {
  int side[13][8];  // b before rounding
  for (int y = 0; y < 13; y++) {
    for (int x = 0; x < 8; x++) side[y][x] = six_tap(from + y * stride + x + 2, 1);
  }
  for (int y = 0; y < 8; y++) {
    for (int x = 0; x < 8; x++) {
      const int i = 8 * y + x;
      const uint8_t* column = from + (y + 2) * stride + x + 2 + quadrant.right;
      out.pixels[kWhole][i] = column[quadrant.below * stride];
      out.pixels[kSide][i] = clip((side[y + 2 + quadrant.below][x] + 16) >> 5);
      out.pixels[kDown][i] = clip((six_tap(column, stride) + 16) >> 5);
      out.pixels[kBoth][i] = clip((six_tap(&side[y + 2][x], 8) + 512) >> 10);
    }
  }
}

void chroma4(const uint8_t* from, int stride, int dx, int dy, uint8_t* cb, uint8_t* cr) {
  const auto sample = [&](const uint8_t* p) {
    return static_cast<uint8_t>(((8 - dx) * (8 - dy) * p[0] + dx * (8 - dy) * p[2] + (8 - dx) * dy * p[stride] + dx * dy * p[stride + 2] + 32) >> 6);
  };
  for (int y = 0; y < 4; y++) {
    for (int x = 0; x < 4; x++) {
      const uint8_t* p = from + y * stride + 2 * x;
      cb[8 * y + x] = (dx | dy) == 0 ? p[0] : sample(p);
      cr[8 * y + x] = (dx | dy) == 0 ? p[1] : sample(p + 1);
    }
  }
}

}  // namespace portable

#if defined(__SSE2__)
namespace sse2 {
namespace {

__m128i load16(const uint8_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
__m128i load8(const uint8_t* p) { return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)); }
void store8(uint8_t* p, __m128i v) { _mm_storel_epi64(reinterpret_cast<__m128i*>(p), v); }

/// Two rows of 8.
__m128i load_rows(const uint8_t* p, int stride) {
  return _mm_castpd_si128(_mm_loadh_pd(_mm_castsi128_pd(load8(p)), reinterpret_cast<const double*>(p + stride)));
}

int low(__m128i v) { return _mm_cvtsi128_si32(v); }
int high(__m128i v) { return _mm_extract_epi16(v, 4); }

/// a - 5 b + 20 c in 16 bits: what the six taps make of the sums of the outer, middle and inner pairs of pixels.
__m128i filter(__m128i a, __m128i b, __m128i c) {
  const __m128i d = _mm_sub_epi16(_mm_slli_epi16(c, 2), b);
  return _mm_add_epi16(_mm_add_epi16(a, d), _mm_slli_epi16(d, 2));
}

/// The rounded samples of filter().
__m128i rounded(__m128i v) { return _mm_srai_epi16(_mm_add_epi16(v, _mm_set1_epi16(16)), 5); }

/// floor((a - 5 b + 20 c) / 1024 + 1/2) of sums of pairs that filter() made. It cuts off fractions in two steps, which changes nothing; the
/// one sum that may leave 16 bits does so only where the sample is clipped anyway.
__m128i filter_again(__m128i a, __m128i b, __m128i c) {
  const __m128i quarter = _mm_adds_epi16(_mm_sub_epi16(_mm_srai_epi16(_mm_sub_epi16(a, b), 2), b), c);
  return _mm_srai_epi16(_mm_adds_epi16(_mm_add_epi16(_mm_srai_epi16(quarter, 2), c), _mm_set1_epi16(32)), 6);
}

template <int kBytes>
__m128i wide_at(__m128i row) {
  return _mm_unpacklo_epi8(_mm_srli_si128(row, kBytes), _mm_setzero_si128());
}

__m128i filter_row(__m128i row) {
  return filter(_mm_add_epi16(wide_at<0>(row), wide_at<5>(row)), _mm_add_epi16(wide_at<1>(row), wide_at<4>(row)),
                _mm_add_epi16(wide_at<2>(row), wide_at<3>(row)));
}

}  // namespace

std::array<int, 4> sad16(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride) {
  __m128i sums[2];
  for (__m128i& sum : sums) {
    sum = _mm_setzero_si128();
    for (int y = 0; y < 8; y++) sum = _mm_add_epi64(sum, _mm_sad_epu8(load16(a + y * a_stride), load16(b + y * b_stride)));
    a += 8 * a_stride;
    b += 8 * b_stride;
  }
  return {low(sums[0]), high(sums[0]), low(sums[1]), high(sums[1])};
}

int sad8(const uint8_t* a, int a_stride, const uint8_t* b, int b_stride) {
  __m128i sum = _mm_setzero_si128();
  for (int y = 0; y < 8; y += 2) {
    sum = _mm_add_epi64(sum, _mm_sad_epu8(load_rows(a + y * a_stride, a_stride), load_rows(b + y * b_stride, b_stride)));
  }
  return low(sum) + high(sum);
}

int sad8_mean(const uint8_t* a, int a_stride, const uint8_t* p, const uint8_t* q) {
  __m128i sum = _mm_setzero_si128();
  for (int y = 0; y < 8; y += 2) {
    sum = _mm_add_epi64(sum, _mm_sad_epu8(load_rows(a + y * a_stride, a_stride), _mm_avg_epu8(load16(p + 8 * y), load16(q + 8 * y))));
  }
  return low(sum) + high(sum);
}

void mean8(const uint8_t* p, const uint8_t* q, uint8_t* out) {
  for (int y = 0; y < 8; y++) store8(out + 16 * y, _mm_avg_epu8(load8(p + 8 * y), load8(q + 8 * y)));
}

void interpolate8(const uint8_t* from, int stride, Quadrant quadrant, Planes& out) {
  const __m128i zero = _mm_setzero_si128();
  __m128i whole[13];
  __m128i side[13];
  for (int y = 0; y < 13; y++) {
    const __m128i row = load16(from + y * stride);
    side[y] = filter_row(row);
    whole[y] = _mm_unpacklo_epi8(quadrant.right ? _mm_srli_si128(row, 3) : _mm_srli_si128(row, 2), zero);
  }
  for (int y = 0; y < 8; y++) {
    const int level = y + 2 + quadrant.below;
    store8(out.pixels[kWhole] + 8 * y, _mm_packus_epi16(whole[level], zero));
    store8(out.pixels[kSide] + 8 * y, _mm_packus_epi16(rounded(side[level]), zero));
    const __m128i down =
        filter(_mm_add_epi16(whole[y], whole[y + 5]), _mm_add_epi16(whole[y + 1], whole[y + 4]), _mm_add_epi16(whole[y + 2], whole[y + 3]));
    store8(out.pixels[kDown] + 8 * y, _mm_packus_epi16(rounded(down), zero));
    const __m128i both =
        filter_again(_mm_add_epi16(side[y], side[y + 5]), _mm_add_epi16(side[y + 1], side[y + 4]), _mm_add_epi16(side[y + 2], side[y + 3]));
    store8(out.pixels[kBoth] + 8 * y, _mm_packus_epi16(both, zero));
  }
}

namespace {

/// Four pairs of chroma: Cb in the even 16-bit lanes, Cr in the odd ones.
void store_pairs(__m128i pairs, uint8_t* cb, uint8_t* cr) {
  const __m128i zero = _mm_setzero_si128();
  const int cb4 = low(_mm_packus_epi16(_mm_packs_epi32(_mm_and_si128(pairs, _mm_set1_epi32(0xFFFF)), zero), zero));
  const int cr4 = low(_mm_packus_epi16(_mm_packs_epi32(_mm_srli_epi32(pairs, 16), zero), zero));
  std::memcpy(cb, &cb4, 4);
  std::memcpy(cr, &cr4, 4);
}

}  // namespace

void chroma4(const uint8_t* from, int stride, int dx, int dy, uint8_t* cb, uint8_t* cr) {
  const __m128i zero = _mm_setzero_si128();
  if ((dx | dy) == 0) {
    for (int y = 0; y < 4; y++) store_pairs(_mm_unpacklo_epi8(load8(from + y * stride), zero), cb + 8 * y, cr + 8 * y);
    return;
  }
  const auto lanes = [](int value) { return _mm_set1_epi16(static_cast<int16_t>(value)); };
  const auto mixed = [&](const uint8_t* p) {
    const __m128i left = _mm_mullo_epi16(_mm_unpacklo_epi8(load8(p), zero), lanes(8 - dx));
    return _mm_add_epi16(left, _mm_mullo_epi16(_mm_unpacklo_epi8(load8(p + 2), zero), lanes(dx)));
  };
  __m128i above = mixed(from);
  for (int y = 0; y < 4; y++) {
    const __m128i below = mixed(from + (y + 1) * stride);
    const __m128i sum = _mm_add_epi16(_mm_mullo_epi16(above, lanes(8 - dy)), _mm_mullo_epi16(below, lanes(dy)));
    store_pairs(_mm_srli_epi16(_mm_add_epi16(sum, lanes(32)), 6), cb + 8 * y, cr + 8 * y);
    above = below;
  }
}

}  // namespace sse2
#endif

}  // namespace saksi::hw::h264::motion
