#include "hw-models/h264/model/transform.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "hw-models/h264/model/pixel_rows.h"

namespace saksi::hw::h264 {

const std::array<uint8_t, 16> kZigZag = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

namespace {

/// Zig-zag position of a place in column order.
constexpr std::array<uint8_t, 16> kPosition = {0, 2, 3, 9, 1, 4, 8, 10, 5, 7, 11, 14, 6, 12, 13, 15};

constexpr int kIntraRound = 10922;     // 2^15 / 3
constexpr int kInterRound = 5461;      // 2^15 / 6
constexpr int kEscapeLevelMax = 2047;  // what 28 bits hold whatever suffixLength is

/// 0: even row and column, 1: odd both, 2: the others.
constexpr int scale_class(int i) { return i % 2 == 0 && i / 4 % 2 == 0 ? 0 : i % 2 == 1 && i / 4 % 2 == 1 ? 1 : 2; }

std::array<Quant, 52> make_quants() {
  static constexpr int kScale[6][3] = {{13107, 5243, 8066}, {11916, 4660, 7490}, {10082, 4194, 6554},
                                       {9362, 3647, 5825},  {8192, 3355, 5243},  {7282, 2893, 4559}};
  static constexpr int kInverse[6][3] = {{10, 16, 13}, {11, 18, 14}, {13, 20, 16}, {14, 23, 18}, {16, 25, 20}, {18, 29, 23}};
  std::array<Quant, 52> quants{};
  for (int qp = 0; qp < 52; ++qp) {
    Quant& quant = quants[static_cast<size_t>(qp)];
    quant.period = qp / 6;
    for (int i = 0; i < 16; ++i) {
      quant.scale[i] = static_cast<int16_t>(kScale[qp % 6][scale_class(i)]);
      quant.inverse[i] = static_cast<int16_t>(kInverse[qp % 6][scale_class(i)] << quant.period);
    }
  }
  return quants;
}

const std::array<Quant, 52> kQuants = make_quants();

#if defined(__SSE2__)

void forward_pass(__m128i r[4]) {
  const __m128i s0 = _mm_add_epi16(r[0], r[3]);
  const __m128i s1 = _mm_add_epi16(r[1], r[2]);
  const __m128i d0 = _mm_sub_epi16(r[0], r[3]);
  const __m128i d1 = _mm_sub_epi16(r[1], r[2]);
  r[0] = _mm_add_epi16(s0, s1);
  r[1] = _mm_add_epi16(_mm_add_epi16(d0, d0), d1);
  r[2] = _mm_sub_epi16(s0, s1);
  r[3] = _mm_sub_epi16(d0, _mm_add_epi16(d1, d1));
}

/// Levels of eight coefficients.
__m128i quantise_eight(__m128i w, __m128i scale, __m128i round, __m128i shift) {
  const __m128i sign = _mm_srai_epi16(w, 15);
  const __m128i magnitude = _mm_sub_epi16(_mm_xor_si128(w, sign), sign);
  const __m128i low = _mm_mullo_epi16(magnitude, scale);
  const __m128i high = _mm_mulhi_epi16(magnitude, scale);
  const __m128i a = _mm_srl_epi32(_mm_add_epi32(_mm_unpacklo_epi16(low, high), round), shift);
  const __m128i b = _mm_srl_epi32(_mm_add_epi32(_mm_unpackhi_epi16(low, high), round), shift);
  return _mm_packs_epi32(a, b);
}

void inverse_pass(__m128i r[4]) {
  const __m128i a = _mm_add_epi32(r[0], r[2]);
  const __m128i b = _mm_sub_epi32(r[0], r[2]);
  const __m128i c = _mm_sub_epi32(_mm_srai_epi32(r[1], 1), r[3]);
  const __m128i e = _mm_add_epi32(r[1], _mm_srai_epi32(r[3], 1));
  r[0] = _mm_add_epi32(a, e);
  r[1] = _mm_add_epi32(b, c);
  r[2] = _mm_sub_epi32(b, c);
  r[3] = _mm_sub_epi32(a, e);
}

void transpose(__m128i r[4]) {
  const __m128i a = _mm_unpacklo_epi32(r[0], r[1]);
  const __m128i b = _mm_unpackhi_epi32(r[0], r[1]);
  const __m128i c = _mm_unpacklo_epi32(r[2], r[3]);
  const __m128i d = _mm_unpackhi_epi32(r[2], r[3]);
  r[0] = _mm_unpacklo_epi64(a, c);
  r[1] = _mm_unpackhi_epi64(a, c);
  r[2] = _mm_unpacklo_epi64(b, d);
  r[3] = _mm_unpackhi_epi64(b, d);
}

__m128i load_four(const uint8_t* from) {
  int32_t word;
  std::memcpy(&word, from, 4);
  return _mm_cvtsi32_si128(word);
}

void store_four(uint8_t* to, __m128i pixels) {
  const int32_t word = _mm_cvtsi128_si32(pixels);
  std::memcpy(to, &word, 4);
}

#endif

}  // namespace

const Quant& quant_of(int qp) { return kQuants[static_cast<size_t>(qp)]; }

int chroma_qp(int qp) {
  static constexpr uint8_t kTable[22] = {29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39};
  return qp < 30 ? qp : kTable[qp - 30];
}

#if defined(__SSE2__)

void forward_pair(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride, Coefficients& left,
                  Coefficients& right) {
  __m128i r[4];
  for (int y = 0; y < 4; ++y) r[y] = _mm_sub_epi16(load_pixels(source + y * source_stride), load_pixels(prediction + y * prediction_stride));
  forward_pass(r);
  transpose_pair(r);
  forward_pass(r);
  auto* l = reinterpret_cast<__m128i*>(left.v);
  auto* h = reinterpret_cast<__m128i*>(right.v);
  // Rows of r are columns of the coefficients: now transformed along x, and y runs along the lanes.
  _mm_store_si128(l, _mm_unpacklo_epi64(r[0], r[1]));
  _mm_store_si128(l + 1, _mm_unpacklo_epi64(r[2], r[3]));
  _mm_store_si128(h, _mm_unpackhi_epi64(r[0], r[1]));
  _mm_store_si128(h + 1, _mm_unpackhi_epi64(r[2], r[3]));
}

void forward_one(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride, Coefficients& out) {
  const __m128i zero = _mm_setzero_si128();
  __m128i r[4];
  for (int y = 0; y < 4; ++y) {
    r[y] = _mm_sub_epi16(_mm_unpacklo_epi8(load_four(source + y * source_stride), zero),
                         _mm_unpacklo_epi8(load_four(prediction + y * prediction_stride), zero));
  }
  forward_pass(r);
  transpose_pair(r);
  forward_pass(r);
  auto* v = reinterpret_cast<__m128i*>(out.v);
  _mm_store_si128(v, _mm_unpacklo_epi64(r[0], r[1]));
  _mm_store_si128(v + 1, _mm_unpacklo_epi64(r[2], r[3]));
}

void quantise(const Coefficients& coefficients, const Quant& quant, Rounding rounding, bool skip_dc, QuantisedBlock& out, Levels& levels) {
  const auto* w = reinterpret_cast<const __m128i*>(coefficients.v);
  const auto* scale = reinterpret_cast<const __m128i*>(quant.scale);
  const __m128i round = _mm_set1_epi32((rounding == Rounding::kIntra ? kIntraRound : kInterRound) << quant.period);
  const __m128i shift = _mm_cvtsi32_si128(15 + quant.period);
  __m128i first = quantise_eight(_mm_load_si128(w), _mm_load_si128(scale), round, shift);
  const __m128i second = quantise_eight(_mm_load_si128(w + 1), _mm_load_si128(scale + 1), round, shift);
  if (skip_dc) first = _mm_insert_epi16(first, 0, 0);
  const __m128i zero = _mm_setzero_si128();
  auto bits = static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(_mm_cmpeq_epi16(first, zero), _mm_cmpeq_epi16(second, zero)))) ^ 0xFFFFu;
  out.nonzero = 0;
  out.magnitudes = 0;
  if (bits == 0) return;
  const __m128i sums = _mm_add_epi32(_mm_madd_epi16(first, _mm_set1_epi16(1)), _mm_madd_epi16(second, _mm_set1_epi16(1)));
  const __m128i halves = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0x4E));
  out.magnitudes = _mm_cvtsi128_si32(halves) + _mm_cvtsi128_si32(_mm_shuffle_epi32(halves, 1));
  const __m128i sign0 = _mm_srai_epi16(_mm_load_si128(w), 15);
  const __m128i sign1 = _mm_srai_epi16(_mm_load_si128(w + 1), 15);
  _mm_store_si128(reinterpret_cast<__m128i*>(out.v), _mm_sub_epi16(_mm_xor_si128(first, sign0), sign0));
  _mm_store_si128(reinterpret_cast<__m128i*>(out.v) + 1, _mm_sub_epi16(_mm_xor_si128(second, sign1), sign1));
  levels.fill(0);
  unsigned nonzero = 0;
  for (; bits != 0; bits &= bits - 1) {
    const int i = __builtin_ctz(bits);
    levels[kPosition[static_cast<size_t>(i)]] = out.v[i];
    nonzero |= 1u << kPosition[static_cast<size_t>(i)];
  }
  out.nonzero = static_cast<uint16_t>(nonzero);
}

