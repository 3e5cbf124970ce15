// Holds the entropy and NAL stages against their twin (bytes, sizes, words in the FIFO, cycles) and both against an independent reader of the syntax
// and against libavcodec. The macroblocks are random, of every kind and shape, from empty to more than a macroblock may hold.

#include "hw-models/h264/model/entropy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "base/seed_stream.h"
#include "rtl/h264/tb/slice_reader.h"
#include "rtl/h264/tb/stages/entropy_bench.h"

namespace saksi::tb {
namespace {

using hw::h264::EntropyCoder;
using hw::h264::MbInfo;
using hw::h264::MbKind;
using hw::h264::MbLevels;
using hw::h264::Partition;
using hw::h264::PictureConfig;
using hw::h264::Place;
using hw::h264::PredMode;

struct Macroblock {
  Place place;
  MbInfo info;
  MbLevels levels;
  std::array<uint8_t, 384> samples;
  int qp = 0;
};

/// How macroblocks are drawn.
struct Habit {
  std::string name;
  std::array<int, 5> kinds;  ///< weights, in the order of MbKind; kSkip and kInter only in P pictures
  int level_percent;         ///< chance of a level that is not zero
  int level_bits;            ///< levels are below 2^level_bits
  bool clustered;            ///< levels become rare towards high frequencies
};

const Habit kHabits[] = {
    {"skips", {30, 1, 1, 1, 0}, 5, 1, true},   {"sparse", {4, 10, 3, 3, 0}, 8, 1, true},           {"usual", {2, 10, 3, 3, 0}, 30, 3, true},
    {"dense", {1, 10, 5, 5, 1}, 75, 5, false}, {"large", {1, 5, 5, 5, 0}, 50, 11, false},          {"beyond", {1, 5, 5, 5, 0}, 40, 15, false},
    {"full", {0, 5, 5, 5, 0}, 100, 8, false},  {"near the limit", {0, 5, 5, 5, 0}, 100, 4, false}, {"pcm", {3, 2, 1, 1, 5}, 20, 2, true},
};

class Drawing {
 public:
  explicit Drawing(uint64_t seed) : random_(seed, "entropy") {}

  int below(int bound) { return static_cast<int>(random_.below(bound)); }

  PictureConfig config(bool inter) {
    PictureConfig c;
    c.width_mbs = 4 + below(5);
    c.height_mbs = 4 + below(3);
    c.bs_addr = 0x80000000 + 16 * below(1000);
    c.bs_size = 1 << 20;
    c.inter = inter;
    c.idr = !inter && below(2) != 0;
    c.deblock = below(2) != 0;
    c.frame_num = below(16);
    c.idr_pic_id = below(2) != 0 ? below(65536) : below(4);
    c.slice_rows = below(c.height_mbs);
    return c;
  }

  Place place(const PictureConfig& c, int address) {
    Place p;
    p.x = address % c.width_mbs;
    p.y = address / c.width_mbs;
    const int rows = c.slice_rows == 0 ? c.height_mbs : c.slice_rows;
    p.slice_first = p.x == 0 && p.y % rows == 0;
    p.picture_last = address == c.width_mbs * c.height_mbs - 1;
    p.slice_last = p.x == c.width_mbs - 1 && (p.y % rows == rows - 1 || p.picture_last);
    p.has_left = p.x != 0;
    p.has_top = p.y % rows != 0;
    return p;
  }

