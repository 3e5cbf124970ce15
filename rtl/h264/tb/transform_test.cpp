// Holds the transform functions of the encoder against the text of the standard (clause 8.5, flat scaling matrices), written down here as plainly as
// it is there. What the standard leaves to the encoder is held against its definition: a matrix product, and rounding from two
// thirds (inter: five sixths) up.

#include <Vh264_transform_bench.h>
#include <gtest/gtest.h>
#include <verilated.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/seed_stream.h"
#include "rtl/coverage/coverage.h"

namespace saksi::tb {
namespace {

using Matrix = std::array<std::array<int, 4>, 4>;  // [row][column]

constexpr int kZigZagRow[16] = {0, 0, 1, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 2, 3, 3};
constexpr int kZigZagColumn[16] = {0, 1, 0, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 3, 2, 3};

/// normAdjust4x4, equation 8-315.
int norm_adjust(int m, int i, int j) {
  static constexpr int kV[6][3] = {{10, 16, 13}, {11, 18, 14}, {13, 20, 16}, {14, 23, 18}, {16, 25, 20}, {18, 29, 23}};
  if (i % 2 == 0 && j % 2 == 0) return kV[m][0];
  if (i % 2 == 1 && j % 2 == 1) return kV[m][1];
  return kV[m][2];
}

int level_scale(int m, int i, int j) { return 16 * norm_adjust(m, i, j); }

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix out{};
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < 4; j++) {
      for (int k = 0; k < 4; k++) out[i][j] += a[i][k] * b[k][j];
    }
  }
  return out;
}

Matrix transposed(const Matrix& a) {
  Matrix out{};
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < 4; j++) out[i][j] = a[j][i];
  }
  return out;
}

const Matrix kForward = {{{1, 1, 1, 1}, {2, 1, -1, -2}, {1, -1, -1, 1}, {1, -2, 2, -1}}};
const Matrix kHadamard = {{{1, 1, 1, 1}, {1, 1, -1, -1}, {1, -1, -1, 1}, {1, -1, 1, -1}}};

/// Clause 8.5.12.2.
Matrix inverse_transform(const Matrix& d) {
  Matrix f{};
  Matrix r{};
  for (int i = 0; i < 4; i++) {
    const int e0 = d[i][0] + d[i][2];
    const int e1 = d[i][0] - d[i][2];
    const int e2 = (d[i][1] >> 1) - d[i][3];
    const int e3 = d[i][1] + (d[i][3] >> 1);
    f[i] = {e0 + e3, e1 + e2, e1 - e2, e0 - e3};
  }
  for (int j = 0; j < 4; j++) {
    const int g0 = f[0][j] + f[2][j];
    const int g1 = f[0][j] - f[2][j];
    const int g2 = (f[1][j] >> 1) - f[3][j];
    const int g3 = f[1][j] + (f[3][j] >> 1);
    r[0][j] = (g0 + g3 + 32) >> 6;
    r[1][j] = (g1 + g2 + 32) >> 6;
    r[2][j] = (g1 - g2 + 32) >> 6;
    r[3][j] = (g0 - g3 + 32) >> 6;
  }
  return r;
}

/// Clause 8.5.12.1, for blocks whose DC was scaled already.
Matrix scaled_block(const Matrix& c, int dc, int qp) {
  Matrix d{};
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < 4; j++) {
      const int scale = level_scale(qp % 6, i, j);
      d[i][j] = qp >= 24 ? (c[i][j] * scale) << (qp / 6 - 4) : (c[i][j] * scale + (1 << (3 - qp / 6))) >> (4 - qp / 6);
    }
  }
  d[0][0] = dc;
  return d;
}

/// The encoder's multiplier for a level: 2^15 times the step, as the reference software has it.
int quant_scale(int m, int i, int j) {
  static constexpr int kM[6][3] = {{13107, 5243, 8066}, {11916, 4660, 7490}, {10082, 4194, 6554},
                                   {9362, 3647, 5825},  {8192, 3355, 5243},  {7282, 2893, 4559}};
  return kM[m][i % 2 == 0 && j % 2 == 0 ? 0 : i % 2 == 1 && j % 2 == 1 ? 1 : 2];
}

