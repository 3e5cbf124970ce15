#include "hw-models/cpu/cpu.h"

#include <algorithm>

namespace saksi::hw {
namespace {

/// How far the CPU runs ahead of the kernel when no event is pending.
constexpr uint64_t kSliceMaxPs = 10'000'000'000;
/// Register accesses run block models on the CPU's stack, a whole Verilated block among them.
constexpr size_t kStackBytes = 4 << 20;

uint64_t kernel_ps() { return sc_core::sc_time_stamp().value(); }

/// A function that calls nothing keeps its return address in ra and saves only its caller's frame pointer, where others save the return
/// address. The two are told apart by the alignment of frames (16 bytes) and by their distance.
bool looks_like_callers_frame(uint32_t saved, uint32_t frame) {
  constexpr uint32_t kFrameBytesMax = 1 << 16;
  return saved > frame && saved % 16 == 0 && saved - frame <= kFrameBytesMax;
}

}  // namespace

Cpu::Cpu(sc_core::sc_module_name name, const CpuConfig& config)
    : sc_core::sc_module(name),
      bus("bus"),
      config_(config),
      clock_(config.clock_hz, config.cpi),
      hart_(*this, config.cpi),
      wake_("wake") {
  windows_.fill({1, 0, nullptr});
  sc_assert(sc_core::sc_get_time_resolution() == sc_core::sc_time(1, sc_core::SC_PS));
  payload_.set_byte_enable_ptr(nullptr);
  hart_.set_engine(config.engine);
  SC_HAS_PROCESS(Cpu);
  SC_THREAD(run_thread);
  set_stack_size(kStackBytes);
}

void Cpu::start_of_simulation() {
  tlm::tlm_generic_payload payload;
  tlm::tlm_dmi dmi;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(config_.ram_base);
  if (!bus->get_direct_mem_ptr(payload, dmi) || !dmi.is_read_write_allowed()) {
    SC_REPORT_FATAL(name(), "there is no memory that gives a direct pointer at ram_base");
  }
  const uint64_t first = dmi.get_start_address();
  hart_.set_ram(static_cast<uint32_t>(first), dmi.get_end_address() - first + 1, dmi.get_dmi_ptr());
}

// Power.

void Cpu::start() {
  retired_before_ += hart_.retired();
  begun_before_ += hart_.begun();
  start_ps_ = in_slice_ ? local_ps() : kernel_ps();
  hart_.restart_counting();
  arm_timer(start_ps_);
  halt_at(halt_position_);
  hart_.reset(config_.reset_pc);
}

void Cpu::warm_reset() {
  hart_.skip_to(clock_.first_step_at(kernel_ps() - start_ps_));
  hart_.reset(config_.reset_pc);
}

void Cpu::power_on() {
  if (powered_) return;
  powered_ = true;
  if (in_slice_) {
    start_pending_ = true;
    hart_.stop();
  } else {
    start();
  }
  wake_.notify(sc_core::SC_ZERO_TIME);
}

void Cpu::power_off() {
  if (!powered_) return;
  powered_ = false;
  start_pending_ = false;
  reset_pending_ = false;
  load.set_uw(0);
  hart_.stop();
  wake_.notify(sc_core::SC_ZERO_TIME);
}

void Cpu::reset() {
  if (!powered_) return;
  if (in_slice_) {
    reset_pending_ = true;
    hart_.stop();
  } else {
    warm_reset();
  }
  wake_.notify(sc_core::SC_ZERO_TIME);
}

void Cpu::request_halt() {
  hart_.request_halt();
  wake_.notify(sc_core::SC_ZERO_TIME);
}

void Cpu::halt_at(uint64_t position) {
  halt_position_ = position;
  hart_.halt_at(position == kNever || position < begun_before_ ? kNever : position - begun_before_);
}

// The thread.

void Cpu::run_thread() {
  for (;;) {
    if (!hart_.waiting()) wait_for_next_step();
    settle();
    if (!powered_ || hart_.waiting()) hart_.halt_if_requested();
    if (!powered_) {
      wait(wake_);
    } else if (hart_.waiting()) {
      sleep();
    } else {
      run_slice();
    }
  }
}

/// Lets everything else at this instant happen first.
void Cpu::settle() {
  while (sc_core::sc_pending_activity_at_current_time()) wait(sc_core::SC_ZERO_TIME);
}

/// The kernel's time may be behind that of the WFI here: nothing happens in between, and what wakes the hart in its last step lets it go on
/// after that.
void Cpu::sleep() {
  const uint64_t step = clock_.first_step_at(kernel_ps() - start_ps_);
  raise_timer_if_due(step);
  if (hart_.wake_up_ready()) {
    ++progress_;
    hart_.wake_up();
    hart_.skip_to(step);
    return;
  }
  load.set_uw(config_.sleep_uw);
  if (timer_wakes()) {
    wait(sc_core::sc_time::from_value(timer_deadline_ps_ - kernel_ps()), wake_);
  } else {
    wait(wake_);
  }
}

void Cpu::run_slice() {
  ++slices_;
  in_slice_ = true;
  do {
    raise_timer_if_due(hart_.steps());
    load.set_uw(config_.active_uw);
    ask_kernel();
    hart_.run(first_step_not_to_run());
    raise_timer_if_due(hart_.steps());
  } while (slice_goes_on());
  if (start_pending_) {
    start();
  } else if (reset_pending_) {
    warm_reset();
  }
  in_slice_ = false;
  start_pending_ = false;
  reset_pending_ = false;
}

/// After hart_.run(): whether the hart has more to do before the kernel's next event. Lets the time of a sleep pass that the timer ends.
bool Cpu::slice_goes_on() {
  if (!powered_ || start_pending_ || reset_pending_) return false;
  if (!hart_.waiting()) return hart_.steps() < first_step_not_to_run();
  if (!hart_.wake_up_ready()) {
    load.set_uw(config_.sleep_uw);
    ask_kernel();
    if (!timer_wakes() || timer_step_ >= kernel_step_) return false;
    hart_.skip_to(timer_step_);
    raise_timer_if_due(hart_.steps());
  }
  hart_.wake_up();
  return true;
}

void Cpu::wait_for_next_step() {
  while (powered_ && kernel_ps() < local_ps()) wait(sc_core::sc_time::from_value(local_ps() - kernel_ps()), wake_);
}

uint64_t Cpu::first_step_of_kernel() const {
  const uint64_t slice_ps = std::min(sc_core::sc_time_to_pending_activity().value(), sc_dt::uint64{kSliceMaxPs});
  return clock_.first_step_at(kernel_ps() + slice_ps - start_ps_);
}

// Interrupts.

void Cpu::set_irq(Irq irq, bool level) {
  hart_.set_irq(irq, level);
  if (level && hart_.waiting()) wake_.notify(sc_core::SC_ZERO_TIME);
}

void Cpu::set_timer_deadline(const sc_core::sc_time& when) {
  timer_deadline_ps_ = when == sc_core::sc_max_time() ? kNever : when.value();
  arm_timer(in_slice_ ? local_ps() : kernel_ps());
  if (!in_slice_) wake_.notify(sc_core::SC_ZERO_TIME);
}

void Cpu::arm_timer(uint64_t now_ps) {
  const bool due = timer_deadline_ps_ <= now_ps;
  timer_step_ = due || timer_deadline_ps_ == kNever ? kNever : clock_.first_step_at(timer_deadline_ps_ - start_ps_);
  hart_.set_irq(Irq::kTimer, due);
}

void Cpu::raise_timer_if_due(uint64_t step) {
  if (step < timer_step_) return;
  timer_step_ = kNever;
  hart_.set_irq(Irq::kTimer, true);
}

/// Whether the timer's deadline will end a WFI.
bool Cpu::timer_wakes() const {
  constexpr uint32_t kMtie = 1u << static_cast<uint32_t>(Irq::kTimer);
  return timer_step_ != kNever && (*hart_.debug_csr(static_cast<uint32_t>(CsrNumber::kMie)) & kMtie) != 0;
}

sc_core::sc_time Cpu::local_time() const { return sc_core::sc_time::from_value(local_ps()); }

void Cpu::watch_stores(uint32_t address, uint32_t size, std::function<void(uint32_t, uint32_t)> listener) {
  hart_.watch_stores(address, size, std::move(listener));
}

// The bus.

RegisterWindow& Cpu::window_of(uint32_t address) {
  RegisterWindow& window = windows_[(address >> 12) % kWindows];
  if ((address < window.first || address > window.last) && register_lookup_) window = register_lookup_(address);
  return window;
}

bool Cpu::transport(tlm::tlm_command command, uint32_t address, uint32_t size, uint32_t* value) {
  payload_.set_command(command);
  payload_.set_address(address);
  payload_.set_data_ptr(reinterpret_cast<unsigned char*>(value));
  payload_.set_data_length(size);
  payload_.set_streaming_width(size);
  payload_.set_dmi_allowed(false);
  payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time delay = delay_of_access();
  bus->b_transport(payload_, delay);
  ask_kernel();
  hart_.set_limit(first_step_not_to_run());
  return payload_.is_response_ok();
}

bool Cpu::load_from_bus(uint32_t address, uint32_t size, uint32_t* value) {
  ++bus_accesses_;
  const RegisterWindow& window = window_of(address);
  if (!window.port) {
    *value = 0;
    return transport(tlm::TLM_READ_COMMAND, address, size, value);
  }
  const RegisterPort::Read read = window.port->read_register(address - window.first, size, delay_of_access());
  *value = read.value;
  if (!read.quiet) {
    ask_kernel();
    hart_.set_limit(first_step_not_to_run());
  }
  return true;
}

bool Cpu::store_to_bus(uint32_t address, uint32_t size, uint32_t value) {
  ++bus_accesses_;
  const auto holds = [address](const Housekeeping& block) { return address - block.base < block.size; };
  if (std::none_of(housekeeping_.begin(), housekeeping_.end(), holds)) ++progress_;
  const RegisterWindow& window = window_of(address);
  if (!window.port) return transport(tlm::TLM_WRITE_COMMAND, address, size, &value);
  if (!window.port->write_register(address - window.first, size, value, delay_of_access())) ask_kernel();
  hart_.set_limit(first_step_not_to_run());
  return true;
}

std::optional<CodeRegion> Cpu::code_region(uint32_t address) {
  tlm::tlm_generic_payload payload;
  tlm::tlm_dmi dmi;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(address);
  if (!bus->get_direct_mem_ptr(payload, dmi) || !dmi.is_read_allowed()) return std::nullopt;
  return CodeRegion{static_cast<uint32_t>(dmi.get_start_address()), dmi.get_end_address() - dmi.get_start_address() + 1, dmi.get_dmi_ptr()};
}

std::optional<uint64_t> Cpu::time_now() {
  if (!time_source_) return std::nullopt;
  return time_source_(local_time());
}

// Debugging.

void Cpu::set_pc(uint32_t pc) {
  if (hart_.waiting() && pc != hart_.pc()) {  // sent elsewhere, it does not sleep on
    hart_.wake_up();
    hart_.skip_to(clock_.first_step_at(kernel_ps() - start_ps_));
  }
  hart_.set_pc(pc);
}

bool Cpu::debug_access(bool is_store, uint32_t address, uint32_t size, uint32_t* value) {
  if (!powered_) return false;
  if (hart_.waiting()) hart_.skip_to(clock_.first_step_at(kernel_ps() - start_ps_));
  if (!is_store) *value = 0;
  return transport(is_store ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND, address, size, value);
}

bool Cpu::debug_transport(tlm::tlm_command command, uint32_t address, void* data, size_t size) const {
  if (size == 0) return true;
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<unsigned char*>(data));
  payload.set_data_length(static_cast<unsigned>(size));
  // A debug read changes nothing, but TLM's interface has no const calls.
  return const_cast<Cpu*>(this)->bus->transport_dbg(payload) == size;
}

bool Cpu::read_memory(uint32_t address, void* data, size_t size) const { return debug_transport(tlm::TLM_READ_COMMAND, address, data, size); }

bool Cpu::write_memory(uint32_t address, const void* data, size_t size) {
  const bool done = debug_transport(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), size);
  hart_.code_changed(address, static_cast<uint32_t>(size));
  return done;
}

std::vector<uint32_t> Cpu::call_stack(size_t depth_max) const {
  std::vector<uint32_t> stack{pc()};
  uint32_t frame = reg(8);
  while (stack.size() < depth_max) {
    uint32_t saved[2];  // caller's frame pointer, return address
    if (frame < sizeof saved || frame % 4 != 0 || !read_memory(frame - sizeof saved, saved, sizeof saved)) break;
    if (stack.size() == 1 && looks_like_callers_frame(saved[1], frame)) {
      saved[0] = saved[1];
      saved[1] = reg(1);
    }
    if (saved[1] == 0 || saved[1] % 2 != 0) break;
    stack.push_back(saved[1]);
    if (saved[0] <= frame) break;
    frame = saved[0];
  }
  return stack;
}

}  // namespace saksi::hw
