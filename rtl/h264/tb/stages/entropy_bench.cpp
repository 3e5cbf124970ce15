#include "rtl/h264/tb/stages/entropy_bench.h"

#include <Vh264_entropy_bench.h>
#include <verilated.h>

#include <algorithm>
#include <stdexcept>

#include "rtl/coverage/coverage.h"

namespace saksi::tb {

using hw::h264::MbInfo;
using hw::h264::MbKind;
using hw::h264::MbLevels;
using hw::h264::PictureConfig;
using hw::h264::Place;

namespace {

constexpr int kPatience = 5000;  // cycles

/// A packed struct: fields from the first, highest one on.
class PackedStruct {
 public:
  PackedStruct& field(uint32_t value, int width) {
    for (int i = width - 1; i >= 0; i--) bits_.push_back(value >> i & 1);
    return *this;
  }
  template <typename Port>
  void to(Port& port) const {
    for (size_t i = 0; i < (bits_.size() + 31) / 32; i++) port[i] = word(i);
  }
  uint32_t word(size_t index) const {
    uint32_t value = 0;
    for (size_t i = 32 * index; i < std::min(bits_.size(), 32 * index + 32); i++) {
      value |= static_cast<uint32_t>(bits_[bits_.size() - 1 - i]) << (i % 32);
    }
    return value;
  }