/// A third of a step is added (inter: a sixth) before the fraction is cut off; the third itself is rounded at the smallest step and then scaled.
int quantised(int64_t value, int scale, int fraction_bits, int period, bool inter = false) {
  // The sixth of the second transforms is that of the first, doubled.
  const int64_t part = inter ? (int64_t{1} << 15) / 6 << (fraction_bits - 15) : (int64_t{1} << fraction_bits) / 3;
  const int64_t level = (std::llabs(value) * scale + (part << period)) >> (fraction_bits + period);
  return static_cast<int>(value < 0 ? -level : level);
}

/// The DC of a block that keeps it, scaled like its other coefficients (clause 8.5.12.1).
int own_dc_of(const Matrix& c, int qp) {
  const int scale = level_scale(qp % 6, 0, 0);
  return qp >= 24 ? (c[0][0] * scale) << (qp / 6 - 4) : (c[0][0] * scale + (1 << (3 - qp / 6))) >> (4 - qp / 6);
}

/// What a level of 1 is worth by the zeros before it.
constexpr int kScoreByZeros[16] = {3, 2, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

class H264Transform : public ::testing::Test {
 protected:
  ~H264Transform() override { keep_coverage(context_); }

  static int word(const VlWide<8>& packed, int i) { return static_cast<int16_t>(packed[i / 2] >> (16 * (i % 2))); }
  static Matrix from_zig_zag(const VlWide<8>& levels) {
    Matrix c{};
    for (int z = 0; z < 16; z++) c[kZigZagRow[z]][kZigZagColumn[z]] = word(levels, z);
    return c;
  }
  static int byte(const VlWide<4>& packed, int i) { return packed[i / 4] >> (8 * (i % 4)) & 255; }

  void drive_pixels(int kind) {
    for (int i = 0; i < 4; i++) {
      const uint64_t any = random_.next();
      bench_.src_i[i] = kind == 0 ? any : kind == 1 ? 0x80808080 ^ (any & 0x07070707) : (any & 0x01010101) * 255;
      bench_.pred_i[i] = kind == 1 ? 0x80808080 : kind == 0 ? any >> 32 : ~bench_.src_i[i];
    }
  }
  Matrix residual() {
    Matrix x{};
    for (int i = 0; i < 16; i++) x[i / 4][i % 4] = byte(bench_.src_i, i) - byte(bench_.pred_i, i);
    return x;
  }

  VerilatedContext context_;
  Vh264_transform_bench bench_{&context_};
  SeedStream random_{1, "transform"};
};

TEST_F(H264Transform, ForwardAndReconstruction) {
  for (int n = 0; n < 52 * 60; n++) {
    const int qp = n % 52;
    bench_.qp_i = qp;
    drive_pixels(n / 52 % 3);
    const bool inter = n % 5 < 2;
    const bool own_dc = n % 7 < 4;
    bench_.inter_i = inter;
    bench_.own_dc_i = own_dc;
    bench_.scaled_dc_i = static_cast<int16_t>(random_.below(32640)) - 16320;
    bench_.eval();
    const Matrix w = product(product(kForward, residual()), transposed(kForward));
    const Matrix c = from_zig_zag(bench_.levels_o);
    ASSERT_EQ(static_cast<int16_t>(bench_.dc_o), w[0][0]);
    int count = 0;
    int score = 0;
    int zeros = 0;
    ASSERT_TRUE(own_dc || c[0][0] == 0);
    for (int z = 0; z < 16; z++) {
      if (z == 0 && !own_dc) {
        zeros++;
        continue;
      }
      const int i = kZigZagRow[z];
      const int j = kZigZagColumn[z];
      ASSERT_EQ(c[i][j], quantised(w[i][j], quant_scale(qp % 6, i, j), 15, qp / 6, inter)) << "QP " << qp << " at " << i << ", " << j;
      const int bit = 15 - z;
      ASSERT_EQ(bench_.scan_o >> (32 + bit) & 1, c[i][j] != 0);
      ASSERT_EQ(bench_.scan_o >> (16 + bit) & 1, std::abs(c[i][j]) == 1);
      ASSERT_TRUE(c[i][j] == 0 || (bench_.scan_o >> bit & 1) == (c[i][j] < 0));
      count += c[i][j] != 0;
      if (c[i][j] != 0) score += std::abs(c[i][j]) > 1 ? 9 : kScoreByZeros[zeros];
      zeros = c[i][j] != 0 ? 0 : zeros + 1;
    }
    ASSERT_EQ(bench_.score_o, std::min(9, score));
    ASSERT_GE(bench_.bits_max_o, count == 0 ? 6 : 33);
    const Matrix r = inverse_transform(scaled_block(c, own_dc ? own_dc_of(c, qp) : static_cast<int16_t>(bench_.scaled_dc_i), qp));
    for (int i = 0; i < 16; i++) {
      const int expected = std::min(255, std::max(0, byte(bench_.pred_i, i) + r[i / 4][i % 4]));
      ASSERT_EQ(byte(bench_.rec_o, i), expected) << "QP " << qp << " pixel " << i;
    }
  }
}

TEST_F(H264Transform, LumaDc) {
  for (int n = 0; n < 52 * 40; n++) {
    const int qp = n % 52;
    bench_.qp_i = qp;
    Matrix x{};
    for (int i = 0; i < 16; i++) {
      x[i / 4][i % 4] = static_cast<int>(random_.below(8161)) - 4080;
      if (n / 52 % 2) x[i / 4][i % 4] /= 64;
      if (i % 2 == 0) bench_.luma_dcs_i[i / 2] = 0;
      bench_.luma_dcs_i[i / 2] |= (x[i / 4][i % 4] & 0xFFFF) << (16 * (i % 2));
    }
    bench_.eval();
    const Matrix w = product(product(kHadamard, x), kHadamard);
    const Matrix c = from_zig_zag(bench_.luma_levels_o);
    const Matrix f = product(product(kHadamard, c), kHadamard);
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        const int halved = w[i][j] < 0 ? -((1 - w[i][j]) / 2) : (1 + w[i][j]) / 2;
        ASSERT_EQ(c[i][j], quantised(halved, quant_scale(qp % 6, 0, 0), 16, qp / 6)) << "QP " << qp;
        const int scale = level_scale(qp % 6, 0, 0);
        // Clause 8.5.10.
        const int expected = qp >= 36 ? (f[i][j] * scale) << (qp / 6 - 6) : (f[i][j] * scale + (1 << (5 - qp / 6))) >> (6 - qp / 6);
        ASSERT_EQ(word(bench_.luma_scaled_o, 4 * i + j), expected) << "QP " << qp;
      }
    }
  }
}

