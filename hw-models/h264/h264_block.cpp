#include "hw-models/h264/h264_block.h"

#include <algorithm>
#include <cstring>

#include "base/host_profile.h"
#include "regs/h264_regs.hpp"

namespace saksi::hw {

namespace reg = regs::h264;
using sc_core::sc_time;

namespace {

constexpr uint64_t kPicosecondsPerSecond = 1'000'000'000'000;

/// A register access takes three clocks through axil_slave.sv: a read sees the state after the first, a write is done after the second.
constexpr uint64_t kAccessEdges = 3;
constexpr uint64_t kReadEdge = 1;
constexpr uint64_t kWriteEdge = 2;

/// How long it takes to stop between two macroblocks, roughly; the circuit's own time depends on where it is.
constexpr uint64_t kAbortEdges = 200;

constexpr uint32_t kIdentification = 0x48323634;  // "H264"
constexpr int kMinMbs = 4;
constexpr uint32_t kAlign = ~15u;
constexpr uint32_t kBeatBytes = 16;

}  // namespace

H264Block::H264Block(sc_core::sc_module_name name, const RtlBlockConfig& config) : BusBlock(name), config_(config) {
  SC_HAS_PROCESS(H264Block);
  SC_METHOD(irq_method);
  sensitive << irq_event_;
  dont_initialize();
  H264Block::reset();
}

uint64_t H264Block::edge_at(const sc_time& time) const {
  return static_cast<uint64_t>(static_cast<unsigned __int128>(time.value()) * config_.clock_hz / kPicosecondsPerSecond);
}

sc_time H264Block::time_of(uint64_t edge) const {
  const unsigned __int128 ps = (static_cast<unsigned __int128>(edge) * kPicosecondsPerSecond + config_.clock_hz - 1) / config_.clock_hz;
  return sc_time::from_value(static_cast<uint64_t>(ps));
}

void H264Block::reset() {
  const sc_time now = sc_core::sc_time_stamp();
  irq_event_.cancel();
  next_ = latched_ = h264::PictureConfig{};
  next_.qp_max = 0;
  begin_edge_ = done_edge_ = 0;
  pending_ = bus_error_ = overflow_ = config_error_ = aborted_ = done_ = error_ = done_enable_ = error_enable_ = false;
  nal_index_ = bytes_ = 0;
  nal_sizes_.clear();
  counters_ = h264::PictureCounters{};
  edge_ = std::max(edge_, edge_at(now));
  irq.set(false);
  set_busy(false, now, config_.idle_uw, config_.busy_uw);
  load.set_uw(config_.idle_uw);
}

void H264Block::b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) {
  const unsigned size = payload.get_data_length();
  const auto offset = static_cast<uint32_t>(payload.get_address());
  const unsigned lane = offset % 4;
  if ((size != 1 && size != 2 && size != 4) || offset % size != 0) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    return;
  }
  const HostProfile::Scope scope(HostWork::kRtl);
  const sc_time when = sc_core::sc_time_stamp() + delay;
  edge_ = std::max(edge_, edge_at(when));
  const uint64_t begin = edge_;
  edge_ += kAccessEdges;
  if (payload.is_read()) {
    settle(begin + kReadEdge);
    const uint32_t value = read(offset - lane, begin + kReadEdge) >> (8 * lane);
    std::memcpy(payload.get_data_ptr(), &value, size);
  } else if (payload.is_write()) {
    uint32_t value = 0;
    std::memcpy(&value, payload.get_data_ptr(), size);
    const uint32_t mask = static_cast<uint32_t>((uint64_t{1} << (8 * size)) - 1) << (8 * lane);
    settle(begin + kWriteEdge);
    write(offset - lane, value << (8 * lane), mask, begin + kWriteEdge, when);
  }
  settle(begin + kWriteEdge);
  update_irq(when);
  delay = std::max(delay, time_of(edge_) - sc_core::sc_time_stamp());
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

/// The end of a picture, if it has come by this edge.
void H264Block::settle(uint64_t edge) {
  if (!pending_ || edge < done_edge_) return;
  pending_ = false;
  (bus_error_ || overflow_ || aborted_ ? error_ : done_) = true;
}

void H264Block::update_irq(const sc_time& when) {
  const bool level = (done_ && done_enable_) || (error_ && error_enable_);
  irq.set(level);
  if (!pending_) set_busy(false, when, config_.idle_uw, config_.busy_uw);
}

void H264Block::irq_method() {
  settle(done_edge_);
  update_irq(sc_core::sc_time_stamp());
}