  Macroblock macroblock(const PictureConfig& c, const Habit& habit, int address) {
    Macroblock mb;
    mb.place = place(c, address);
    mb.qp = below(52);
    mb.info.kind = kind(c, habit);
    mb.info.partition = static_cast<Partition>(below(4));
    for (auto& mvd : mb.info.mvd) mvd = {vector_part(), vector_part()};
    mb.info.luma_mode = mode(mb.place);
    mb.info.chroma_mode = mode(mb.place);
    mb.info.i4_predicted = static_cast<uint16_t>(below(65536));
    for (int i = 0; i < 16; i++) {
      mb.info.i4_rem[i] = static_cast<uint8_t>(below(8));
      // Where both neighbours exist, decoders take every mode; elsewhere the predicted one is always possible.
      const bool inside = (i % 2 != 0 || i / 4 % 2 != 0 || mb.place.has_left) && (i / 2 % 2 != 0 || i / 8 != 0 || mb.place.has_top);
      if (!inside) mb.info.i4_predicted |= 1 << i;
    }
    mb.info.qp_delta = static_cast<int8_t>(below(3) == 0 ? below(52) - 26 : 0);
    mb.info.cbp_luma = static_cast<uint8_t>(below(16));
    if (mb.info.kind == MbKind::kIntra16) mb.info.cbp_luma = below(2) != 0 ? 15 : 0;
    mb.info.cbp_chroma = static_cast<uint8_t>(below(3));
    for (uint8_t& sample : mb.samples) sample = static_cast<uint8_t>(below(4) == 0 ? below(256) : below(4));
    draw_levels(habit, mb);
    return mb;
  }

 private:
  MbKind kind(const PictureConfig& c, const Habit& habit) {
    std::array<int, 5> weights = habit.kinds;
    if (!c.inter) weights[0] = weights[1] = 0;
    int left = below(weights[0] + weights[1] + weights[2] + weights[3] + weights[4]);
    int kind = 0;
    while (left >= weights[kind]) left -= weights[kind++];
    return static_cast<MbKind>(kind);
  }
  int16_t vector_part() {
    const int range = below(3) == 0 ? 255 : below(2) != 0 ? 2 * hw::h264::kMvLimit : 2;
    return static_cast<int16_t>(below(2 * range + 1) - range);
  }
  PredMode mode(const Place& place) {
    if (place.has_left && place.has_top) return static_cast<PredMode>(below(4));
    if (below(2) == 0 || !(place.has_left || place.has_top)) return PredMode::kDc;
    return place.has_left ? PredMode::kHorizontal : PredMode::kVertical;
  }
  void draw_levels(const Habit& habit, Macroblock& mb) {
    for (int b = 0; b < hw::h264::kLevelBlocks; b++) {
      const int size = b > hw::h264::kLumaDcBlock ? 4 : 16;
      const bool no_dc = b < hw::h264::kLumaDcBlock && (b >= 16 || mb.info.kind == MbKind::kIntra16);
      mb.levels.levels[b].fill(0);
      mb.levels.nonzero[b] = 0;
      if (below(6) == 0) continue;
      for (int z = no_dc ? 1 : 0; z < size; z++) {
        const int percent = habit.clustered ? habit.level_percent * 2 / (1 + z / 2) : habit.level_percent;
        if (below(100) >= percent) continue;
        const int bits = 1 + below(habit.level_bits);
        const int level = habit.level_bits == 1 ? 1 : 1 + below((1 << bits) - 1);
        mb.levels.levels[b][z] = static_cast<int16_t>(below(2) != 0 ? level : -level);
        mb.levels.nonzero[b] |= 1 << z;
      }
    }
  }

