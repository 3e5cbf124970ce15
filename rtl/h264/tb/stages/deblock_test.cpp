// Holds the deblocking filter in RTL against its twin, pixel by pixel and cycle by cycle, and both against clause 8.7 written down plainly
// (deblock_reference.h). The RTL runs as in the encoder: the next macroblock comes in while one is filtered and a group of others is written, to a
// bus that stalls at random.
//
// The pictures are made so that all branches act: smooth slopes with steps between 4x4 blocks and noise, both about as big as the thresholds.

#include "hw-models/h264/model/deblock.h"

#include <Vh264_deblock_bench.h>
#include <gtest/gtest.h>
#include <verilated.h>

#include <algorithm>
#include <deque>
#include <string>

#include "base/seed_stream.h"
#include "hw-models/h264/model/deblock_filter.h"
#include "rtl/coverage/coverage.h"
#include "rtl/h264/tb/stages/deblock_reference.h"

namespace saksi::tb {
namespace {

using hw::h264::DeblockInfo;
using hw::h264::Mv;

enum class Content { kMixed, kIntra, kInter, kStatic };

constexpr uint32_t kRecY = 0x1000;
constexpr uint32_t kRecC = 0x81000;
constexpr uint32_t kMemoryEnd = 0xC1000;
constexpr uint8_t kUntouched = 0xA5;

int clip_pixel(int x) { return std::min(255, std::max(0, x)); }

/// Random pictures.
class Pictures {
 public:
  Pictures(uint64_t seed, Content content) : random_(seed, "deblock"), content_(content) {}

  DeblockPicture next(int width_mbs, int height_mbs) {
    DeblockPicture picture;
    picture.width_mbs = width_mbs;
    picture.height_mbs = height_mbs;
    for (int plane = 0; plane < 3; plane++) picture.planes[plane] = pixels(width_mbs * (plane == 0 ? 16 : 8), height_mbs * (plane == 0 ? 16 : 8));
    const int qp = in(0, 51);
    const int spread = random_.below(3) == 0 ? 51 : 4;
    const Mv global = vector(60);
    for (int i = 0; i < width_mbs * height_mbs; i++) picture.infos.push_back(info(qp, spread, global));
    return picture;
  }

 private:
  int in(int low, int high) { return low + static_cast<int>(random_.below(high - low + 1)); }
  Mv vector(int limit) { return {static_cast<int16_t>(in(-limit, limit)), static_cast<int16_t>(in(-limit, limit))}; }

  std::vector<uint8_t> pixels(int width, int height) {
    const int step = in(0, 1) ? in(0, 12) : in(0, 90);
    const int noise = in(0, 3) ? in(0, 4) : in(0, 40);
    const int slope_x = in(-3, 3);
    const int slope_y = in(-3, 3);
    const int middle = in(0, 255);
    std::vector<int> offsets(width / 4 * (height / 4));
    for (int& offset : offsets) offset = in(-step, step);
    std::vector<uint8_t> out;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        const int slope = slope_x * (x % 64 - 32) + slope_y * (y % 64 - 32);
        out.push_back(static_cast<uint8_t>(clip_pixel(middle + slope + offsets[y / 4 * (width / 4) + x / 4] + in(-noise, noise))));
      }
    }
    return out;
  }

  DeblockInfo info(int qp, int spread, Mv global) {
    DeblockInfo out;
    out.qp = static_cast<uint8_t>(std::min(51, std::max(0, qp + in(-spread, spread))));
    out.mv.fill(global);
    if (content_ == Content::kStatic) return out;
    out.intra = content_ == Content::kIntra || (content_ == Content::kMixed && in(0, 3) == 0);
    const int density = in(0, 3);
    for (int i = 0; i < 16; i++) out.nonzero = static_cast<uint16_t>(out.nonzero | (density > 0 && in(0, 3) < density) << i);
    if (in(0, 1)) out.nonzero &= 0x0F0F;
    const int unrest = in(0, 3);
    for (Mv& mv : out.mv) {
      if (unrest == 0) continue;
      const Mv delta = vector(unrest == 3 ? 124 : 4);
      mv = {static_cast<int16_t>(std::clamp(mv.x + delta.x, -64, 64)), static_cast<int16_t>(std::clamp(mv.y + delta.y, -64, 64))};
    }
    return out;
  }

