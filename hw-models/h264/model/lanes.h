#ifndef SAKSI_HW_MODELS_H264_MODEL_LANES_H_
#define SAKSI_HW_MODELS_H264_MODEL_LANES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace saksi::hw::h264 {

/// 16 bytes that are computed alike, as plain C++. Masks have 0 or 255 in every lane. Sse2Lanes has the same functions and is what runs where
/// there is SSE2; this one is for other machines.
struct PlainLanes {
  /// 16-bit intermediate results.
  struct Wide {
    int16_t v[16];
    template <class Operation>
    static Wide each(Operation operation) {
      Wide out;
      for (int i = 0; i < 16; i++) out.v[i] = static_cast<int16_t>(operation(i));
      return out;
    }
    Wide operator+(const Wide& b) const {
      return each([&](int i) { return v[i] + b.v[i]; });
    }
    Wide operator-(const Wide& b) const {
      return each([&](int i) { return v[i] - b.v[i]; });
    }
  };

  uint8_t v[16];

  template <class Operation>
  static PlainLanes each(Operation operation) {
    PlainLanes out;
    for (int i = 0; i < 16; i++) out.v[i] = static_cast<uint8_t>(operation(i));
    return out;
  }
  static PlainLanes load(const uint8_t* from) {
    PlainLanes out;
    std::memcpy(out.v, from, sizeof out.v);
    return out;
  }
  void store(uint8_t* to) const { std::memcpy(to, v, sizeof v); }
  static PlainLanes all(int value) {
    return each([&](int) { return value; });
  }
  PlainLanes operator&(const PlainLanes& b) const {
    return each([&](int i) { return v[i] & b.v[i]; });
  }
  PlainLanes operator|(const PlainLanes& b) const {
    return each([&](int i) { return v[i] | b.v[i]; });
  }
  PlainLanes operator^(const PlainLanes& b) const {
    return each([&](int i) { return v[i] ^ b.v[i]; });
  }
  PlainLanes operator-(const PlainLanes& b) const {
    return each([&](int i) { return v[i] - b.v[i]; });
  }
  /// The lanes that are not in the mask.
  PlainLanes without(const PlainLanes& mask) const {
    return each([&](int i) { return v[i] & ~mask.v[i]; });
  }
  PlainLanes equals(const PlainLanes& b) const {
    return each([&](int i) { return v[i] == b.v[i] ? 255 : 0; });
  }
  bool any() const {
    return std::any_of(v, v + 16, [](uint8_t lane) { return lane != 0; });
  }

  Wide wide() const {
    return Wide::each([&](int i) { return v[i]; });
  }

  /// Columns of a square of 16 rows.
  static void transpose16(PlainLanes (&x)[16]) {
    for (int i = 0; i < 16; i++) {
      for (int j = 0; j < i; j++) std::swap(x[i].v[j], x[j].v[i]);
    }
  }
  /// Columns of pairs of bytes, of a square of 8 rows of 8 pairs.
  static void transpose8_pairs(PlainLanes (&x)[8]) {
    for (int i = 0; i < 8; i++) {
      for (int j = 0; j < i; j++) {
        for (int k = 0; k < 2; k++) std::swap(x[i].v[2 * j + k], x[j].v[2 * i + k]);
      }
    }
  }
  /// 16 rows of 4 bytes as 4 columns.
  static void load_columns(const uint8_t* from, size_t stride, PlainLanes (&x)[4]) {
    for (int i = 0; i < 4; i++) x[i] = each([&](int y) { return from[y * stride + i]; });
  }
  static void store_columns(uint8_t* to, size_t stride, const PlainLanes (&x)[4]) {
    for (int y = 0; y < 16; y++) {
      for (int i = 0; i < 4; i++) to[y * stride + i] = x[i].v[y];
    }
  }
  /// 8 rows of 2 pairs of bytes as 2 columns.
  static void load_pair_columns(const uint8_t* from, size_t stride, PlainLanes (&x)[2]) {
    for (int i = 0; i < 2; i++) x[i] = each([&](int k) { return from[k / 2 * stride + 2 * i + k % 2]; });
  }
  static void store_pair_columns(uint8_t* to, size_t stride, const PlainLanes (&x)[2]) {
    for (int y = 0; y < 8; y++) {
      for (int i = 0; i < 4; i++) to[y * stride + i] = x[i / 2].v[2 * y + i % 2];
    }
  }
};

