#include "hw-models/h264/h264_circuit.h"

#include <Vh264.h>
#include <Vh264___024root.h>
#include <verilated.h>
#include <verilated_fst_c.h>

#include <array>
#include <cstring>
#include <deque>
#include <stdexcept>

#include "regs/h264_regs.hpp"

namespace saksi::hw {

namespace reg = regs::h264;

namespace {

constexpr uint32_t kBeatBytes = 16;
constexpr size_t kOutstanding = 16;  // as AxiMemory
constexpr int kAccessCyclesMax = 100;
constexpr uint64_t kMbCyclesMax = 20000;

}  // namespace

struct H264Circuit::Top {
  Top() : model(&prepared(context), "top") {}
  ~Top() { model.final(); }
  static VerilatedContext& prepared(VerilatedContext& context) {
    context.threads(1);
    context.traceEverOn(true);
    return context;
  }
  VerilatedContext context;
  Vh264 model;
  std::unique_ptr<VerilatedFstC> waves;
};

/// Memory by pieces, with the timing of AxiMemory without back-pressure.
class H264Circuit::Bus {
 public:
  Bus(Vh264& block, const h264::BusTiming& timing) : block_(block), timing_(timing) {}

  void clear() { pieces_.clear(); }
  void add(uint32_t address, size_t size, const uint8_t* data) { pieces_.push_back({address, size, const_cast<uint8_t*>(data)}); }

  void drive() {
    ++cycle_;
    block_.m_axi_arready = reads_.size() < kOutstanding;
    block_.m_axi_awready = writes_.size() < kOutstanding;
    block_.m_axi_wready = !writes_.empty() && answers_.size() < kOutstanding;
    if (!block_.m_axi_rvalid && !reads_.empty() && reads_.front().due <= cycle_) present();
    if (!block_.m_axi_bvalid && !answers_.empty() && answers_.front() <= cycle_) {
      block_.m_axi_bvalid = 1;
      block_.m_axi_bresp = 0;
    }
  }

  void sample() {
    taken_read_ = block_.m_axi_rvalid && block_.m_axi_rready;
    taken_answer_ = block_.m_axi_bvalid && block_.m_axi_bready;
    if (block_.m_axi_wvalid && block_.m_axi_wready) take_beat();
    if (taken_answer_) answers_.pop_front();
    if (block_.m_axi_arvalid && block_.m_axi_arready) {
      reads_.push_back(
          {find(block_.m_axi_araddr, (block_.m_axi_arlen + 1u) * kBeatBytes), block_.m_axi_arlen + 1u, cycle_ + timing_.read_latency_cycles});
    }
    if (block_.m_axi_awvalid && block_.m_axi_awready) {
      writes_.push_back({find(block_.m_axi_awaddr, (block_.m_axi_awlen + 1u) * kBeatBytes), block_.m_axi_awlen + 1u, 0});
    }
  }

  void after_edge() {
    if (taken_read_) block_.m_axi_rvalid = 0;
    if (taken_answer_) block_.m_axi_bvalid = 0;
  }

 private:
  struct Piece {
    uint32_t address;
    size_t size;
    uint8_t* data;
  };
  struct Burst {
    uint8_t* data;
    uint32_t beats;
    uint64_t due;
  };

  uint8_t* find(uint32_t address, uint32_t bytes) const {
    for (const Piece& piece : pieces_) {
      if (address >= piece.address && address - piece.address + bytes <= piece.size) return piece.data + (address - piece.address);
    }
    throw std::runtime_error("the encoder's circuit left its buffers");
  }

  void present() {
    Burst& burst = reads_.front();
    block_.m_axi_rvalid = 1;
    block_.m_axi_rresp = 0;
    block_.m_axi_rlast = burst.beats == 1;
    std::memcpy(block_.m_axi_rdata.data(), burst.data, kBeatBytes);
    burst.data += kBeatBytes;
    if (--burst.beats == 0) reads_.pop_front();
  }

  void take_beat() {
    Burst& burst = writes_.front();
    const auto* data = reinterpret_cast<const uint8_t*>(block_.m_axi_wdata.data());
    for (uint32_t i = 0; i < kBeatBytes; ++i) {
      if ((block_.m_axi_wstrb >> i & 1) != 0) burst.data[i] = data[i];
    }
    burst.data += kBeatBytes;
    if (--burst.beats > 0) return;
    writes_.pop_front();
    answers_.push_back(cycle_ + timing_.write_latency_cycles);
  }

