#include "rtl/h264/tb/slice_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace saksi::tb {
namespace {

// Codes as clause 9.2 of the standard prints them; an empty string is no code.

/// Table 9-5, 0 <= nC < 2, 2 <= nC < 4, 4 <= nC < 8: by trailing ones and number of levels.
const char* const kToken[3][4][17] = {
    {
        {"1", "000101", "00000111", "000000111", "0000000111", "00000000111", "0000000001111", "0000000001011", "0000000001000", "00000000001111",
         "00000000001011", "000000000001111", "000000000001011", "0000000000001111", "0000000000001011", "0000000000000111", "0000000000000100"},
        {"", "01", "000100", "00000110", "000000110", "0000000110", "00000000110", "0000000001110", "0000000001010", "00000000001110",
         "00000000001010", "000000000001110", "000000000001010", "000000000000001", "0000000000001110", "0000000000001010", "0000000000000110"},
        {"", "", "001", "0000101", "00000101", "000000101", "0000000101", "00000000101", "0000000001101", "0000000001001", "00000000001101",
         "00000000001001", "000000000001101", "000000000001001", "0000000000001101", "0000000000001001", "0000000000000101"},
        {"", "", "", "00011", "000011", "0000100", "00000100", "000000100", "0000000100", "00000000100", "0000000001100", "00000000001100",
         "00000000001000", "000000000001100", "000000000001000", "0000000000001100", "0000000000001000"}},
    {
        {"11", "001011", "000111", "0000111", "00000111", "00000100", "000000111", "00000001111", "00000001011", "000000001111", "000000001011",
         "000000001000", "0000000001111", "0000000001011", "0000000000111", "00000000001001", "00000000000111"},
        {"", "10", "00111", "001010", "000110", "0000110", "00000110", "000000110", "00000001110", "00000001010", "000000001110", "000000001010",
         "0000000001110", "0000000001010", "00000000001011", "00000000001000", "00000000000110"},
        {"", "", "011", "001001", "000101", "0000101", "00000101", "000000101", "00000001101", "00000001001", "000000001101", "000000001001",
         "0000000001101", "0000000001001", "0000000000110", "00000000001010", "00000000000101"},
        {"", "", "", "0101", "0100", "00110", "001000", "000100", "0000100", "000000100", "00000001100", "00000001000", "000000001100",
         "0000000001100", "0000000001000", "0000000000001", "00000000000100"}},
    {
        {"1111", "001111", "001011", "001000", "0001111", "0001011", "0001001", "0001000", "00001111", "00001011", "000001111", "000001011",
         "000001000", "0000001101", "0000001001", "0000000101", "0000000001"},
        {"", "1110", "01111", "01100", "01010", "01000", "001110", "001010", "0001110", "00001110", "00001010", "000001110", "000001010",
         "000000111", "0000001100", "0000001000", "0000000100"},
        {"", "", "1101", "01110", "01011", "01001", "001101", "001001", "0001101", "0001010", "00001101", "00001001", "000001101", "000001001",
         "0000001011", "0000000111", "0000000011"},
        {"", "", "", "1100", "1011", "1010", "1001", "1000", "01101", "001100", "0001100", "00001100", "00001000", "000001100", "0000001010",
         "0000000110", "0000000010"}}};

/// Table 9-5, nC == -1.
const char* const kChromaToken[4][5] = {
    {"01", "000111", "000100", "000011", "000010"},
    {"", "1", "000110", "0000011", "00000011"},
    {"", "", "001", "0000010", "00000010"},
    {"", "", "", "000101", "0000000"}};

/// Tables 9-7 and 9-8: total_zeros by number of levels - 1.
const char* const kZeros[15][16] = {
    {"1", "011", "010", "0011", "0010", "00011", "00010", "000011", "000010", "0000011", "0000010", "00000011", "00000010", "000000011",
     "000000010", "000000001"},
    {"111", "110", "101", "100", "011", "0101", "0100", "0011", "0010", "00011", "00010", "000011", "000010", "000001", "000000"},
    {"0101", "111", "110", "101", "0100", "0011", "100", "011", "0010", "00011", "00010", "000001", "00001", "000000"},
    {"00011", "111", "0101", "0100", "110", "101", "100", "0011", "011", "0010", "00010", "00001", "00000"},
    {"0101", "0100", "0011", "111", "110", "101", "100", "011", "0010", "00001", "0001", "00000"},
    {"000001", "00001", "111", "110", "101", "100", "011", "010", "0001", "001", "000000"},
    {"000001", "00001", "101", "100", "011", "11", "010", "0001", "001", "000000"},
    {"000001", "0001", "00001", "011", "11", "10", "010", "001", "000000"},
    {"000001", "000000", "0001", "11", "10", "001", "01", "00001"},
    {"00001", "00000", "001", "11", "10", "01", "0001"},
    {"0000", "0001", "001", "010", "1", "011"},
    {"0000", "0001", "01", "1", "001"},
    {"000", "001", "1", "01"},
    {"00", "01", "1"},
    {"0", "1"}};

/// Table 9-9(a).
const char* const kChromaZeros[3][4] = {
    {"1", "01", "001", "000"},
    {"1", "01", "00"},
    {"1", "0"}};

/// Table 9-10: run_before by min(zerosLeft, 7) - 1.
const char* const kRun[7][15] = {
    {"1", "0"},
    {"1", "01", "00"},
    {"11", "10", "01", "00"},
    {"11", "10", "01", "001", "000"},
    {"11", "10", "011", "010", "001", "000"},
    {"11", "000", "001", "011", "010", "101", "100"},
    {"111", "110", "101", "100", "011", "010", "001", "0001", "00001", "000001", "0000001", "00000001", "000000001", "0000000001", "00000000001"}};

/// Table 9-4: coded_block_pattern by codeNum.
constexpr int kIntra4Pattern[48] = {47, 31, 15, 0,  23, 27, 29, 30, 7,  11, 13, 14, 39, 43, 45, 46, 16, 3,  5,  10, 12, 19, 21, 26,
                                    28, 35, 37, 42, 44, 1,  2,  4,  8,  17, 18, 20, 24, 6,  9,  22, 25, 32, 33, 34, 36, 40, 38, 41};
constexpr int kInterPattern[48] = {0,  16, 1,  2,  4,  8,  32, 3,  5,  10, 12, 15, 47, 7,  11, 13, 14, 6,  9,  31, 35, 37, 42, 44,
                                   33, 34, 36, 40, 39, 43, 45, 46, 17, 18, 20, 24, 19, 21, 26, 28, 23, 27, 29, 30, 22, 25, 38, 41};

class Reader {
 public:
  Reader(const Bytes& nal, SliceBits& slice) {
    int zeros = 0;
    for (const uint8_t byte : nal) {
      if (zeros >= 2 && byte == 3) {
        slice.emulation_prevention_bytes++;
        zeros = 0;
        continue;
      }
      if (zeros >= 2 && byte < 3) throw std::runtime_error("a start code inside of the NAL unit");
      zeros = byte == 0 ? zeros + 1 : 0;
      rbsp_.push_back(byte);
    }
  }
  int position() const { return position_; }
  int left() const { return static_cast<int>(rbsp_.size()) * 8 - position_; }
  int bit() {
    if (left() <= 0) throw std::runtime_error("the NAL unit ends too soon");
    const int value = rbsp_[position_ / 8] >> (7 - position_ % 8) & 1;
    position_++;
    return value;
  }
  uint32_t u(int count) {
    uint32_t value = 0;
    for (int i = 0; i < count; i++) value = value << 1 | bit();
    return value;
  }
  uint32_t ue() {
    int zeros = 0;
    while (bit() == 0) zeros++;
    return (1u << zeros) - 1 + u(zeros);
  }
  int se() {
    const int code = static_cast<int>(ue());
    return code % 2 ? (code + 1) / 2 : -code / 2;
  }
  /// more_rbsp_data(): something besides rbsp_trailing_bits() is left.
  bool more() const {
    int last = static_cast<int>(rbsp_.size()) * 8 - 1;
    while (last >= position_ && (rbsp_[last / 8] >> (7 - last % 8) & 1) == 0) last--;
    return last > position_;
  }
  void align() {
    while (position_ % 8 != 0) {
      if (bit() != 0) throw std::runtime_error("pcm_alignment_zero_bit is one");
    }
  }
  bool starts_with(const char* code) const {
    if (*code == 0 || static_cast<int>(std::strlen(code)) > left()) return false;
    int at = position_;
    for (; *code != 0; code++, at++) {
      if ((rbsp_[at / 8] >> (7 - at % 8) & 1) != *code - '0') return false;
    }
    return true;
  }
  /// Index of the code that comes next.
  template <size_t kSize>
  int code(const char* const (&codes)[kSize]) {
    for (size_t i = 0; i < kSize; i++) {
      if (codes[i] != nullptr && starts_with(codes[i])) {
        position_ += static_cast<int>(std::strlen(codes[i]));
        return static_cast<int>(i);
      }
    }
    throw std::runtime_error("no such code");
  }

