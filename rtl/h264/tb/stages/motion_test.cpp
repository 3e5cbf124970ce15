// Holds the motion search's RTL against its C++ twin, in everything it gives and in its cycles, and both against clause 8.4.2.2 of the
// standard, written down here as plainly as it is there: whatever vectors were chosen, the prediction must be theirs.
//
// The window is filled as the encoder does it: groups of four macroblocks in raster order into a ring of four slots, one group ahead of the
// neighbour that is needed, so that a wrong read meets pixels of another place.

#include "hw-models/h264/model/motion.h"

#include <Vh264_motion.h>
#include <gtest/gtest.h>
#include <verilated.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/seed_stream.h"
#include "rtl/coverage/coverage.h"

namespace saksi::tb {
namespace {

using hw::h264::MotionInput;
using hw::h264::MotionResult;
using hw::h264::Mv;
using hw::h264::Partition;
using hw::h264::ReferencePicture;

constexpr int kWindowRows[2] = {52, 24};  // luma, chroma
constexpr int kWindowAbove[2] = {18, 8};

int clamp(int value, int low, int high) { return std::min(high, std::max(low, value)); }
int clip1(int value) { return clamp(value, 0, 255); }

/// NV12, coded size.
struct Frame {
  Frame(int w, int h) : width(w), height(h), luma(w * h), chroma(w * h / 2) {}
  /// The picture with its edges repeated, equations 8-239 and 8-240.
  int at(int x, int y) const { return luma[clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1)]; }
  int chroma_at(int x, int y, int component) const {
    return chroma[clamp(y, 0, height / 2 - 1) * width + 2 * clamp(x, 0, width / 2 - 1) + component];
  }

  int width, height;
  std::vector<uint8_t> luma, chroma;
};

int six_tap(int e, int f, int g, int h, int i, int j) { return e - 5 * f + 20 * g + 20 * h - 5 * i + j; }

/// Clause 8.4.2.2.1: the luma sample at (x, y) and a fraction of quarters.
int luma_sample(const Frame& ref, int x, int y, int fx, int fy) {
  const auto at = [&](int dx, int dy) { return ref.at(x + dx, y + dy); };
  const auto b1 = [&](int dy) { return six_tap(at(-2, dy), at(-1, dy), at(0, dy), at(1, dy), at(2, dy), at(3, dy)); };
  const auto h1 = [&](int dx) { return six_tap(at(dx, -2), at(dx, -1), at(dx, 0), at(dx, 1), at(dx, 2), at(dx, 3)); };
  const int g = ref.at(x, y);
  const int b = clip1((b1(0) + 16) >> 5);
  const int s = clip1((b1(1) + 16) >> 5);
  const int h = clip1((h1(0) + 16) >> 5);
  const int m = clip1((h1(1) + 16) >> 5);
  const int j = clip1((six_tap(b1(-2), b1(-1), b1(0), b1(1), b1(2), b1(3)) + 512) >> 10);
  const auto mean = [](int p, int q) { return (p + q + 1) >> 1; };
  // Table 8-12, by xFracL and yFracL.
  switch (4 * fx + fy) {
    case 0:
      return g;
    case 1:
      return mean(g, h);  // d
    case 2:
      return h;
    case 3:
      return mean(h, ref.at(x, y + 1));  // n
    case 4:
      return mean(g, b);  // a
    case 5:
      return mean(b, h);  // e
    case 6:
      return mean(h, j);  // i
    case 7:
      return mean(h, s);  // p
    case 8:
      return b;
    case 9:
      return mean(b, j);  // f
    case 10:
      return j;
    case 11:
      return mean(j, s);  // q
    case 12:
      return mean(b, ref.at(x + 1, y));  // c
    case 13:
      return mean(b, m);  // g
    case 14:
      return mean(j, m);  // k
    default:
      return mean(s, m);  // r
  }
}

/// Clause 8.4.2.2.2, for a luma vector that displaces chroma pixel (x, y).
int chroma_sample(const Frame& ref, int x, int y, Mv mv, int component) {
  const int xi = x + (mv.x >> 3);
  const int yi = y + (mv.y >> 3);
  const int dx = mv.x & 7;
  const int dy = mv.y & 7;
  return ((8 - dx) * (8 - dy) * ref.chroma_at(xi, yi, component) + dx * (8 - dy) * ref.chroma_at(xi + 1, yi, component) +
          (8 - dx) * dy * ref.chroma_at(xi, yi + 1, component) + dx * dy * ref.chroma_at(xi + 1, yi + 1, component) + 32) >>
         6;
}

int displaced(const Frame& ref, int x, int y, Mv mv) { return luma_sample(ref, x + (mv.x >> 2), y + (mv.y >> 2), mv.x & 3, mv.y & 3); }

/// The stage with the groups around the current one in its ring.
class Stage {
 public:
  Stage(const Frame& source, const Frame& reference) : source_(source), reference_(reference), groups_((source.width / 16 + 3) / 4) {
    dut_.rst_ni = 0;
    clock();
    dut_.rst_ni = 1;
  }
  ~Stage() { keep_coverage(context_); }