  SeedStream random_;
  Content content_;
};

/// Memory with a picture in NV12, and room on the right of it.
struct Memory {
  Memory() : bytes(kMemoryEnd, kUntouched) {}
  std::vector<uint8_t> bytes;
  uint32_t stride = 0;

  uint8_t& sample(int plane, int x, int y) { return bytes[plane == 0 ? kRecY + y * stride + x : kRecC + y * stride + 2 * x + plane - 1]; }

  void store(const DeblockPicture& picture) {
    for (int plane = 0; plane < 3; plane++) {
      const int width = picture.width_mbs * (plane == 0 ? 16 : 8);
      for (size_t i = 0; i < picture.planes[plane].size(); i++) {
        sample(plane, static_cast<int>(i) % width, static_cast<int>(i) / width) = picture.planes[plane][i];
      }
    }
  }
};

hw::h264::PictureConfig config_of(const DeblockPicture& picture, uint32_t stride, bool deblock) {
  hw::h264::PictureConfig config;
  config.width_mbs = picture.width_mbs;
  config.height_mbs = picture.height_mbs;
  config.rec_y = kRecY;
  config.rec_c = kRecC;
  config.rec_stride = stride;
  config.deblock = deblock;
  return config;
}

hw::h264::Place place_of(const DeblockPicture& picture, int mb) {
  hw::h264::Place place;
  place.x = mb % picture.width_mbs;
  place.y = mb / picture.width_mbs;
  place.picture_last = mb + 1 == picture.width_mbs * picture.height_mbs;
  return place;
}

/// The twin's cycles by macroblock; the picture in memory is filtered.
std::vector<int> run_twin(const DeblockPicture& picture, Memory& memory, bool deblock) {
  hw::h264::Deblocker twin;
  twin.start_picture(config_of(picture, memory.stride, deblock), &memory.bytes[kRecY], &memory.bytes[kRecC]);
  std::vector<int> cycles;
  for (size_t mb = 0; mb < picture.infos.size(); mb++) cycles.push_back(twin.filter(place_of(picture, static_cast<int>(mb)), picture.infos[mb]));
  return cycles;
}

/// The RTL with what surrounds it.
class Rtl {
 public:
  explicit Rtl(uint64_t seed) : random_(seed, "deblock rtl") {
    bench_.rst_ni = 0;
    cycle();
    bench_.rst_ni = 1;
  }
  ~Rtl() { keep_coverage(context_); }

  /// Starts a picture; run() it then, or start another.
  void start(const DeblockPicture& picture, uint32_t stride, bool deblock, bool stalls) {
    picture_ = &picture;
    stalls_ = stalls;
    memory_ = Memory();
    memory_.stride = stride;
    cycles_.clear();
    overwritten_ = 0;
    bench_.width_mbs_i = picture.width_mbs;
    bench_.rec_y_i = kRecY;
    bench_.rec_c_i = kRecC;
    bench_.rec_stride_i = stride;
    bench_.deblock_i = deblock;
    bench_.start_pic_i = 1;
    cycle();
    commands_.clear();
    bench_.start_pic_i = 0;
  }

  /// Runs the picture's first macroblocks, by default all of it and what has to be written in the end.
  void run(int mbs = -1) {
    const int all = static_cast<int>(picture_->infos.size());
    const bool whole = mbs < 0;
    if (whole) mbs = all;
    collect(0);
    while (!blocks_.empty()) cycle();
    for (int mb = 0; mb < mbs; mb++) slot(mb);
    while (whole && bench_.group_ready_o) {
      bench_.group_write_i = 1;
      cycle();
      bench_.group_write_i = 0;
      for (int n = 0; !bench_.group_done_o && n < kPatience; n++) cycle();
      ASSERT_TRUE(bench_.group_done_o);
    }
  }

  /// After run(mbs): starts the next macroblock and gives up some cycles later.
  void break_off(int mbs, int cycles) {
    start_slot(mbs);
    for (int i = 0; i < cycles; i++) cycle();
    blocks_.clear();
  }