  SeedStream random_;
};

/// Where a read macroblock differs from the one that went in; empty if it does not.
std::string difference(const MacroblockBits& read, const Macroblock& mb, bool pcm) {
  const MbInfo& info = mb.info;
  if (read.skipped != (info.kind == MbKind::kSkip)) return "mb_skip_run";
  if (read.skipped) return "";
  if (pcm) return read.inter || read.mb_type != 25 || !std::equal(mb.samples.begin(), mb.samples.end(), read.pcm.begin()) ? "I_PCM" : "";
  if (read.inter != (info.kind == MbKind::kInter)) return "inter";
  if (read.inter && read.mb_type != static_cast<int>(info.partition)) return "partition";
  for (size_t i = 0; i < read.mvd.size(); i++) {
    if (read.mvd[i][0] != info.mvd[i].x || read.mvd[i][1] != info.mvd[i].y) return "mvd";
  }
  if (info.kind == MbKind::kIntra4 && read.mb_type != 0) return "I_NxN";
  if (info.kind == MbKind::kIntra16 && (read.mb_type == 0 || (read.mb_type - 1) % 4 != static_cast<int>(info.luma_mode))) return "Intra16x16PredMode";
  for (int i = 0; i < 16 && info.kind == MbKind::kIntra4; i++) {
    if (read.i4_rem[i] != (info.i4_predicted >> i & 1 ? -1 : info.i4_rem[i])) return "rem_intra4x4_pred_mode";
  }
  static constexpr PredMode kChroma[4] = {PredMode::kDc, PredMode::kHorizontal, PredMode::kVertical, PredMode::kPlane};
  if (!read.inter && kChroma[read.chroma_mode] != info.chroma_mode) return "intra_chroma_pred_mode";
  if (read.cbp_luma != info.cbp_luma || read.cbp_chroma != info.cbp_chroma) return "coded_block_pattern";
  const bool has_delta = info.kind == MbKind::kIntra16 || info.cbp_luma != 0 || info.cbp_chroma != 0;
  if (has_delta && read.qp_delta != info.qp_delta) return "mb_qp_delta";
  for (int b = 0; b < hw::h264::kLevelBlocks; b++) {
    const bool coded = b == 24  ? info.kind == MbKind::kIntra16
                       : b > 24 ? info.cbp_chroma != 0
                       : b > 15 ? info.cbp_chroma == 2
                                : info.cbp_luma >> (b / 8 * 2 + b % 4 / 2) & 1;
    for (int z = 0; z < 16; z++) {
      if (read.levels[b][z] != (coded ? mb.levels.levels[b][z] : 0)) return "level " + std::to_string(z) + " of block " + std::to_string(b);
    }
  }
  return "";
}

/// Whether a level needs a level_prefix beyond 15 cannot be read from what must not be written; with these it cannot be.
bool small_levels(const Macroblock& mb) {
  for (const auto& block : mb.levels.levels) {
    for (const int level : block) {
      if (std::abs(level) > 2000) return false;
    }
  }
  return true;
}

enum class Verdict { kNone, kFits, kPcm };

class Entropy : public ::testing::Test {
 protected:
  /// Codes a picture with both, slot by slot: while a macroblock is coded the levels of the next one arrive.
  void code_picture(const PictureConfig& config, const Habit& habit) {
    config_ = config;
    macroblocks_.clear();
    verdicts_.clear();
    bench_.start_picture(config);
    twin_.start_picture(config);
    const int count = config.width_mbs * config.height_mbs;
    uint32_t taken = 0;
    for (int i = 0; i <= count; i++) {
      if (i < count) {
        macroblocks_.push_back(drawing_.macroblock(config, habit, i));
        if (at_the_limit_) bring_to_limit(macroblocks_[i]);
        bench_.collect(macroblocks_[i].info, macroblocks_[i].levels);
      }
      if (i > 0) {
        taken += twin_.drain(false);
        ASSERT_NO_FATAL_FAILURE(code(macroblocks_[i - 1]));
      }
      bench_.settle();
      if (i < count) {
        ASSERT_NO_FATAL_FAILURE(decide(macroblocks_[i], habit));
      }
    }
    taken += twin_.drain(true);
    bench_.drain_all();
    ASSERT_EQ(bench_.nal_sizes(), twin_.nal_sizes());
    ASSERT_EQ(bench_.words(), twin_.words());
    ASSERT_EQ(bench_.overflow(), twin_.overflow());
    if (twin_.overflow()) return;
    ASSERT_EQ(taken, (twin_.bytes().size() + 15) / 16);
    ASSERT_EQ(bench_.memory(), twin_.bytes());
  }

  /// Counts what may be too long, and at times what is not.
  void decide(Macroblock& mb, const Habit& habit) {
    verdicts_.push_back(Verdict::kNone);
    if (mb.info.kind != MbKind::kSkip && mb.info.kind != MbKind::kPcm && (habit.level_percent >= 40 || drawing_.below(4) == 0)) {
      bool rtl_pcm = false;
      bool twin_pcm = false;
      const int cycles = bench_.count(mb.info, mb.place, rtl_pcm);
      ASSERT_EQ(cycles, twin_.count(mb.info, mb.levels, mb.place, twin_pcm));
      ASSERT_EQ(rtl_pcm, twin_pcm);
      verdicts_.back() = rtl_pcm ? Verdict::kPcm : Verdict::kFits;
      // Told to go ahead all the same, the reader will see whether it was really too long.
      const bool go_ahead = small_levels(mb) && (at_the_limit_ || drawing_.below(4) == 0);
      if (rtl_pcm && !go_ahead) mb.info.kind = MbKind::kPcm;
    }
    if (mb.info.kind == MbKind::kPcm) bench_.send_pcm(mb.samples.data());
  }