  MotionResult run(const MotionInput& in) {
    const int group = in.mb_y * groups_ + in.mb_x / 4;
    for (; loaded_ < std::min(group + 3, groups_ * source_.height / 16); loaded_++) load(loaded_);
    dut_.mb_x_i = in.mb_x;
    dut_.width_mbs_i = source_.width / 16;
    dut_.slot_i = group % 4;
    dut_.mvp_i = bits(in.mvp);
    dut_.skip_mv_i = bits(in.skip_mv);
    dut_.cand_i = bits(in.candidates[0]) | uint64_t{bits(in.candidates[1])} << 18 | uint64_t{bits(in.candidates[2])} << 36;
    dut_.bit_weight_i = in.bit_weight;
    dut_.skip_sad_i = in.skip_sad;
    dut_.start_i = 1;
    clock();
    dut_.start_i = 0;
    MotionResult out;
    for (out.cycles = 0; !dut_.done_o && out.cycles < 1000; out.cycles++) clock();
    out.partition = static_cast<Partition>(dut_.partition_o);
    out.early = dut_.early_o;
    out.sad = dut_.sad_o;
    out.mv_cost = dut_.mv_cost_o;
    for (int k = 0; k < 4; k++) {
      const uint64_t word = (uint64_t{dut_.mv_o[1]} << 32 | dut_.mv_o[0]) >> (18 * k) | (k == 3 ? uint64_t{dut_.mv_o[2]} << 10 : 0);
      out.mv[k] = {signed9(word), signed9(word >> 9)};
    }
    for (int block = 0; block < 24; block++) read(block, out);
    return out;
  }

 private:
  static uint32_t bits(Mv mv) { return (mv.x & 511) | (mv.y & 511) << 9; }
  static int16_t signed9(uint64_t word) { return static_cast<int16_t>(((word & 511) ^ 256) - 256); }

  void clock() {
    dut_.clk_i = 1;
    dut_.eval();
    dut_.clk_i = 0;
    dut_.eval();
  }

  void beat(int kind, int slot, int mb, int row, const uint8_t* data) {
    std::memcpy(&dut_.beat_i[0], data, 16);
    dut_.beat_i[4] = kind << 10 | slot << 8 | mb << 6 | row;
    dut_.beat_valid_i = 1;
    clock();
    dut_.beat_valid_i = 0;
  }

  void load(int group) {
    const int mb_y = group / groups_;
    for (int mb = 0; mb < 4; mb++) {
      const int x = 16 * (group % groups_ * 4 + mb);
      if (x >= source_.width) break;
      for (int row = 0; row < 16; row++) beat(0, group % 4, mb, row, &source_.luma[(16 * mb_y + row) * source_.width + x]);
      for (int chroma = 0; chroma < 2; chroma++) {
        const int height = reference_.height >> chroma;
        const std::vector<uint8_t>& plane = chroma ? reference_.chroma : reference_.luma;
        for (int row = 0; row < kWindowRows[chroma]; row++) {
          const int y = clamp((16 >> chroma) * mb_y - kWindowAbove[chroma] + row, 0, height - 1);
          beat(2 + chroma, group % 4, mb, row, &plane[y * reference_.width + x]);
        }
      }
    }
  }

  void read(int block, MotionResult& out) {
    dut_.rd_en_i = 1;
    dut_.rd_idx_i = block;
    clock();
    dut_.rd_en_i = 0;
    for (int row = 0; row < 4; row++) {
      uint8_t* luma = out.luma + 16 * (4 * (block / 4) + row) + 4 * (block % 4);
      uint8_t* chroma = (block < 20 ? out.cb : out.cr) + 8 * (4 * (block % 4 / 2) + row) + 4 * (block % 2);
      std::memcpy(block < 16 ? luma : chroma, &dut_.rd_block_o[row], 4);
    }
  }

