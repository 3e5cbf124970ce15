#include "hw-models/h264/model/entropy.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "hw-models/h264/model/cavlc_tables.h"

namespace saksi::hw::h264 {
namespace {

constexpr int kTotalPcm = 16;
constexpr int kPcmCycles = 50;       // a gap, pcm_alignment_zero_bit, 48 times eight samples
constexpr int kMaxLevelCode = 4095;  // that a level_suffix of 12 bits holds

/// Number of the block, and its place in Totals, by luma4x4BlkIdx.
constexpr uint8_t kRaster[16] = {0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15};

int highest_bit(uint32_t value) { return 31 - __builtin_clz(value); }

/// The population count instruction is not part of plain x86-64.
int bit_count(uint32_t mask) {
  mask = mask - (mask >> 1 & 0x5555);
  mask = (mask & 0x3333) + (mask >> 2 & 0x3333);
  mask = (mask + (mask >> 4)) & 0x0f0f;
  return static_cast<int>((mask + (mask >> 8)) & 31);
}

/// The token table by the sum of both neighbours' numbers of levels, where a missing one counts 64.
struct TokenTableBySum {
  constexpr TokenTableBySum() {
    for (int sum = 0; sum <= 128; sum++) {
      const int nc = sum < 64 ? (sum + 1) / 2 : sum % 64;
      table[sum] = nc < 2 ? 0 : nc < 4 ? 1 : nc < 8 ? 2 : 3;
    }
  }
  uint8_t table[129] = {};
};
constexpr TokenTableBySum kTokenTable;

/// Table 8-5.
int chroma_mode_number(PredMode mode) {
  static constexpr uint8_t kNumber[4] = {2, 1, 0, 3};
  return kNumber[static_cast<int>(mode)];
}

/// Table 7-17.
int vectors_of(Partition partition) {
  static constexpr uint8_t kVectors[4] = {1, 2, 2, 4};
  return kVectors[static_cast<int>(partition)];
}

bool has_zero_byte(uint64_t group) { return ((group - 0x0101010101010101) & ~group & 0x8080808080808080) != 0; }

}  // namespace

inline void EntropyCoder::BitWriter::put(uint64_t value, int length) {
  if (fill + length < 64) {
    bits = bits << length | value;
    fill += length;
    return;
  }
  // Two shifts, as one by 64 is not defined. What stays in bits of those that went out is shifted out in time.
  const int rest = fill + length - 64;
  *out++ = bits << (63 - fill) << 1 | value >> rest;
  bits = value;
  fill = rest;
}

inline void EntropyCoder::BitWriter::ue(uint32_t value) { put(value + 1, 2 * highest_bit(value + 1) + 1); }

inline void EntropyCoder::BitWriter::se(int value) { ue(value > 0 ? 2 * value - 1 : -2 * value); }

void EntropyCoder::start_picture(const PictureConfig& config) {
  config_ = config;
  bytes_.clear();
  nal_sizes_.clear();
  nal_start_ = 0;
  drained_ = 0;
  zeros_ = 0;
  writer_ = BitWriter();
}

int EntropyCoder::count(const MbInfo& info, const MbLevels& levels, const Place& place, bool& pcm) {
  const BitWriter kept = writer_;
  writer_.out = groups_.data();
  bad_ = false;
  const int codes = mb_header(info) + macroblock(info, levels, place);
  const int64_t bits = (writer_.out - groups_.data()) * 64 + writer_.fill - kept.fill;
  pcm = bits > kMaxMbBits || bad_;
  writer_ = kept;
  return codes + 2;
}

int EntropyCoder::code(const MbInfo& info, const MbLevels& levels, const uint8_t* pcm_samples, const Place& place, int qp) {
  writer_.out = groups_.data();
  int cycles = 3;
  if (place.slice_first) {
    run_ = 0;
    cycles += slice_header(place, qp);
  }
  if (info.kind == MbKind::kSkip) {
    run_++;
    fill_edges(place, 0);
  } else {
    if (config_.inter) writer_.ue(run_);
    run_ = 0;
    cycles += mb_header(info);
    if (info.kind == MbKind::kPcm) {
      cycles += pcm(pcm_samples);
      fill_edges(place, kTotalPcm);
    } else {
      cycles += macroblock(info, levels, place);
      store_edges(place);
    }
  }
  if (place.slice_last) cycles += slice_end();
  append_groups(place.slice_last);
  return cycles;
}

int EntropyCoder::slice_header(const Place& place, int qp) {
  nal_start_ = static_cast<uint32_t>(bytes_.size());
  writer_.put(config_.idr ? 0x65 : 0x41, 8);  // nal_ref_idc 3 or 2, nal_unit_type 5 or 1
  writer_.ue(place.y * config_.width_mbs + place.x);
  writer_.ue(config_.inter ? 5 : 7);
  writer_.put(16 | config_.frame_num, 5);  // pic_parameter_set_id 0 comes first
  if (config_.idr) writer_.ue(config_.idr_pic_id);
  if (config_.inter) writer_.put(0, 2);  // no num_ref_idx_active_override_flag, no ref_pic_list_modification_flag_l0
  writer_.put(0, config_.idr ? 2 : 1);   // dec_ref_pic_marking()
  writer_.se(qp - 26);
  writer_.put(config_.deblock ? 7 : 2, 3);  // disable_deblocking_filter_idc 0 and offsets 0, or 1
  return 2;
}

int EntropyCoder::slice_end() {
  const bool run_left = run_ != 0;
  if (run_left) writer_.ue(run_);
  run_ = 0;
  const int place = writer_.fill % 8;
  writer_.put(128 >> place, 8 - place);
  return run_left ? 4 : 2;
}

inline void EntropyCoder::chroma_mode(PredMode mode) { writer_.ue(chroma_mode_number(mode)); }

inline void EntropyCoder::pattern(const MbInfo& info) {
  const int pattern = 16 * info.cbp_chroma + info.cbp_luma;
  writer_.ue(kCbpCode[info.kind == MbKind::kIntra4 ? 0 : 1][pattern]);
  if (pattern != 0) writer_.se(info.qp_delta);
}

int EntropyCoder::mb_header(const MbInfo& info) {
  const int intra_types = config_.inter ? 5 : 0;  // what comes before them in table 7-13
  switch (info.kind) {
    case MbKind::kIntra16:
      writer_.ue(intra_types + 1 + static_cast<int>(info.luma_mode) + 4 * info.cbp_chroma + (info.cbp_luma != 0 ? 12 : 0));
      chroma_mode(info.chroma_mode);
      writer_.se(info.qp_delta);
      return 1;
    case MbKind::kIntra4:
      writer_.ue(intra_types);
      for (int i = 0; i < 16; i++) {
        if (info.i4_predicted >> i & 1)
          writer_.put(1, 1);
        else
          writer_.put(info.i4_rem[i], 4);
      }
      chroma_mode(info.chroma_mode);
      pattern(info);
      return 2;
    case MbKind::kPcm:
      writer_.ue(intra_types + 25);
      return 1;
    default:
      break;
  }
  const int vectors = vectors_of(info.partition);
  writer_.ue(static_cast<int>(info.partition));
  if (info.partition == Partition::k8x8) writer_.put(15, 4);
  for (int i = 0; i < vectors; i++) {
    writer_.se(info.mvd[i].x);
    writer_.se(info.mvd[i].y);
  }
  pattern(info);
  return 1 + vectors;
}

int EntropyCoder::pcm(const uint8_t* samples) {
  writer_.put(0, -writer_.fill & 7);
  for (int i = 0; i < 384; i += 4) {
    writer_.put(static_cast<uint32_t>(samples[i]) << 24 | samples[i + 1] << 16 | samples[i + 2] << 8 | samples[i + 3], 32);
  }
  return kPcmCycles;
}

int EntropyCoder::macroblock(const MbInfo& info, const MbLevels& levels, const Place& place) {
  gather_neighbours(place);
  return luma(info, levels) + chroma(info, levels);
}

void EntropyCoder::gather_neighbours(const Place& place) {
  constexpr int kAbove = Totals::kOrigin - Totals::kStride;
  const Edge& above = above_[place.x];
  luma_.at.fill(0);
  for (int i = 0; i < 4; i++) {
    luma_.at[kAbove + i] = place.has_top ? above[i] : Totals::kMissing;
    luma_.at[Totals::kOrigin + Totals::kStride * i - 1] = place.has_left ? left_[i] : Totals::kMissing;
  }
  for (int c = 0; c < 2; c++) {
    chroma_[c].at.fill(0);
    for (int i = 0; i < 2; i++) {
      chroma_[c].at[kAbove + i] = place.has_top ? above[4 + 2 * c + i] : Totals::kMissing;
      chroma_[c].at[Totals::kOrigin + Totals::kStride * i - 1] = place.has_left ? left_[4 + 2 * c + i] : Totals::kMissing;
    }
  }
}

int EntropyCoder::luma(const MbInfo& info, const MbLevels& levels) {
  int codes = 0;
  int levels_max = 16;
  if (info.kind == MbKind::kIntra16) {
    const int sum = luma_.at[Totals::kOrigin - 1] + luma_.at[Totals::kOrigin - Totals::kStride];
    codes += block(levels.levels[kLumaDcBlock], levels.nonzero[kLumaDcBlock], kTokenTable.table[sum], 16);
    levels_max = 15;
  }
  for (int i = 0; i < 16; i++) {
    if ((info.cbp_luma >> (i / 4) & 1) == 0) continue;
    const int b = kRaster[i];
    codes += block_at(luma_, Totals::kOrigin + Totals::kStride * (b / 4) + b % 4, levels, b, levels_max);
  }
  return codes;
}

int EntropyCoder::chroma(const MbInfo& info, const MbLevels& levels) {
  int codes = 0;
  if (info.cbp_chroma == 0) return 0;
  for (const int b : {kCbDcBlock, kCrDcBlock}) codes += block(levels.levels[b], levels.nonzero[b], kChromaDcTokens, 4);
  if (info.cbp_chroma != 2) return codes;
  for (int i = 0; i < 8; i++) {
    codes += block_at(chroma_[i / 4], Totals::kOrigin + Totals::kStride * (i / 2 % 2) + i % 2, levels, 16 + i, 15);
  }
  return codes;
}

inline int EntropyCoder::block_at(Totals& totals, int position, const MbLevels& levels, int b, int levels_max) {
  const int sum = totals.at[position - 1] + totals.at[position - Totals::kStride];
  totals.at[position] = static_cast<uint8_t>(bit_count(levels.nonzero[b]));
  return block(levels.levels[b], levels.nonzero[b], kTokenTable.table[sum], levels_max);
}

int EntropyCoder::block(const Levels& levels, uint32_t nonzero, int token_table, int levels_max) {
  if (nonzero == 0) {
    const Code token = kToken[token_table][0][0];
    writer_.put(token.value, token.length);
    return 1;
  }
  // The levels and the zeros before each, from the highest frequency on.
  int16_t list[16];
  int8_t place[16];
  int total = 0;
  for (uint32_t todo = nonzero; todo != 0; total++) {
    const int z = highest_bit(todo);
    list[total] = levels[z];
    place[total] = static_cast<int8_t>(z);
    todo ^= 1u << z;
  }
  int ones = 0;
  uint32_t signs = 0;
  while (ones < 3 && ones < total && static_cast<uint16_t>(list[ones] + 1) <= 2) signs = signs << 1 | (list[ones++] < 0);
  const Code token = kToken[token_table][ones][total];
  writer_.put(static_cast<uint32_t>(token.value) << ones | signs, token.length + ones);
  if (ones < total) levels_after_ones(list + ones, total - ones, total > 10 && ones < 3, ones < 3);
  if (total == levels_max) return (1 + total - ones + 1) / 2;

  int zeros_left = place[0] + (levels_max == 15 ? 0 : 1) - total;
  const Code zeros = levels_max == 4 ? kChromaTotalZeros[total - 1][zeros_left] : kTotalZeros[total - 1][zeros_left];
  uint32_t bits = zeros.value;
  int length = zeros.length;
  for (int i = 0; zeros_left > 0 && i < total - 1; i++) {
    const int run = place[i] - place[i + 1] - 1;
    const Code code = kRunBefore[std::min(zeros_left, 7) - 1][run];
    bits = bits << code.length | code.value;
    length += code.length;
    zeros_left -= run;
  }
  writer_.put(bits, length);
  return (2 + total - ones + 1) / 2;
}

void EntropyCoder::levels_after_ones(const int16_t* levels, int count, int suffix_length, bool skip_one) {
  int skip = skip_one ? 2 : 0;
  for (int i = 0; i < count; i++) {
    const int level = levels[i];
    const int size = std::abs(level);
    int code = 2 * size - (level < 0 ? 1 : 2) - skip;
    skip = 0;
    if (code < 15 << suffix_length && (suffix_length != 0 || code < 14)) {
      writer_.put(1u << suffix_length | (code & ((1 << suffix_length) - 1)), (code >> suffix_length) + 1 + suffix_length);
    } else if (suffix_length == 0 && code < 30) {
      writer_.put(16 + code - 14, 19);
    } else {
      code -= suffix_length == 0 ? 30 : 15 << suffix_length;
      if (code > kMaxLevelCode) bad_ = true;
      writer_.put(kMaxLevelCode + 1 + (code & kMaxLevelCode), 28);
    }
    if (suffix_length == 0) suffix_length = 1;
    if (size > 3 << (suffix_length - 1) && suffix_length < 6) suffix_length++;
  }
}

void EntropyCoder::store_edges(const Place& place) {
  Edge& above = above_[place.x];
  constexpr int kLast = Totals::kOrigin + 3 * Totals::kStride;
  constexpr int kLastChroma = Totals::kOrigin + Totals::kStride;
  for (int i = 0; i < 4; i++) {
    above[i] = luma_.at[kLast + i];
    left_[i] = luma_.at[Totals::kOrigin + Totals::kStride * i + 3];
    above[4 + i] = chroma_[i / 2].at[kLastChroma + i % 2];
    left_[4 + i] = chroma_[i / 2].at[Totals::kOrigin + Totals::kStride * (i % 2) + 1];
  }
}

void EntropyCoder::fill_edges(const Place& place, uint8_t total) {
  above_[place.x].fill(total);
  left_.fill(total);
}

void EntropyCoder::append_groups(bool nal_end) {
  uint8_t escaped[12 * std::tuple_size<decltype(groups_)>::value];
  uint8_t* out = escaped;
  const auto byte = [&](uint8_t value) {
    if (zeros_ == 2 && value <= 3) {
      *out++ = 3;
      zeros_ = 0;
    }
    *out++ = value;
    zeros_ = value == 0 ? zeros_ + 1 : 0;
  };
  for (const uint64_t* group = groups_.data(); group != writer_.out; group++) {
    if (zeros_ == 0 && !has_zero_byte(*group)) {
      for (int i = 0; i < 8; i++) out[i] = static_cast<uint8_t>(*group >> (56 - 8 * i));
      out += 8;
    } else {
      for (int i = 0; i < 8; i++) byte(static_cast<uint8_t>(*group >> (56 - 8 * i)));
    }
  }
  if (nal_end) {
    for (; writer_.fill > 0; writer_.fill -= 8) byte(static_cast<uint8_t>(writer_.bits >> (writer_.fill - 8)));
  }
  bytes_.insert(bytes_.end(), escaped, out);
  if (nal_end) nal_sizes_.push_back(static_cast<uint32_t>(bytes_.size()) - nal_start_);
}

uint32_t EntropyCoder::words() const { return std::min(static_cast<uint32_t>(bytes_.size()), config_.bs_size) / 16 - drained_; }

uint32_t EntropyCoder::drain(bool all) {
  const uint32_t whole = all ? words() : words() & ~3u;
  const bool tail = all && bytes_.size() % 16 != 0 && bytes_.size() < config_.bs_size;
  drained_ += whole;
  return whole + (tail ? 1 : 0);
}

}  // namespace saksi::hw::h264