inline PlainLanes add_saturated(const PlainLanes& a, const PlainLanes& b) {
  return PlainLanes::each([&](int i) { return std::min(255, a.v[i] + b.v[i]); });
}
inline PlainLanes subtract_saturated(const PlainLanes& a, const PlainLanes& b) {
  return PlainLanes::each([&](int i) { return std::max(0, a.v[i] - b.v[i]); });
}
inline PlainLanes least(const PlainLanes& a, const PlainLanes& b) {
  return PlainLanes::each([&](int i) { return std::min(a.v[i], b.v[i]); });
}
inline PlainLanes most(const PlainLanes& a, const PlainLanes& b) {
  return PlainLanes::each([&](int i) { return std::max(a.v[i], b.v[i]); });
}
/// Rounded up.
inline PlainLanes mean(const PlainLanes& a, const PlainLanes& b) {
  return PlainLanes::each([&](int i) { return (a.v[i] + b.v[i] + 1) >> 1; });
}
/// (x + rounding) >> kShift, clipped to 0..255.
template <int kShift>
PlainLanes narrow(const PlainLanes::Wide& x, int rounding) {
  return PlainLanes::each([&](int i) { return std::min(255, std::max(0, (x.v[i] + rounding) >> kShift)); });
}

#if defined(__SSE2__)

/// As PlainLanes.
struct Sse2Lanes {
  struct Wide {
    __m128i low, high;
    Wide operator+(const Wide& b) const { return {_mm_add_epi16(low, b.low), _mm_add_epi16(high, b.high)}; }
    Wide operator-(const Wide& b) const { return {_mm_sub_epi16(low, b.low), _mm_sub_epi16(high, b.high)}; }
  };

  __m128i v;