  const Frame& source_;
  const Frame& reference_;
  const int groups_;
  int loaded_ = 0;
  VerilatedContext context_;
  Vh264_motion dut_{&context_};
};

class H264Motion : public ::testing::Test {
 protected:
  int between(int low, int high) { return low + static_cast<int>(random_.below(high - low + 1)); }
  static Mv mv_of(int x, int y) { return {static_cast<int16_t>(x), static_cast<int16_t>(y)}; }
  Mv any_mv(int reach) {
    const int x = between(-reach, reach);
    return mv_of(x, between(-reach, reach));
  }

  void fill_noise(Frame& frame) {
    for (uint8_t& pixel : frame.luma) pixel = static_cast<uint8_t>(random_.next());
    for (uint8_t& pixel : frame.chroma) pixel = static_cast<uint8_t>(random_.next());
  }
  /// Noise without its highest frequencies, stretched to the full range.
  void fill_texture(Frame& frame) {
    fill_noise(frame);
    const Frame noise = frame;
    for (int i = 0; i < frame.width * frame.height; i++) {
      int sum = 0;
      for (int k = 0; k < 25; k++) sum += noise.at(i % frame.width + k % 5 - 2, i / frame.width + k / 5 - 2);
      frame.luma[i] = static_cast<uint8_t>(clip1((sum / 25 - 128) * 4 + 128));
    }
  }
  /// Black and white only: where the filters overshoot most.
  void fill_extremes(Frame& frame) {
    fill_noise(frame);
    for (uint8_t& pixel : frame.luma) pixel = pixel & 1 ? 255 : 0;
  }

  /// The reference moved, each 8x8 block by motion(column, row), and a little noise added.
  template <typename Motion>
  Frame moved(const Frame& reference, int noise, Motion motion) {
    Frame frame(reference.width, reference.height);
    for (int y = 0; y < frame.height; y++) {
      for (int x = 0; x < frame.width; x++) {
        const int pixel = displaced(reference, x, y, motion(x / 8, y / 8)) + between(-noise, noise);
        frame.luma[y * frame.width + x] = static_cast<uint8_t>(clip1(pixel));
      }
    }
    return frame;
  }

  static ReferencePicture as_reference(const Frame& frame) {
    return {frame.luma.data(), frame.chroma.data(), frame.width, frame.width, frame.height};
  }

  static MotionInput at(const Frame& source, int mb_x, int mb_y) {
    MotionInput in;
    in.mb_x = mb_x;
    in.mb_y = mb_y;
    in.source = &source.luma[16 * (mb_y * source.width + mb_x)];
    in.source_stride = source.width;
    return in;
  }

  /// The vectors' prediction, SAD and cost by the standard's text.
  static void expect_standard(const Frame& source, const Frame& ref, const MotionInput& in, const MotionResult& out) {
    int sad = 0;
    for (int i = 0; i < 256; i++) {
      const int x = 16 * in.mb_x + i % 16;
      const int y = 16 * in.mb_y + i / 16;
      ASSERT_EQ(out.luma[i], displaced(ref, x, y, out.mv[i / 128 * 2 + i % 16 / 8])) << "luma " << i;
      sad += std::abs(out.luma[i] - source.at(x, y));
    }
    ASSERT_EQ(out.sad, sad);
    for (int i = 0; i < 64; i++) {
      const Mv mv = out.mv[i / 32 * 2 + i % 8 / 4];
      ASSERT_EQ(out.cb[i], chroma_sample(ref, 8 * in.mb_x + i % 8, 8 * in.mb_y + i / 8, mv, 0)) << "Cb " << i;
      ASSERT_EQ(out.cr[i], chroma_sample(ref, 8 * in.mb_x + i % 8, 8 * in.mb_y + i / 8, mv, 1)) << "Cr " << i;
    }
    for (const Mv& mv : out.mv) ASSERT_LE(std::max(std::abs(mv.x), std::abs(mv.y)), hw::h264::kMvLimit);
    ASSERT_EQ(out.mv_cost, in.bit_weight * coded_bits(in, out));
  }

  /// Tables 7-13 and 7-17 and clause 9.1.
  static int coded_bits(const MotionInput& in, const MotionResult& out) {
    static constexpr int kTypes[4] = {1, 3, 3, 5 + 4};
    static const std::vector<int> kFirst[4] = {{0}, {0, 2}, {0, 1}, {0, 1, 2, 3}};
    const auto ue = [](int code) {
      int bits = 1;
      while ((code + 1) >> ((bits + 1) / 2) != 0) bits += 2;
      return bits;
    };
    const auto se = [&](int value) { return ue(value > 0 ? 2 * value - 1 : -2 * value); };
    int bits = kTypes[static_cast<int>(out.partition)];
    for (const int k : kFirst[static_cast<int>(out.partition)]) bits += se(out.mv[k].x - in.mvp.x) + se(out.mv[k].y - in.mvp.y);
    return bits;
  }