 private:
  std::vector<uint8_t> bits_;
};

PackedStruct packed(const PictureConfig& c) {
  PackedStruct p;
  p.field(c.width_mbs, 8).field(c.height_mbs, 8);
  for (const uint32_t word : {c.src_y, c.src_c, c.src_stride, c.rec_y, c.rec_c, c.rec_stride, c.ref_y, c.ref_c, c.bs_addr, c.bs_size})
    p.field(word, 32);
  p.field(c.qp, 6).field(c.idr, 1).field(c.inter, 1).field(c.deblock, 1).field(c.frame_num, 4).field(c.idr_pic_id, 16).field(c.slice_rows, 8);
  p.field(c.rate_control, 1).field(c.qp_min, 6).field(c.qp_max, 6).field(c.row_bytes, 32).field(c.max_bytes, 32);
  return p;
}

PackedStruct packed(const Place& place) {
  PackedStruct p;
  p.field(place.x, 8).field(place.y, 8).field(place.has_left, 1).field(place.has_top, 1);
  p.field(place.slice_first, 1).field(place.slice_last, 1).field(place.picture_last, 1);
  return p;
}

PackedStruct packed(const MbInfo& info) {
  PackedStruct p;
  p.field(static_cast<int>(info.kind), 3).field(static_cast<int>(info.partition), 2);
  for (int i = 3; i >= 0; i--) p.field(info.mvd[i].y, 9).field(info.mvd[i].x, 9);
  p.field(static_cast<int>(info.luma_mode), 2).field(info.i4_predicted, 16);
  for (int i = 15; i >= 0; i--) p.field(info.i4_rem[i], 3);
  p.field(static_cast<int>(info.chroma_mode), 2).field(info.cbp_luma, 4).field(info.cbp_chroma, 2).field(info.qp_delta, 7);
  return p;
}

/// scan_t of a block.
uint64_t scan_of(const hw::h264::Levels& levels) {
  uint64_t scan = 0;
  for (int z = 0; z < 16; z++) {
    const uint64_t bit = 1 << (15 - z);
    if (levels[z] != 0) scan |= bit << 32;
    if (levels[z] == 1 || levels[z] == -1) scan |= bit << 16;
    if (levels[z] < 0) scan |= bit;
  }
  return scan;
}

bool is_coded(const MbInfo& info, int block) {
  if (info.kind == MbKind::kSkip || info.kind == MbKind::kPcm) return false;
  if (block == hw::h264::kLumaDcBlock) return info.kind == MbKind::kIntra16;
  if (block > hw::h264::kLumaDcBlock) return info.cbp_chroma != 0;
  if (block >= 16) return info.cbp_chroma == 2;
  return info.cbp_luma >> (block / 8 * 2 + block % 4 / 2) & 1;
}

}  // namespace

EntropyBench::EntropyBench(uint64_t seed)
    : context_(std::make_unique<VerilatedContext>()), rtl_(std::make_unique<Vh264_entropy_bench>(context_.get())), random_(seed, "entropy bench") {
  rtl_->rst_ni = 0;
  for (int i = 0; i < 4; i++) clock();
  rtl_->rst_ni = 1;
}

EntropyBench::~EntropyBench() { keep_coverage(*context_); }

void EntropyBench::store_word() {
  if (store_addr_ < bs_addr_) throw std::runtime_error("a word before the buffer");
  const uint32_t place = store_addr_ - bs_addr_;
  for (uint32_t i = 0; i < 16; i++) {
    if ((rtl_->strb_o >> i & 1) == 0) continue;
    if (memory_.size() != place + i) throw std::runtime_error("bytes out of order");
    memory_.push_back(static_cast<uint8_t>(rtl_->data_o[i / 4] >> (8 * (i % 4))));
  }
  store_addr_ += 16;
}

void EntropyBench::clock() {
  const bool ready = beats_left_ == 0 && random_.below(3) != 0;
  const bool pop = beats_left_ != 0 && rtl_->data_valid_o && random_.below(4) != 0;
  rtl_->cmd_ready_i = ready;
  rtl_->data_pop_i = pop;
  rtl_->lev_valid_i = 0;
  if (!level_writes_.empty() && !rtl_->start_i && random_.below(8) != 0) {
    const LevelWrite& write = level_writes_.front();
    rtl_->lev_valid_i = 1;
    rtl_->lev_idx_i = write.block;
    for (int i = 0; i < 8; i++) {
      rtl_->lev_levels_i[i] = static_cast<uint16_t>(write.levels[2 * i]) | static_cast<uint32_t>(static_cast<uint16_t>(write.levels[2 * i + 1]))
                                                                               << 16;
    }
    rtl_->lev_scan_i = scan_of(write.levels);
    level_writes_.pop_front();
  }
  rtl_->clk_i = 0;
  rtl_->eval();
  if (pop) {
    store_word();
    beats_left_--;
  }
  if (ready && rtl_->cmd_valid_o) {
    if (rtl_->cmd_addr_o != store_addr_) throw std::runtime_error("a command out of order");
    beats_left_ = rtl_->cmd_beats_o;
  }
  rtl_->clk_i = 1;
  rtl_->eval();
  rtl_->start_pic_i = 0;
  rtl_->start_i = 0;
  rtl_->count_i = 0;
  rtl_->drain_i = 0;
  rtl_->rec_valid_i = 0;
  if (rtl_->drain_done_o) drained_ = true;
  if (rtl_->nal_valid_o) nal_sizes_.push_back(rtl_->nal_size_o);
}

void EntropyBench::start_picture(const PictureConfig& config) {
  packed(config).to(rtl_->cfg_i);
  bs_addr_ = config.bs_addr;
  store_addr_ = config.bs_addr;
  memory_.clear();
  nal_sizes_.clear();
  rtl_->start_pic_i = 1;
  clock();
}

void EntropyBench::collect(const MbInfo& info, const MbLevels& levels) {
  std::vector<int> order;
  for (int b = 0; b < hw::h264::kLevelBlocks; b++) {
    if (is_coded(info, b) || random_.below(2) != 0) order.push_back(b);
  }
  for (size_t i = order.size(); i > 1; i--) std::swap(order[i - 1], order[random_.below(i)]);
  for (const int b : order) {
    hw::h264::Levels other;
    for (int16_t& level : other) level = static_cast<int16_t>(random_.next());
    if (random_.below(8) == 0) level_writes_.push_back({b, other});
    level_writes_.push_back({b, is_coded(info, b) ? levels.levels[b] : other});
  }
}

void EntropyBench::settle() {
  while (!level_writes_.empty()) clock();
  clock();
}

int EntropyBench::count(const MbInfo& info, const Place& place, bool& pcm) {
  packed(info).to(rtl_->info_i);
  rtl_->place_i = packed(place).word(0);
  rtl_->count_i = 1;
  clock();
  for (int cycles = 0; cycles < kPatience; cycles++) {
    if (rtl_->verdict_valid_o) {
      pcm = rtl_->verdict_pcm_o;
      return cycles;
    }
    clock();
  }
  throw std::runtime_error("no verdict");
}

void EntropyBench::send_pcm(const uint8_t* samples) {
  for (int b = 0; b < hw::h264::kPixelBlocks; b++) {
    const int width = b < 16 ? 16 : 8;
    const uint8_t* plane = samples + (b < 16 ? 0 : b < 20 ? 256 : 320);
    const int column = b < 16 ? b % 4 : b % 2;
    const int row = b < 16 ? b / 4 : b / 2 % 2;
    for (int y = 0; y < 4; y++) {
      const uint8_t* p = plane + (4 * row + y) * width + 4 * column;
      rtl_->rec_block_i[y] = p[0] | p[1] << 8 | p[2] << 16 | static_cast<uint32_t>(p[3]) << 24;
    }
    rtl_->rec_idx_i = b;
    rtl_->rec_valid_i = 1;
    clock();
  }
}

int EntropyBench::code(const MbInfo& info, const Place& place, int qp) {
  packed(info).to(rtl_->info_i);
  rtl_->place_i = packed(place).word(0);
  rtl_->qp_i = qp;
  rtl_->start_i = 1;
  rtl_->drain_i = 1;
  rtl_->drain_all_i = 0;
  drained_ = false;
  int cycles = -1;
  clock();
  for (int i = 0; i < kPatience; i++) {
    if (rtl_->done_o) {
      if (cycles >= 0) throw std::runtime_error("done twice");
      cycles = i;
    }
    if (cycles >= 0 && drained_) return cycles;
    clock();
  }
  throw std::runtime_error("a macroblock without end");
}

void EntropyBench::drain_all() {
  rtl_->drain_i = 1;
  rtl_->drain_all_i = 1;
  drained_ = false;
  clock();
  for (int i = 0; i < kPatience && !drained_; i++) clock();
  if (!drained_) throw std::runtime_error("a drain without end");
}

uint32_t EntropyBench::words() const { return rtl_->words_o; }
uint32_t EntropyBench::bytes() const { return rtl_->bytes_o; }
bool EntropyBench::overflow() const { return rtl_->overflow_o; }

}  // namespace saksi::tb