void reconstruct(const QuantisedBlock& block, int dc, const Quant& quant, const uint8_t* prediction, int prediction_stride, uint8_t* out,
                 int out_stride) {
  const auto* v = reinterpret_cast<const __m128i*>(block.v);
  const auto* inverse = reinterpret_cast<const __m128i*>(quant.inverse);
  __m128i r[4];
  for (int half = 0; half < 2; ++half) {
    const __m128i levels = _mm_load_si128(v + half);
    const __m128i scales = _mm_load_si128(inverse + half);
    const __m128i low = _mm_mullo_epi16(levels, scales);
    const __m128i high = _mm_mulhi_epi16(levels, scales);
    r[2 * half] = _mm_unpacklo_epi16(low, high);
    r[2 * half + 1] = _mm_unpackhi_epi16(low, high);
  }
  alignas(16) int32_t column[4];
  _mm_store_si128(reinterpret_cast<__m128i*>(column), r[0]);
  column[0] = dc;
  r[0] = _mm_load_si128(reinterpret_cast<const __m128i*>(column));
  // The row pass first, as the standard has it: in column order the vectors are columns, so it runs across them.
  inverse_pass(r);
  transpose(r);
  inverse_pass(r);
  const __m128i half = _mm_set1_epi32(32);
  const __m128i zero = _mm_setzero_si128();
  for (int y = 0; y < 4; ++y) {
    const __m128i residual = _mm_packs_epi32(_mm_srai_epi32(_mm_add_epi32(r[y], half), 6), zero);
    const __m128i pixels = _mm_unpacklo_epi8(load_four(prediction + y * prediction_stride), zero);
    store_four(out + y * out_stride, _mm_packus_epi16(_mm_adds_epi16(pixels, residual), zero));
  }
}

