#ifndef SAKSI_HW_MODELS_H264_MODEL_DEBLOCK_FILTER_H_
#define SAKSI_HW_MODELS_H264_MODEL_DEBLOCK_FILTER_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "hw-models/h264/model/lanes.h"

/// The part of deblock.cpp that works on pixels, for either kind of lanes (lanes.h).
///
/// A luma edge of a macroblock is 16 lines long: a lane each. So is a chroma edge, counting Cb and Cr. In either case the luma blocks along the
/// edge, which decide bS, have four lanes each.
namespace saksi::hw::h264 {

/// Tables 8-16 and 8-17 for one average QP.
struct Thresholds {
  uint8_t alpha, beta;
  uint8_t tc0[3];  ///< for bS 1..3
};

/// Below this average QP nothing is filtered.
constexpr int kFirstFilterQp = 16;

/// From kFirstFilterQp on.
constexpr Thresholds kThresholds[36] = {{4, 2, {0, 0, 0}},      {4, 2, {0, 0, 1}},       {5, 2, {0, 0, 1}},       {6, 3, {0, 0, 1}},
                                        {7, 3, {0, 0, 1}},      {8, 3, {0, 1, 1}},       {9, 3, {0, 1, 1}},       {10, 4, {1, 1, 1}},
                                        {12, 4, {1, 1, 1}},     {13, 4, {1, 1, 1}},      {15, 6, {1, 1, 1}},      {17, 6, {1, 1, 2}},
                                        {20, 7, {1, 1, 2}},     {22, 7, {1, 1, 2}},      {25, 8, {1, 1, 2}},      {28, 8, {1, 2, 3}},
                                        {32, 9, {1, 2, 3}},     {36, 9, {2, 2, 3}},      {40, 10, {2, 2, 4}},     {45, 10, {2, 3, 4}},
                                        {50, 11, {2, 3, 4}},    {56, 11, {3, 3, 5}},     {63, 12, {3, 4, 6}},     {71, 12, {3, 4, 6}},
                                        {80, 13, {4, 5, 7}},    {90, 13, {4, 5, 8}},     {101, 14, {4, 6, 9}},    {113, 14, {5, 7, 10}},
                                        {127, 15, {6, 8, 11}},  {144, 15, {6, 8, 13}},   {162, 16, {7, 10, 14}},  {182, 16, {8, 11, 16}},
                                        {203, 17, {9, 12, 18}}, {226, 17, {10, 13, 20}}, {255, 18, {11, 15, 23}}, {255, 18, {13, 17, 25}}};

/// The four edges of a macroblock in one direction. Bits are 4 * edge + block along the edge.
struct Edges {
  uint16_t luma = 0;                 ///< where luma is to be filtered: bS is not 0, nor are alpha and beta
  uint16_t chroma = 0;               ///< the same for chroma, of edges 0 and 2
  uint16_t coded = 0;                ///< bS is 2 rather than 1
  bool outer_intra = false;          ///< bS is 4 on edge 0
  bool intra = false;                ///< bS is 3 on the others
  std::array<uint8_t, 2> luma_qp{};  ///< average QP at edge 0 and at the others
  std::array<uint8_t, 2> chroma_qp{};
};

/// What a filter needs to know of an edge.
template <class L>
struct Edge {
  L alpha, beta, tc0;
  L active;  ///< mask
  bool bs4;
  int close;  ///< limit of |p0 - q0| for strong filtering

  Edge(const Edges& edges, int index, uint16_t active_blocks, int qp) : bs4(index == 0 && edges.outer_intra) {
    const Thresholds& thresholds = kThresholds[qp - kFirstFilterQp];
    alpha = L::all(thresholds.alpha);
    beta = L::all(thresholds.beta);
    close = (thresholds.alpha >> 2) + 2;
    active = blocks(active_blocks >> (4 * index));
    const L coded = blocks(edges.coded >> (4 * index));
    tc0 = edges.intra ? L::all(thresholds.tc0[2]) : (L::all(thresholds.tc0[1]) & coded) | L::all(thresholds.tc0[0]).without(coded);
  }

