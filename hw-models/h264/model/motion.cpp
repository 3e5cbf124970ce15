#include "hw-models/h264/model/motion.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "hw-models/h264/model/motion_kernels.h"

namespace saksi::hw::h264 {
namespace {

using motion::Planes;
using motion::Quadrant;
namespace kernels = motion::kernels;

constexpr int kReach = kMvLimit / 4;  // whole samples
constexpr int kPoorSad = 8 * 256;
constexpr int kSteps = 16;  // of the 16x16 vector
constexpr int kPartitionSteps = 4;
constexpr int kNoSad = 0x3FFF;  // of a block at a vector that is not a candidate: above all others, and four of them still fit 16 bits
constexpr int kNoCost = 0x1FFFF;
constexpr Mv kDirections[4] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};  // left, right, up, down: the opposite of d is d ^ 1

/// Bits of mb_type and of all sub_mb_type, by Partition.
constexpr int kTypeBits[4] = {1, 3, 3, 9};
/// The first block of the partition that has block k, by Partition.
constexpr int kLeader[4][4] = {{0, 0, 0, 0}, {0, 0, 2, 2}, {0, 1, 0, 1}, {0, 1, 2, 3}};

/// A place in a quadrant, in quarter samples from its whole samples: 0..2 each.
struct Position {
  int x, y;
};

/// The samples whose mean is found at a place; [y][x].
struct SamplePair {
  motion::Sample p, q;
};
constexpr SamplePair kSamplesAt[3][3] = {{{motion::kWhole, motion::kWhole}, {motion::kWhole, motion::kSide}, {motion::kSide, motion::kSide}},
                                         {{motion::kWhole, motion::kDown}, {motion::kSide, motion::kDown}, {motion::kSide, motion::kBoth}},
                                         {{motion::kDown, motion::kDown}, {motion::kDown, motion::kBoth}, {motion::kBoth, motion::kBoth}}};

using BlockSads = std::array<int, 4>;

/// Of each block: the sum over the partition that has it.
BlockSads over_partitions(int partition, const BlockSads& s) {
  switch (partition) {
    case 0: {
      const int all = s[0] + s[1] + s[2] + s[3];
      return {all, all, all, all};
    }
    case 1:
      return {s[0] + s[1], s[0] + s[1], s[2] + s[3], s[2] + s[3]};
    case 2:
      return {s[0] + s[2], s[1] + s[3], s[0] + s[2], s[1] + s[3]};
    default:
      return s;
  }
}

/// Length of se(v), clause 9.1.
int se_bits(int value) {
  int bits = 1;
  for (int rest = std::abs(value); rest != 0; rest >>= 1) bits += 2;
  return bits;
}

struct BitTable {
  BitTable() {
    for (int i = 0; i < 512; i++) bits[i] = static_cast<uint8_t>(se_bits(i - 256));
  }
  uint8_t bits[512];
};
const BitTable kSeBits;

/// Pixels of a reference, at their first one.
struct View {
  const uint8_t* pixels;
  int stride;
};

/// The reference around a macroblock, its edges repeated. What lies in the picture is read there; else the surroundings are copied once.
class Window {
 public:
  Window(const ReferencePicture& picture, int mb_x, int mb_y) : picture_(picture), mb_x_(mb_x), mb_y_(mb_y) {}

  /// width x height luma pixels from (x, y) of the macroblock on.
  View luma(int x, int y, int width, int height) {
    const int px = 16 * mb_x_ + x;
    const int py = 16 * mb_y_ + y;
    if (px >= 0 && py >= 0 && px + width <= picture_.width && py + height <= picture_.height) {
      return {picture_.luma + py * picture_.stride + px, picture_.stride};
    }
    if (!has_luma_) {
      has_luma_ = true;
      const Plane plane{picture_.luma, 1, picture_.width, picture_.height};
      copy(plane, 16 * mb_x_ - kLumaBefore, 16 * mb_y_ - kLumaBefore, kLumaWidth, kLumaHeight, luma_);
    }
    return {luma_ + (y + kLumaBefore) * kStride + x + kLumaBefore, kStride};
  }

  /// The same in pairs of Cb and Cr.
  View chroma(int x, int y, int width, int height) {
    const int px = 8 * mb_x_ + x;
    const int py = 8 * mb_y_ + y;
    if (px >= 0 && py >= 0 && px + width <= picture_.width / 2 && py + height <= picture_.height / 2) {
      return {picture_.chroma + py * picture_.stride + 2 * px, picture_.stride};
    }
    if (!has_chroma_) {
      has_chroma_ = true;
      const Plane plane{picture_.chroma, 2, picture_.width / 2, picture_.height / 2};
      copy(plane, 8 * mb_x_ - kChromaBefore, 8 * mb_y_ - kChromaBefore, kChromaSize, kChromaSize, chroma_);
    }
    return {chroma_ + (y + kChromaBefore) * kStride + 2 * (x + kChromaBefore), kStride};
  }

