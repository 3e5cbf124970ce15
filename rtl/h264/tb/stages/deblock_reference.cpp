#include "rtl/h264/tb/stages/deblock_reference.h"

#include <algorithm>
#include <cstdlib>

namespace saksi::tb {
namespace {

using hw::h264::DeblockInfo;
using hw::h264::Mv;

// Tables 8-16 and 8-17.
constexpr int kAlpha[52] = {0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  4,   4,   5,   6,   7,   8,   9,   10,  12,  13,
                            15, 17, 20, 22, 25, 28, 32, 36, 40, 45, 50, 56, 63, 71, 80, 90, 101, 113, 127, 144, 162, 182, 203, 226, 255, 255};
constexpr int kBeta[52] = {0, 0, 0, 0, 0, 0, 0, 0, 0,  0,  0,  0,  0,  0,  0,  0,  2,  2,  2,  3,  3,  3,  3,  4,  4,  4,
                           6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18, 18};
constexpr int kTc0[3][52] = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,  1,  1,
                              1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 6, 6, 7, 8, 9, 10, 11, 13},
                             {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  1,  1,  1,  1,  1,
                              1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 7, 8, 8, 10, 11, 12, 13, 15, 17},
                             {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,  1,  1,  1,  1,  1,  1,  1,  1,
                              1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 6, 6, 7, 8, 9, 10, 11, 13, 14, 16, 18, 20, 23, 25}};
// Table 8-15, from qPI 30 on.
constexpr int kChromaQp[22] = {29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39};

int chroma_qp(int qp) { return qp < 30 ? qp : kChromaQp[qp - 30]; }
int clip3(int low, int high, int x) { return std::min(std::max(x, low), high); }

/// A place among luma samples of the picture.
struct Sample {
  int x, y;
};

/// The samples on a line across an edge, p[0] and q[0] next to it.
struct Line {
  int p[4], q[4];
};

class Filter {
 public:
  explicit Filter(DeblockPicture& picture) : picture_(picture) {}

  void macroblock(int mb_x, int mb_y) {
    for (int plane = 0; plane < 3; plane++) {
      const int size = plane == 0 ? 16 : 8;
      for (const bool vertical : {true, false}) {
        for (int edge = 0; edge < size; edge += 4) {
          if (edge == 0 && (vertical ? mb_x : mb_y) == 0) continue;
          for (int k = 0; k < size; k++) line_across(plane, vertical, size * mb_x + (vertical ? edge : k), size * mb_y + (vertical ? k : edge));
        }
      }
    }
  }

 private:
  const DeblockInfo& info(Sample s) const { return picture_.infos[s.y / 16 * picture_.width_mbs + s.x / 16]; }
  static bool same_macroblock(Sample a, Sample b) { return a.x / 16 == b.x / 16 && a.y / 16 == b.y / 16; }
  bool coded(Sample s) const { return info(s).nonzero >> (s.y % 16 / 4 * 4 + s.x % 16 / 4) & 1; }
  Mv vector(Sample s) const { return info(s).mv[s.y % 16 / 8 * 2 + s.x % 16 / 8]; }

  /// Clause 8.7.2.1.
  int strength(Sample p0, Sample q0) const {
    if (info(p0).intra || info(q0).intra) return same_macroblock(p0, q0) ? 3 : 4;
    if (coded(p0) || coded(q0)) return 2;
    const Mv a = vector(p0);
    const Mv b = vector(q0);
    return std::abs(a.x - b.x) >= 4 || std::abs(a.y - b.y) >= 4 ? 1 : 0;
  }

  uint8_t& at(int plane, int x, int y) { return picture_.planes[plane][y * picture_.width_mbs * (plane == 0 ? 16 : 8) + x]; }