TEST_F(H264Transform, ChromaDc) {
  for (int n = 0; n < 52 * 40; n++) {
    const int qp = n % 52;
    bench_.qp_i = qp;
    int x[4];
    uint64_t dcs = 0;
    for (int i = 0; i < 4; i++) {
      x[i] = static_cast<int>(random_.below(8161)) - 4080;
      dcs |= static_cast<uint64_t>(x[i] & 0xFFFF) << (16 * i);
    }
    bench_.chroma_dcs_i = dcs;
    bench_.inter_i = n / 52 % 2;
    bench_.eval();
    const int w[4] = {x[0] + x[1] + x[2] + x[3], x[0] - x[1] + x[2] - x[3], x[0] + x[1] - x[2] - x[3], x[0] - x[1] - x[2] + x[3]};
    int c[4];
    for (int i = 0; i < 4; i++) {
      c[i] = word(bench_.chroma_levels_o, i);
      ASSERT_EQ(c[i], quantised(w[i], quant_scale(qp % 6, 0, 0), 16, qp / 6, n / 52 % 2)) << "QP " << qp;
    }
    const int f[4] = {c[0] + c[1] + c[2] + c[3], c[0] - c[1] + c[2] - c[3], c[0] + c[1] - c[2] - c[3], c[0] - c[1] - c[2] + c[3]};
    for (int i = 0; i < 4; i++) {
      // Clause 8.5.11.2.
      const int expected = ((f[i] * level_scale(qp % 6, 0, 0)) << (qp / 6)) >> 5;
      ASSERT_EQ(static_cast<int16_t>(bench_.chroma_scaled_o >> (16 * i)), expected) << "QP " << qp;
    }
  }
}

TEST_F(H264Transform, ChromaQp) {
  static constexpr int kTable[] = {29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39};  // table 8-15, from 30
  for (int qp = 0; qp <= 51; qp++) {
    bench_.qp_i = qp;
    bench_.eval();
    EXPECT_EQ(bench_.chroma_qp_o, qp < 30 ? qp : kTable[qp - 30]);
  }
}

}  // namespace
}  // namespace saksi::tb
