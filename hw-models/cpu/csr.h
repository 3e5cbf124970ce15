#ifndef SAKSI_HW_MODELS_CPU_CSR_H_
#define SAKSI_HW_MODELS_CPU_CSR_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "hw-models/cpu/float_unit.h"
#include "hw-models/cpu/pmp.h"
#include "hw-models/cpu/privilege.h"
#include "hw-models/cpu/trigger.h"

namespace saksi::hw {

/// Numbers of the control and status registers that the hart has one by one; ranges are handled in the source.
enum class CsrNumber : uint32_t {
  kFflags = 0x001, kFrm = 0x002, kFcsr = 0x003,
  kMstatus = 0x300, kMisa = 0x301, kMie = 0x304, kMtvec = 0x305, kMcounteren = 0x306, kMenvcfg = 0x30A, kMstatush = 0x310,
  kMenvcfgh = 0x31A, kMcountinhibit = 0x320, kMscratch = 0x340, kMepc = 0x341, kMcause = 0x342, kMtval = 0x343, kMip = 0x344,
  kMcycle = 0xB00, kMinstret = 0xB02, kMcycleh = 0xB80, kMinstreth = 0xB82, kCycle = 0xC00, kTime = 0xC01, kInstret = 0xC02,
  kCycleh = 0xC80, kTimeh = 0xC81, kInstreth = 0xC82, kMvendorid = 0xF11, kMarchid = 0xF12, kMimpid = 0xF13, kMhartid = 0xF14,
  kMconfigptr = 0xF15
};

/// Synchronous exceptions, by their number in mcause.
enum class Exception : uint32_t {
  kInstructionAccessFault = 1,
  kIllegalInstruction = 2,
  kBreakpoint = 3,
  kLoadMisaligned = 4,
  kLoadAccessFault = 5,
  kStoreMisaligned = 6,  ///< stores and AMOs
  kStoreAccessFault = 7,
  kEcallFromUser = 8,
  kEcallFromMachine = 11
};

/// Interrupt wires, by their bit in mip and mie.
enum class Irq : uint32_t { kSoftware = 3, kTimer = 7, kExternal = 11 };

/// The privileged state of the hart: CSRs, privilege mode, trap entry and return, interrupt selection (privileged architecture 1.12).
/// mtval: the address of a faulting access (of its part that failed) or of a trigger's breakpoint, the pc of an ebreak, the bits of an
/// illegal instruction, else 0.
///
/// What is fixed: all traps are taken in machine mode, there is no supervisor mode; mstatus has MIE, MPIE, MPP, MPRV, TW and FS with SD; mcounteren
/// has CY, TM and IR, so that user mode cannot read the other counters, which are constant 0; menvcfg has FIOM, without effect, as fences are.
class CsrFile {
 public:
  /// What the counters count; each function gives the value before the instruction that asks.
  struct Counts {
    std::function<uint64_t()> cycles;
    std::function<uint64_t()> retired;
    std::function<std::optional<uint64_t>()> time;  ///< nothing: the time CSR does not exist
  };

  CsrFile(Counts counts, uint32_t cycles_per_step) : counts_(std::move(counts)), cycles_per_step_(cycles_per_step) { reset(); }

  /// As after reset; the wires keep their levels, since their far ends drive them.
  void reset();

  /// Whether an instruction in the present privilege mode may name this register, if it exists.
  bool accessible(uint32_t number) const;
  /// Value for a reader in machine mode; nothing: the register does not exist.
  std::optional<uint32_t> read(uint32_t number) const;
  /// Write by an instruction in machine mode; false: the register does not exist or is read-only. Values that a field cannot hold are
  /// adjusted as the WARL rules want.
  bool write(uint32_t number, uint32_t value);

  Privilege privilege() const { return privilege_; }
  /// The privilege that loads and stores have: MPP's while mstatus.MPRV is set.
  Privilege data_privilege() const { return (mstatus_ & kMprv) != 0 ? previous_privilege() : privilege_; }
  const Pmp& pmp() const { return pmp_; }
  /// Floating point, with fcsr. Off after reset, as mstatus.FS says: its instructions and registers are illegal then.
  bool float_enabled() const { return (mstatus_ & kFs) != 0; }
  const FloatUnit& float_unit() const { return float_unit_; }
  FloatUnit& float_unit() { return float_unit_; }
  /// To be called when an instruction has changed the float unit.
  void float_changed() {
    if (float_enabled()) mstatus_ |= kFs;
  }
  const Triggers& triggers() const { return triggers_; }
  Triggers& triggers() { return triggers_; }
  /// Breakpoints of triggers are held back in a machine-mode trap handler, see Triggers.
  bool triggers_enabled() const { return privilege_ != Privilege::kMachine || (mstatus_ & kMie) != 0; }
  /// WFI is an illegal instruction here.
  bool wfi_traps() const { return privilege_ != Privilege::kMachine && (mstatus_ & kTw) != 0; }

  /// Enters a trap at `pc` and gives the handler's address.
  uint32_t take_exception(Exception cause, uint32_t pc, uint32_t tval);
  /// Likewise for the most urgent interrupt; only if interrupt_ready().
  uint32_t take_interrupt(uint32_t pc);
  /// mret: gives the pc to go on at.
  uint32_t leave_trap();

  void set_irq(Irq irq, bool level);
  /// An interrupt is to be taken before the next instruction.
  bool interrupt_ready() const { return (mip_ & mie_) != 0 && (privilege_ != Privilege::kMachine || (mstatus_ & kMie) != 0); }
  /// An interrupt ends WFI, whether or not it will be taken.
  bool wake_up_ready() const { return (mip_ & mie_) != 0; }

 private:
  static constexpr uint32_t kMie = 1u << 3;
  static constexpr uint32_t kMpie = 1u << 7;
  static constexpr uint32_t kMpp = 3u << 11;
  static constexpr uint32_t kFs = 3u << 13;
  static constexpr uint32_t kMprv = 1u << 17;
  static constexpr uint32_t kTw = 1u << 21;
  static constexpr uint32_t kSd = 1u << 31;

  /// A counter that software may set and stop: its value is what it counts plus an offset, or constant while inhibited.
  struct Counter {
    uint64_t offset = 0;
    uint64_t held = 0;
    bool inhibited = false;
    uint64_t value(uint64_t count) const { return inhibited ? held : count + offset; }
    void set(uint64_t value, uint64_t count_after) { inhibited ? held = value : offset = value - count_after; }
    void inhibit(bool on, uint64_t count_after);
  };

  Privilege previous_privilege() const { return (mstatus_ & kMpp) == kMpp ? Privilege::kMachine : Privilege::kUser; }
  std::optional<uint32_t> read_counter(uint32_t number) const;
  void write_counter(uint32_t number, uint32_t value);
  uint32_t read_float(CsrNumber number) const;
  void write_float(CsrNumber number, uint32_t value);
  bool write_elsewhere(uint32_t number, uint32_t value);
  uint32_t enter_trap(uint32_t cause, uint32_t pc, uint32_t tval);

  Counts counts_;
  uint32_t cycles_per_step_;
  Privilege privilege_;
  Pmp pmp_;
  Triggers triggers_;
  FloatUnit float_unit_;
  uint32_t mstatus_, mie_, mtvec_, mscratch_, mepc_, mcause_, mtval_, mcounteren_, menvcfg_;
  uint32_t mip_ = 0;
  Counter mcycle_, minstret_;
};

}  // namespace saksi::hw

#endif