/// The word of a configuration behind a register that holds an address, a stride or a size; null for other registers.
static uint32_t h264::PictureConfig::*word_of(uint32_t offset) {
  switch (offset) {
    case reg::kSrcY:
      return &h264::PictureConfig::src_y;
    case reg::kSrcC:
      return &h264::PictureConfig::src_c;
    case reg::kSrcStride:
      return &h264::PictureConfig::src_stride;
    case reg::kRecY:
      return &h264::PictureConfig::rec_y;
    case reg::kRecC:
      return &h264::PictureConfig::rec_c;
    case reg::kRecStride:
      return &h264::PictureConfig::rec_stride;
    case reg::kRefY:
      return &h264::PictureConfig::ref_y;
    case reg::kRefC:
      return &h264::PictureConfig::ref_c;
    case reg::kBsAddr:
      return &h264::PictureConfig::bs_addr;
    case reg::kBsSize:
      return &h264::PictureConfig::bs_size;
    default:
      return nullptr;
  }
}

uint32_t H264Block::read(uint32_t offset, uint64_t edge) const {
  if (const auto word = word_of(offset)) return next_.*word;
  const bool busy = coding(edge);
  switch (offset) {
    case reg::kStatus:
      return reg::kStatusBusy.put(busy) | reg::kStatusOverflow.put(!busy && overflow_) | reg::kStatusBusError.put(bus_error_) |
             reg::kStatusConfigError.put(config_error_) | reg::kStatusAborted.put(!busy && aborted_);
    case reg::kIrqStatus:
      return reg::kIrqStatusDone.put(done_) | reg::kIrqStatusError.put(error_);
    case reg::kIrqEnable:
      return reg::kIrqEnableDone.put(done_enable_) | reg::kIrqEnableError.put(error_enable_);
    case reg::kId:
      return kIdentification;
    case reg::kPicSize:
      return reg::kPicSizeWidthMbs.put(static_cast<uint32_t>(next_.width_mbs)) | reg::kPicSizeHeightMbs.put(static_cast<uint32_t>(next_.height_mbs));
    case reg::kBsBytes:
      return busy ? 0 : bytes_;
    case reg::kSlice:
      return reg::kSliceQp.put(static_cast<uint32_t>(next_.qp)) | reg::kSliceIdr.put(next_.idr) | reg::kSliceInter.put(next_.inter) |
             reg::kSliceDeblock.put(next_.deblock) | reg::kSliceFrameNum.put(static_cast<uint32_t>(next_.frame_num)) |
             reg::kSliceIdrPicId.put(static_cast<uint32_t>(next_.idr_pic_id));
    case reg::kSliceRows:
      return static_cast<uint32_t>(next_.slice_rows);
    case reg::kRate:
      return reg::kRateControl.put(next_.rate_control) | reg::kRateQpMin.put(static_cast<uint32_t>(next_.qp_min)) |
             reg::kRateQpMax.put(static_cast<uint32_t>(next_.qp_max));
    case reg::kRowBytes:
      return next_.row_bytes;
    case reg::kMaxBytes:
      return next_.max_bytes;
    case reg::kCycles:
      return busy ? static_cast<uint32_t>(edge - begin_edge_) : counters_.cycles;
    case reg::kPcmMbs:
      return busy ? 0 : counters_.pcm_mbs;
    case reg::kSkipMbs:
      return busy ? 0 : counters_.skip_mbs;
    case reg::kIntraMbs:
      return busy ? 0 : counters_.intra_mbs;
    case reg::kQpSum:
      return busy ? 0 : counters_.qp_sum;
    case reg::kNalCount:
      return busy ? 0 : static_cast<uint32_t>(nal_sizes_.size());
    case reg::kNalIndex:
      return nal_index_;
    case reg::kNalBytes:
      return busy || nal_index_ >= nal_sizes_.size() ? 0 : nal_sizes_[nal_index_];
    default:
      return 0;
  }
}

void H264Block::write(uint32_t offset, uint32_t data, uint32_t mask, uint64_t edge, const sc_time& when) {
  switch (offset) {
    case reg::kCtrl:
      if ((data & mask & reg::kCtrlAbort.mask()) != 0 && coding(edge - 1)) abort(edge);
      if ((data & mask & reg::kCtrlStart.mask()) != 0 && !coding(edge - 1)) start(edge, when);
      return;
    case reg::kIrqStatus:
      if ((data & mask & reg::kIrqStatusDone.mask()) != 0 && edge != done_edge_) done_ = false;
      if ((data & mask & reg::kIrqStatusError.mask()) != 0 && edge != done_edge_) error_ = false;
      return;
    case reg::kIrqEnable:
      if ((mask & 1) == 0) return;
      done_enable_ = (data & reg::kIrqEnableDone.mask()) != 0;
      error_enable_ = (data & reg::kIrqEnableError.mask()) != 0;
      return;
    case reg::kNalIndex:
      if ((mask & 1) != 0) nal_index_ = data & reg::kNalIndexIndex.mask();
      return;
    default:
      configure(offset, data, mask);
  }
}

