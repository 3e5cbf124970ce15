#include "hw-models/rtl-block/rtl_block.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "base/error.h"
#include "base/host_profile.h"

namespace saksi::hw {

using sc_core::sc_time;

namespace {

constexpr uint64_t kResetCycles = 4;
constexpr uint64_t kSettleCycles = 64;    // a pause on the bus this long is worth the look whether the block sleeps
constexpr uint64_t kAnswerCycles = 4096;  // a register access that gets no answer by then never will
constexpr uint64_t kShortestRun = 1024;
constexpr uint64_t kLongestRun = uint64_t{1} << 22;
constexpr uint64_t kPicosecondsPerSecond = 1'000'000'000'000;
constexpr uint8_t kOkay = 0;
constexpr uint8_t kAllStrobes = 0xF;
constexpr uint32_t kClockedCode = 0;  // of the signal `clocked` in the waves; Verilator's codes begin with 1

}  // namespace

RtlBlock::RtlBlock(sc_core::sc_module_name name, const RtlBlockConfig& config, std::unique_ptr<RtlModel> model)
    : BusBlock(name),
      config_(config),
      model_(std::move(model)),
      ports_(model_->pins(), config.ports, config.design.empty() ? this->name() : config.design),
      memory_(ports_, dma, config.memory),
      run_limit_(kLongestRun),
      checkpoint_memory_(config.memory.seed),
      repeat_{false, {}, AxiMemory::State(config.memory.seed), 0} {
  SC_HAS_PROCESS(RtlBlock);
  SC_METHOD(horizon_method);
  sensitive << horizon_event_;
  dont_initialize();
  check_states();
  reset();
}

RtlBlock::~RtlBlock() = default;

uint64_t RtlBlock::edge_at(const sc_time& time) const {
  return static_cast<uint64_t>(static_cast<unsigned __int128>(time.value()) * config_.clock_hz / kPicosecondsPerSecond);
}

sc_time RtlBlock::time_of(uint64_t edge) const {
  const unsigned __int128 ps = (static_cast<unsigned __int128>(edge) * kPicosecondsPerSecond + config_.clock_hz - 1) / config_.clock_hz;
  return sc_time::from_value(static_cast<uint64_t>(ps));
}

// Registers.

void RtlBlock::b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) {
  const unsigned size = payload.get_data_length();
  const uint32_t offset = static_cast<uint32_t>(payload.get_address());
  const unsigned lane = offset % 4;
  if ((size != 1 && size != 2 && size != 4) || offset % size != 0) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    return;
  }
  const HostProfile::Scope scope(HostWork::kRtl);
  bring_to(edge_at(sc_core::sc_time_stamp() + delay));
  bool answered = true;
  if (payload.is_read()) {
    uint32_t value = 0;
    answered = read_register(offset - lane, value);
    value >>= 8 * lane;
    std::memcpy(payload.get_data_ptr(), &value, size);
  } else if (payload.is_write()) {
    uint32_t value = 0;
    std::memcpy(&value, payload.get_data_ptr(), size);
    answered = write_register(offset - lane, value << (8 * lane), static_cast<uint8_t>(((1u << size) - 1) << lane));
  }
  const sc_time end = time_of(edge_);
  go_on(sc_core::sc_time_stamp() + delay);
  delay = std::max(delay, end - sc_core::sc_time_stamp());
  payload.set_response_status(answered ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE);
}

bool RtlBlock::write_register(uint32_t offset, uint32_t data, uint8_t strobes) {
  if (!ports_.has_strobes && strobes != kAllStrobes) return false;
  if (!ports_.is_apb) return axil_write(offset, data, strobes);
  const auto& apb = ports_.apb;
  *apb.pwrite = 1;
  *apb.pwdata = data;
  *apb.pstrb = strobes;
  return apb_transfer(offset, nullptr);
}

bool RtlBlock::read_register(uint32_t offset, uint32_t& value) {
  if (!ports_.is_apb) return axil_read(offset, value);
  const auto& apb = ports_.apb;
  *apb.pwrite = 0;
  *apb.pstrb = 0;
  return apb_transfer(offset, &value);
}

