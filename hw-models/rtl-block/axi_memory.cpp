#include "hw-models/rtl-block/axi_memory.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace saksi::hw {

namespace {

constexpr uint32_t kBeatBytes = 16;
constexpr uint8_t kFullBeat = 4;  // log2 of its bytes
constexpr uint8_t kIncrementing = 1;
constexpr uint8_t kOkay = 0;
constexpr uint8_t kSlaveError = 2;
constexpr uint8_t kDecodeError = 3;
constexpr uint16_t kAllStrobes = 0xFFFF;

}  // namespace

AxiMemory::AxiMemory(const RtlPorts& ports, DmaInitiator& dma, const AxiMemoryConfig& config)
    : ports_(ports), dma_(dma), config_(config), state_(config.seed) {
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
  if (burst.memory) {
    read_beat(burst.memory);
    burst.memory += kBeatBytes;
    state_.stats.read_bytes += kBeatBytes;
  } else {
    std::memset(axi.rdata, 0, kBeatBytes);
  }
  if (--burst.beats == 0) state_.reads.pop();
}

void AxiMemory::read_beat(const uint8_t* memory) {
  const uint64_t beat = state_.beats_read++;
  if (repeats_) {
    std::memcpy(ports_.m_axi.rdata, reads_.at(beat).data(), kBeatBytes);
    return;
  }
  std::memcpy(ports_.m_axi.rdata, memory, kBeatBytes);
  if (!keeps_reads_) return;
  reads_.resize(beat + 1);
  std::memcpy(reads_[beat].data(), memory, kBeatBytes);
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

AxiMemory::State::Burst AxiMemory::begin_burst(uint32_t address, uint8_t length, uint8_t size, uint8_t kind, uint32_t latency) {
  State::Burst burst{};
  burst.beats = length + 1u;
  burst.address = address & ~(kBeatBytes - 1);
  burst.due_cycle = state_.cycle + latency;
  if (size != kFullBeat || (kind != kIncrementing && length != 0)) {
    burst.response = kSlaveError;
    return burst;
  }
  burst.memory = dma_.direct(burst.address, burst.beats * size_t{kBeatBytes});
  burst.response = burst.memory ? kOkay : kDecodeError;
  return burst;
}

void AxiMemory::take_read_address() {
  const auto& axi = ports_.m_axi;
  ++state_.stats.read_bursts;
  state_.reads.push(begin_burst(*axi.araddr, *axi.arlen, *axi.arsize, *axi.arburst, config_.read_latency_cycles));
  const State::Burst& burst = state_.reads.back();
  if (burst.memory && !repeats_) note_range(read_ranges_, burst.address, burst.beats * kBeatBytes);
}

void AxiMemory::take_write_address() {
  const auto& axi = ports_.m_axi;
  ++state_.stats.write_bursts;
  state_.writes.push(begin_burst(*axi.awaddr, *axi.awlen, *axi.awsize, *axi.awburst, 0));
  const State::Burst& burst = state_.writes.back();
  if (burst.memory && !repeats_) note_range(ranges_, burst.address, burst.beats * kBeatBytes);
}

void AxiMemory::take_write_beat() {
  const auto& axi = ports_.m_axi;
  State::Burst& burst = state_.writes.front();
  const uint16_t strobes = *axi.wstrb;
  if (burst.memory && strobes != 0 && !repeats_) write_beat(burst.memory, strobes);
  if (burst.memory) burst.memory += kBeatBytes;
  if (--burst.beats > 0) return;
  State::Burst response = burst;
  response.due_cycle = state_.cycle + config_.write_latency_cycles;
  state_.writes.pop();
  state_.responses.push(response);
}

void AxiMemory::write_beat(uint8_t* memory, uint16_t strobes) {
  Undo undo;
  undo.memory = memory;
  std::memcpy(undo.before.data(), memory, kBeatBytes);
  log_.push_back(undo);
  if (strobes == kAllStrobes) {
    std::memcpy(memory, ports_.m_axi.wdata, kBeatBytes);
    if (dma_.observed()) dma_.wrote(memory, kBeatBytes);
    state_.stats.written_bytes += kBeatBytes;
    return;
  }
  const auto* data = reinterpret_cast<const uint8_t*>(ports_.m_axi.wdata);
  for (uint32_t lane = 0; lane < kBeatBytes; ++lane) {
    if ((strobes >> lane & 1) == 0) continue;
    memory[lane] = data[lane];
    if (dma_.observed()) dma_.wrote(memory + lane, 1);
    ++state_.stats.written_bytes;
  }
}

void AxiMemory::clear_log() {
  log_.clear();
  reads_.clear();
  state_.beats_read = 0;
}

void AxiMemory::undo() {
  for (auto entry = log_.rbegin(); entry != log_.rend(); ++entry) std::memcpy(entry->memory, entry->before.data(), kBeatBytes);
  log_.clear();
}

/// Merges a range with those that it touches.
void AxiMemory::note_range(std::map<uint32_t, uint32_t>& ranges, uint32_t address, uint32_t bytes) {
  uint32_t begin = address;
  uint32_t end = address + bytes;
  auto next = ranges.upper_bound(begin);
  if (next != ranges.begin() && std::prev(next)->second >= begin) {
    --next;
    if (next->second >= end) return;
    begin = next->first;
  }
  while (next != ranges.end() && next->first <= end) {
    end = std::max(end, next->second);
    next = ranges.erase(next);
  }
  ranges.emplace_hint(next, begin, end);
}

}  // namespace saksi::hw