 private:
  static constexpr int kLumaBefore = kReach + 2;
  static constexpr int kLumaWidth = 56;
  static constexpr int kLumaHeight = 16 + 2 * kLumaBefore;
  static constexpr int kChromaBefore = kReach / 2;
  static constexpr int kChromaSize = 25;
  static constexpr int kStride = 64;

  /// Samples of size bytes.
  struct Plane {
    const uint8_t* samples;
    int size, width, height;
  };

  /// columns x rows samples from (x, y) of a plane on.
  void copy(const Plane& plane, int x, int y, int columns, int rows, uint8_t* to) const {
    const int size = plane.size;
    const int before = std::min(columns, std::max(0, -x));
    const int after = std::min(columns, std::max(0, x + columns - plane.width));
    for (int row = 0; row < rows; row++, to += kStride) {
      const uint8_t* line = plane.samples + std::min(plane.height - 1, std::max(0, y + row)) * picture_.stride;
      std::memcpy(to + before * size, line + (x + before) * size, static_cast<size_t>((columns - before - after) * size));
      for (int i = 0; i < before * size; i++) to[i] = line[i % size];
      for (int i = 0; i < after * size; i++) to[(columns - after) * size + i] = line[(plane.width - 1) * size + i % size];
    }
  }

  const ReferencePicture& picture_;
  const int mb_x_, mb_y_;
  bool has_luma_ = false, has_chroma_ = false;
  uint8_t luma_[kStride * kLumaHeight];
  uint8_t chroma_[kStride * kChromaSize];
};

class Search {
 public:
  Search(const MotionInput& input, const ReferencePicture& reference, MotionResult& result)
      : in_(input), out_(result), window_(reference, input.mb_x, input.mb_y) {}

  void run() {
    out_.early = false;
    out_.cycles = 1;  // the last one
    if (!try_candidates()) {
      if (sad16() >= kPoorSad) spread();
      walk(kSteps);
      out_.cycles++;
      if (!is_tiny()) {
        choose_partition();
        if (partition_ != 0) walk(kPartitionSteps);
        refine();
        finish();
        return;
      }
    }
    predict_whole();
    finish();
  }

 private:
  /// The best whole-sample vector so far.
  struct Best {
    int cost = kNoCost;
    Mv v;
  };

  static Mv rounded(Mv mv) { return {static_cast<int16_t>((mv.x + 2) >> 2), static_cast<int16_t>((mv.y + 2) >> 2)}; }
  static bool within_reach(Mv v) { return std::abs(v.x) <= kReach && std::abs(v.y) <= kReach; }
  const uint8_t* source(int k) const { return in_.source + 8 * (k / 2 * in_.source_stride + k % 2); }
  int vector_cost(int x, int y) const { return in_.bit_weight * (kSeBits.bits[256 + x - in_.mvp.x] + kSeBits.bits[256 + y - in_.mvp.y]); }
  int leader(int k) const { return kLeader[partition_][k]; }
  Mv centre(int k) const { return best_[partition_][leader(k)].v; }
  int sad16() const { return sads_[0] + sads_[1] + sads_[2] + sads_[3]; }
  /// Nothing is gained by a better prediction.
  bool is_tiny() const { return sad16() < 256 + 32 * in_.bit_weight; }

  /// Tries one vector for all partitions.
  void consider(Mv v, const BlockSads& s) {
    const int cost = vector_cost(4 * v.x, 4 * v.y);
    const auto improve = [&](int partition, int k, int sad) {
      Best& best = best_[partition][k];
      if (sad + cost < best.cost) best = {sad + cost, v};
    };
    const int before = best_[0][0].cost;
    improve(0, 0, s[0] + s[1] + s[2] + s[3]);
    if (best_[0][0].cost != before) sads_ = s;
    improve(1, 0, s[0] + s[1]);
    improve(1, 2, s[2] + s[3]);
    improve(2, 0, s[0] + s[2]);
    improve(2, 1, s[1] + s[3]);
    for (int k = 0; k < 4; k++) improve(3, k, s[k]);
  }

  BlockSads sads_at(Mv v) {
    const View view = window_.luma(v.x, v.y, 16, 16);
    return kernels::sad16(in_.source, in_.source_stride, view.pixels, view.stride);
  }