  /// The lanes of blocks.
  static L blocks(int mask) {
    static constexpr uint32_t kOn = 0xFFFFFFFF;
    static constexpr uint32_t kLanes[16][4] = {{0, 0, 0, 0},     {kOn, 0, 0, 0},     {0, kOn, 0, 0},     {kOn, kOn, 0, 0},
                                               {0, 0, kOn, 0},   {kOn, 0, kOn, 0},   {0, kOn, kOn, 0},   {kOn, kOn, kOn, 0},
                                               {0, 0, 0, kOn},   {kOn, 0, 0, kOn},   {0, kOn, 0, kOn},   {kOn, kOn, 0, kOn},
                                               {0, 0, kOn, kOn}, {kOn, 0, kOn, kOn}, {0, kOn, kOn, kOn}, {kOn, kOn, kOn, kOn}};
    return L::load(reinterpret_cast<const uint8_t*>(kLanes[mask & 15]));
  }
};

template <class L>
L select(const L& mask, const L& a, const L& b) {
  return (a & mask) | b.without(mask);
}

/// Where |a - b| >= limit.
template <class L>
L far(const L& a, const L& b, const L& limit) {
  return subtract_saturated(limit, subtract_saturated(a, b) | subtract_saturated(b, a)).equals(L::all(0));
}

/// bS below 4: p0 and q0 move by as much as tc.
template <class L>
void filter_near(const L& p1, L& p0, L& q0, const L& q1, const L& tc) {
  const typename L::Wide step = q0.wide() - p0.wide();
  const typename L::Wide twice = step + step;
  const typename L::Wide delta = twice + twice + (p1.wide() - q1.wide());
  const L up = least(narrow<3>(delta, 4), tc);
  // -((delta + 4) >> 3) is (-delta + 3) >> 3.
  const L down = least(narrow<3>(delta - delta - delta, 3), tc);
  p0 = subtract_saturated(add_saturated(p0, up), down);
  q0 = subtract_saturated(add_saturated(q0, down), up);
}

/// bS below 4: x1 in lanes of the mask, where the mean of (x0, y0) is given.
template <class L>
L filter_second(const L& x1, const L& x2, const L& mean_x0_y0, const L& tc0, const L& mask) {
  const L rounded_down = mean(x2, mean_x0_y0) - ((x2 ^ mean_x0_y0) & L::all(1));
  return select(mask, least(most(rounded_down, subtract_saturated(x1, tc0)), add_saturated(x1, tc0)), x1);
}

/// bS 4 on one side, where x0 is next to the edge and y0 beyond it.
template <class L>
void filter_strong(const L& x3, L& x2, L& x1, L& x0, const L& y0, const L& y1, const L& on, const L& smooth) {
  const typename L::Wide w1 = x1.wide();
  const typename L::Wide w2 = x2.wide();
  const typename L::Wide sum = w1 + x0.wide() + y0.wide();
  const L brief = narrow<2>(w1 + w1 + x0.wide() + y1.wide(), 2);
  x0 = select(on, select(smooth, narrow<3>(w2 + sum + sum + y1.wide(), 4), brief), x0);
  const typename L::Wide outer = x3.wide() + w2;
  x1 = select(smooth, narrow<2>(w2 + sum, 2), x1);
  x2 = select(smooth, narrow<3>(outer + outer + w2 + sum, 4), x2);
}

/// Lines across an edge: x[0..3] are p3..p0, x[4..7] are q0..q3.
template <class L>
void filter_luma(const Edge<L>& edge, L* x) {
  L& p2 = x[1];
  L& p1 = x[2];
  L& p0 = x[3];
  L& q0 = x[4];
  L& q1 = x[5];
  L& q2 = x[6];
  const L on = edge.active.without(far(p0, q0, edge.alpha) | far(p1, p0, edge.beta) | far(q1, q0, edge.beta));
  if (!on.any()) return;
  L smooth_p = on.without(far(p2, p0, edge.beta));
  L smooth_q = on.without(far(q2, q0, edge.beta));
  const L old_p1 = p1;
  const L old_q1 = q1;
  if (edge.bs4) {
    const L steep = far(p0, q0, L::all(edge.close));
    const L old_p0 = p0;
    filter_strong(x[0], p2, p1, p0, q0, q1, on, smooth_p.without(steep));
    filter_strong(x[7], q2, q1, q0, old_p0, old_p1, on, smooth_q.without(steep));
    return;
  }
  const L mean_p0_q0 = mean(p0, q0);
  p1 = filter_second(p1, p2, mean_p0_q0, edge.tc0, smooth_p);
  q1 = filter_second(q1, q2, mean_p0_q0, edge.tc0, smooth_q);
  // A mask counts as -1.
  filter_near(old_p1, p0, q0, old_q1, (edge.tc0 - smooth_p - smooth_q) & on);
}

/// Lines across an edge: x[0..3] are p1, p0, q0, q1.
template <class L>
void filter_chroma(const Edge<L>& edge, L* x) {
  const L on = edge.active.without(far(x[1], x[2], edge.alpha) | far(x[0], x[1], edge.beta) | far(x[3], x[2], edge.beta));
  if (!on.any()) return;
  if (edge.bs4) {
    const typename L::Wide p1 = x[0].wide();
    const typename L::Wide q1 = x[3].wide();
    x[1] = select(on, narrow<2>(p1 + p1 + x[1].wide() + q1, 2), x[1]);
    x[2] = select(on, narrow<2>(q1 + q1 + x[2].wide() + p1, 2), x[2]);
  } else {
    filter_near(x[0], x[1], x[2], x[3], (edge.tc0 - L::all(255)) & on);
  }
}

/// Filters the luma of one macroblock.
template <class L>
void filter_luma_edges(const Edges& vertical, const Edges& horizontal, uint8_t* luma, size_t stride) {
  L x[20];  // columns, then rows, from the fourth before the macroblock on
  L(&own)[16] = *reinterpret_cast<L(*)[16]>(x + 4);
  L(&before)[4] = *reinterpret_cast<L(*)[4]>(x);
  for (int y = 0; y < 16; y++) own[y] = L::load(luma + y * stride);
  if (vertical.luma != 0) {
    L::transpose16(own);
    const bool outer = (vertical.luma & 15) != 0;
    if (outer) L::load_columns(luma - 4, stride, before);
    for (int e = 0; e < 4; e++) {
      if (vertical.luma >> (4 * e) & 15) filter_luma(Edge<L>(vertical, e, vertical.luma, vertical.luma_qp[e != 0]), x + 4 * e);
    }
    if (outer) L::store_columns(luma - 4, stride, before);
    L::transpose16(own);
  }
  uint8_t* above = luma - 4 * static_cast<ptrdiff_t>(stride);
  const bool outer = (horizontal.luma & 15) != 0;
  for (int y = 0; outer && y < 4; y++) before[y] = L::load(above + y * stride);
  for (int e = 0; e < 4; e++) {
    if (horizontal.luma >> (4 * e) & 15) filter_luma(Edge<L>(horizontal, e, horizontal.luma, horizontal.luma_qp[e != 0]), x + 4 * e);
  }
  for (int y = 1; outer && y < 4; y++) before[y].store(above + y * stride);
  for (int y = 0; y < 16; y++) own[y].store(luma + y * stride);
}

/// Filters the chroma of one macroblock.
template <class L>
void filter_chroma_edges(const Edges& vertical, const Edges& horizontal, uint8_t* chroma, size_t stride) {
  L x[10];  // columns, then rows, from the second before the macroblock on
  L(&own)[8] = *reinterpret_cast<L(*)[8]>(x + 2);
  L(&before)[2] = *reinterpret_cast<L(*)[2]>(x);
  for (int y = 0; y < 8; y++) own[y] = L::load(chroma + y * stride);
  if (vertical.chroma != 0) {
    L::transpose8_pairs(own);
    const bool outer = (vertical.chroma & 15) != 0;
    if (outer) L::load_pair_columns(chroma - 4, stride, before);
    for (int e = 0; e < 4; e += 2) {
      if (vertical.chroma >> (4 * e) & 15) filter_chroma(Edge<L>(vertical, e, vertical.chroma, vertical.chroma_qp[e != 0]), x + 2 * e);
    }
    if (outer) L::store_pair_columns(chroma - 4, stride, before);
    L::transpose8_pairs(own);
  }
  uint8_t* above = chroma - 2 * static_cast<ptrdiff_t>(stride);
  const bool outer = (horizontal.chroma & 15) != 0;
  for (int y = 0; outer && y < 2; y++) before[y] = L::load(above + y * stride);
  for (int e = 0; e < 4; e += 2) {
    if (horizontal.chroma >> (4 * e) & 15) filter_chroma(Edge<L>(horizontal, e, horizontal.chroma, horizontal.chroma_qp[e != 0]), x + 2 * e);
  }
  if (outer) before[1].store(above + stride);
  for (int y = 0; y < 8; y++) own[y].store(chroma + y * stride);
}

/// Filters one macroblock, whose upper left pixels luma and chroma (NV12, the same stride) are.
template <class L>
void filter_edges(const Edges& vertical, const Edges& horizontal, uint8_t* luma, uint8_t* chroma, size_t stride) {
  if (vertical.luma != 0 || horizontal.luma != 0) filter_luma_edges<L>(vertical, horizontal, luma, stride);
  if (vertical.chroma != 0 || horizontal.chroma != 0) filter_chroma_edges<L>(vertical, horizontal, chroma, stride);
}

}  // namespace saksi::hw::h264

#endif