void reconstruct_dc(int dc, const uint8_t* prediction, int prediction_stride, uint8_t* out, int out_stride) {
  const __m128i residual = _mm_set1_epi16(static_cast<int16_t>((dc + 32) >> 6));
  for (int y = 0; y < 4; ++y) {
    const __m128i pixels = _mm_unpacklo_epi8(load_four(prediction + y * prediction_stride), _mm_setzero_si128());
    store_four(out + y * out_stride, _mm_packus_epi16(_mm_adds_epi16(pixels, residual), residual));
  }
}

#else

namespace {
uint8_t clip_pixel(int value) { return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value); }
}  // namespace

void forward_one(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride, Coefficients& out) {
  const auto pass = [](int* r, int step) {
    const int s0 = r[0] + r[3 * step], s1 = r[step] + r[2 * step], d0 = r[0] - r[3 * step], d1 = r[step] - r[2 * step];
    r[0] = s0 + s1;
    r[step] = 2 * d0 + d1;
    r[2 * step] = s0 - s1;
    r[3 * step] = d0 - 2 * d1;
  };
  int w[16];
  for (int i = 0; i < 16; ++i) w[i] = source[i % 4 * source_stride + i / 4] - prediction[i % 4 * prediction_stride + i / 4];
  for (int i = 0; i < 4; ++i) pass(w + i, 4);
  for (int i = 0; i < 4; ++i) pass(w + 4 * i, 1);
  for (int i = 0; i < 16; ++i) out.v[i] = static_cast<int16_t>(w[i]);
}

