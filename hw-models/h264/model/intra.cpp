#include "hw-models/h264/model/intra.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "hw-models/h264/model/pixel_rows.h"

namespace saksi::hw::h264 {

namespace {

/// Pixel (x, y) is Clip1((base + slope_x * x + slope_y * y) >> 5); base holds the rounding.
struct Plane {
  int base, slope_x, slope_y;
};

uint8_t clip_pixel(int value) { return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value); }

template <int size>
Plane plane_of(const uint8_t* top, const uint8_t* left, int corner) {
  constexpr int kHalf = size / 2;
  int h = kHalf * (top[size - 1] - corner);
  int v = kHalf * (left[size - 1] - corner);
  for (int i = 1; i < kHalf; ++i) {
    h += i * (top[kHalf - 1 + i] - top[kHalf - 1 - i]);
    v += i * (left[kHalf - 1 + i] - left[kHalf - 1 - i]);
  }
  constexpr int kFactor = size == 16 ? 5 : 34;
  const int b = (kFactor * h + 32) >> 6;
  const int c = (kFactor * v + 32) >> 6;
  return {16 * (top[size - 1] + left[size - 1]) - (kHalf - 1) * (b + c) + 16, b, c};
}

int sum4(const uint8_t* p) { return p[0] + p[1] + p[2] + p[3]; }

int sum16(const uint8_t* p) { return sum4(p) + sum4(p + 4) + sum4(p + 8) + sum4(p + 12); }

int luma_mean(const Neighbours& n) {
  if (n.has_top && n.has_left) return (sum16(n.top_y) + sum16(n.left_y) + 16) >> 5;
  if (n.has_top) return (sum16(n.top_y) + 8) >> 4;
  if (n.has_left) return (sum16(n.left_y) + 8) >> 4;
  return 128;
}

/// Blocks on the diagonal take both neighbours; of the others, the upper right one prefers the row above, the lower left one the column.
int chroma_mean(const Neighbours& n, int component, int bx, int by) {
  const bool top = n.has_top && !(n.has_left && bx == 0 && by == 1);
  const bool left = n.has_left && !(n.has_top && bx == 1 && by == 0);
  const int t = top ? sum4(n.top_c[component] + 4 * bx) : 0;
  const int l = left ? sum4(n.left_c[component] + 4 * by) : 0;
  if (top && left) return (t + l + 4) >> 3;
  if (top || left) return (t + l + 2) >> 2;
  return 128;
}

/// Hadamard transform of a 4x4 block as the costs need it.
struct Spectrum {
  int dc;
  int row[3], column[3];  ///< places (1..3, 0) and (0, 1..3)
  int rest;               ///< sum of magnitudes of the others
};

/// Hadamard transform of four pixels in a line, times 4: what a prediction constant across the other direction has in its first row.
struct Line {
  int t[4];
};

Line line_of(const uint8_t* p) {
  const int a = p[0] + p[1], b = p[2] + p[3], c = p[0] - p[1], d = p[2] - p[3];
  return {{4 * (a + b), 4 * (a - b), 4 * (c - d), 4 * (c + d)}};
}

#if defined(__SSE2__)

void hadamard_pass(__m128i r[4]) {
  const __m128i a = _mm_add_epi16(r[0], r[1]);
  const __m128i b = _mm_add_epi16(r[2], r[3]);
  const __m128i c = _mm_sub_epi16(r[0], r[1]);
  const __m128i d = _mm_sub_epi16(r[2], r[3]);
  r[0] = _mm_add_epi16(a, b);
  r[1] = _mm_sub_epi16(a, b);
  r[2] = _mm_sub_epi16(c, d);
  r[3] = _mm_add_epi16(c, d);
}

__m128i magnitude(__m128i v) { return _mm_max_epi16(v, _mm_sub_epi16(_mm_setzero_si128(), v)); }

/// Of two blocks side by side.
void spectra(const uint8_t* source, int stride, Spectrum out[2]) {
  __m128i r[4];
  for (int y = 0; y < 4; ++y) r[y] = load_pixels(source + y * stride);
  hadamard_pass(r);
  transpose_pair(r);
  hadamard_pass(r);
  // r[u] has horizontal frequency u, vertical frequency along the lanes.
  alignas(16) int16_t first[4][8], rest[8];
  for (int u = 0; u < 4; ++u) _mm_store_si128(reinterpret_cast<__m128i*>(first[u]), r[u]);
  _mm_store_si128(reinterpret_cast<__m128i*>(rest), _mm_add_epi16(_mm_add_epi16(magnitude(r[1]), magnitude(r[2])), magnitude(r[3])));
  for (int b = 0; b < 2; ++b) {
    const int at = 4 * b;
    out[b].dc = first[0][at];
    for (int i = 0; i < 3; ++i) {
      out[b].row[i] = first[i + 1][at];
      out[b].column[i] = first[0][at + 1 + i];
    }
    out[b].rest = rest[at + 1] + rest[at + 2] + rest[at + 3];
  }
}

#else

void hadamard_4x4(int* s) {
  for (int step : {1, 4}) {
    for (int i = 0; i < 4; ++i) {
      int* p = s + (step == 1 ? 4 * i : i);
      const int a = p[0] + p[step], b = p[2 * step] + p[3 * step], c = p[0] - p[step], d = p[2 * step] - p[3 * step];
      p[0] = a + b;
      p[step] = a - b;
      p[2 * step] = c - d;
      p[3 * step] = c + d;
    }
  }
}

void spectra(const uint8_t* source, int stride, Spectrum out[2]) {
  for (int b = 0; b < 2; ++b) {
    int s[16];
    for (int i = 0; i < 16; ++i) s[i] = source[i / 4 * stride + 4 * b + i % 4];
    hadamard_4x4(s);
    out[b] = Spectrum{s[0], {s[1], s[2], s[3]}, {s[4], s[8], s[12]}, 0};
    for (int i = 5; i < 16; ++i) out[b].rest += i % 4 != 0 ? std::abs(s[i]) : 0;
  }
}

#endif

/// Adds the costs of one block. The plane is taken unclipped, `plane` moved to the block's first pixel.
void add_costs(const Spectrum& s, const Line& top, const Line& left, int mean, const Plane& plane, ModeCosts& costs) {
  const int row = std::abs(s.row[0]) + std::abs(s.row[1]) + std::abs(s.row[2]);
  const int column = std::abs(s.column[0]) + std::abs(s.column[1]) + std::abs(s.column[2]);
  costs[0] +=
      s.rest + column + std::abs(s.dc - top.t[0]) + std::abs(s.row[0] - top.t[1]) + std::abs(s.row[1] - top.t[2]) + std::abs(s.row[2] - top.t[3]);
  costs[1] += s.rest + row + std::abs(s.dc - left.t[0]) + std::abs(s.column[0] - left.t[1]) + std::abs(s.column[1] - left.t[2]) +
              std::abs(s.column[2] - left.t[3]);
  costs[2] += s.rest + row + column + std::abs(s.dc - 16 * mean);
  const int base = plane.base - 16, sx = plane.slope_x, sy = plane.slope_y;
  costs[3] += s.rest + std::abs(s.row[1]) + std::abs(s.column[1]) + std::abs(s.dc - ((16 * base + 24 * (sx + sy)) >> 5)) +
              std::abs(s.row[0] + (sx >> 1)) + std::abs(s.row[2] + (sx >> 2)) + std::abs(s.column[0] + (sy >> 1)) + std::abs(s.column[2] + (sy >> 2));
}

Plane plane_at(const Plane& plane, int bx, int by) {
  return {plane.base + 4 * bx * plane.slope_x + 4 * by * plane.slope_y, plane.slope_x, plane.slope_y};
}

template <int size>
void fill_plane(const Plane& plane, uint8_t* out) {
  for (int y = 0; y < size; ++y) {
    const int base = plane.base + y * plane.slope_y;
    for (int x = 0; x < size; ++x) out[y * size + x] = clip_pixel((base + x * plane.slope_x) >> 5);
  }
}

}  // namespace

