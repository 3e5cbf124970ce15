#include "hw-models/h264/model/vectors.h"

#include <algorithm>

namespace saksi::hw::h264 {

namespace {

int16_t median(int16_t a, int16_t b, int16_t c) { return std::max(std::min(a, b), std::min(std::max(a, b), c)); }

/// Median prediction (clause 8.4.1.3.1) with the corner above left in place of a missing one above right.
Mv median_of(const NeighbourVector& a, const NeighbourVector& b, const NeighbourVector& above_right, const NeighbourVector& above_left) {
  const NeighbourVector& c = above_right.exists ? above_right : above_left;
  if (!b.exists && !c.exists && a.exists) return a.mv;
  if (a.inter && !b.inter && !c.inter) return a.mv;
  if (!a.inter && b.inter && !c.inter) return b.mv;
  if (!a.inter && !b.inter && c.inter) return c.mv;
  return {median(a.mv.x, b.mv.x, c.mv.x), median(a.mv.y, b.mv.y, c.mv.y)};
}

Mv minus(const Mv& a, const Mv& b) { return {static_cast<int16_t>(a.x - b.x), static_cast<int16_t>(a.y - b.y)}; }

}  // namespace

Mv predict_16x16(const VectorNeighbours& n) { return median_of(n.left[0], n.top[0], n.top_right, n.top_left); }

Mv skip_vector(const VectorNeighbours& n) {
  const auto still = [](const NeighbourVector& v) { return !v.exists || (v.inter && v.mv == Mv{}); };
  return still(n.left[0]) || still(n.top[0]) ? Mv{} : predict_16x16(n);
}

std::array<Mv, 4> differences(const VectorNeighbours& n, Partition partition, const std::array<Mv, 4>& mv) {
  const NeighbourVector none;
  const auto own = [&mv](size_t block) { return NeighbourVector{true, true, mv[block]}; };
  std::array<Mv, 4> mvd{};
  switch (partition) {
    case Partition::k16x16:
      mvd[0] = minus(mv[0], predict_16x16(n));
      break;
    case Partition::k16x8:
      mvd[0] = minus(mv[0], n.top[0].inter ? n.top[0].mv : predict_16x16(n));
      mvd[1] = minus(mv[2], n.left[1].inter ? n.left[1].mv : median_of(n.left[1], own(0), none, n.left[0]));
      break;
    case Partition::k8x16: {
      const NeighbourVector& c = n.top_right.exists ? n.top_right : n.top[0];
      mvd[0] = minus(mv[0], n.left[0].inter ? n.left[0].mv : median_of(n.left[0], n.top[0], n.top[1], n.top_left));
      mvd[1] = minus(mv[1], c.inter ? c.mv : median_of(own(0), n.top[1], n.top_right, n.top[0]));
      break;
    }
    case Partition::k8x8:
      mvd[0] = minus(mv[0], median_of(n.left[0], n.top[0], n.top[1], n.top_left));
      mvd[1] = minus(mv[1], median_of(own(0), n.top[1], n.top_right, n.top[0]));
      mvd[2] = minus(mv[2], median_of(n.left[1], own(0), own(1), n.left[0]));
      mvd[3] = minus(mv[3], median_of(own(2), own(1), none, own(0)));
      break;
  }
  return mvd;
}

}  // namespace saksi::hw::h264