  Memory& memory() { return memory_; }
  const std::vector<int>& cycles() const { return cycles_; }
  /// Bytes that were written twice. Those that became kUntouched the first time are not seen.
  int overwritten() const { return overwritten_; }

 private:
  static constexpr int kPatience = 5000;

  struct Block {
    int index;
    std::array<uint8_t, 16> pixels;
  };

  /// Puts the blocks of a macroblock in line, in some order, and some of them wrong at first.
  void collect(int mb) {
    if (mb >= static_cast<int>(picture_->infos.size())) return;
    std::vector<int> order;
    for (int i = 0; i < 24; i++) order.push_back(i);
    for (int i = 23; i > 0; i--) std::swap(order[i], order[random_.below(i + 1)]);
    for (const int i : order) {
      if (random_.below(8) == 0) blocks_.push_front({i, {}});
      blocks_.push_back(block(mb, i));
    }
  }

  Block block(int mb, int index) const {
    const int plane = index < 16 ? 0 : index < 20 ? 1 : 2;
    const int size = plane == 0 ? 16 : 8;
    const int width = picture_->width_mbs * size;
    const int in_plane = plane == 0 ? index : index % 4;
    const int x0 = mb % picture_->width_mbs * size + in_plane % (size / 4) * 4;
    const int y0 = mb / picture_->width_mbs * size + in_plane / (size / 4) * 4;
    Block out{index, {}};
    for (int i = 0; i < 16; i++) out.pixels[i] = picture_->planes[plane][(y0 + i / 4) * width + x0 + i % 4];
    return out;
  }

  /// Starts a slot; true if a group is written in it.
  bool start_slot(int mb) {
    const DeblockInfo& info = picture_->infos[mb];
    const hw::h264::Place place = place_of(*picture_, mb);
    bench_.x_i = place.x;
    bench_.y_i = place.y;
    bench_.picture_last_i = place.picture_last;
    bench_.qp_i = info.qp;
    bench_.intra_i = info.intra;
    bench_.nonzero_i = info.nonzero;
    for (int i = 0; i < 4; i++)
      bench_.mv_i[i] = static_cast<uint16_t>(info.mv[i].x) | static_cast<uint32_t>(static_cast<uint16_t>(info.mv[i].y)) << 16;
    const bool writing = bench_.group_ready_o;
    bench_.start_i = 1;
    bench_.group_write_i = writing;
    cycle();
    bench_.start_i = 0;
    bench_.group_write_i = 0;
    return writing;
  }

  void slot(int mb) {
    bool writing = start_slot(mb);
    collect(mb + 1);
    int done = bench_.done_o ? 0 : -1;
    for (int edge = 1; done < 0 || writing || !blocks_.empty(); edge++) {
      ASSERT_LT(edge, kPatience);
      cycle();
      if (bench_.done_o) {
        ASSERT_LT(done, 0) << "done_o twice";
        done = edge;
      }
      if (bench_.group_done_o) {
        ASSERT_TRUE(writing);
        writing = false;
      }
    }
    cycles_.push_back(done);
  }

  /// One clock cycle, with a block that comes in and a beat that goes out, perhaps.
  void cycle() {
    bench_.rec_valid_i = !blocks_.empty() && !bench_.start_i && (!stalls_ || random_.below(3) > 0);
    if (bench_.rec_valid_i) {
      bench_.rec_idx_i = blocks_.front().index;
      for (int i = 0; i < 4; i++) std::copy_n(blocks_.front().pixels.data() + 4 * i, 4, reinterpret_cast<uint8_t*>(&bench_.rec_block_i[i]));
      blocks_.pop_front();
    }
    const bool stall = stalls_ && random_.below(4) == 0;
    bench_.cmd_ready_i = bench_.cmd_valid_o && commands_.size() < 2 && !stall;
    bench_.data_pop_i = bench_.data_valid_o && !commands_.empty() && !(stalls_ && random_.below(4) == 0);
    if (bench_.data_pop_i) take_beat();
    if (bench_.cmd_ready_i) commands_.push_back({bench_.cmd_addr_o, bench_.cmd_beats_o});
    bench_.clk_i = 1;
    bench_.eval();
    bench_.clk_i = 0;
    bench_.eval();
  }

