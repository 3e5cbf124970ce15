#include "hw-models/rtl-block/axi_memory.h"

#include <algorithm>
#include <cstring>

#include "hw-models/base/bus_block.h"

namespace saksi::hw {

namespace {

constexpr uint8_t kFixed = 0;
constexpr uint8_t kIncrementing = 1;
constexpr uint8_t kWrapping = 2;
constexpr uint32_t kLongestWrap = 16;  // beats
constexpr uint8_t kOkay = 0;
constexpr uint8_t kSlaveError = 2;
constexpr uint8_t kDecodeError = 3;

}  // namespace

AxiMemory::AxiMemory(const RtlPorts& ports, DmaInitiator& dma, const AxiMemoryConfig& config)
    : ports_(ports), bytes_(ports.m_axi.data_bytes), all_strobes_(~uint64_t{0} >> (64 - bytes_)), dma_(dma), config_(config), state_(config.seed) {
  config_.read_latency_cycles = std::max(1u, config_.read_latency_cycles);
  config_.write_latency_cycles = std::max(1u, config_.write_latency_cycles);
}

void AxiMemory::reset() {
  state_.reads.size = state_.writes.size = state_.responses.size = 0;
  const auto& axi = ports_.m_axi;
  *axi.arready = *axi.rvalid = *axi.awready = *axi.wready = *axi.bvalid = 0;
}

/// Whether chance makes a channel wait in this cycle.
bool AxiMemory::wait() { return config_.back_pressure_permille != 0 && state_.chance.below(1000) < config_.back_pressure_permille; }

void AxiMemory::drive() {
  const auto& axi = ports_.m_axi;
  ++state_.cycle;
  // With back-pressure, ready waits for valid, so that an idle block's inputs stay still.
  const bool patient = config_.back_pressure_permille != 0;
  *axi.arready = !state_.reads.full() && (!patient || (*axi.arvalid && !wait()));
  *axi.awready = !state_.writes.full() && (!patient || (*axi.awvalid && !wait()));
  *axi.wready = !state_.writes.empty() && !state_.responses.full() && (!patient || (*axi.wvalid && !wait()));
  present_read();
  if (!*axi.bvalid && !state_.responses.empty() && state_.responses.front().due_cycle <= state_.cycle && !wait()) {
    *axi.bvalid = 1;
    *axi.bresp = state_.responses.front().response;
    axi.bid.set(state_.responses.front().id);
  }
}

/// Puts the next beat on the read channel, unless one stands there already.
void AxiMemory::present_read() {
  const auto& axi = ports_.m_axi;
  if (*axi.rvalid || state_.reads.empty() || state_.reads.front().due_cycle > state_.cycle || wait()) return;
  State::Burst& burst = state_.reads.front();
  *axi.rvalid = 1;
  *axi.rresp = burst.response;
  *axi.rlast = burst.beats == 1;
  axi.rid.set(burst.id);
  if (burst.memory) {
    read_beat(beat_memory(burst));
    state_.stats.read_bytes += burst.beat_bytes;
    next_beat(burst);
  } else {
    std::memset(axi.rdata, 0, bytes_);
  }
  if (--burst.beats == 0) state_.reads.pop();
}

void AxiMemory::read_beat(const uint8_t* memory) {
  const uint64_t at = state_.beats_read++ * bytes_;
  if (repeats_) {
    std::memcpy(ports_.m_axi.rdata, reads_.data() + at, bytes_);
    return;
  }
  std::memcpy(ports_.m_axi.rdata, memory, bytes_);
  if (!keeps_reads_) return;
  reads_.resize(at + bytes_);
  std::memcpy(reads_.data() + at, memory, bytes_);
}

bool AxiMemory::sample() {
  const auto& axi = ports_.m_axi;
  ++state_.stats.cycles;
  bool active = *axi.arvalid || *axi.awvalid || *axi.wvalid || *axi.rvalid || *axi.bvalid || !idle();
  taken_read_ = *axi.rvalid && *axi.rready;
  taken_response_ = *axi.bvalid && *axi.bready;
  if (*axi.wvalid && *axi.wready) take_write_beat();
  if (taken_response_) state_.responses.pop();
  if (*axi.arvalid && *axi.arready) take_read_address();
  if (*axi.awvalid && *axi.awready) take_write_address();
  return active;
}

void AxiMemory::after_edge() {
  const auto& axi = ports_.m_axi;
  if (taken_read_) *axi.rvalid = 0;
  if (taken_response_) *axi.bvalid = 0;
}

AxiMemory::State::Burst AxiMemory::begin_burst(uint64_t address, uint8_t length, uint8_t size, uint8_t kind, uint32_t latency) {
  State::Burst burst{};
  burst.beats = length + 1u;
  burst.beat_bytes = 1u << size;
  burst.step = kind == kFixed ? 0 : burst.beat_bytes;
  burst.wrap_mask = ~uint32_t{0};
  burst.address = static_cast<uint32_t>(address) & ~(burst.beat_bytes - 1);
  burst.due_cycle = state_.cycle + latency;
  burst.response = kSlaveError;
  uint32_t total = kind == kFixed ? burst.beat_bytes : burst.beats * burst.beat_bytes;
  uint32_t from = burst.address;
  if (burst.beat_bytes > bytes_ || kind > kWrapping) return burst;
  if (kind == kWrapping) {
    if (burst.beats < 2 || burst.beats > kLongestWrap || (burst.beats & length) != 0) return burst;
    burst.wrap_mask = total - 1;
    from &= ~burst.wrap_mask;
  }
  burst.first = from & ~(bytes_ - 1);
  total += from - burst.first;
  burst.bytes = (total + bytes_ - 1) & ~(bytes_ - 1);
  if (address <= UINT32_MAX) burst.memory = dma_.direct(burst.first, burst.bytes);
  burst.response = burst.memory ? kOkay : kDecodeError;
  return burst;
}

void AxiMemory::next_beat(State::Burst& burst) {
  burst.address = (burst.address & ~burst.wrap_mask) | ((burst.address + burst.step) & burst.wrap_mask);
}

void AxiMemory::take_read_address() {
  const auto& axi = ports_.m_axi;
  ++state_.stats.read_bursts;
  state_.reads.push(begin_burst(axi.araddr.get(), *axi.arlen, *axi.arsize, *axi.arburst, config_.read_latency_cycles));
  State::Burst& burst = state_.reads.back();
  burst.id = static_cast<uint32_t>(axi.arid.get());
  if (burst.memory && !repeats_) BusBlock::note_range(read_ranges_, burst.first, burst.bytes);
}

void AxiMemory::take_write_address() {
  const auto& axi = ports_.m_axi;
  ++state_.stats.write_bursts;
  state_.writes.push(begin_burst(axi.awaddr.get(), *axi.awlen, *axi.awsize, *axi.awburst, 0));
  State::Burst& burst = state_.writes.back();
  burst.id = static_cast<uint32_t>(axi.awid.get());
  if (burst.memory && !repeats_) BusBlock::note_range(ranges_, burst.first, burst.bytes);
}

/// Writes those bytes of a beat that its strobes name, and keeps what was there.
void AxiMemory::store(uint8_t* memory, uint64_t strobes) {
  log_.push_back(memory);
  before_.insert(before_.end(), memory, memory + bytes_);
  const auto* data = static_cast<const uint8_t*>(ports_.m_axi.wdata);
  if (strobes == all_strobes_) {
    std::memcpy(memory, data, bytes_);
    if (dma_.observed()) dma_.wrote(memory, bytes_);
    state_.stats.written_bytes += bytes_;
    return;
  }
  for (uint32_t lane = 0; lane < bytes_; ++lane) {
    if ((strobes >> lane & 1) == 0) continue;
    memory[lane] = data[lane];
    if (dma_.observed()) dma_.wrote(memory + lane, 1);
    ++state_.stats.written_bytes;
  }
}

void AxiMemory::take_write_beat() {
  const auto& axi = ports_.m_axi;
  State::Burst& burst = state_.writes.front();
  if (burst.memory) {
    const uint64_t strobes = axi.wstrb.get() & all_strobes_;
    if (strobes != 0 && !repeats_) store(beat_memory(burst), strobes);
    next_beat(burst);
  }
  if (--burst.beats > 0) return;
  State::Burst response = burst;
  response.due_cycle = state_.cycle + config_.write_latency_cycles;
  state_.writes.pop();
  state_.responses.push(response);
}

void AxiMemory::clear_log() {
  log_.clear();
  before_.clear();
  reads_.clear();
  state_.beats_read = 0;
}

void AxiMemory::undo() {
  for (size_t i = log_.size(); i-- > 0;) std::memcpy(log_[i], before_.data() + i * bytes_, bytes_);
  log_.clear();
  before_.clear();
}

}  // namespace saksi::hw