ModeCosts luma_costs(const uint8_t* source, int stride, const Neighbours& n) {
  const int mean = luma_mean(n);
  const Plane plane = plane_of<16>(n.top_y, n.left_y, n.corner_y);
  Line top[4], left[4];
  for (int i = 0; i < 4; ++i) {
    top[i] = line_of(n.top_y + 4 * i);
    left[i] = line_of(n.left_y + 4 * i);
  }
  ModeCosts costs{};
  for (int by = 0; by < 4; ++by) {
    for (int pair = 0; pair < 2; ++pair) {
      Spectrum spectrum[2];
      spectra(source + 4 * by * stride + 8 * pair, stride, spectrum);
      for (int b = 0; b < 2; ++b) {
        const int bx = 2 * pair + b;
        add_costs(spectrum[b], top[bx], left[by], mean, plane_at(plane, bx, by), costs);
      }
    }
  }
  return costs;
}

ModeCosts chroma_costs(const uint8_t* source, const Neighbours& n) {
  ModeCosts costs{};
  for (int component = 0; component < 2; ++component) {
    const Plane plane = plane_of<8>(n.top_c[component], n.left_c[component], n.corner_c[component]);
    for (int by = 0; by < 2; ++by) {
      Spectrum spectrum[2];
      spectra(source + 64 * component + 32 * by, 8, spectrum);
      const Line left = line_of(n.left_c[component] + 4 * by);
      for (int bx = 0; bx < 2; ++bx) {
        add_costs(spectrum[bx], line_of(n.top_c[component] + 4 * bx), left, chroma_mean(n, component, bx, by), plane_at(plane, bx, by), costs);
      }
    }
  }
  return costs;
}