void forward_pair(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride, Coefficients& left,
                  Coefficients& right) {
  forward_one(source, source_stride, prediction, prediction_stride, left);
  forward_one(source + 4, source_stride, prediction + 4, prediction_stride, right);
}

void quantise(const Coefficients& coefficients, const Quant& quant, Rounding rounding, bool skip_dc, QuantisedBlock& out, Levels& levels) {
  const int round = (rounding == Rounding::kIntra ? kIntraRound : kInterRound) << quant.period;
  out.nonzero = 0;
  out.magnitudes = 0;
  Levels found{};
  for (int i = 0; i < 16; ++i) {
    const int w = coefficients.v[i];
    const int magnitude = skip_dc && i == 0 ? 0 : (std::abs(w) * quant.scale[i] + round) >> (15 + quant.period);
    const int z = kPosition[static_cast<size_t>(i)];
    out.v[i] = found[static_cast<size_t>(z)] = static_cast<int16_t>(w < 0 ? -magnitude : magnitude);
    out.magnitudes += magnitude;
    if (magnitude != 0) out.nonzero = static_cast<uint16_t>(out.nonzero | 1u << z);
  }
  if (out.nonzero != 0) levels = found;
}

void reconstruct(const QuantisedBlock& block, int dc, const Quant& quant, const uint8_t* prediction, int prediction_stride, uint8_t* out,
                 int out_stride) {
  const auto pass = [](int* r, int step) {
    const int a = r[0] + r[2 * step], b = r[0] - r[2 * step], c = (r[step] >> 1) - r[3 * step], e = r[step] + (r[3 * step] >> 1);
    r[0] = a + e;
    r[step] = b + c;
    r[2 * step] = b - c;
    r[3 * step] = a - e;
  };
  int d[16];
  for (int i = 0; i < 16; ++i) d[i] = block.v[i] * quant.inverse[i];
  d[0] = dc;
  for (int i = 0; i < 4; ++i) pass(d + i, 4);
  for (int i = 0; i < 4; ++i) pass(d + 4 * i, 1);
  for (int i = 0; i < 16; ++i) {
    const int x = i / 4, y = i % 4;
    out[y * out_stride + x] = clip_pixel(prediction[y * prediction_stride + x] + ((d[i] + 32) >> 6));
  }
}

void reconstruct_dc(int dc, const uint8_t* prediction, int prediction_stride, uint8_t* out, int out_stride) {
  const int residual = (dc + 32) >> 6;
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) out[y * out_stride + x] = clip_pixel(prediction[y * prediction_stride + x] + residual);
  }
}

#endif