  /// True if the search ends here.
  bool try_candidates() {
    const std::array<Mv, 3>& c = in_.candidates;
    const Mv list[6] = {rounded(in_.skip_mv), rounded(in_.mvp), {}, rounded(c[0]), rounded(c[1]), rounded(c[2])};
    for (int i = 0; i < 6; i++) {
      if (std::find(list, list + i, list[i]) != list + i) continue;
      consider(list[i], sads_at(list[i]));
      out_.cycles++;
      if (i == 0 && (in_.skip_mv.x & 3) == 0 && (in_.skip_mv.y & 3) == 0 && sad16() < in_.skip_sad) {
        out_.early = true;
        return true;
      }
    }
    return is_tiny();
  }

  /// Two rings of eight wide steps, when no candidate was any good: 8 samples around the best vector, then 4.
  void spread() {
    for (int stride = 8; stride >= 4; stride /= 2) {
      const Mv from = centre(0);
      for (int i = 0; i < 9; i++) {
        if (i == 4) continue;
        const Mv v = {static_cast<int16_t>(from.x + stride * (i % 3 - 1)), static_cast<int16_t>(from.y + stride * (i / 3 - 1))};
        out_.cycles++;
        if (within_reach(v)) consider(v, sads_at(v));
      }
    }
  }

  /// Steps of all vectors of the partition to their best neighbours. Leaves the neighbours' SADs of the last round in ring_.
  void walk(int steps) {
    int known = -1;  // the direction that we came from
    BlockSads known_sads{};
    for (int round = 0; round < steps; round++) {
      const std::array<Mv, 4> from = {centre(0), centre(1), centre(2), centre(3)};
      const BlockSads from_sads = sads_;
      for (int d = 0; d < 4; d++) {
        if (d == known) {
          ring_[d] = known_sads;
          continue;
        }
        out_.cycles++;
        ring_[d] = partition_ == 0 ? look(from[0], d) : look_apart(from, d);
      }
      if (centre(0) == from[0] && centre(1) == from[1] && centre(2) == from[2] && centre(3) == from[3]) return;
      if (partition_ == 0) {
        known = centre(0).x < from[0].x ? 1 : centre(0).x > from[0].x ? 0 : centre(0).y < from[0].y ? 3 : 2;
        known_sads = from_sads;
      }
    }
  }

  static Mv neighbour(Mv v, int d) { return {static_cast<int16_t>(v.x + kDirections[d].x), static_cast<int16_t>(v.y + kDirections[d].y)}; }

  BlockSads look(Mv from, int d) {
    const Mv v = neighbour(from, d);
    if (!within_reach(v)) return {kNoSad, kNoSad, kNoSad, kNoSad};
    const BlockSads s = sads_at(v);
    consider(v, s);
    return s;
  }

  BlockSads look_apart(const std::array<Mv, 4>& from, int d) {
    BlockSads s;
    for (int k = 0; k < 4; k++) {
      const Mv v = neighbour(from[k], d);
      s[k] = kNoSad;
      if (!within_reach(v)) continue;
      const View view = window_.luma(v.x + 8 * (k % 2), v.y + 8 * (k / 2), 8, 8);
      s[k] = kernels::sad8(source(k), in_.source_stride, view.pixels, view.stride);
    }
    const BlockSads sums = over_partitions(partition_, s);
    for (int k = 0; k < 4; k++) {
      const Mv v = neighbour(from[k], d);
      if (leader(k) != k || !within_reach(v)) continue;
      Best& best = best_[partition_][k];
      const int cost = sums[k] + vector_cost(4 * v.x, 4 * v.y);
      if (cost < best.cost) best = {cost, v};
    }
    return s;
  }

  void choose_partition() {
    int least = kNoCost * 4;
    for (int p = 0; p < 4; p++) {
      int cost = in_.bit_weight * kTypeBits[p];
      for (int k = 0; k < 4; k++) cost += kLeader[p][k] == k ? best_[p][k].cost : 0;
      if (cost < least) {
        least = cost;
        partition_ = p;
      }
    }
  }

  /// On which side of a component the quadrant lies: towards less, but never beyond the vectors' reach. A walk that ran out of steps does not
  /// know its last vector's own neighbours.
  static bool inwards(int component, bool towards_less) { return component == kReach || (component != -kReach && towards_less); }

  /// Of a vector's quadrants the one between its better horizontal and its better vertical neighbour.
  void interpolate() {
    const BlockSads left = over_partitions(partition_, ring_[0]);
    const BlockSads right = over_partitions(partition_, ring_[1]);
    const BlockSads up = over_partitions(partition_, ring_[2]);
    const BlockSads down = over_partitions(partition_, ring_[3]);
    for (int k = 0; k < 4; k++) {
      const Quadrant quadrant{inwards(centre(k).x, left[k] < right[k]), inwards(centre(k).y, up[k] < down[k])};
      const View view = window_.luma(centre(k).x - quadrant.right + 8 * (k % 2) - 2, centre(k).y - quadrant.below + 8 * (k / 2) - 2, 16, 13);
      kernels::interpolate8(view.pixels, view.stride, quadrant, planes_[k]);
      quadrants_[k] = quadrant;
      found_[k] = {0, 0};
      costs_[k] = best_[partition_][leader(k)].cost;
    }
    out_.cycles += 4;
  }