  Vh264& block_;
  h264::BusTiming timing_;
  std::vector<Piece> pieces_;
  std::deque<Burst> reads_, writes_;
  std::deque<uint64_t> answers_;
  uint64_t cycle_ = 0;
  bool taken_read_ = false, taken_answer_ = false;
};

H264Circuit::H264Circuit(const h264::BusTiming& bus) : top_(std::make_unique<Top>()), bus_(std::make_unique<Bus>(top_->model, bus)) {
  top_->model.rst_n = 0;
  for (int i = 0; i < 4; ++i) cycle();
  top_->model.rst_n = 1;
  cycle();
}

H264Circuit::~H264Circuit() = default;

void H264Circuit::low_phase() {
  bus_->drive();
  top_->model.clk = 0;
  top_->model.eval();
  if (showing_) show(0);
  bus_->sample();
}

void H264Circuit::high_phase() {
  top_->model.clk = 1;
  top_->model.eval();
  if (showing_) show(kShownCyclePs / 2);
  bus_->after_edge();
  ++cycle_;
}

void H264Circuit::cycle() {
  low_phase();
  if (watching_) watch();
  high_phase();
}

void H264Circuit::show_next(WaveSink& sink, uint64_t first, uint64_t last) {
  constexpr int kAllLevels = 99;
  top_->waves = std::make_unique<VerilatedFstC>(&sink);
  top_->model.trace(top_->waves.get(), kAllLevels);
  top_->waves->open("");
  showing_ = true;
  show_first_ = first;
  show_last_ = last;
}

void H264Circuit::show(uint64_t phase) {
  if (!watching_ || cycle_ < watch_from_ + show_first_ || cycle_ > watch_from_ + show_last_) return;
  top_->waves->dump((cycle_ - watch_from_) * kShownCyclePs + phase);
}

/// Writes a register, or reads it if there is no value.
uint32_t H264Circuit::access(uint32_t offset, const uint32_t* value) {
  Vh264& block = top_->model;
  const bool writes = value != nullptr;
  block.s_axil_awaddr = block.s_axil_araddr = static_cast<SData>(offset);
  block.s_axil_wdata = writes ? *value : 0;
  block.s_axil_wstrb = 0xF;
  block.s_axil_awvalid = block.s_axil_wvalid = block.s_axil_bready = writes;
  block.s_axil_arvalid = block.s_axil_rready = !writes;
  uint32_t data = 0;
  bool answered = false;
  for (int i = 0; i < kAccessCyclesMax && !answered; ++i) {
    low_phase();
    const bool taken = writes ? block.s_axil_awready : block.s_axil_arready;
    answered = writes ? block.s_axil_bvalid : block.s_axil_rvalid;
    if (answered) data = block.s_axil_rdata;
    high_phase();
    if (taken) block.s_axil_awvalid = block.s_axil_wvalid = block.s_axil_arvalid = 0;
  }
  block.s_axil_bready = block.s_axil_rready = 0;
  if (!answered) throw std::runtime_error("the encoder's circuit does not answer at its registers");
  return data;
}

void H264Circuit::code(const h264::PictureConfig& c, const h264::PicturePlanes& planes) {
  const auto width = static_cast<uint32_t>(16 * c.width_mbs), height = static_cast<uint32_t>(16 * c.height_mbs);
  bytes_.assign(c.bs_size, 0);
  macroblocks_.clear();
  bus_->clear();
  const auto plane = [&](uint32_t address, uint32_t stride, uint32_t rows, const uint8_t* data) {
    bus_->add(address, size_t{stride} * (rows - 1) + width, data);
  };
  plane(c.src_y, c.src_stride, height, planes.source_luma);
  plane(c.src_c, c.src_stride, height / 2, planes.source_chroma);
  plane(c.rec_y, c.rec_stride, height, planes.luma);
  plane(c.rec_c, c.rec_stride, height / 2, planes.chroma);
  if (c.inter) {
    plane(c.ref_y, c.rec_stride, height, planes.reference_luma);
    plane(c.ref_c, c.rec_stride, height / 2, planes.reference_chroma);
  }
  bus_->add(c.bs_addr, bytes_.size(), bytes_.data());
  const auto u = [](int value) { return static_cast<uint32_t>(value); };
  const std::pair<uint32_t, uint32_t> registers[] = {
      {reg::kPicSize, reg::kPicSizeWidthMbs.put(u(c.width_mbs)) | reg::kPicSizeHeightMbs.put(u(c.height_mbs))},
      {reg::kSrcY, c.src_y},
      {reg::kSrcC, c.src_c},
      {reg::kSrcStride, c.src_stride},
      {reg::kRecY, c.rec_y},
      {reg::kRecC, c.rec_c},
      {reg::kRecStride, c.rec_stride},
      {reg::kRefY, c.ref_y},
      {reg::kRefC, c.ref_c},
      {reg::kBsAddr, c.bs_addr},
      {reg::kBsSize, c.bs_size},
      {reg::kSlice, reg::kSliceQp.put(u(c.qp)) | reg::kSliceIdr.put(c.idr) | reg::kSliceInter.put(c.inter) | reg::kSliceDeblock.put(c.deblock) |
                        reg::kSliceFrameNum.put(u(c.frame_num)) | reg::kSliceIdrPicId.put(u(c.idr_pic_id))},
      {reg::kSliceRows, u(c.slice_rows)},
      {reg::kRate, reg::kRateControl.put(c.rate_control) | reg::kRateQpMin.put(u(c.qp_min)) | reg::kRateQpMax.put(u(c.qp_max))},
      {reg::kRowBytes, c.row_bytes},
      {reg::kMaxBytes, c.max_bytes},
      {reg::kIrqEnable, reg::kIrqEnableDone.mask() | reg::kIrqEnableError.mask()}};
  for (const auto& [offset, value] : registers) access(offset, &value);
  const uint32_t start = reg::kCtrlStart.put(1);
  watching_ = true;
  watch_from_ = cycle_ + 2;
  access(reg::kCtrl, &start);
  const uint64_t limit = cycle_ + kMbCyclesMax * u(c.width_mbs) * u(c.height_mbs);
  while (!top_->model.irq) {
    cycle();
    if (cycle_ > limit) throw std::runtime_error("the encoder's circuit never ends");
  }
  watching_ = showing_ = false;
  const uint32_t causes = access(reg::kIrqStatus, nullptr);
  access(reg::kIrqStatus, &causes);
  bytes_.resize(std::min<size_t>(access(reg::kBsBytes, nullptr), bytes_.size()));
  counters_.cycles = access(reg::kCycles, nullptr);
  counters_.pcm_mbs = access(reg::kPcmMbs, nullptr);
  counters_.skip_mbs = access(reg::kSkipMbs, nullptr);
  counters_.intra_mbs = access(reg::kIntraMbs, nullptr);
  counters_.qp_sum = access(reg::kQpSum, nullptr);
}

namespace {

/// Takes fields from a packed struct of the RTL, the last one declared first.
class Fields {
 public:
  explicit Fields(const EData* words) : words_(words) {}
  uint64_t take(unsigned width) {
    uint64_t value = 0;
    for (unsigned i = 0; i < width; ++i, ++at_) value |= static_cast<uint64_t>(words_[at_ / 32] >> (at_ % 32) & 1) << i;
    return value;
  }
  int take_signed(unsigned width) {
    const auto value = static_cast<int>(take(width));
    return value >= 1 << (width - 1) ? value - (1 << width) : value;
  }
  h264::Mv vector() {
    h264::Mv mv;
    mv.x = static_cast<int16_t>(take_signed(9));
    mv.y = static_cast<int16_t>(take_signed(9));
    return mv;
  }