namespace {

void hadamard(std::array<int, 16>& m) {
  for (size_t y = 0; y < 16; y += 4) {
    const int a = m[y] + m[y + 1], b = m[y + 2] + m[y + 3], c = m[y] - m[y + 1], e = m[y + 2] - m[y + 3];
    m[y] = a + b;
    m[y + 1] = a - b;
    m[y + 2] = c - e;
    m[y + 3] = c + e;
  }
  for (size_t x = 0; x < 4; ++x) {
    const int a = m[x] + m[x + 4], b = m[x + 8] + m[x + 12], c = m[x] - m[x + 4], e = m[x + 8] - m[x + 12];
    m[x] = a + b;
    m[x + 4] = a - b;
    m[x + 8] = c - e;
    m[x + 12] = c + e;
  }
}

/// A level enters the bound on a block's bits by what its code may take: an escape code of 28 bits holds levels up to 2047.
int bounded(int magnitude) { return magnitude > kEscapeLevelMax ? 4095 : std::min(magnitude, 11); }

void note_level(DcBlock& out, int z, int magnitude) {
  out.magnitudes += bounded(magnitude);
  if (magnitude == 0) return;
  out.nonzero = static_cast<uint16_t>(out.nonzero | 1u << z);
  ++out.count;
}

}  // namespace

void luma_dc(const std::array<int16_t, 16>& dc, const Quant& quant, DcBlock& out, Levels& levels) {
  std::array<int, 16> w;
  std::copy(dc.begin(), dc.end(), w.begin());
  hadamard(w);
  out = DcBlock{};
  std::array<int, 16> level{};
  for (int z = 0; z < 16; ++z) {
    const int a = w[kZigZag[static_cast<size_t>(z)]];
    const int magnitude = ((std::abs(a) + 1) / 2 * quant.scale[0] + ((2 * kIntraRound + 1) << quant.period)) >> (16 + quant.period);
    level[kZigZag[static_cast<size_t>(z)]] = a < 0 ? -magnitude : magnitude;
    levels[static_cast<size_t>(z)] = static_cast<int16_t>(a < 0 ? -magnitude : magnitude);
    note_level(out, z, magnitude);
  }
  if (out.nonzero == 0) return;
  hadamard(level);
  for (size_t i = 0; i < 16; ++i) out.scaled[i] = static_cast<int16_t>((level[i] * quant.inverse[0] + 2) >> 2);
}

void chroma_dc(const std::array<int16_t, 4>& dc, const Quant& quant, Rounding rounding, DcBlock& out, Levels& levels) {
  const int sums[4] = {dc[0] + dc[1] + dc[2] + dc[3], dc[0] - dc[1] + dc[2] - dc[3], dc[0] + dc[1] - dc[2] - dc[3], dc[0] - dc[1] - dc[2] + dc[3]};
  const int round = rounding == Rounding::kIntra ? 2 * kIntraRound + 1 : 2 * kInterRound;
  out = DcBlock{};
  int level[4];
  for (int i = 0; i < 4; ++i) {
    const int magnitude = (std::abs(sums[i]) * quant.scale[0] + (round << quant.period)) >> (16 + quant.period);
    level[i] = sums[i] < 0 ? -magnitude : magnitude;
    levels[static_cast<size_t>(i)] = static_cast<int16_t>(level[i]);
    note_level(out, i, magnitude);
  }
  if (out.nonzero == 0) return;
  const int back[4] = {level[0] + level[1] + level[2] + level[3], level[0] - level[1] + level[2] - level[3],
                       level[0] + level[1] - level[2] - level[3], level[0] - level[1] - level[2] + level[3]};
  for (size_t i = 0; i < 4; ++i) out.scaled[i] = static_cast<int16_t>((back[i] * quant.inverse[0]) >> 1);
}

int keep_score(const Levels& levels, uint16_t nonzero) {
  static constexpr uint8_t kByRun[16] = {3, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  int score = 0;
  int before = -1;
  for (unsigned bits = nonzero; bits != 0; bits &= bits - 1) {
    const int z = __builtin_ctz(bits);
    const int level = levels[static_cast<size_t>(z)];
    if (level != 1 && level != -1) return 9;
    score += kByRun[z - before - 1];
    before = z;
  }
  return std::min(score, 9);
}

}  // namespace saksi::hw::h264
