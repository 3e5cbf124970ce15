#include "hw-models/h264/model/deblock.h"

#include <algorithm>
#include <cstddef>

#include "hw-models/h264/model/deblock_filter.h"

namespace saksi::hw::h264 {
namespace {

/// QPc of table 8-15.
int chroma_qp(int qp) {
  static constexpr uint8_t kTable[22] = {29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39};
  return qp < 30 ? qp : kTable[qp - 30];
}

/// Vectors that differ by a whole sample or more: bS is 1.
bool apart(Mv a, Mv b) { return static_cast<unsigned>(a.x - b.x + 3) > 6 || static_cast<unsigned>(a.y - b.y + 3) > 6; }

/// The blocks along an edge beside two pairs of 8x8 blocks.
int apart_blocks(Mv a0, Mv b0, Mv a1, Mv b1) { return (apart(a0, b0) ? 3 : 0) | (apart(a1, b1) ? 12 : 0); }

/// Columns as rows: bit 4 * i + j goes to bit 4 * j + i.
int transposed(int mask) {
  mask = (mask & 0xA5A5) | (mask & 0x0A0A) << 3 | (mask >> 3 & 0x0A0A);
  return (mask & 0xCC33) | (mask & 0x00CC) << 6 | (mask >> 6 & 0x00CC);
}

/// The blocks whose edge is one of the chroma blocks' too.
constexpr int kChromaEdges = 0x0F0F;

/// A macroblock and its neighbour across edge 0, in one direction.
struct Side {
  const DeblockInfo& own;
  const DeblockInfo& other;
  bool exists;       ///< the neighbour
  int own_coded;     ///< blocks with coefficients, bit 4 * distance from edge 0 + place along it
  int other_coded;   ///< the neighbour's blocks along the edge
  int outer_apart;   ///< blocks whose vectors are apart across edge 0
  int middle_apart;  ///< and across edge 2
};

Edges edges_of(const Side& side) {
  Edges edges;
  edges.intra = side.own.intra;
  edges.outer_intra = side.own.intra || side.other.intra;
  edges.coded = static_cast<uint16_t>(side.own_coded | side.own_coded << 4 | side.other_coded);
  int filter = edges.coded | side.outer_apart | side.middle_apart << 8;
  if (edges.outer_intra) filter |= 0xF;
  if (edges.intra) filter = 0xFFFF;
  if (!side.exists) filter &= ~0xF;
  const int own_chroma_qp = chroma_qp(side.own.qp);
  edges.luma_qp = {static_cast<uint8_t>((side.own.qp + side.other.qp + 1) >> 1), side.own.qp};
  edges.chroma_qp = {static_cast<uint8_t>((own_chroma_qp + chroma_qp(side.other.qp) + 1) >> 1), static_cast<uint8_t>(own_chroma_qp)};
  const auto enabled = [&](const std::array<uint8_t, 2>& qp) { return (qp[0] < kFirstFilterQp ? 0 : 0xF) | (qp[1] < kFirstFilterQp ? 0 : 0xFFF0); };
  edges.luma = static_cast<uint16_t>(filter & enabled(edges.luma_qp));
  edges.chroma = static_cast<uint16_t>(filter & enabled(edges.chroma_qp) & kChromaEdges);
  return edges;
}

int count(uint64_t mask) {
  mask -= mask >> 1 & 0x5555555555555555;
  mask = (mask & 0x3333333333333333) + (mask >> 2 & 0x3333333333333333);
  mask = (mask + (mask >> 4)) & 0x0F0F0F0F0F0F0F0F;
  return static_cast<int>(mask * 0x0101010101010101 >> 56);
}

/// One for every four lines: of luma a block's, of chroma two blocks' in either plane.
int operations(const Edges& vertical, const Edges& horizontal) {
  const uint64_t chroma = vertical.chroma | static_cast<uint64_t>(horizontal.chroma) << 16;
  const uint64_t pairs = (chroma | chroma >> 1) & 0x05050505;
  return count(vertical.luma | static_cast<uint64_t>(horizontal.luma) << 16 | pairs << 32 | pairs << 33);
}

}  // namespace

void Deblocker::start_picture(const PictureConfig& config, uint8_t* luma, uint8_t* chroma) {
  enabled_ = config.deblock;
  luma_ = luma;
  chroma_ = chroma;
  stride_ = config.rec_stride;
  line_.resize(config.width_mbs);
}

int Deblocker::filter(const Place& place, const DeblockInfo& info) {
  constexpr int kFixedCycles = 1;
  if (!enabled_) return kFixedCycles;
  DeblockInfo& above = line_[place.x];
  const auto& mv = info.mv;
  const int columns = transposed(info.nonzero);
  const Edges vertical = edges_of({info, left_, place.x > 0, columns, transposed(left_.nonzero) >> 12,
                                   apart_blocks(left_.mv[1], mv[0], left_.mv[3], mv[2]), apart_blocks(mv[0], mv[1], mv[2], mv[3])});
  const Edges horizontal = edges_of({info, above, place.y > 0, info.nonzero, above.nonzero >> 12,
                                     apart_blocks(above.mv[2], mv[0], above.mv[3], mv[1]), apart_blocks(mv[0], mv[2], mv[1], mv[3])});
  above = info;
  left_ = info;
  const int cycles = kFixedCycles + operations(vertical, horizontal);
  if (cycles > kFixedCycles) {
    const size_t x = 16 * static_cast<size_t>(place.x);
    filter_edges<Lanes>(vertical, horizontal, luma_ + 16 * static_cast<size_t>(place.y) * stride_ + x,
                        chroma_ + 8 * static_cast<size_t>(place.y) * stride_ + x, stride_);
  }
  return cycles;
}

}  // namespace saksi::hw::h264