 private:
  const EData* words_;
  unsigned at_ = 0;
};

/// mb_info_t of h264_pkg.sv.
h264::MbInfo info_of(const EData* words) {
  Fields fields(words);
  h264::MbInfo info;
  info.qp_delta = static_cast<int8_t>(fields.take_signed(7));
  info.cbp_chroma = static_cast<uint8_t>(fields.take(2));
  info.cbp_luma = static_cast<uint8_t>(fields.take(4));
  info.chroma_mode = static_cast<h264::PredMode>(fields.take(2));
  for (uint8_t& rem : info.i4_rem) rem = static_cast<uint8_t>(fields.take(3));
  info.i4_predicted = static_cast<uint16_t>(fields.take(16));
  info.luma_mode = static_cast<h264::PredMode>(fields.take(2));
  for (h264::Mv& mvd : info.mvd) mvd = fields.vector();
  info.partition = static_cast<h264::Partition>(fields.take(2));
  info.kind = static_cast<h264::MbKind>(fields.take(3));
  return info;
}

/// deblock_info_t.
h264::DeblockInfo deblock_of(const EData* words) {
  Fields fields(words);
  h264::DeblockInfo info;
  for (h264::Mv& mv : info.mv) mv = fields.vector();
  info.nonzero = static_cast<uint16_t>(fields.take(16));
  info.intra = fields.take(1) != 0;
  info.qp = static_cast<uint8_t>(fields.take(6));
  return info;
}

}  // namespace

void H264Circuit::watch() {
  const Vh264___024root& root = *top_->model.rootp;
  if (!root.h264__DOT__front_done) return;
  Macroblock mb;
  mb.info = info_of(root.h264__DOT__info.data());
  mb.deblock = deblock_of(root.h264__DOT__deblock_info.data());
  mb.qp = root.h264__DOT__qp;
  mb.done_cycle = cycle_ - watch_from_;
  macroblocks_.push_back(mb);
}

}  // namespace saksi::hw