  static Sse2Lanes load(const uint8_t* from) { return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))}; }
  void store(uint8_t* to) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v); }
  static Sse2Lanes all(int value) { return {_mm_set1_epi8(static_cast<char>(value))}; }
  Sse2Lanes operator&(const Sse2Lanes& b) const { return {_mm_and_si128(v, b.v)}; }
  Sse2Lanes operator|(const Sse2Lanes& b) const { return {_mm_or_si128(v, b.v)}; }
  Sse2Lanes operator^(const Sse2Lanes& b) const { return {_mm_xor_si128(v, b.v)}; }
  Sse2Lanes operator-(const Sse2Lanes& b) const { return {_mm_sub_epi8(v, b.v)}; }
  Sse2Lanes without(const Sse2Lanes& mask) const { return {_mm_andnot_si128(mask.v, v)}; }
  Sse2Lanes equals(const Sse2Lanes& b) const { return {_mm_cmpeq_epi8(v, b.v)}; }
  bool any() const { return _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128())) != 0xFFFF; }
  Wide wide() const { return {_mm_unpacklo_epi8(v, _mm_setzero_si128()), _mm_unpackhi_epi8(v, _mm_setzero_si128())}; }

  static void transpose16(Sse2Lanes (&x)[16]) {
    // Each step shuffles the upper half of the rows into the lower half, which turns the bits of row * 16 + column by one place.
    for (int step = 0; step < 4; step++) {
      Sse2Lanes y[16];
      for (int i = 0; i < 8; i++) {
        y[2 * i].v = _mm_unpacklo_epi8(x[i].v, x[i + 8].v);
        y[2 * i + 1].v = _mm_unpackhi_epi8(x[i].v, x[i + 8].v);
      }
      std::copy(y, y + 16, x);
    }
  }
  static void transpose8_pairs(Sse2Lanes (&x)[8]) {
    for (int step = 0; step < 3; step++) {
      Sse2Lanes y[8];
      for (int i = 0; i < 4; i++) {
        y[2 * i].v = _mm_unpacklo_epi16(x[i].v, x[i + 4].v);
        y[2 * i + 1].v = _mm_unpackhi_epi16(x[i].v, x[i + 4].v);
      }
      std::copy(y, y + 8, x);
    }
  }
  static void load_columns(const uint8_t* from, size_t stride, Sse2Lanes (&x)[4]) {
    __m128i y[4];
    for (int i = 0; i < 4; i++) {
      const uint8_t* row = from + i * stride;
      y[i] =
          _mm_unpacklo_epi8(_mm_unpacklo_epi8(word(row), word(row + 8 * stride)), _mm_unpacklo_epi8(word(row + 4 * stride), word(row + 12 * stride)));
    }
    const __m128i a = _mm_unpacklo_epi8(y[0], y[2]);
    const __m128i b = _mm_unpacklo_epi8(y[1], y[3]);
    const __m128i c = _mm_unpackhi_epi8(y[0], y[2]);
    const __m128i d = _mm_unpackhi_epi8(y[1], y[3]);
    x[0].v = _mm_unpacklo_epi8(a, b);
    x[1].v = _mm_unpackhi_epi8(a, b);
    x[2].v = _mm_unpacklo_epi8(c, d);
    x[3].v = _mm_unpackhi_epi8(c, d);
  }
  static void store_columns(uint8_t* to, size_t stride, const Sse2Lanes (&x)[4]) {
    const __m128i a = _mm_unpacklo_epi8(x[0].v, x[1].v);
    const __m128i b = _mm_unpacklo_epi8(x[2].v, x[3].v);
    const __m128i c = _mm_unpackhi_epi8(x[0].v, x[1].v);
    const __m128i d = _mm_unpackhi_epi8(x[2].v, x[3].v);
    store_words(to, stride, _mm_unpacklo_epi16(a, b));
    store_words(to + 4 * stride, stride, _mm_unpackhi_epi16(a, b));
    store_words(to + 8 * stride, stride, _mm_unpacklo_epi16(c, d));
    store_words(to + 12 * stride, stride, _mm_unpackhi_epi16(c, d));
  }
  static void load_pair_columns(const uint8_t* from, size_t stride, Sse2Lanes (&x)[2]) {
    __m128i y[2];
    for (int i = 0; i < 2; i++) {
      const uint8_t* row = from + i * stride;
      y[i] = _mm_unpacklo_epi16(_mm_unpacklo_epi16(word(row), word(row + 4 * stride)),
                                _mm_unpacklo_epi16(word(row + 2 * stride), word(row + 6 * stride)));
    }
    x[0].v = _mm_unpacklo_epi16(y[0], y[1]);
    x[1].v = _mm_unpackhi_epi16(y[0], y[1]);
  }
  static void store_pair_columns(uint8_t* to, size_t stride, const Sse2Lanes (&x)[2]) {
    store_words(to, stride, _mm_unpacklo_epi16(x[0].v, x[1].v));
    store_words(to + 4 * stride, stride, _mm_unpackhi_epi16(x[0].v, x[1].v));
  }

 private:
  static __m128i word(const uint8_t* from) {
    int32_t bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return _mm_cvtsi32_si128(bytes);
  }
  /// Four words to four rows.
  static void store_words(uint8_t* to, size_t stride, __m128i words) {
    for (int i = 0; i < 4; i++) {
      const int32_t bytes = _mm_cvtsi128_si32(words);
      std::memcpy(to + i * stride, &bytes, sizeof bytes);
      words = _mm_srli_si128(words, 4);
    }
  }
};

inline Sse2Lanes add_saturated(Sse2Lanes a, Sse2Lanes b) { return {_mm_adds_epu8(a.v, b.v)}; }
inline Sse2Lanes subtract_saturated(Sse2Lanes a, Sse2Lanes b) { return {_mm_subs_epu8(a.v, b.v)}; }
inline Sse2Lanes least(Sse2Lanes a, Sse2Lanes b) { return {_mm_min_epu8(a.v, b.v)}; }
inline Sse2Lanes most(Sse2Lanes a, Sse2Lanes b) { return {_mm_max_epu8(a.v, b.v)}; }
inline Sse2Lanes mean(Sse2Lanes a, Sse2Lanes b) { return {_mm_avg_epu8(a.v, b.v)}; }
template <int kShift>
Sse2Lanes narrow(const Sse2Lanes::Wide& x, int rounding) {
  const __m128i r = _mm_set1_epi16(static_cast<int16_t>(rounding));
  return {_mm_packus_epi16(_mm_srai_epi16(_mm_add_epi16(x.low, r), kShift), _mm_srai_epi16(_mm_add_epi16(x.high, r), kShift))};
}

using Lanes = Sse2Lanes;
#else
using Lanes = PlainLanes;
#endif

}  // namespace saksi::hw::h264

#endif