  static void expect_equal(const MotionResult& rtl, const MotionResult& twin) {
    ASSERT_EQ(rtl.cycles, twin.cycles);
    ASSERT_EQ(rtl.partition, twin.partition);
    ASSERT_EQ(rtl.early, twin.early);
    for (int k = 0; k < 4; k++) ASSERT_TRUE(rtl.mv[k] == twin.mv[k]) << "vector " << k;
    ASSERT_EQ(rtl.sad, twin.sad);
    ASSERT_EQ(rtl.mv_cost, twin.mv_cost);
    for (int i = 0; i < 256; i++) ASSERT_EQ(rtl.luma[i], twin.luma[i]) << "luma " << i;
    for (int i = 0; i < 64; i++) ASSERT_EQ(rtl.cb[i] << 8 | rtl.cr[i], twin.cb[i] << 8 | twin.cr[i]) << "chroma " << i;
  }

  /// Every macroblock of a picture with whatever prepare(input) asks for.
  template <typename Prepare>
  void run(const Frame& source, const Frame& reference, Prepare prepare) {
    Stage stage(source, reference);
    for (int mb = 0; mb < source.width * source.height / 256; mb++) {
      MotionInput in = at(source, mb % (source.width / 16), mb / (source.width / 16));
      prepare(in);
      MotionResult twin;
      search(in, as_reference(reference), twin);
      SCOPED_TRACE("macroblock " + std::to_string(in.mb_x) + ", " + std::to_string(in.mb_y));
      expect_equal(stage.run(in), twin);
      if (!HasFatalFailure()) expect_standard(source, reference, in, twin);
      if (HasFatalFailure()) return;
      partitions_[static_cast<int>(twin.partition)]++;
      early_ += twin.early;
      cycles_max_ = std::max(cycles_max_, twin.cycles);
      results_.push_back(twin);
    }
  }

  int count_found(Partition partition, const std::array<Mv, 4>& mvs) const {
    return static_cast<int>(std::count_if(results_.begin(), results_.end(),
                                          [&](const MotionResult& result) { return result.partition == partition && result.mv == mvs; }));
  }

  void any_request(MotionInput& in) {
    const int reach = random_.below(4) == 0 ? 64 : 12;
    in.mvp = any_mv(reach);
    const Mv whole = any_mv(16);
    in.skip_mv = random_.below(2) ? in.mvp : random_.below(2) ? Mv{} : mv_of(4 * whole.x, 4 * whole.y);
    for (Mv& mv : in.candidates) mv = random_.below(3) == 0 ? in.mvp : any_mv(reach);
    in.bit_weight = random_.below(8) == 0 ? 255 : between(1, 20);
    in.skip_sad = random_.below(2) ? 0 : between(0, 20000);
  }