 private:
  Bytes rbsp_;
  int position_ = 0;
};

/// Numbers of levels of the blocks of one colour component, for nC. -1: not in this slice.
class Totals {
 public:
  Totals(int width, int height) : width_(width), totals_(width * height, -1) {}
  int& at(int x, int y) { return totals_[y * width_ + x]; }
  int context(int x, int y) {
    const int left = x > 0 ? at(x - 1, y) : -1;
    const int top = y > 0 ? at(x, y - 1) : -1;
    if (left < 0 || top < 0) return std::max({left, top, 0});
    return (left + top + 1) / 2;
  }

 private:
  int width_;
  std::vector<int> totals_;
};

constexpr int kChromaContext = -1;

void read_token(Reader& r, int context, int& total, int& ones) {
  if (context >= 8) {
    const int code = static_cast<int>(r.u(6));
    total = code == 3 ? 0 : code / 4 + 1;
    ones = code == 3 ? 0 : code % 4;
    return;
  }
  const int table = context < 2 ? 0 : context < 4 ? 1 : 2;
  for (ones = 0; ones < 4; ones++) {
    for (total = ones; total <= (context == kChromaContext ? 4 : 16); total++) {
      const char* code = context == kChromaContext ? kChromaToken[ones][total] : kToken[table][ones][total];
      if (r.starts_with(code)) {
        r.u(static_cast<int>(std::strlen(code)));
        return;
      }
    }
  }
  throw std::runtime_error("no such coeff_token");
}

/// residual_block_cavlc(); gives TotalCoeff. Of blocks of 15 levels, the first one goes to position 1.
int read_block(Reader& r, int context, int levels_max, MacroblockBits& mb, int block) {
  int total = 0;
  int ones = 0;
  read_token(r, context, total, ones);
  if (total > levels_max) throw std::runtime_error("more levels than the block holds");
  if (total == 0) return 0;
  std::vector<int> levels;
  for (int i = 0; i < ones; i++) levels.push_back(r.bit() ? -1 : 1);
  int suffix_length = total > 10 && ones < 3 ? 1 : 0;
  for (int i = ones; i < total; i++) {
    int prefix = 0;
    while (r.bit() == 0) prefix++;
    mb.level_prefix_max = std::max(mb.level_prefix_max, prefix);
    if (prefix > 15) throw std::runtime_error("level_prefix beyond 15");
    const int suffix_size = prefix == 14 && suffix_length == 0 ? 4 : prefix == 15 ? 12 : suffix_length;
    int code = (std::min(15, prefix) << suffix_length) + static_cast<int>(r.u(suffix_size));
    if (prefix == 15 && suffix_length == 0) code += 15;
    if (i == ones && ones < 3) code += 2;
    const int magnitude = code / 2 + 1;
    levels.push_back(code % 2 ? -magnitude : magnitude);
    if (suffix_length == 0) suffix_length = 1;
    if (magnitude > 3 << (suffix_length - 1) && suffix_length < 6) suffix_length++;
  }
  int zeros = 0;
  if (total < levels_max) zeros = levels_max == 4 ? r.code(kChromaZeros[total - 1]) : r.code(kZeros[total - 1]);
  if (zeros + total > levels_max) throw std::runtime_error("total_zeros beyond the block");
  int place = zeros + total - 1 + (levels_max == 15 ? 1 : 0);
  for (int i = 0; i < total; i++) {
    mb.levels[block][place--] = levels[i];
    if (i == total - 1 || zeros == 0) continue;
    const int run = r.code(kRun[std::min(zeros, 7) - 1]);
    zeros -= run;
    place -= run;
    if (zeros < 0) throw std::runtime_error("run_before beyond total_zeros");
  }
  return total;
}

struct Picture4x4 {
  Picture4x4(int width_mbs, int height_mbs)
      : luma(4 * width_mbs, 4 * height_mbs), chroma{Totals(2 * width_mbs, 2 * height_mbs), Totals(2 * width_mbs, 2 * height_mbs)} {}
  Totals luma;
  std::array<Totals, 2> chroma;
};

void set_totals(Picture4x4& totals, int mb_x, int mb_y, int total) {
  for (int i = 0; i < 16; i++) totals.luma.at(4 * mb_x + i % 4, 4 * mb_y + i / 4) = total;
  for (int i = 0; i < 8; i++) totals.chroma[i / 4].at(2 * mb_x + i % 2, 2 * mb_y + i / 2 % 2) = total;
}

void read_residual(Reader& r, Picture4x4& totals, int mb_x, int mb_y, MacroblockBits& mb) {
  const bool intra16 = !mb.inter && mb.mb_type != 0;
  if (intra16) read_block(r, totals.luma.context(4 * mb_x, 4 * mb_y), 16, mb, 24);
  for (int i = 0; i < 16; i++) {
    const int column = i / 4 % 2 * 2 + i % 2;
    const int row = i / 8 * 2 + i / 2 % 2;
    const int x = 4 * mb_x + column;
    const int y = 4 * mb_y + row;
    const bool coded = mb.cbp_luma >> (i / 4) & 1;
    totals.luma.at(x, y) = coded ? read_block(r, totals.luma.context(x, y), intra16 ? 15 : 16, mb, 4 * row + column) : 0;
  }
  for (int i = 0; i < 2 && mb.cbp_chroma != 0; i++) read_block(r, kChromaContext, 4, mb, 25 + i);
  for (int i = 0; i < 8; i++) {
    Totals& plane = totals.chroma[i / 4];
    const int x = 2 * mb_x + i % 2;
    const int y = 2 * mb_y + i / 2 % 2;
    plane.at(x, y) = mb.cbp_chroma == 2 ? read_block(r, plane.context(x, y), 15, mb, 16 + i) : 0;
  }
}

/// mb_pred() and sub_mb_pred() of one reference picture.
void read_vectors(Reader& r, MacroblockBits& mb) {
  static constexpr int kVectors[4] = {1, 2, 2, 4};
  for (int i = 0; i < 4 && mb.mb_type == 3; i++) {
    if (r.ue() != 0) throw std::runtime_error("sub_mb_type is not P_L0_8x8");
  }
  for (int i = 0; i < kVectors[mb.mb_type]; i++) {
    const int x = r.se();
    mb.mvd.push_back({x, r.se()});
  }
}

void read_intra(Reader& r, MacroblockBits& mb) {
  for (int i = 0; i < 16 && mb.mb_type == 0; i++) mb.i4_rem[i] = r.bit() ? -1 : static_cast<int>(r.u(3));
  mb.chroma_mode = static_cast<int>(r.ue());
  if (mb.chroma_mode > 3) throw std::runtime_error("intra_chroma_pred_mode beyond 3");
}

MacroblockBits read_macroblock(Reader& r, bool inter_slice, Picture4x4& totals, int mb_x, int mb_y) {
  MacroblockBits mb;
  const int start = r.position();
  mb.mb_type = static_cast<int>(r.ue());
  mb.inter = inter_slice && mb.mb_type < 5;
  if (inter_slice && !mb.inter) mb.mb_type -= 5;
  if (mb.mb_type > (mb.inter ? 3 : 25)) throw std::runtime_error("mb_type");
  if (!mb.inter && mb.mb_type == 25) {
    r.align();
    for (int i = 0; i < 384; i++) mb.pcm.push_back(static_cast<uint8_t>(r.u(8)));
    set_totals(totals, mb_x, mb_y, 16);
    mb.bits = r.position() - start;
    return mb;
  }
  if (mb.inter) read_vectors(r, mb);
  else read_intra(r, mb);
  const bool intra16 = !mb.inter && mb.mb_type != 0;
  if (intra16) {
    mb.cbp_luma = mb.mb_type > 12 ? 15 : 0;
    mb.cbp_chroma = (mb.mb_type - 1) / 4 % 3;
  } else {
    const uint32_t code = r.ue();
    if (code > 47) throw std::runtime_error("coded_block_pattern");
    const int pattern = mb.inter ? kInterPattern[code] : kIntra4Pattern[code];
    mb.cbp_luma = pattern % 16;
    mb.cbp_chroma = pattern / 16;
  }
  if (intra16 || mb.cbp_luma != 0 || mb.cbp_chroma != 0) mb.qp_delta = r.se();
  read_residual(r, totals, mb_x, mb_y, mb);
  mb.bits = r.position() - start;
  return mb;
}

void read_header(Reader& r, SliceBits& slice) {
  if (r.bit() != 0) throw std::runtime_error("forbidden_zero_bit");
  slice.nal_ref_idc = static_cast<int>(r.u(2));
  slice.nal_unit_type = static_cast<int>(r.u(5));
  slice.first_mb = static_cast<int>(r.ue());
  const uint32_t type = r.ue();
  if (type != 5 && type != 7) throw std::runtime_error("slice_type");
  slice.inter = type == 5;
  if (r.ue() != 0) throw std::runtime_error("pic_parameter_set_id");
  slice.frame_num = static_cast<int>(r.u(4));
  if (slice.nal_unit_type == 5) slice.idr_pic_id = static_cast<int>(r.ue());
  if (slice.inter && r.u(2) != 0) throw std::runtime_error("num_ref_idx_active_override_flag or ref_pic_list_modification_flag_l0");
  if (r.u(slice.nal_unit_type == 5 ? 2 : 1) != 0) throw std::runtime_error("dec_ref_pic_marking");
  slice.qp = 26 + r.se();
  slice.disable_deblocking_filter_idc = static_cast<int>(r.ue());
  if (slice.disable_deblocking_filter_idc == 1) return;
  if (r.se() != 0 || r.se() != 0) throw std::runtime_error("slice_alpha_c0_offset_div2 or slice_beta_offset_div2");
}

/// slice_data().
void read_macroblocks(Reader& r, SliceBits& slice, int width_mbs, int height_mbs) {
  Picture4x4 totals(width_mbs, height_mbs);
  int address = slice.first_mb;
  const auto check = [&] {
    if (address >= width_mbs * height_mbs) throw std::runtime_error("macroblocks beyond the picture");
  };
  while (r.more()) {
    const int run = slice.inter ? static_cast<int>(r.ue()) : 0;
    for (int i = 0; i < run; i++, address++) {
      check();
      set_totals(totals, address % width_mbs, address / width_mbs, 0);
      MacroblockBits mb;
      mb.skipped = true;
      slice.macroblocks.push_back(mb);
    }
    if (run > 0 && !r.more()) break;
    check();
    slice.macroblocks.push_back(read_macroblock(r, slice.inter, totals, address % width_mbs, address / width_mbs));
    address++;
  }
}

}  // namespace

SliceBits read_slice(const Bytes& nal, int width_mbs, int height_mbs) {
  SliceBits slice;
  Reader r(nal, slice);
  read_header(r, slice);
  read_macroblocks(r, slice, width_mbs, height_mbs);
  if (r.bit() != 1) throw std::runtime_error("rbsp_stop_one_bit");
  if (r.left() > 7) throw std::runtime_error("bytes after the end");
  r.align();
  return slice;
}

}  // namespace saksi::tb
