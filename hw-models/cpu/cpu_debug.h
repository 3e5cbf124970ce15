#ifndef SAKSI_HW_MODELS_CPU_CPU_DEBUG_H_
#define SAKSI_HW_MODELS_CPU_CPU_DEBUG_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace saksi::hw {

/// One executed instruction of the trace ring.
struct TraceEntry {
  uint64_t instruction;  ///< its number since power-on, from 0
  uint32_t pc;
  uint32_t raw;  ///< 16-bit instructions in the low half
  uint8_t rd;    ///< register that the instruction names as its destination; 0: none
  uint32_t rd_before;
  uint32_t rd_after;  ///< as before if the instruction trapped
};

/// A trap whose handler cannot do anything: the handler's first instruction trapped as well, so the same happens again and again.
struct LostTrap {
  uint32_t mcause, mepc, mtval;  ///< of the first trap
  uint32_t handler;              ///< where it went
  uint32_t handler_mcause;       ///< why that could not be executed
};

/// Why the hart stands still between two instructions.
struct Halt {
  enum class Reason {
    kRequest,     ///< request_halt()
    kPosition,    ///< halt_at()
    kBreakpoint,  ///< the instruction at pc() has a breakpoint and was not executed
    kWatchpoint   ///< the instruction before made an access to a watched place
  };
  Reason reason = Reason::kRequest;
  uint32_t address = 0;   ///< kWatchpoint: of the access
  bool is_store = false;  ///< kWatchpoint
};

enum class WatchKind : uint8_t { kLoad = 1, kStore = 2, kAccess = 3 };

class ExecutionObserver;

/// What a debugger, a card's write log or a trace may ask of the CPU. Nothing here takes virtual time or disturbs a device: memory is read
/// and written functionally, and register blocks show nothing. Valid at any moment, also in the middle of a register access: pc() is then
/// the instruction that makes the access.
class CpuDebug {
 public:
  virtual ~CpuDebug() = default;

  virtual uint32_t pc() const = 0;
  virtual void set_pc(uint32_t pc) = 0;
  /// General register x0..x31.
  virtual uint32_t reg(unsigned number) const = 0;
  virtual void set_reg(unsigned number, uint32_t value) = 0;
  /// Floating-point register f0..f31, whether or not mstatus.FS lets the guest use it.
  virtual uint64_t float_reg(unsigned number) const = 0;
  virtual void set_float_reg(unsigned number, uint64_t value) = 0;
  /// A control and status register by number; nothing if the hart has none of that number.
  virtual std::optional<uint32_t> csr(uint32_t number) const = 0;
  /// Writes one as a csrrw in machine mode would; false: the hart has none of that number, or it is read-only.
  virtual bool set_csr(uint32_t number, uint32_t value) = 0;

  /// Memory as the bus sees it; false, and nothing copied, if the range is not all plain memory.
  virtual bool read_memory(uint32_t address, void* data, size_t size) const = 0;
  virtual bool write_memory(uint32_t address, const void* data, size_t size) = 0;

  /// pc(), then return addresses from the innermost call outwards, found by the frame-pointer chain (s0; return address at fp-4, caller's
  /// fp at fp-8: code built with -fno-omit-frame-pointer). A chain that leaves memory, is misaligned or does not grow ends the list, so
  /// garbage gives a short list and no harm.
  virtual std::vector<uint32_t> call_stack(size_t depth_max = 32) const = 0;

  /// Instructions retired since the model was built, over all power cycles.
  virtual uint64_t instructions() const = 0;
  /// Virtual time at which the next instruction begins, in picoseconds; in the middle of a register access, that of the instruction.
  virtual uint64_t local_time_ps() const = 0;
  /// Grows when the guest gets on: at each register write outside interrupt and timer controllers, and each end of a sleep in WFI.
  virtual uint64_t progress() const = 0;
  /// True while powered off, and in a sleep that an enabled interrupt may end.
  virtual bool idle() const = 0;
  /// Called in the CPU's thread each time that a trap's handler traps at its first instruction.
  virtual void set_lost_trap_listener(std::function<void(const LostTrap&)> listener) = 0;

  /// Run control. `listener` is called in the CPU's thread, between two instructions, with pc() at the next one; virtual time stands still
  /// until it returns, and execution then goes on from pc(), not halting at that same place again. It may use all of this interface.
  virtual void set_halt_listener(std::function<void(const Halt&)> listener) = 0;
  /// Halts before the next instruction, or at once if the hart sleeps or is off. Ends a run of the kernel's pending slice early.
  virtual void request_halt() = 0;
  /// Instructions begun since the model was built, over all power cycles and traps: the place of a halt on the way of the program.
  virtual uint64_t position() const = 0;
  /// Halts when position() is `position`; kNever takes that back. A single step is halt_at(position() + 1).
  static constexpr uint64_t kNever = UINT64_MAX;
  virtual void halt_at(uint64_t position) = 0;
  /// Halts before the instruction at `pc` is executed. What the guest reads from memory stays the same.
  virtual void set_breakpoint(uint32_t pc, bool on) = 0;
  /// Halts after an instruction that loads from or stores to any of these bytes of RAM. One entry for each (address, size, kind).
  virtual void set_watchpoint(uint32_t address, uint32_t size, WatchKind kind, bool on) = 0;

  /// Attaches what sees every instruction, or detaches it (nullptr). One at a time.
  virtual void set_observer(ExecutionObserver* observer) = 0;

  /// Keeps the last `length` executed instructions from now on; 0 turns the ring off and costs nothing. On, execution is several times
  /// slower, but what the guest sees stays the same.
  virtual void set_trace_length(size_t length) = 0;
  /// The ring, oldest first.
  virtual std::vector<TraceEntry> trace() const = 0;
};

}  // namespace saksi::hw

#endif
