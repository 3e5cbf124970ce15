#ifndef SAKSI_HW_MODELS_CPU_CPU_H_
#define SAKSI_HW_MODELS_CPU_CPU_H_

#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <systemc>
#include <vector>

#include "hw-models/base/load.h"
#include "hw-models/base/register_port.h"
#include "hw-models/cpu/cpu_debug.h"
#include "hw-models/cpu/hart.h"
#include "hw-models/cpu/step_clock.h"

namespace saksi::hw {

struct CpuConfig {
  uint64_t clock_hz = 100'000'000;
  uint32_t cpi = 1;               ///< cycles per instruction
  uint32_t reset_pc = 0x1000;
  uint32_t ram_base = 0x80000000; ///< the memory that data accesses reach by pointer; other memory is reached through the bus
  CpuEngine engine = CpuEngine::kTranslated;
  uint32_t active_uw = 0;         ///< load while executing, microwatts
  uint32_t sleep_uw = 0;          ///< load while in WFI
};

/// One RV32IMAC hart with Zicsr, Zifencei, Zba, Zbb and Zbs, machine and user mode, PMP (pmp.h) and triggers (trigger.h), on virtual time.
///
/// Time is instruction-counted: an instruction takes cpi cycles and happens at the time at which it begins. The thread runs every
/// instruction that begins before the kernel's next pending event, then waits until the next one is due; what the event does happens
/// before an instruction that begins at the same picosecond. So an interrupt is taken before the first instruction that begins at or
/// after the time of its cause, however the run was cut into slices. A register access goes out through `bus` with the delay from the
/// kernel's time to the instruction's; whatever it schedules ends the run in time, and an interrupt that it raises is taken before the
/// next instruction. In WFI the thread sleeps until an interrupt is pending.
///
/// The timer interrupt is no event of the kernel: the CPU knows its deadline, and takes it, also out of WFI, without leaving its run.
///
/// Whoever drives the kernel must act by kernel events (or wait() in a process): an action between two sc_start() calls finds the CPU
/// ahead unless an event was pending at that time, since a CPU with nothing to wait for runs up to 10 ms ahead of the kernel.
class Cpu : public sc_core::sc_module, public CpuDebug, private BusPort {
 public:
  Cpu(sc_core::sc_module_name name, const CpuConfig& config);

  tlm_utils::simple_initiator_socket<Cpu, 32> bus;
  Load load;

  /// Levels of the interrupt wires mip.MEIP and MSIP.
  void set_external_irq(bool level) { set_irq(Irq::kExternal, level); }
  void set_software_irq(bool level) { set_irq(Irq::kSoftware, level); }
  /// mip.MTIP is high from this virtual time on, and low before.
  void set_timer_deadline(const sc_core::sc_time& when);
  /// Where the registers of the block at an address are reached directly. What it does not find is reached through `bus`; so is everything
  /// without a lookup.
  void set_register_lookup(std::function<RegisterWindow(uint32_t address)> lookup) { register_lookup_ = std::move(lookup); }
  /// Source of the time CSR: mtime at a virtual time. Without one, reading it is an illegal instruction.
  void set_time_source(std::function<uint64_t(sc_core::sc_time)> source) { time_source_ = std::move(source); }

  /// From power-on execution begins at reset_pc, at this instant; the CPU is built powered off. Does nothing if it is on.
  void power_on();
  /// Stops at this instant: an instruction that began earlier is the last. Registers stay readable for a debugger.
  void power_off();
  /// Warm reset at this instant, as by a watchdog; called by a block in the middle of the CPU's own access it takes effect after that
  /// instruction. Does nothing while powered off.
  void reset();
  bool powered() const { return powered_; }
  /// True while the hart sleeps in WFI.
  bool sleeping() const { return hart_.waiting(); }

  /// Tells `listener` of every store of the guest that touches [address, address + size) in RAM, right after it (tohost). One watch.
  void watch_stores(uint32_t address, uint32_t size, std::function<void(uint32_t address, uint32_t value)> listener);
  /// Tells the CPU that something other than itself changed code in RAM. Needed after a functional load into memory while it runs; a guest
  /// that loads code by DMA uses fence.i.
  void code_changed() { hart_.recheck_code(); }

  /// Register writes to [base, base + size) are housekeeping of interrupts and time, and not counted as progress.
  void ignore_for_progress(uint32_t base, uint32_t size) { housekeeping_.push_back({base, size}); }

  /// An aligned access of 1, 2 or 4 bytes over the bus at local_time(), with all that it does to the block there, as if the guest made it;
  /// false: nobody answers. Only while the hart is halted.
  bool debug_access(bool is_store, uint32_t address, uint32_t size, uint32_t* value);

  /// Virtual time at which the next instruction begins, or the present one during a register access.
  sc_core::sc_time local_time() const;
  /// Instructions since power-on, as minstret counts them when never written.
  uint64_t retired_since_power_on() const { return hart_.retired(); }
  /// Slices run and register accesses made, for the performance report.
  uint64_t slices() const { return slices_; }
  uint64_t bus_accesses() const { return bus_accesses_; }