/// A cycle of setup, then cycles of access until the block is ready.
bool RtlBlock::apb_transfer(uint32_t offset, uint32_t* read_value) {
  const auto& apb = ports_.apb;
  apb.paddr.set(offset);
  *apb.psel = 1;
  cycle();
  *apb.penable = 1;
  bool ready = false;
  bool okay = false;
  for (uint64_t i = 0; i < kAnswerCycles && !ready; ++i) {
    low_phase();
    ready = *apb.pready != 0;
    okay = ready && *apb.pslverr == 0;
    if (ready && read_value) *read_value = *apb.prdata;
    high_phase();
  }
  *apb.psel = *apb.penable = 0;
  return okay;
}

bool RtlBlock::axil_write(uint32_t offset, uint32_t data, uint8_t strobes) {
  const auto& axil = ports_.s_axil;
  axil.awaddr.set(offset);
  *axil.wdata = data;
  *axil.wstrb = strobes;
  *axil.awvalid = *axil.wvalid = *axil.bready = 1;
  bool answered = false;
  bool okay = false;
  for (uint64_t i = 0; i < kAnswerCycles && !answered; ++i) {
    low_phase();
    const bool address_taken = *axil.awvalid && *axil.awready;
    const bool data_taken = *axil.wvalid && *axil.wready;
    answered = *axil.bvalid != 0;
    okay = answered && *axil.bresp == kOkay;
    high_phase();
    if (address_taken) *axil.awvalid = 0;
    if (data_taken) *axil.wvalid = 0;
  }
  *axil.awvalid = *axil.wvalid = *axil.bready = 0;
  return okay;
}

bool RtlBlock::axil_read(uint32_t offset, uint32_t& value) {
  const auto& axil = ports_.s_axil;
  axil.araddr.set(offset);
  *axil.arvalid = *axil.rready = 1;
  bool answered = false;
  bool okay = false;
  for (uint64_t i = 0; i < kAnswerCycles && !answered; ++i) {
    low_phase();
    const bool address_taken = *axil.arvalid && *axil.arready;
    answered = *axil.rvalid != 0;
    okay = answered && *axil.rresp == kOkay;
    if (answered) value = *axil.rdata;
    high_phase();
    if (address_taken) *axil.arvalid = 0;
  }
  *axil.arvalid = *axil.rready = 0;
  return okay;
}

// Clocking.

bool RtlBlock::low_phase() {
  memory_.drive();
  *ports_.clk = 0;
  model_->eval();
  if (sink_ && !speculative_) show_low();
  return memory_.sample();
}

void RtlBlock::high_phase() {
  *ports_.clk = 1;
  model_->eval();
  ++edge_;
  ++evaluated_cycles_;
  if (sink_ && !speculative_) show_high();
  memory_.after_edge();
}

bool RtlBlock::cycle() {
  const bool active = low_phase();
  high_phase();
  return active;
}

/// Clocks the model out of a state and back into it, and compares by Verilator's own account of the state.
void RtlBlock::check_states() {
  constexpr int kCycles = 50;
  release_registers();
  model_->eval();
  std::vector<uint8_t> bytes, before, after;
  model_->save(bytes);
  model_->save_portably(before);
  for (int i = 0; i < kCycles; ++i) {
    *ports_.reset = i < kCycles / 2 ? ports_.reset_active : !ports_.reset_active;
    for (const uint8_t level : {0, 1}) {
      *ports_.clk = level;
      model_->eval();
    }
  }
  model_->restore(bytes);
  model_->save_portably(after);
  if (before == after) return;
  throw UsageError((config_.design.empty() ? name() : config_.design) +
                   " cannot be coupled: after it was clocked and taken back, its state was not the same");
}

/// No register access under way.
void RtlBlock::release_registers() {
  const auto& axil = ports_.s_axil;
  const auto& apb = ports_.apb;
  if (ports_.is_apb) {
    *apb.psel = *apb.penable = *apb.pwrite = 0;
  } else {
    *axil.awvalid = *axil.wvalid = *axil.bready = *axil.arvalid = *axil.rready = 0;
  }
}