  void take_beat() {
    Command& command = commands_.front();
    for (int i = 0; i < 16; i++) {
      uint8_t& byte = memory_.bytes.at(command.addr + i);
      overwritten_ += byte != kUntouched;
      byte = static_cast<uint8_t>(bench_.data_o[i / 4] >> (8 * (i % 4)));
    }
    command.addr += 16;
    if (--command.beats == 0) commands_.pop_front();
  }

  struct Command {
    uint32_t addr;
    int beats;
  };

  VerilatedContext context_;
  Vh264_deblock_bench bench_{&context_};
  SeedStream random_;
  const DeblockPicture* picture_ = nullptr;
  bool stalls_ = false;
  std::deque<Block> blocks_;
  std::deque<Command> commands_;
  int overwritten_ = 0;
  Memory memory_;
  std::vector<int> cycles_;
};

/// A place where the two differ, or nothing.
std::string difference(Memory& a, Memory& b) {
  const auto at = std::mismatch(a.bytes.begin(), a.bytes.end(), b.bytes.begin()).first - a.bytes.begin();
  if (at == static_cast<ptrdiff_t>(a.bytes.size())) return "";
  const bool luma = at < kRecC;
  const int offset = static_cast<int>(at) - (luma ? kRecY : kRecC);
  return std::string(luma ? "luma" : "chroma") + " byte " + std::to_string(offset % a.stride) + " of row " + std::to_string(offset / a.stride) +
         ": " + std::to_string(a.bytes[at]) + ", not " + std::to_string(b.bytes[at]);
}

struct Case {
  const char* name;
  int width_mbs, height_mbs;
  Content content;
  bool stalls;
};

class H264DeblockPictures : public ::testing::TestWithParam<Case> {};

TEST_P(H264DeblockPictures, RtlTwinAndReferenceAgree) {
  const Case& c = GetParam();
  Pictures pictures(7, c.content);
  Rtl rtl(7);
  int filtered = 0;
  for (int n = 0; n < 25; n++) {
    SCOPED_TRACE("picture " + std::to_string(n));
    const DeblockPicture picture = pictures.next(c.width_mbs, c.height_mbs);
    const uint32_t stride = 16 * c.width_mbs + 16 * (n % 3);
    Memory twin;
    twin.stride = stride;
    twin.store(picture);
    const std::vector<int> cycles = run_twin(picture, twin, true);
    rtl.start(picture, stride, true, c.stalls);
    rtl.run();
    ASSERT_FALSE(HasFatalFailure());
    Memory reference;
    reference.stride = stride;
    DeblockPicture filtered_picture = picture;
    deblock_as_in_the_standard(filtered_picture);
    reference.store(filtered_picture);
    filtered += filtered_picture.planes[0] != picture.planes[0];
    EXPECT_EQ(difference(twin, reference), "") << "twin and reference";
    ASSERT_EQ(difference(rtl.memory(), reference), "") << "RTL and reference";
    ASSERT_EQ(rtl.cycles(), cycles);
    EXPECT_EQ(rtl.overwritten(), 0);
  }
  EXPECT_GE(filtered, c.content == Content::kStatic ? 0 : 8);
}

INSTANTIATE_TEST_SUITE_P(Sizes, H264DeblockPictures,
                         ::testing::Values(Case{"Square", 4, 4, Content::kMixed, true}, Case{"OneMoreThanAGroup", 5, 4, Content::kMixed, false},
                                           Case{"OddSize", 7, 6, Content::kMixed, true}, Case{"Wide", 22, 4, Content::kMixed, true},
                                           Case{"Widest", 120, 4, Content::kMixed, false}, Case{"Intra", 9, 5, Content::kIntra, true},
                                           Case{"Inter", 10, 6, Content::kInter, true}, Case{"Static", 6, 5, Content::kStatic, false}),
                         [](const auto& test) { return test.param.name; });