  // CpuDebug
  uint32_t pc() const override { return hart_.pc(); }
  void set_pc(uint32_t pc) override;
  uint32_t reg(unsigned number) const override { return hart_.reg(number); }
  void set_reg(unsigned number, uint32_t value) override { hart_.set_reg(number, value); }
  uint64_t float_reg(unsigned number) const override { return hart_.float_reg(number); }
  void set_float_reg(unsigned number, uint64_t value) override { hart_.set_float_reg(number, value); }
  std::optional<uint32_t> csr(uint32_t number) const override { return hart_.debug_csr(number); }
  bool set_csr(uint32_t number, uint32_t value) override { return hart_.debug_set_csr(number, value); }
  void set_halt_listener(std::function<void(const Halt&)> listener) override { hart_.set_halt_listener(std::move(listener)); }
  void request_halt() override;
  uint64_t position() const override { return begun_before_ + hart_.begun(); }
  void halt_at(uint64_t position) override;
  void set_breakpoint(uint32_t pc, bool on) override { hart_.set_breakpoint(pc, on); }
  void set_watchpoint(uint32_t address, uint32_t size, WatchKind kind, bool on) override { hart_.set_watchpoint(address, size, kind, on); }
  void set_observer(ExecutionObserver* observer) override { hart_.set_observer(observer); }
  bool read_memory(uint32_t address, void* data, size_t size) const override;
  bool write_memory(uint32_t address, const void* data, size_t size) override;
  std::vector<uint32_t> call_stack(size_t depth_max) const override;
  uint64_t instructions() const override { return retired_before_ + hart_.retired(); }
  uint64_t local_time_ps() const override { return std::max<uint64_t>(local_ps(), sc_core::sc_time_stamp().value()); }
  uint64_t progress() const override { return progress_; }
  bool idle() const override { return !powered_ || (hart_.waiting() && csr(kMieNumber).value_or(0) != 0); }
  void set_lost_trap_listener(std::function<void(const LostTrap&)> listener) override { hart_.set_lost_trap_listener(std::move(listener)); }
  void set_trace_length(size_t length) override { hart_.set_trace_length(length); }
  std::vector<TraceEntry> trace() const override { return hart_.trace(); }

 private:
  // BusPort
  bool load_from_bus(uint32_t address, uint32_t size, uint32_t* value) override;
  bool store_to_bus(uint32_t address, uint32_t size, uint32_t value) override;
  std::optional<CodeRegion> code_region(uint32_t address) override;
  std::optional<uint64_t> time_now() override;

  void start_of_simulation() override;
  void run_thread();
  void settle();
  void sleep();
  void run_slice();
  bool slice_goes_on();
  /// The first step at which mip.MTIP is to rise, when it is low.
  void arm_timer(uint64_t now_ps);
  void raise_timer_if_due(uint64_t step);
  bool timer_wakes() const;
  RegisterWindow& window_of(uint32_t address);
  void wait_for_next_step();
  void start();
  void warm_reset();
  /// Steps from this one on begin at or after the kernel's next event.
  uint64_t first_step_of_kernel() const;
  /// After something that may have notified an event.
  void ask_kernel() { kernel_step_ = first_step_of_kernel(); }
  uint64_t first_step_not_to_run() const { return std::min(kernel_step_, timer_step_); }
  sc_core::sc_time delay_of_access() const { return sc_core::sc_time::from_value(local_ps() - sc_core::sc_time_stamp().value()); }
  uint64_t local_ps() const { return start_ps_ + clock_.ps_of(hart_.steps()); }
  bool transport(tlm::tlm_command command, uint32_t address, uint32_t size, uint32_t* value);
  bool debug_transport(tlm::tlm_command command, uint32_t address, void* data, size_t size) const;
  void set_irq(Irq irq, bool level);

  CpuConfig config_;
  StepClock clock_;
  Hart hart_;
  std::function<uint64_t(sc_core::sc_time)> time_source_;
  std::function<RegisterWindow(uint32_t)> register_lookup_;
  /// What the lookup found, by page of the address; a block that is smaller than a page shares its place with its neighbours.
  static constexpr size_t kWindows = 16;
  std::array<RegisterWindow, kWindows> windows_;
  tlm::tlm_generic_payload payload_;

  bool powered_ = false;
  bool in_slice_ = false;
  bool start_pending_ = false;  ///< power-on asked for in the middle of a slice
  bool reset_pending_ = false;  ///< likewise reset
  uint64_t start_ps_ = 0;       ///< kernel time of step 0
  uint64_t retired_before_ = 0; ///< instructions of earlier power cycles
  uint64_t begun_before_ = 0;   ///< likewise begun
  uint64_t halt_position_ = kNever;
  uint64_t kernel_step_ = 0;  ///< in a slice: first_step_of_kernel() as last asked for
  uint64_t timer_deadline_ps_ = kNever;
  uint64_t timer_step_ = kNever;  ///< of the deadline, while mip.MTIP is low
  struct Housekeeping {
    uint32_t base, size;
  };
  static constexpr uint32_t kMieNumber = 0x304;
  std::vector<Housekeeping> housekeeping_;
  uint64_t progress_ = 0;
  uint64_t slices_ = 0;
  uint64_t bus_accesses_ = 0;
  sc_core::sc_event wake_;  ///< power, reset or timer deadline changed, or an interrupt was raised in WFI
};

}  // namespace saksi::hw

#endif