  /// Clause 8.7.2: the line whose sample q0 is (x, y) of the plane.
  void line_across(int plane, bool vertical, int x, int y) {
    const int scale = plane == 0 ? 1 : 2;
    const Sample q0 = {scale * x, scale * y};
    const Sample p0 = {scale * (x - vertical), scale * (y - !vertical)};
    const int bs = strength(p0, q0);
    if (bs == 0) return;
    const int depth = plane == 0 ? 4 : 2;
    Line line{};
    for (int i = 0; i < depth; i++) {
      line.q[i] = at(plane, vertical ? x + i : x, vertical ? y : y + i);
      line.p[i] = at(plane, vertical ? x - 1 - i : x, vertical ? y : y - 1 - i);
    }
    const int qp_p = plane == 0 ? info(p0).qp : chroma_qp(info(p0).qp);
    const int qp_q = plane == 0 ? info(q0).qp : chroma_qp(info(q0).qp);
    filter_line(line, bs, (qp_p + qp_q + 1) >> 1, plane != 0);
    for (int i = 0; i < depth; i++) {
      at(plane, vertical ? x + i : x, vertical ? y : y + i) = line.q[i];
      at(plane, vertical ? x - 1 - i : x, vertical ? y : y - 1 - i) = line.p[i];
    }
  }

  /// Clauses 8.7.2.2 to 8.7.2.4.
  static void filter_line(Line& line, int bs, int qp_average, bool chroma) {
    const int alpha = kAlpha[qp_average];
    const int beta = kBeta[qp_average];
    const Line in = line;
    const auto& p = in.p;
    const auto& q = in.q;
    if (std::abs(p[0] - q[0]) >= alpha || std::abs(p[1] - p[0]) >= beta || std::abs(q[1] - q[0]) >= beta) return;
    const int ap = std::abs(p[2] - p[0]);
    const int aq = std::abs(q[2] - q[0]);
    if (bs < 4) {
      const int tc0 = kTc0[bs - 1][qp_average];
      const int tc = chroma ? tc0 + 1 : tc0 + (ap < beta ? 1 : 0) + (aq < beta ? 1 : 0);
      const int delta = clip3(-tc, tc, (((q[0] - p[0]) * 4) + (p[1] - q[1]) + 4) >> 3);
      line.p[0] = clip3(0, 255, p[0] + delta);
      line.q[0] = clip3(0, 255, q[0] - delta);
      if (!chroma && ap < beta) line.p[1] = p[1] + clip3(-tc0, tc0, (p[2] + ((p[0] + q[0] + 1) >> 1) - p[1] * 2) >> 1);
      if (!chroma && aq < beta) line.q[1] = q[1] + clip3(-tc0, tc0, (q[2] + ((p[0] + q[0] + 1) >> 1) - q[1] * 2) >> 1);
      return;
    }
    const bool close = std::abs(p[0] - q[0]) < (alpha >> 2) + 2;
    strong_side(line.p, p, q, !chroma && ap < beta && close);
    strong_side(line.q, q, p, !chroma && aq < beta && close);
  }

  /// The samples x of one side, y being the other one's.
  static void strong_side(int (&out)[4], const int (&x)[4], const int (&y)[4], bool strong) {
    if (!strong) {
      out[0] = (2 * x[1] + x[0] + y[1] + 2) >> 2;
      return;
    }
    out[0] = (x[2] + 2 * x[1] + 2 * x[0] + 2 * y[0] + y[1] + 4) >> 3;
    out[1] = (x[2] + x[1] + x[0] + y[0] + 2) >> 2;
    out[2] = (2 * x[3] + 3 * x[2] + x[1] + x[0] + y[0] + 4) >> 3;
  }

  DeblockPicture& picture_;
};

}  // namespace

void deblock_as_in_the_standard(DeblockPicture& picture) {
  Filter filter(picture);
  for (int y = 0; y < picture.height_mbs; y++) {
    for (int x = 0; x < picture.width_mbs; x++) filter.macroblock(x, y);
  }
}

}  // namespace saksi::tb