  /// Makes the macroblock too long, takes levels away until it is short enough, and draws one of the lengths around the limit that other fields
  /// of the header can give it then.
  void bring_to_limit(Macroblock& mb) {
    static constexpr int kDeltas[] = {0, 1, 2, 4, 8, 16};
    mb.info.kind = MbKind::kIntra4;
    mb.info.cbp_luma = 15;
    mb.info.i4_predicted = 0xFFFF;
    mb.info.qp_delta = 0;
    for (int b = 0; b < 16; b++) {
      for (int16_t& level : mb.levels.levels[b]) level = static_cast<int16_t>(drawing_.below(2) != 0 ? 30 : -20);
      mb.levels.nonzero[b] = 0xFFFF;
    }
    for (bool is_pcm = true; is_pcm;) {
      const int b = drawing_.below(16);
      const int z = drawing_.below(16);
      mb.levels.levels[b][z] = 0;
      mb.levels.nonzero[b] &= ~(1 << z);
      twin_.count(mb.info, mb.levels, mb.place, is_pcm);
    }
    mb.info.i4_predicted = static_cast<uint16_t>(0xFFFF << drawing_.below(17));
    mb.info.qp_delta = static_cast<int8_t>(kDeltas[drawing_.below(6)]);
  }

  void code(const Macroblock& mb) {
    const int cycles = bench_.code(mb.info, mb.place, mb.qp);
    ASSERT_EQ(cycles, twin_.code(mb.info, mb.levels, mb.samples.data(), mb.place, mb.qp))
        << "kind " << static_cast<int>(mb.info.kind) << " at " << mb.place.x << ", " << mb.place.y;
    ASSERT_EQ(bench_.bytes(), twin_.bytes().size());
    ASSERT_EQ(bench_.words(), twin_.words());
  }

  std::vector<Bytes> nal_units() const {
    std::vector<Bytes> nals;
    auto at = twin_.bytes().begin();
    for (const uint32_t size : twin_.nal_sizes()) {
      nals.emplace_back(at, at + size);
      at += size;
    }
    EXPECT_EQ(at, twin_.bytes().end());
    return nals;
  }

  /// Everything that went in must stand there, and nothing else.
  void read_back() {
    size_t address = 0;
    for (const Bytes& nal : nal_units()) {
      const SliceBits slice = read_slice(nal, config_.width_mbs, config_.height_mbs);
      ASSERT_EQ(slice.nal_unit_type, config_.idr ? 5 : 1);
      ASSERT_EQ(slice.nal_ref_idc, config_.idr ? 3 : 2);
      ASSERT_EQ(slice.first_mb, static_cast<int>(address));
      ASSERT_EQ(slice.inter, config_.inter);
      ASSERT_EQ(slice.frame_num, config_.frame_num);
      ASSERT_EQ(slice.idr_pic_id, config_.idr ? config_.idr_pic_id : -1);
      ASSERT_EQ(slice.qp, macroblocks_[address].qp);
      ASSERT_EQ(slice.disable_deblocking_filter_idc, config_.deblock ? 0 : 1);
      emulation_prevention_bytes_ += slice.emulation_prevention_bytes;
      for (size_t i = 0; i < slice.macroblocks.size(); i++, address++) {
        ASSERT_LT(address, macroblocks_.size());
        const Macroblock& mb = macroblocks_[address];
        const MacroblockBits& read = slice.macroblocks[i];
        ASSERT_EQ(difference(read, mb, mb.info.kind == MbKind::kPcm), "") << "macroblock " << address;
        ASSERT_EQ(mb.place.slice_last, i + 1 == slice.macroblocks.size());
        if (verdicts_[address] == Verdict::kNone || mb.info.kind == MbKind::kPcm) continue;
        ASSERT_EQ(verdicts_[address] == Verdict::kPcm, read.bits > hw::h264::kMaxMbBits) << read.bits << " bits";
        lengths_.insert(read.bits);
      }
    }
    ASSERT_EQ(address, macroblocks_.size());
  }