  SeedStream random_{1, "motion"};
  std::array<int, 4> partitions_{};
  int early_ = 0;
  int cycles_max_ = 0;
  std::vector<MotionResult> results_;
};

constexpr int kSizes[][2] = {{64, 64}, {80, 64}, {96, 80}, {112, 64}, {144, 96}, {208, 64}};

TEST_F(H264Motion, AnyPictureAnyRequest) {
  for (int n = 0; n < 60; n++) {
    const int* size = kSizes[n % 6];
    Frame reference(size[0], size[1]);
    switch (n % 3) {
      case 0:
        fill_noise(reference);
        break;
      case 1:
        fill_texture(reference);
        break;
      default:
        fill_extremes(reference);
        break;
    }
    Frame source(size[0], size[1]);
    if (n % 4 == 0) fill_noise(source);
    const int noise = between(0, 6);
    if (n % 4 != 0) source = moved(reference, noise, [&](int column, int row) { return mv_of(column * 5 - 20, row * 3 - 10); });
    run(source, reference, [&](MotionInput& in) { any_request(in); });
    if (HasFatalFailure()) return;
  }
  for (const int count : partitions_) EXPECT_GT(count, 20);
  EXPECT_GT(early_, 20);
  EXPECT_LE(cycles_max_, 100);
}

// Vectors up to the limit at every edge, and beyond it half a sample inwards.
TEST_F(H264Motion, LongestVectorsAtEveryEdge) {
  for (int n = 0; n < 16; n++) {
    Frame reference(kSizes[n % 6][0], kSizes[n % 6][1]);
    fill_texture(reference);
    const Mv mv = mv_of(n & 1 ? 64 - n / 4 : n / 4 - 64, n & 2 ? 64 - n / 4 : n / 4 - 64);
    const Frame source = moved(reference, 3, [&](int, int) { return mv; });
    run(source, reference, [&](MotionInput& in) {
      in.mvp = mv;
      in.candidates[1] = {mv.x, 0};
      in.candidates[2] = {0, mv.y};
    });
    if (HasFatalFailure()) return;
  }
}

// A gentle slope leads on and on: the walk takes its last step onto the limit and knows nothing of the neighbours there.
TEST_F(H264Motion, AWalkThatRunsOutOfStepsStaysWithinReach) {
  for (int n = 0; n < 4; n++) {
    Frame reference(144, 144);
    Frame source(144, 144);
    for (int i = 0; i < 144 * 144; i++) {
      const int along = n < 2 ? i % 144 : i / 144;
      reference.luma[i] = static_cast<uint8_t>(60 + along * 35 / 100);
      source.luma[i] = static_cast<uint8_t>(60 + (n % 2 ? along + 21 : std::max(0, along - 21)) * 35 / 100);
    }
    run(source, reference, [](MotionInput&) {});
    if (HasFatalFailure()) return;
  }
}

TEST_F(H264Motion, FindsTheMotionOfATexture) {
  int found = 0;
  int all = 0;
  for (int n = 0; n < 25; n++) {
    Frame reference(144, 96);
    fill_texture(reference);
    const Mv mv = mv_of(n % 5 - 2 + 4 * between(-1, 1), n / 5 - 2);
    const Frame source = moved(reference, 0, [&](int, int) { return mv; });
    results_.clear();
    run(source, reference, [](MotionInput&) {});
    if (HasFatalFailure()) return;
    found += count_found(Partition::k16x16, {mv, mv, mv, mv});
    all += static_cast<int>(results_.size());
  }
  EXPECT_GE(found, all * 95 / 100) << "of " << all;
}

// Nobody suggests this one.
TEST_F(H264Motion, FindsFarMotion) {
  Frame reference(208, 96);
  fill_texture(reference);
  const Mv mv = {31, -22};
  const Frame source = moved(reference, 0, [&](int, int) { return mv; });
  run(source, reference, [](MotionInput&) {});
  EXPECT_GE(count_found(Partition::k16x16, {mv, mv, mv, mv}), static_cast<int>(results_.size()) / 2);
}

// Halves that move apart need a partition.
TEST_F(H264Motion, FindsTheMotionOfPartitions) {
  for (const Partition partition : {Partition::k16x8, Partition::k8x16, Partition::k8x8}) {
    Frame reference(144, 96);
    fill_texture(reference);
    const Mv mvs[4] = {{4, 0}, {-8, 6}, {2, -4}, {-3, -2}};
    const auto index = [&](int column, int row) {
      return partition == Partition::k16x8 ? row % 2 : partition == Partition::k8x16 ? column % 2 : row % 2 * 2 + column % 2;
    };
    const Frame source = moved(reference, 0, [&](int column, int row) { return mvs[index(column, row)]; });
    results_.clear();
    run(source, reference, [&](MotionInput& in) { in.candidates = {mvs[1], mvs[2], mvs[3]}; });
    if (HasFatalFailure()) return;
    const std::array<Mv, 4> expected = {mvs[index(0, 0)], mvs[index(1, 0)], mvs[index(0, 1)], mvs[index(1, 1)]};
    EXPECT_GE(count_found(partition, expected), static_cast<int>(results_.size()) * 80 / 100);
  }
}

TEST_F(H264Motion, StopsAtTheSkipVector) {
  Frame reference(80, 64);
  fill_texture(reference);
  const Mv mv = {8, -4};
  const Frame source = moved(reference, 2, [&](int, int) { return mv; });
  run(source, reference, [&](MotionInput& in) {
    in.skip_mv = mv;
    in.skip_sad = 1000;
  });
  EXPECT_EQ(early_, 20);
  EXPECT_EQ(cycles_max_, 2);

  const std::vector<MotionResult> stopped = results_;
  for (int more = 0; more < 2; more++) {
    early_ = 0;
    run(source, reference, [&](MotionInput& in) {
      in.skip_mv = mv;
      in.skip_sad = stopped[in.mb_y * 5 + in.mb_x].sad + more;
    });
    EXPECT_EQ(early_, more * 20) << "stops below, not at";
  }
}

}  // namespace
}  // namespace saksi::tb