PredMode choose_mode(const ModeCosts& costs, const Neighbours& n, int bit_weight, const std::array<uint8_t, 4>& bits, int& cost) {
  PredMode best = PredMode::kDc;
  cost = costs[2] + bit_weight * bits[2];
  const auto consider = [&](PredMode mode, bool possible) {
    const auto i = static_cast<size_t>(mode);
    const int its = costs[i] + bit_weight * bits[i];
    if (!possible || its >= cost) return;
    best = mode;
    cost = its;
  };
  consider(PredMode::kVertical, n.has_top);
  consider(PredMode::kHorizontal, n.has_left);
  consider(PredMode::kPlane, n.has_top && n.has_left);
  return best;
}

void predict_luma(PredMode mode, const Neighbours& n, uint8_t* out) {
  switch (mode) {
    case PredMode::kVertical:
      for (int y = 0; y < 16; ++y) std::memcpy(out + 16 * y, n.top_y, 16);
      return;
    case PredMode::kHorizontal:
      for (int y = 0; y < 16; ++y) std::memset(out + 16 * y, n.left_y[y], 16);
      return;
    case PredMode::kDc:
      std::memset(out, luma_mean(n), 256);
      return;
    case PredMode::kPlane:
      fill_plane<16>(plane_of<16>(n.top_y, n.left_y, n.corner_y), out);
      return;
  }
}

void predict_chroma(PredMode mode, const Neighbours& n, uint8_t* out) {
  for (int c = 0; c < 2; ++c, out += 64) {
    for (int y = 0; y < 8; ++y) {
      if (mode == PredMode::kVertical) std::memcpy(out + 8 * y, n.top_c[c], 8);
      if (mode == PredMode::kHorizontal) std::memset(out + 8 * y, n.left_c[c][y], 8);
      if (mode == PredMode::kDc) {
        std::memset(out + 8 * y, chroma_mean(n, c, 0, y / 4), 4);
        std::memset(out + 8 * y + 4, chroma_mean(n, c, 1, y / 4), 4);
      }
    }
    if (mode == PredMode::kPlane) fill_plane<8>(plane_of<8>(n.top_c[c], n.left_c[c], n.corner_c[c]), out);
  }
}

#if defined(__SSE2__)

namespace {

int magnitudes_of_hadamard(__m128i r[4]) {
  hadamard_pass(r);
  transpose_pair(r);
  hadamard_pass(r);
  const __m128i sum = _mm_add_epi16(_mm_add_epi16(magnitude(r[0]), magnitude(r[1])), _mm_add_epi16(magnitude(r[2]), magnitude(r[3])));
  const __m128i pairs = _mm_madd_epi16(sum, _mm_set1_epi16(1));
  const __m128i halves = _mm_add_epi32(pairs, _mm_shuffle_epi32(pairs, 0x4E));
  return _mm_cvtsi128_si32(halves) + _mm_cvtsi128_si32(_mm_shuffle_epi32(halves, 1));
}

__m128i load_four(const uint8_t* from) {
  int32_t word;
  std::memcpy(&word, from, 4);
  return _mm_unpacklo_epi8(_mm_cvtsi32_si128(word), _mm_setzero_si128());
}

}  // namespace

int hadamard_cost_pair(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride) {
  __m128i r[4];
  for (int y = 0; y < 4; ++y) r[y] = _mm_sub_epi16(load_pixels(source + y * source_stride), load_pixels(prediction + y * prediction_stride));
  return magnitudes_of_hadamard(r);
}

int hadamard_cost(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride) {
  __m128i r[4];
  for (int y = 0; y < 4; ++y) r[y] = _mm_sub_epi16(load_four(source + y * source_stride), load_four(prediction + y * prediction_stride));
  return magnitudes_of_hadamard(r);
}

#else

int hadamard_cost(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride) {
  int s[16];
  for (int i = 0; i < 16; ++i) s[i] = source[i / 4 * source_stride + i % 4] - prediction[i / 4 * prediction_stride + i % 4];
  hadamard_4x4(s);
  int sum = 0;
  for (int value : s) sum += std::abs(value);
  return sum;
}

int hadamard_cost_pair(const uint8_t* source, int source_stride, const uint8_t* prediction, int prediction_stride) {
  return hadamard_cost(source, source_stride, prediction, prediction_stride) +
         hadamard_cost(source + 4, source_stride, prediction + 4, prediction_stride);
}

#endif

int bit_cost(int qp) {
  static constexpr int kMantissa[6] = {128, 144, 161, 181, 203, 228};
  return kMantissa[qp % 6] >> (8 - qp / 6);
}