TEST(H264Deblock, NothingChangesWithoutTheFilter) {
  Pictures pictures(3, Content::kMixed);
  const DeblockPicture picture = pictures.next(6, 4);
  Memory expected;
  expected.stride = 96;
  expected.store(picture);
  Rtl rtl(3);
  rtl.start(picture, 96, false, true);
  rtl.run();
  EXPECT_EQ(difference(rtl.memory(), expected), "");
  Memory twin = expected;
  const std::vector<int> cycles = run_twin(picture, twin, false);
  EXPECT_EQ(difference(twin, expected), "");
  EXPECT_EQ(rtl.cycles(), cycles);
  EXPECT_EQ(cycles, std::vector<int>(24, 1));
}

TEST(H264Deblock, APictureFollowsOneThatWasGivenUp) {
  Pictures pictures(4, Content::kMixed);
  Rtl rtl(4);
  for (int mbs = 1; mbs < 24; mbs++) {
    const DeblockPicture given_up = pictures.next(6, 4);
    rtl.start(given_up, 96, true, true);
    rtl.run(mbs);
    rtl.break_off(mbs, 3 * (mbs % 8));
    DeblockPicture picture = pictures.next(5, 4);
    rtl.start(picture, 80, true, true);
    rtl.run();
    Memory expected;
    expected.stride = 80;
    deblock_as_in_the_standard(picture);
    expected.store(picture);
    ASSERT_EQ(difference(rtl.memory(), expected), "") << mbs;
  }
}

/// The first picture's lines all lie in one slice and the second one's in many: the filter does not care.
TEST(H264Deblock, EdgesBetweenSlicesAreFiltered) {
  Pictures pictures(5, Content::kIntra);
  const DeblockPicture picture = pictures.next(4, 4);
  Memory one;
  one.stride = 64;
  one.store(picture);
  Memory many = one;
  hw::h264::Deblocker twin;
  for (Memory* memory : {&one, &many}) {
    twin.start_picture(config_of(picture, 64, true), &memory->bytes[kRecY], &memory->bytes[kRecC]);
    for (int mb = 0; mb < 16; mb++) {
      hw::h264::Place place = place_of(picture, mb);
      place.has_left = place.x > 0;
      place.has_top = memory == &one && place.y > 0;
      place.slice_first = memory == &many && place.x == 0;
      twin.filter(place, picture.infos[mb]);
    }
  }
  EXPECT_EQ(difference(one, many), "");
}

/// Lanes of plain C++, which other machines use, filter as those of this machine.
TEST(H264Deblock, PlainLanesAgree) {
  SeedStream random(6, "lanes");
  for (int n = 0; n < 3000; n++) {
    hw::h264::Edges edges[2];
    for (hw::h264::Edges& e : edges) {
      e.luma = static_cast<uint16_t>(random.next());
      e.chroma = e.luma & 0x0F0F;
      e.coded = static_cast<uint16_t>(random.next());
      e.intra = random.below(3) == 0;
      e.outer_intra = e.intra || random.below(3) == 0;
      for (auto* qp : {&e.luma_qp, &e.chroma_qp}) *qp = {static_cast<uint8_t>(16 + random.below(36)), static_cast<uint8_t>(16 + random.below(36))};
    }
    uint8_t pixels[2][24 + 12][32];
    const int noise = 1 + static_cast<int>(random.below(60));
    for (auto& row : pixels[0]) {
      for (uint8_t& pixel : row) pixel = static_cast<uint8_t>(100 + random.below(noise));
    }
    std::copy(&pixels[0][0][0], &pixels[0][0][0] + sizeof pixels[0], &pixels[1][0][0]);
    hw::h264::filter_edges<hw::h264::Lanes>(edges[0], edges[1], &pixels[0][4][8], &pixels[0][24][8], 32);
    hw::h264::filter_edges<hw::h264::PlainLanes>(edges[0], edges[1], &pixels[1][4][8], &pixels[1][24][8], 32);
    ASSERT_TRUE(std::equal(&pixels[0][0][0], &pixels[0][0][0] + sizeof pixels[0], &pixels[1][0][0])) << n;
  }
}

}  // namespace
}  // namespace saksi::tb