void RtlBlock::reset_model() {
  memory_.reset();
  release_registers();
  *ports_.reset = ports_.reset_active;
  for (uint64_t i = 0; i < kResetCycles; ++i) cycle();
  *ports_.reset = !ports_.reset_active;
  for (uint64_t i = 0; i < kSettleCycles && !unchanged_by_a_cycle(); ++i) cycle();
}

bool RtlBlock::unchanged_by_a_cycle() {
  model_->save(state_a_);
  const bool active = cycle();
  if (active) return false;
  model_->save(state_b_);
  return state_a_ == state_b_;
}

void RtlBlock::save_checkpoint() {
  model_->save(checkpoint_);
  memory_.clear_log();
  checkpoint_memory_ = memory_.state();
  checkpoint_edge_ = edge_;
  checkpoint_watch_ = watch_;
  repeat_.begun = false;
}

void RtlBlock::roll_back() {
  memory_.undo();
  memory_.restore(checkpoint_memory_);
  model_->restore(checkpoint_);
  edge_ = checkpoint_edge_;
  watch_ = checkpoint_watch_;
  failure_.clear();
  ++roll_backs_;
}

// Running ahead.

/// Puts the block into the state that it has right after an edge, or at the end of the last access if that is later.
void RtlBlock::bring_to(uint64_t edge) {
  while (ahead_ && edge >= edge_) {
    horizon_event_.cancel();
    horizon();
  }
  if (!ahead_) {
    edge_ = std::max(edge_, edge);
    return;
  }
  horizon_event_.cancel();
  if (edge_ - edge > kShortestRun) run_limit_ = kShortestRun;
  roll_back();
  while (edge_ < edge) cycle();
  ahead_ = false;
}

/// After an access or a change of irq: finds out what comes next. The model stands at the present.
void RtlBlock::go_on(const sc_time& when) {
  irq.set(*ports_.irq != 0);
  watch_ = SleepWatch{};
  if (!busy()) memory_.clear_ranges();
  save_checkpoint();
  speculative_ = true;
  const bool active = cycle();
  speculative_ = false;
  if (!active) {
    model_->save(state_a_);
    if (state_a_ == checkpoint_) {  // asleep: one edge more or less is the same
      edge_ = checkpoint_edge_;
      memory_.restore(checkpoint_memory_);
      set_busy(false, when);
      return;
    }
  } else {
    watch_.worked = true;
  }
  run_ahead(when);
}

void RtlBlock::run_to_horizon() {
  while (!asleep_ && !irq_changed() && edge_ - checkpoint_edge_ < run_limit_) {
    if (cycle()) {
      watch_.worked = true;
      watch_.quiet = 0;
      watch_.next_look = kSettleCycles;
    } else if (++watch_.quiet >= watch_.next_look && !irq_changed()) {
      watch_.next_look = 2 * watch_.quiet;
      asleep_ = watch_.quiet >= config_.asleep_cycles || unchanged_by_a_cycle();
    }
  }
}

void RtlBlock::run_ahead(const sc_time& when) {
  ahead_ = true;
  asleep_ = false;
  speculative_ = true;
  try {
    run_to_horizon();
  } catch (const std::exception& error) {
    failure_ = error.what();
    ++edge_;  // the one that did it
  }
  speculative_ = false;
  if (watch_.worked || edge_ - checkpoint_edge_ > kSettleCycles) set_busy(true, when);
  const sc_time kernel = sc_core::sc_time_stamp();
  const sc_time due = time_of(edge_);
  horizon_event_.notify(due > kernel ? due - kernel : sc_core::SC_ZERO_TIME);
}

/// Time has come to where the block was run ahead to.
void RtlBlock::horizon() {
  if (sink_) repeat_to(edge_);
  ahead_ = false;
  if (!failure_.empty()) throw std::runtime_error(failure_);
  const sc_time when = time_of(edge_);
  if (irq_changed()) {
    go_on(when);
  } else if (asleep_) {
    memory_.clear_log();
    set_busy(false, when);
  } else {
    run_limit_ = std::min(2 * run_limit_, kLongestRun);
    save_checkpoint();
    run_ahead(when);
  }
}