  /// One place of each block's quadrant against the best one.
  void try_places(const std::array<Position, 4>& places) {
    BlockSads s;
    for (int k = 0; k < 4; k++) {
      const SamplePair& pair = kSamplesAt[places[k].y][places[k].x];
      s[k] = kernels::sad8_mean(source(k), in_.source_stride, planes_[k].pixels[pair.p], planes_[k].pixels[pair.q]);
    }
    s = over_partitions(partition_, s);
    for (int k = 0; k < 4; k++) {
      const Mv mv = moved(k, places[k]);
      const int cost = s[k] + vector_cost(mv.x, mv.y);
      if (cost >= costs_[k]) continue;
      costs_[k] = cost;
      found_[k] = places[k];
    }
  }

  void refine() {
    interpolate();
    for (const Position corner : {Position{2, 0}, Position{0, 2}, Position{2, 2}}) try_places({corner, corner, corner, corner});
    const std::array<Position, 4> corners = found_;
    for (int i = 0; i < 3; i++) {
      std::array<Position, 4> places;
      for (int k = 0; k < 4; k++) places[k] = {i == 2 ? corners[k].x : 1, i == 1 ? corners[k].y : 1};
      try_places(places);
    }
    for (int k = 0; k < 4; k++) {
      const SamplePair& pair = kSamplesAt[found_[k].y][found_[k].x];
      out_.mv[k] = moved(k, found_[k]);
      best_[partition_][k].cost = costs_[k];
      kernels::mean8(planes_[k].pixels[pair.p], planes_[k].pixels[pair.q], out_.luma + 128 * (k / 2) + 8 * (k % 2));
    }
    out_.cycles += 1 + 3;
  }

  Mv moved(int k, Position position) const {
    const Mv from = centre(k);
    return {static_cast<int16_t>(4 * from.x + (quadrants_[k].right ? -position.x : position.x)),
            static_cast<int16_t>(4 * from.y + (quadrants_[k].below ? -position.y : position.y))};
  }

  void predict_whole() {
    const Mv v = centre(0);
    const View view = window_.luma(v.x, v.y, 16, 16);
    for (int y = 0; y < 16; y++) std::memcpy(out_.luma + 16 * y, view.pixels + y * view.stride, 16);
    out_.mv.fill({static_cast<int16_t>(4 * v.x), static_cast<int16_t>(4 * v.y)});
  }

  /// The coarsest partition with these vectors.
  int merged() const {
    const bool rows = out_.mv[0] == out_.mv[1] && out_.mv[2] == out_.mv[3];
    const bool columns = out_.mv[0] == out_.mv[2] && out_.mv[1] == out_.mv[3];
    return rows && columns ? 0 : rows ? 1 : columns ? 2 : 3;
  }

  void finish() {
    out_.sad = 0;
    for (int k = 0; k < 4; k++) {
      if (leader(k) == k) out_.sad += best_[partition_][k].cost - vector_cost(out_.mv[k].x, out_.mv[k].y);
    }
    partition_ = merged();
    out_.partition = static_cast<Partition>(partition_);
    out_.mv_cost = in_.bit_weight * kTypeBits[partition_];
    for (int k = 0; k < 4; k++) {
      if (leader(k) == k) out_.mv_cost += vector_cost(out_.mv[k].x, out_.mv[k].y);
      predict_chroma(k);
    }
  }

  void predict_chroma(int k) {
    const int dx = out_.mv[k].x & 7;
    const int dy = out_.mv[k].y & 7;
    const int size = (dx | dy) == 0 ? 4 : 5;
    const View view = window_.chroma((out_.mv[k].x >> 3) + 4 * (k % 2), (out_.mv[k].y >> 3) + 4 * (k / 2), size, size);
    const int at = 32 * (k / 2) + 4 * (k % 2);
    kernels::chroma4(view.pixels, view.stride, dx, dy, out_.cb + at, out_.cr + at);
  }

  const MotionInput& in_;
  MotionResult& out_;
  Window window_;
  int partition_ = 0;
  Best best_[4][4];    // by Partition and first block
  BlockSads sads_{};   // of the best 16x16 vector
  BlockSads ring_[4];  // of the neighbours in the last round, by direction
  Quadrant quadrants_[4];
  Planes planes_[4];
  std::array<Position, 4> found_;
  BlockSads costs_;  // of the found places
};

}  // namespace

void search(const MotionInput& input, const ReferencePicture& reference, MotionResult& result) { Search(input, reference, result).run(); }

}  // namespace saksi::hw::h264
