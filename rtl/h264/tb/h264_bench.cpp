#include "rtl/h264/tb/h264_bench.h"

#include <Vh264.h>
#include <verilated.h>
#include <verilated_save.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "regs/h264_regs.hpp"
#include "rtl/coverage/coverage.h"

namespace saksi::tb {
namespace {

namespace reg = regs::h264;

constexpr int kBeatBytes = 16;

// SLVERR or DECERR.
int error_response(uint32_t address) { return address / kBeatBytes % 2 ? 3 : 2; }

constexpr int kRegisterCyclesMax = 100;
constexpr int kPictureCyclesPerMbMax = 20000;  // with back-pressure and I_PCM

}  // namespace

H264Bench::H264Bench() : context_(std::make_unique<VerilatedContext>()), memory_(kMemorySize) {
  dut_ = std::make_unique<Vh264>(context_.get());
  dut_->clk = 0;
  dut_->m_axi_arready = 1;
  dut_->m_axi_awready = 1;
  dut_->m_axi_wready = 1;
  reset();
}

H264Bench::~H264Bench() {
  dut_->final();
  keep_coverage(*context_);
}

void H264Bench::reset() {
  // Whatever the block had asked for is forgotten on both sides.
  reads_.clear();
  writes_.clear();
  answers_.clear();
  dut_->m_axi_rvalid = dut_->m_axi_bvalid = 0;
  dut_->rst_n = 0;
  clock(2);
  dut_->rst_n = 1;
  clock();
}

bool H264Bench::irq() const { return dut_->irq; }

H264Bench::Burst H264Bench::accept(uint32_t address, int len, const char* channel) {
  const uint32_t bytes = (len + 1) * kBeatBytes;
  if (address % kBeatBytes != 0) throw std::runtime_error(std::string(channel) + ": address not aligned");
  if (address / 4096 != (address + bytes - 1) / 4096) throw std::runtime_error(std::string(channel) + ": burst crosses 4 KB");
  address -= moved_;
  if (address < kMemoryBase || address - kMemoryBase + bytes > kMemorySize) throw std::runtime_error(std::string(channel) + ": outside of memory");
  return {address, len + 1, cycles_ + (random_ ? random_->below(20) : 0)};
}

// What the block sees of the read data channel in the next cycle.
void H264Bench::drive_read_channel() {
  if (dut_->m_axi_rvalid && !dut_->m_axi_rready) return;
  dut_->m_axi_rvalid = !reads_.empty() && reads_.front().not_before <= cycles_ && chance(70);
  if (!dut_->m_axi_rvalid) return;
  Burst& burst = reads_.front();
  std::memcpy(dut_->m_axi_rdata.data(), memory(burst.address), kBeatBytes);
  dut_->m_axi_rresp = in_error_range(burst.address) ? error_response(burst.address) : 0;
  dut_->m_axi_rlast = burst.beats == 1;
  burst.address += kBeatBytes;
  if (--burst.beats == 0) reads_.pop_front();
}

void H264Bench::drive_write_channels() {
  if (!dut_->m_axi_bvalid || dut_->m_axi_bready) {
    dut_->m_axi_bvalid = !answers_.empty() && answers_.front().first <= cycles_;
    if (dut_->m_axi_bvalid) {
      dut_->m_axi_bresp = answers_.front().second;
      answers_.pop_front();
    }
  }
  dut_->m_axi_awready = chance(60);
  dut_->m_axi_wready = chance(60);
  dut_->m_axi_arready = chance(60);
}

// Takes what is handed over at the coming edge.
void H264Bench::watch() {
  if (!dut_->rst_n) return;
  if (dut_->m_axi_arvalid && dut_->m_axi_arready) reads_.push_back(accept(dut_->m_axi_araddr, dut_->m_axi_arlen, "AR"));
  if (dut_->m_axi_awvalid && dut_->m_axi_awready) writes_.push_back(accept(dut_->m_axi_awaddr, dut_->m_axi_awlen, "AW"));
  if (!dut_->m_axi_wvalid || !dut_->m_axi_wready) return;
  if (writes_.empty()) throw std::runtime_error("W: data without address");
  Burst& burst = writes_.front();
  const bool error = in_error_range(burst.address);
  uint8_t data[kBeatBytes];
  std::memcpy(data, dut_->m_axi_wdata.data(), kBeatBytes);
  for (int i = 0; i < kBeatBytes && !error; i++) {
    if (dut_->m_axi_wstrb >> i & 1) memory(burst.address)[i] = data[i];
  }
  if (error) write_error_ = error_response(burst.address);
  burst.address += kBeatBytes;
  if (dut_->m_axi_wlast != (--burst.beats == 0)) throw std::runtime_error("W: wlast misplaced");
  if (burst.beats > 0) return;
  answers_.emplace_back(cycles_ + (random_ ? random_->below(20) : 0), write_error_);
  write_error_ = 0;
  writes_.pop_front();
}

void H264Bench::clock(int cycles) {
  for (int i = 0; i < cycles; i++) {
    watch();
    const bool ar_waits = dut_->m_axi_arvalid && !dut_->m_axi_arready;
    const bool aw_waits = dut_->m_axi_awvalid && !dut_->m_axi_awready;
    const bool w_waits = dut_->m_axi_wvalid && !dut_->m_axi_wready;
    const uint32_t araddr = dut_->m_axi_araddr;
    const uint32_t awaddr = dut_->m_axi_awaddr;
    const uint32_t wdata = dut_->m_axi_wdata[0];
    dut_->clk = 1;
    dut_->eval();
    if (dut_->rst_n && ((ar_waits && (!dut_->m_axi_arvalid || dut_->m_axi_araddr != araddr)) ||
                        (aw_waits && (!dut_->m_axi_awvalid || dut_->m_axi_awaddr != awaddr)) ||
                        (w_waits && (!dut_->m_axi_wvalid || dut_->m_axi_wdata[0] != wdata)))) {
      throw std::runtime_error("a request moved while it waited");
    }
    cycles_++;
    drive_read_channel();
    drive_write_channels();
    dut_->clk = 0;
    dut_->eval();
  }
}

// Lets an answer on the register bus wait, perhaps, and takes it.
void H264Bench::take_answer(uint8_t& ready, const uint8_t& valid) {
  while (!chance(60)) {
    clock();
    if (!valid) throw std::runtime_error("a register's answer did not wait");
  }
  ready = 1;
  clock();
  ready = 0;
}

uint32_t H264Bench::read(uint32_t offset) {
  dut_->s_axil_araddr = offset;
  dut_->s_axil_arprot = cycles_ % 8;  // must not matter
  dut_->s_axil_arvalid = 1;
  for (int i = 0; i < kRegisterCyclesMax; i++) {
    const bool taken = dut_->s_axil_arready;
    clock();
    if (taken) dut_->s_axil_arvalid = 0;
    if (dut_->s_axil_rvalid) {
      const uint32_t value = dut_->s_axil_rdata;
      take_answer(dut_->s_axil_rready, dut_->s_axil_rvalid);
      if (dut_->s_axil_rdata != value) throw std::runtime_error("read data moved while they waited");
      return value;
    }
  }
  throw std::runtime_error("register read never answered");
}

void H264Bench::write(uint32_t offset, uint32_t value, uint8_t strobes) {
  dut_->s_axil_awaddr = offset;
  dut_->s_axil_awprot = cycles_ % 8;
  dut_->s_axil_awvalid = 1;
  while (!chance(60)) clock();  // the data come after the address
  dut_->s_axil_wdata = value;
  dut_->s_axil_wstrb = strobes;
  dut_->s_axil_wvalid = 1;
  for (int i = 0; i < kRegisterCyclesMax; i++) {
    const bool taken = dut_->s_axil_awready;
    clock();
    if (taken) dut_->s_axil_awvalid = dut_->s_axil_wvalid = 0;
    if (dut_->s_axil_bvalid) {
      take_answer(dut_->s_axil_bready, dut_->s_axil_bvalid);
      return;
    }
  }
  throw std::runtime_error("register write never answered");
}

void H264Bench::configure(const hw::h264::PictureConfig& config) {
  write(reg::kPicSize, reg::kPicSizeWidthMbs.put(config.width_mbs) | reg::kPicSizeHeightMbs.put(config.height_mbs));
  write(reg::kSrcY, config.src_y + moved_);
  write(reg::kSrcC, config.src_c + moved_);
  write(reg::kSrcStride, config.src_stride);
  write(reg::kRecY, config.rec_y + moved_);
  write(reg::kRecC, config.rec_c + moved_);
  write(reg::kRecStride, config.rec_stride);
  write(reg::kRefY, config.ref_y + moved_);
  write(reg::kRefC, config.ref_c + moved_);
  write(reg::kBsAddr, config.bs_addr + moved_);
  write(reg::kBsSize, config.bs_size);
  write(reg::kSlice, reg::kSliceQp.put(config.qp) | reg::kSliceIdr.put(config.idr) | reg::kSliceInter.put(config.inter) |
                         reg::kSliceDeblock.put(config.deblock) | reg::kSliceFrameNum.put(config.frame_num) |
                         reg::kSliceIdrPicId.put(config.idr_pic_id));
  write(reg::kSliceRows, config.slice_rows);
  write(reg::kRate, reg::kRateControl.put(config.rate_control) | reg::kRateQpMin.put(config.qp_min) | reg::kRateQpMax.put(config.qp_max));
  write(reg::kRowBytes, config.row_bytes);
  write(reg::kMaxBytes, config.max_bytes);
}

void H264Bench::start(const Picture& source, const Job& job) {
  width_ = source.width;
  height_ = source.height;
  const int stride = stride_ ? stride_ : width_;
  const uint32_t chroma_offset = stride * height_;
  for (int y = 0; y < height_; y++) std::memcpy(memory(kSource + y * stride), source.luma() + y * width_, width_);
  for (int y = 0; y < height_ / 2; y++) std::memcpy(memory(kSource + chroma_offset + y * stride), source.chroma() + y * width_, width_);
  const uint32_t before = kReconstructed[turn_];
  turn_ = 1 - turn_;
  config_ = hw::h264::PictureConfig{};
  config_.width_mbs = width_ / 16;
  config_.height_mbs = height_ / 16;
  config_.src_y = kSource;
  config_.src_c = kSource + chroma_offset;
  config_.src_stride = config_.rec_stride = static_cast<uint32_t>(stride);
  config_.rec_y = kReconstructed[turn_];
  config_.rec_c = config_.rec_y + chroma_offset;
  config_.ref_y = before;
  config_.ref_c = before + chroma_offset;
  config_.bs_addr = kBitstream;
  config_.bs_size = bitstream_size_;
  config_.qp = job.qp;
  config_.idr = job.idr;
  config_.inter = job.inter && !job.idr;
  config_.deblock = job.deblock;
  config_.frame_num = job.frame_num;
  config_.idr_pic_id = job.idr_pic_id;
  config_.slice_rows = job.slice_rows;
  config_.rate_control = job.rate_control;
  config_.qp_min = job.qp_min;
  config_.qp_max = job.qp_max;
  config_.row_bytes = job.row_bytes;
  config_.max_bytes = job.max_bytes;
  configure(config_);
  write(reg::kIrqEnable, reg::kIrqEnableDone.put(1) | reg::kIrqEnableError.put(1));
  write(reg::kCtrl, reg::kCtrlStart.put(1));
}

Coded H264Bench::finish() {
  const uint64_t limit = cycles_ + static_cast<uint64_t>(kPictureCyclesPerMbMax) * (width_ / 16) * (height_ / 16);
  while (!irq()) {
    clock();
    if (cycles_ > limit) throw std::runtime_error("the picture never ends");
  }
  Coded coded;
  coded.irq_status = read(reg::kIrqStatus);
  write(reg::kIrqStatus, coded.irq_status);
  coded.status = read(reg::kStatus);
  coded.bs_bytes = read(reg::kBsBytes);
  coded.cycles = read(reg::kCycles);
  coded.pcm_mbs = read(reg::kPcmMbs);
  coded.skip_mbs = read(reg::kSkipMbs);
  coded.intra_mbs = read(reg::kIntraMbs);
  coded.qp_sum = read(reg::kQpSum);
  for (uint32_t i = 0, count = read(reg::kNalCount); i < count; i++) {
    write(reg::kNalIndex, i);
    coded.nal_sizes.push_back(read(reg::kNalBytes));
  }
  const uint8_t* nal = memory(kBitstream);
  coded.nal.assign(nal, nal + std::min(coded.bs_bytes, bitstream_size_));
  const int stride = stride_ ? stride_ : width_;
  coded.reconstructed = Picture(width_, height_);
  for (int y = 0; y < height_; y++) std::memcpy(coded.reconstructed.luma() + y * width_, memory(reconstructed() + y * stride), width_);
  for (int y = 0; y < height_ / 2; y++) {
    std::memcpy(coded.reconstructed.chroma() + y * width_, memory(reconstructed() + (height_ + y) * stride), width_);
  }
  return coded;
}

Coded H264Bench::encode(const Picture& source, const Job& job) {
  start(source, job);
  return finish();
}

#if !SAKSI_RTL_COVERAGE
void H264Bench::save(const std::string& file) {
  VerilatedSave os;
  os.open(file.c_str());
  os << *dut_;
}

void H264Bench::restore(const std::string& file) {
  VerilatedRestore os;
  os.open(file.c_str());
  os >> *dut_;
}
#endif

}  // namespace saksi::tb
