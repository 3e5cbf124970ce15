#include "hw-models/cpu/csr.h"

namespace saksi::hw {
namespace {

constexpr uint32_t misa_bit(char extension) { return 1u << (extension - 'A'); }
/// Zba, Zbb and Zbs have no bit of their own in this version of the architecture.
constexpr uint32_t kMisaRv32Imafdc =
    1u << 30 | misa_bit('I') | misa_bit('M') | misa_bit('A') | misa_bit('F') | misa_bit('D') | misa_bit('C') | misa_bit('U');
constexpr uint32_t kInterruptBits = 1u << 3 | 1u << 7 | 1u << 11;
constexpr uint32_t kInterruptCause = 1u << 31;
constexpr uint32_t kInhibitCycle = 1u << 0;
constexpr uint32_t kInhibitInstret = 1u << 2;
constexpr uint32_t kCounterenBits = 7;  ///< cycle, time, instret
constexpr uint32_t kFiom = 1u << 0;
constexpr uint32_t kHighHalf = 0x80;  ///< distance from a counter's number to that of its upper half

/// Performance counters and event selectors that exist but always read 0.
bool is_zero_counter(uint32_t number) {
  const bool counters = (number >= 0xB03 && number <= 0xB1F) || (number >= 0xB83 && number <= 0xB9F);
  const bool shadows = (number >= 0xC03 && number <= 0xC1F) || (number >= 0xC83 && number <= 0xC9F);
  const bool selectors = number >= 0x323 && number <= 0x33F;
  return counters || shadows || selectors;
}

bool is_read_only(uint32_t number) { return number >> 10 == 3; }

uint32_t half(uint64_t value, uint32_t number) { return static_cast<uint32_t>((number & kHighHalf) != 0 ? value >> 32 : value); }

}  // namespace

void CsrFile::Counter::inhibit(bool on, uint64_t count_after) {
  if (on == inhibited) return;
  const uint64_t now = value(count_after);
  inhibited = on;
  set(now, count_after);
}

void CsrFile::reset() {
  privilege_ = Privilege::kMachine;
  pmp_.reset();
  triggers_.reset();
  float_unit_.reset();
  mstatus_ = kMpp;
  mie_ = mtvec_ = mscratch_ = mepc_ = mcause_ = mtval_ = mcounteren_ = menvcfg_ = 0;
  mcycle_ = Counter{};
  minstret_ = Counter{};
  mcycle_.set(0, counts_.cycles());
  minstret_.set(0, counts_.retired());
}

std::optional<uint32_t> CsrFile::read_counter(uint32_t number) const {
  switch (static_cast<CsrNumber>(number & ~kHighHalf)) {
    case CsrNumber::kMcycle:
    case CsrNumber::kCycle: return half(mcycle_.value(counts_.cycles()), number);
    case CsrNumber::kMinstret:
    case CsrNumber::kInstret: return half(minstret_.value(counts_.retired()), number);
    case CsrNumber::kTime:
      if (const auto time = counts_.time()) return half(*time, number);
      return std::nullopt;
    default: return std::nullopt;
  }
}

/// Bits 9 and 8 of a register's number are the lowest privilege that may name it.
bool CsrFile::accessible(uint32_t number) const {
  if ((number >> 8 & 3) > static_cast<uint32_t>(privilege_)) return false;
  if (number <= static_cast<uint32_t>(CsrNumber::kFcsr)) return float_enabled();
  const bool is_counter = number >> 8 == 0xC;
  return !is_counter || privilege_ == Privilege::kMachine || (mcounteren_ >> (number & 31) & 1) != 0;
}

std::optional<uint32_t> CsrFile::read(uint32_t number) const {
  switch (static_cast<CsrNumber>(number)) {
    case CsrNumber::kFflags:
    case CsrNumber::kFrm:
    case CsrNumber::kFcsr: return read_float(static_cast<CsrNumber>(number));
    case CsrNumber::kMstatus: return mstatus_ | ((mstatus_ & kFs) == kFs ? kSd : 0);
    case CsrNumber::kMisa: return kMisaRv32Imafdc;
    case CsrNumber::kMie: return mie_;
    case CsrNumber::kMtvec: return mtvec_;
    case CsrNumber::kMcounteren: return mcounteren_;
    case CsrNumber::kMenvcfg: return menvcfg_;
    case CsrNumber::kMcountinhibit:
      return (mcycle_.inhibited ? kInhibitCycle : 0) | (minstret_.inhibited ? kInhibitInstret : 0);
    case CsrNumber::kMscratch: return mscratch_;
    case CsrNumber::kMepc: return mepc_;
    case CsrNumber::kMcause: return mcause_;
    case CsrNumber::kMtval: return mtval_;
    case CsrNumber::kMip: return mip_;
    case CsrNumber::kMenvcfgh:
    case CsrNumber::kMstatush:
    case CsrNumber::kMvendorid:
    case CsrNumber::kMarchid:
    case CsrNumber::kMimpid:
    case CsrNumber::kMhartid:
    case CsrNumber::kMconfigptr: return 0;
    default: break;
  }
  if (is_zero_counter(number)) return 0;
  if (const auto value = pmp_.read(number)) return value;
  if (const auto value = triggers_.read(number)) return value;
  return read_counter(number);
}

/// A counter that is written holds that value after the instruction: the instruction's own count is left out.
void CsrFile::write_counter(uint32_t number, uint32_t value) {
  const bool is_cycle = (number & ~kHighHalf) == static_cast<uint32_t>(CsrNumber::kMcycle);
  Counter& counter = is_cycle ? mcycle_ : minstret_;
  const uint64_t count = is_cycle ? counts_.cycles() : counts_.retired();
  const uint64_t old = counter.value(count);
  const uint64_t updated = (number & kHighHalf) != 0 ? (old & 0xFFFFFFFFu) | uint64_t{value} << 32 : (old >> 32 << 32) | value;
  counter.set(updated, count + (is_cycle ? cycles_per_step_ : 1));
}

bool CsrFile::write(uint32_t number, uint32_t value) {
  if (is_read_only(number)) return false;
  switch (static_cast<CsrNumber>(number)) {
    case CsrNumber::kFflags:
    case CsrNumber::kFrm:
    case CsrNumber::kFcsr: write_float(static_cast<CsrNumber>(number), value); return true;
    case CsrNumber::kMstatus: {
      const bool to_machine = (value & kMpp) == kMpp;  // modes that the hart lacks become user mode
      mstatus_ = (value & (kMie | kMpie | kFs | kMprv | kTw)) | (to_machine ? kMpp : 0);
      return true;
    }
    case CsrNumber::kMie: mie_ = value & kInterruptBits; return true;
    case CsrNumber::kMtvec: mtvec_ = value & ~2u; return true;  // modes 2 and 3 are reserved: 0 and 1 instead
    case CsrNumber::kMcounteren: mcounteren_ = value & kCounterenBits; return true;
    case CsrNumber::kMenvcfg: menvcfg_ = value & kFiom; return true;
    case CsrNumber::kMcountinhibit:
      mcycle_.inhibit((value & kInhibitCycle) != 0, counts_.cycles() + cycles_per_step_);
      minstret_.inhibit((value & kInhibitInstret) != 0, counts_.retired() + 1);
      return true;
    case CsrNumber::kMscratch: mscratch_ = value; return true;
    case CsrNumber::kMepc: mepc_ = value & ~1u; return true;
    case CsrNumber::kMcause: mcause_ = value; return true;
    case CsrNumber::kMtval: mtval_ = value; return true;
    case CsrNumber::kMcycle:
    case CsrNumber::kMcycleh:
    case CsrNumber::kMinstret:
    case CsrNumber::kMinstreth: write_counter(number, value); return true;
    default: return write_elsewhere(number, value);
  }
}

/// fflags are the lower five bits of fcsr, frm the three above.
uint32_t CsrFile::read_float(CsrNumber number) const {
  const uint32_t fcsr = float_unit_.fcsr();
  return number == CsrNumber::kFflags ? fcsr & 0x1F : number == CsrNumber::kFrm ? fcsr >> 5 : fcsr;
}

void CsrFile::write_float(CsrNumber number, uint32_t value) {
  const uint32_t fcsr = float_unit_.fcsr();
  const uint32_t updated = number == CsrNumber::kFflags ? (fcsr & 0xE0) | (value & 0x1F)
                           : number == CsrNumber::kFrm  ? (fcsr & 0x1F) | (value & 7) << 5
                                                        : value;
  float_unit_.set_fcsr(updated);
  float_changed();
}

bool CsrFile::write_elsewhere(uint32_t number, uint32_t value) {
  switch (static_cast<CsrNumber>(number)) {
    case CsrNumber::kMisa:      // fixed
    case CsrNumber::kMstatush:  // no big-endian mode
    case CsrNumber::kMenvcfgh:  // no field that the hart has
    case CsrNumber::kMip:       // wires only
      return true;
    default: return is_zero_counter(number) || pmp_.write(number, value) || triggers_.write(number, value);
  }
}

uint32_t CsrFile::enter_trap(uint32_t cause, uint32_t pc, uint32_t tval) {
  mepc_ = pc;
  mcause_ = cause;
  mtval_ = tval;
  mstatus_ = (mstatus_ & (kFs | kMprv | kTw)) | ((mstatus_ & kMie) != 0 ? kMpie : 0) | (privilege_ == Privilege::kMachine ? kMpp : 0);
  privilege_ = Privilege::kMachine;
  const bool vectored = (mtvec_ & 1) != 0 && (cause & kInterruptCause) != 0;
  return (mtvec_ & ~3u) + (vectored ? 4 * (cause & ~kInterruptCause) : 0);
}

uint32_t CsrFile::take_exception(Exception cause, uint32_t pc, uint32_t tval) { return enter_trap(static_cast<uint32_t>(cause), pc, tval); }

uint32_t CsrFile::take_interrupt(uint32_t pc) {
  const uint32_t ready = mip_ & mie_;
  for (const Irq irq : {Irq::kExternal, Irq::kSoftware, Irq::kTimer}) {
    if ((ready >> static_cast<uint32_t>(irq) & 1) != 0) return enter_trap(kInterruptCause | static_cast<uint32_t>(irq), pc, 0);
  }
  return pc;
}

uint32_t CsrFile::leave_trap() {
  privilege_ = previous_privilege();
  const uint32_t kept = privilege_ == Privilege::kMachine ? kFs | kMprv | kTw : kFs | kTw;
  mstatus_ = (mstatus_ & kept) | kMpie | ((mstatus_ & kMpie) != 0 ? kMie : 0);  // MPP: the least privileged mode
  return mepc_;
}

void CsrFile::set_irq(Irq irq, bool level) {
  const uint32_t bit = 1u << static_cast<uint32_t>(irq);
  mip_ = level ? mip_ | bit : mip_ & ~bit;
}

}  // namespace saksi::hw