  EntropyBench bench_{1};
  EntropyCoder twin_;
  Drawing drawing_{2};
  PictureConfig config_;
  std::vector<Macroblock> macroblocks_;
  std::vector<Verdict> verdicts_;
  bool at_the_limit_ = false;  ///< draw macroblocks of about kMaxMbBits, and code them whatever the verdict
  std::set<int> lengths_;      ///< of counted macroblocks, bits
  int emulation_prevention_bytes_ = 0;
};

TEST_F(Entropy, EqualsTwinAndReadsBack) {
  for (int n = 0; n < 20; n++) {
    for (const Habit& habit : kHabits) {
      SCOPED_TRACE(habit.name + " " + std::to_string(n));
      ASSERT_NO_FATAL_FAILURE(code_picture(drawing_.config(n % 3 != 0), habit));
      ASSERT_NO_FATAL_FAILURE(read_back());
    }
  }
  EXPECT_GT(*lengths_.rbegin(), hw::h264::kMaxMbBits + 100);
  EXPECT_GT(emulation_prevention_bytes_, 100);
}

TEST_F(Entropy, TheVerdictIsExact) {
  at_the_limit_ = true;
  for (int n = 0; n < 20; n++) {
    ASSERT_NO_FATAL_FAILURE(code_picture(drawing_.config(n % 2 != 0), kHabits[6]));
    ASSERT_NO_FATAL_FAILURE(read_back());
  }
  for (int bits = hw::h264::kMaxMbBits - 2; bits <= hw::h264::kMaxMbBits + 3; bits++) EXPECT_EQ(lengths_.count(bits), 1u) << bits;
}

TEST_F(Entropy, SkippedPicturesAndBigFirstMacroblocks) {
  const Habit nothing = {"nothing", {1, 0, 0, 0, 0}, 0, 1, false};
  PictureConfig config = drawing_.config(true);
  config.width_mbs = hw::h264::kMaxWidthMbs;
  config.height_mbs = hw::h264::kMaxHeightMbs;
  for (const int rows : {0, 67}) {
    config.slice_rows = rows;
    ASSERT_NO_FATAL_FAILURE(code_picture(config, nothing));
    ASSERT_NO_FATAL_FAILURE(read_back());
  }
}

TEST_F(Entropy, SaysWhenTheBufferIsTooSmall) {
  PictureConfig config = drawing_.config(true);
  for (config.bs_size = 0; config.bs_size < 1024; config.bs_size += 208) {
    ASSERT_NO_FATAL_FAILURE(code_picture(config, kHabits[3]));
    EXPECT_TRUE(bench_.overflow());
    EXPECT_EQ(bench_.memory().size(), config.bs_size);
    EXPECT_TRUE(std::equal(bench_.memory().begin(), bench_.memory().end(), twin_.bytes().begin()));
  }
  config.bs_size = 1 << 20;
  ASSERT_NO_FATAL_FAILURE(code_picture(config, kHabits[3]));
}

TEST_F(Entropy, DecoderAgrees) {
  const std::unique_ptr<Decoder> decoder = make_ffmpeg_decoder();
  PictureConfig config = drawing_.config(false);
  config.idr = true;
  for (int n = 0; n < 60; n++) {
    config.frame_num = n % 16;
    config.deblock = drawing_.below(2) != 0;
    config.slice_rows = drawing_.below(config.height_mbs);
    const Habit& habit = kHabits[drawing_.below(4)];
    SCOPED_TRACE(habit.name + " " + std::to_string(n));
    ASSERT_NO_FATAL_FAILURE(code_picture(config, habit));
    Bytes stream;
    if (n == 0) stream = parameter_sets(16 * config.width_mbs, 16 * config.height_mbs);
    for (const Bytes& nal : nal_units()) {
      stream.insert(stream.end(), {0, 0, 0, 1});
      stream.insert(stream.end(), nal.begin(), nal.end());
    }
    Picture picture;
    ASSERT_TRUE(decoder->decode(stream, picture)) << decoder->what();
    config.idr = false;
    config.inter = n % 8 != 0;
  }
}

}  // namespace
}  // namespace saksi::tb
