#ifndef SAKSI_HW_MODELS_H264_MODEL_PIXEL_ROWS_H_
#define SAKSI_HW_MODELS_H264_MODEL_PIXEL_ROWS_H_

#if defined(__SSE2__)

#include <emmintrin.h>

#include <cstdint>

namespace saksi::hw::h264 {

/// Eight pixels, 16 bits each: a row of two 4x4 blocks side by side.
inline __m128i load_pixels(const uint8_t* from) {
  return _mm_unpacklo_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)), _mm_setzero_si128());
}

/// Transposes the two blocks whose rows stand in the lower and upper halves.
inline void transpose_pair(__m128i r[4]) {
  const __m128i a = _mm_unpacklo_epi16(r[0], r[1]);
  const __m128i b = _mm_unpackhi_epi16(r[0], r[1]);
  const __m128i c = _mm_unpacklo_epi16(r[2], r[3]);
  const __m128i d = _mm_unpackhi_epi16(r[2], r[3]);
  const __m128i left01 = _mm_unpacklo_epi32(a, c);
  const __m128i left23 = _mm_unpackhi_epi32(a, c);
  const __m128i right01 = _mm_unpacklo_epi32(b, d);
  const __m128i right23 = _mm_unpackhi_epi32(b, d);
  r[0] = _mm_unpacklo_epi64(left01, right01);
  r[1] = _mm_unpackhi_epi64(left01, right01);
  r[2] = _mm_unpacklo_epi64(left23, right23);
  r[3] = _mm_unpackhi_epi64(left23, right23);
}

}  // namespace saksi::hw::h264

#endif

#endif