void RtlBlock::horizon_method() {
  const HostProfile::Scope scope(HostWork::kRtl);
  if (ahead_ && time_of(edge_) <= sc_core::sc_time_stamp()) horizon();
}

// Waves.

uint64_t RtlBlock::half_after(uint64_t edge) const { return (time_of(edge).value() + time_of(edge + 1).value()) / 2; }

void RtlBlock::open_waves(WaveSink& sink) {
  WaveSignal clocked;
  clocked.scope = "top." + module();
  clocked.name = "clocked";
  clocked.code = kClockedCode;
  shows_clocked_ = sink.declare(clocked);
  model_->open_waves(sink);
  shown_edge_ = edge_at(sc_core::sc_time_stamp());
  shown_ps_ = sc_core::sc_time_stamp().value();
  sink_ = &sink;
  if (ahead_) {
    repeat_to(shown_edge_, true);
  } else {
    model_->show(shown_ps_);
  }
  show_clocked(ahead_);
}

void RtlBlock::show_waves() {
  const uint64_t edge = edge_at(sc_core::sc_time_stamp());
  if (ahead_) {
    repeat_to(std::min(edge, edge_));
  } else if (clocked_ && edge > edge_ + 1) {
    show_gap();
  }
}

void RtlBlock::show_clocked(bool clocked) {
  clocked_ = clocked;
  if (!shows_clocked_) return;
  const uint32_t value = clocked ? 1 : 0;
  sink_->value(kClockedCode, &value, 1);
}

/// The clock has stood still since the last edge that was shown.
void RtlBlock::show_gap() {
  const uint64_t ps = half_after(shown_edge_);
  if (ps > shown_ps_) sink_->at(ps);
  shown_ps_ = std::max(shown_ps_, ps);
  show_clocked(false);
}

void RtlBlock::show_low() {
  if (edge_ < shown_edge_) return;
  if (edge_ > shown_edge_ && clocked_) show_gap();
  const uint64_t ps = half_after(edge_);
  if (ps <= shown_ps_) return;  // a little before the waves begin
  shown_ps_ = ps;
  model_->show(ps);
  if (!clocked_) show_clocked(true);
}

void RtlBlock::show_high() {
  if (edge_ <= shown_edge_) return;
  shown_edge_ = edge_;
  shown_ps_ = time_of(edge_).value();
  model_->show(shown_ps_);
}

/// Goes through the run ahead once more, from where that was left, to `edge`, and shows it; with `show_end`, the state at `edge` too.
/// A cycle in which the circuit ended the simulation is not gone through again.
void RtlBlock::repeat_to(uint64_t edge, bool show_end) {
  if (!failure_.empty()) edge = std::min(edge, edge_ - 1);
  if (!show_end && edge <= (repeat_.begun ? repeat_.edge : checkpoint_edge_)) return;
  if (!repeat_.begun) repeat_ = {true, checkpoint_, checkpoint_memory_, checkpoint_edge_};
  model_->save(present_);
  const AxiMemory::State present_memory = memory_.state();
  const uint64_t present_edge = edge_;
  model_->restore(repeat_.model);
  memory_.restore(repeat_.memory);
  edge_ = repeat_.edge;
  memory_.begin_repeat();
  while (edge_ < edge) cycle();
  if (show_end) model_->show(shown_ps_);
  memory_.end_repeat();
  model_->save(repeat_.model);
  repeat_.memory = memory_.state();
  repeat_.edge = edge_;
  model_->restore(present_);
  memory_.restore(present_memory);
  edge_ = present_edge;
}

void RtlBlock::reset() {
  const sc_time now = sc_core::sc_time_stamp();
  const uint64_t edge = edge_at(now);
  if (ahead_ && edge < edge_) {
    roll_back();
    while (edge_ < edge) cycle();
  }
  horizon_event_.cancel();
  ahead_ = false;
  memory_.clear_log();
  edge_ = std::max(edge_, edge);
  reset_model();
  irq.set(false);
  set_busy(false, now);
  load.set_uw(config_.idle_uw);
}

}  // namespace saksi::hw