namespace {

/// Two- and three-tap averages along the edge: f2[i] of e[i], e[i + 1]; f3[i] around e[i].
struct Filtered {
  uint8_t f2[16], f3[16];
};

Filtered filtered(const Edge4& edge) {
  Filtered f;
  uint8_t line[18];
  line[0] = edge.e[0];
  std::memcpy(line + 1, edge.e, 16);
  line[17] = edge.e[15];
  for (int i = 0; i < 16; ++i) {
    f.f2[i] = static_cast<uint8_t>((line[i + 1] + line[i + 2] + 1) >> 1);
    f.f3[i] = static_cast<uint8_t>((line[i] + 2 * line[i + 1] + line[i + 2] + 2) >> 2);
  }
  return f;
}

int mean_4x4(const Edge4& edge) {
  const int t = sum4(edge.e + 5), l = sum4(edge.e);
  if (edge.has_top && edge.has_left) return (t + l + 4) >> 3;
  if (edge.has_top) return (t + 2) >> 2;
  if (edge.has_left) return (l + 2) >> 2;
  return 128;
}

void predict_4x4(int mode, const Edge4& edge, const Filtered& f, uint8_t* out) {
  const uint8_t *f2 = f.f2, *f3 = f.f3, *e = edge.e;
  const auto row = [out](int y, const uint8_t* from) { std::memcpy(out + 4 * y, from, 4); };
  const auto put = [out](int y, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
    const uint8_t four[4] = {a, b, c, d};
    std::memcpy(out + 4 * y, four, 4);
  };
  switch (mode) {
    case 0:
      for (int y = 0; y < 4; ++y) row(y, e + 5);
      return;
    case 1:
      for (int y = 0; y < 4; ++y) std::memset(out + 4 * y, e[3 - y], 4);
      return;
    case 2:
      std::memset(out, mean_4x4(edge), 16);
      return;
    case 3:  // diagonal down left
      for (int y = 0; y < 4; ++y) row(y, f3 + 6 + y);
      return;
    case 4:  // diagonal down right
      for (int y = 0; y < 4; ++y) row(y, f3 + 4 - y);
      return;
    case 5:  // vertical right
      row(0, f2 + 4);
      row(1, f3 + 4);
      put(2, f3[3], f2[4], f2[5], f2[6]);
      put(3, f3[2], f3[4], f3[5], f3[6]);
      return;
    case 6:  // horizontal down
      put(0, f2[3], f3[4], f3[5], f3[6]);
      for (int y = 1; y < 4; ++y) put(y, f2[3 - y], f3[4 - y], f2[4 - y], f3[5 - y]);
      return;
    case 7:  // vertical left
      row(0, f2 + 5);
      row(1, f3 + 6);
      row(2, f2 + 6);
      row(3, f3 + 7);
      return;
    default:  // horizontal up
      put(0, f2[2], f3[2], f2[1], f3[1]);
      put(1, f2[1], f3[1], f2[0], f3[0]);
      put(2, f2[0], f3[0], e[0], e[0]);
      put(3, e[0], e[0], e[0], e[0]);
      return;
  }
}

int sad_4x4(const uint8_t* source, const uint8_t* prediction) {
#if defined(__SSE2__)
  const __m128i sums =
      _mm_sad_epu8(_mm_load_si128(reinterpret_cast<const __m128i*>(source)), _mm_load_si128(reinterpret_cast<const __m128i*>(prediction)));
  return _mm_cvtsi128_si32(sums) + _mm_cvtsi128_si32(_mm_srli_si128(sums, 8));
#else
  int sum = 0;
  for (int i = 0; i < 16; ++i) sum += std::abs(source[i] - prediction[i]);
  return sum;
#endif
}

}  // namespace

void choose_4x4(const uint8_t* source, int stride, const Edge4& edge, int predicted, int bit_weight, Choice4& choice) {
  // Which modes the neighbours allow: bit mode.
  const unsigned possible = edge.has_top && edge.has_left ? 0x1FF : edge.has_top ? 0x08D : edge.has_left ? 0x106 : 0x004;
  const Filtered f = filtered(edge);
  alignas(16) uint8_t block[16], candidate[16];
  for (int y = 0; y < 4; ++y) std::memcpy(block + 4 * y, source + y * stride, 4);
  choice.mode = -1;
  for (int mode = 0; mode < kIntra4Modes; ++mode) {
    if ((possible >> mode & 1) == 0) continue;
    predict_4x4(mode, edge, f, candidate);
    const int cost = sad_4x4(block, candidate) + bit_weight * (mode == predicted ? 1 : 4);
    if (choice.mode >= 0 && cost >= choice.cost) continue;
    choice.mode = mode;
    choice.cost = cost;
    std::memcpy(choice.prediction, candidate, 16);
  }
}

}  // namespace saksi::hw::h264