void H264Block::configure(uint32_t offset, uint32_t data, uint32_t mask) {
  const uint32_t value = (read(offset, edge_) & ~mask) | (data & mask);
  if (const auto word = word_of(offset)) {
    next_.*word = value & kAlign;
    return;
  }
  const auto field = [value](const auto& f) { return static_cast<int>(f.get(value)); };
  switch (offset) {
    case reg::kPicSize:
      next_.width_mbs = field(reg::kPicSizeWidthMbs);
      next_.height_mbs = field(reg::kPicSizeHeightMbs);
      break;
    case reg::kSlice:
      next_.qp = field(reg::kSliceQp);
      next_.idr = field(reg::kSliceIdr) != 0;
      next_.inter = field(reg::kSliceInter) != 0;
      next_.deblock = field(reg::kSliceDeblock) != 0;
      next_.frame_num = field(reg::kSliceFrameNum);
      next_.idr_pic_id = field(reg::kSliceIdrPicId);
      break;
    case reg::kSliceRows:
      next_.slice_rows = field(reg::kSliceRowsLines);
      break;
    case reg::kRate:
      next_.rate_control = field(reg::kRateControl) != 0;
      next_.qp_min = field(reg::kRateQpMin);
      next_.qp_max = field(reg::kRateQpMax);
      break;
    case reg::kRowBytes:
      next_.row_bytes = value & reg::kRowBytesBytes.mask();
      break;
    case reg::kMaxBytes:
      next_.max_bytes = value & reg::kMaxBytesBytes.mask();
      break;
    default:
      break;
  }
}

bool H264Block::config_ok() const {
  const auto within = [](int value, int low, int high) { return value >= low && value <= high; };
  return within(next_.width_mbs, kMinMbs, h264::kMaxWidthMbs) && within(next_.height_mbs, kMinMbs, h264::kMaxHeightMbs) && next_.qp <= 51 &&
         next_.qp_min <= 51 && next_.qp_max <= 51;
}

void H264Block::start(uint64_t edge, const sc_time& when) {
  bus_error_ = overflow_ = aborted_ = false;
  config_error_ = !config_ok();
  bytes_ = 0;
  nal_sizes_.clear();
  counters_ = h264::PictureCounters{};
  if (config_error_) {
    error_ = true;
    return;
  }
  latched_ = next_;
  if (latched_.idr) latched_.inter = false;
  begin_edge_ = edge;
  code_picture();
  done_edge_ = edge + counters_.cycles;
  pending_ = true;
  set_busy(true, when, config_.idle_uw, config_.busy_uw);
  // The interrupt is a register behind the status.
  const sc_time due = time_of(done_edge_ + 1);
  const sc_time now = sc_core::sc_time_stamp();
  irq_event_.cancel();
  irq_event_.notify(due > now ? due - now : sc_core::SC_ZERO_TIME);
}

void H264Block::code_picture() {
  read_.clear();
  written_.clear();
  Outcome outcome = code(latched_);
  counters_ = outcome.counters;
  nal_sizes_ = std::move(outcome.nal_sizes);
  bytes_ = static_cast<uint32_t>(outcome.bytes->size());
  overflow_ = outcome.overflow;
  bus_error_ = outcome.bus_error;
  const uint32_t fits = std::min(bytes_, latched_.bs_size);
  if (fits == 0) return;
  note_range(written_, latched_.bs_addr, (fits + kBeatBytes - 1) / kBeatBytes * kBeatBytes);
  if (!dma.write(latched_.bs_addr, outcome.bytes->data(), fits)) bus_error_ = true;
}

void H264Block::abort(uint64_t edge) {
  if (edge + kAbortEdges >= done_edge_) return;
  aborted_ = true;
  done_edge_ = edge + kAbortEdges;
  counters_.cycles = static_cast<uint32_t>(done_edge_ - begin_edge_);
  irq_event_.cancel();
  irq_event_.notify(time_of(done_edge_ + 1) - sc_core::sc_time_stamp());
}

}  // namespace saksi::hw
