#include "hw-models/cpu/translator.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string>

#if defined(__x86_64__)
#include <asmjit/x86.h>
#endif

namespace saksi::hw {

#if defined(__x86_64__)

namespace {

using asmjit::Imm;
using asmjit::Label;
using asmjit::x86::Assembler;
using asmjit::x86::CondCode;
using asmjit::x86::Gp;
using asmjit::x86::Mem;
namespace x86 = asmjit::x86;

// Host registers with a fixed meaning in translated code. eax, ecx and edx are scratch.
const Gp kState = x86::rbp;
const Gp kRam = x86::r15;
const Gp kLeft = x86::r14;
/// Those that hold guest registers.
const std::array<Gp, 9> kPool = {x86::ebx, x86::r12d, x86::r13d, x86::esi, x86::edi, x86::r8d, x86::r9d, x86::r10d, x86::r11d};

Mem state_field(size_t offset, uint32_t size) { return Mem(kState, static_cast<int32_t>(offset), size); }
Mem field32(size_t offset) { return state_field(offset, 4); }
Mem field64(size_t offset) { return state_field(offset, 8); }
Mem guest_register(unsigned number) { return field32(offsetof(HartState, x) + 4 * number); }

uint32_t access_size(Opcode opcode) {
  switch (opcode) {
    case Opcode::kLb:
    case Opcode::kLbu:
    case Opcode::kSb:
      return 1;
    case Opcode::kLh:
    case Opcode::kLhu:
    case Opcode::kSh:
      return 2;
    default:
      return 4;
  }
}

/// Which fields of an instruction are registers that it reads and writes.
bool reads_rs1(Opcode opcode) {
  return !is_system(opcode) && opcode != Opcode::kLui && opcode != Opcode::kAuipc && opcode != Opcode::kJal && opcode != Opcode::kFence;
}
bool reads_rs2(Opcode opcode) {
  return is_branch(opcode) || is_store(opcode) || is_atomic(opcode) || (opcode >= Opcode::kAdd && opcode <= Opcode::kBseti);
}
bool writes_rd(Opcode opcode) { return !is_branch(opcode) && !is_store(opcode) && !is_system(opcode) && opcode != Opcode::kFence; }
/// Where guest registers may have to be in HartState.
bool may_leave(Opcode opcode) { return is_load(opcode) || is_store(opcode) || is_atomic(opcode) || is_branch(opcode) || is_system(opcode); }

/// Writes the code of one block.
class BlockWriter {
 public:
  struct Common {
    const void *leave, *slow_load, *slow_store, *slow_atomic;
    uint32_t ram_base;
    uint64_t ram_size;
    bool checks_data;
  };

  BlockWriter(Assembler& assembler, const Common& common, const Block& block, const std::vector<Instruction>& instructions)
      : a_(assembler),
        common_(common),
        block_(block),
        instructions_(instructions),
        spill_(a_.newLabel()),
        reload_(a_.newLabel()),
        body_(a_.newLabel()) {
    known_[0] = 0;
    const Instruction& last = instructions.back();
    loops_ = is_branch(last.opcode) && block.end_pc - last.length + static_cast<uint32_t>(last.imm) == block.pc;
    assign_registers();
  }

  void write() {
    const Label too_short = a_.newLabel();
    a_.sub(kLeft, block_.count);
    a_.js(too_short);
    for (unsigned r = 1; r < 32; ++r) {
      if (host_[r] && !written_first_[r]) a_.mov(*host_[r], guest_register(r));
    }
    a_.bind(body_);
    for (index_ = 0; index_ < instructions_.size(); ++index_) {
      write_instruction(instructions_[index_]);
      pc_ += instructions_[index_].length;
    }
    const Opcode last = instructions_.back().opcode;
    if (last != Opcode::kJalr && !is_system(last)) write_exit(0, 0);
    a_.bind(too_short);
    write_short_end();
    for (size_t i = 0; i < side_exits_.size(); ++i) {
      a_.bind(side_exits_[i].label);
      dirty_ = side_exits_[i].dirty;
      write_exit(side_exits_[i].exit, side_exits_[i].steps_left_out);
    }
    for (const SlowPath& path : slow_paths_) {
      a_.bind(path.entry);
      write_slow_access(path);
      a_.jmp(path.back);
    }
    write_subroutines();
  }

 private:
  /// A source operand: a constant, a host register, or a guest register in HartState.
  struct Source {
    std::optional<uint32_t> constant;
    std::optional<Gp> reg;
    Mem memory;
  };
  struct SlowPath {
    Label entry, back;
    Instruction instruction;
    uint32_t pc;
    uint8_t remaining;
  };
  struct SideExit {
    Label label;
    size_t exit;
    int32_t steps_left_out;
    uint32_t dirty;
  };

  /// The most used guest registers get a host register each. One that is written before anything else happens need not be loaded.
  void assign_registers() {
    std::array<int, 32> uses{};
    bool may_have_left = false;
    std::array<bool, 32> read{};
    for (const Instruction& i : instructions_) {
      if (reads_rs1(i.opcode)) ++uses[i.rs1], read[i.rs1] = true;
      if (reads_rs2(i.opcode)) ++uses[i.rs2], read[i.rs2] = true;
      may_have_left |= may_leave(i.opcode);
      if (!writes_rd(i.opcode)) continue;
      ++uses[i.rd];
      written_ |= 1u << i.rd;
      if (!may_have_left && !read[i.rd]) written_first_[i.rd] = true;
      read[i.rd] = true;
    }
    std::array<uint8_t, 31> order{};
    for (unsigned r = 1; r < 32; ++r) order[r - 1] = static_cast<uint8_t>(r);
    std::stable_sort(order.begin(), order.end(), [&](uint8_t a, uint8_t b) { return uses[a] > uses[b]; });
    for (size_t i = 0; i < kPool.size() && uses[order[i]] >= 2; ++i) host_[order[i]] = kPool[i];
    written_ &= ~1u;
  }

  Source source(unsigned r) const {
    if (known_[r]) return {known_[r], std::nullopt, {}};
    if (host_[r]) return {std::nullopt, host_[r], {}};
    return {std::nullopt, std::nullopt, guest_register(r)};
  }
  void move(const Gp& to, const Source& from) {
    if (from.constant) {
      *from.constant == 0 ? a_.xor_(to, to) : a_.mov(to, *from.constant);
    } else if (from.reg) {
      if (*from.reg != to) a_.mov(to, *from.reg);
    } else {
      a_.mov(to, from.memory);
    }
  }
  void apply(x86::Inst::Id id, const Gp& to, const Source& from) {
    if (from.constant) {
      a_.emit(id, to, Imm(static_cast<int32_t>(*from.constant)));
    } else if (from.reg) {
      a_.emit(id, to, *from.reg);
    } else {
      a_.emit(id, to, from.memory);
    }
  }

  /// A register to compute x[rd] in, without overwriting the source `other` on the way.
  Gp destination(unsigned rd, unsigned other) const { return rd != 0 && host_[rd] && (rd != other || known_[other]) ? *host_[rd] : x86::eax; }
  /// x[rd] has been computed in `from`.
  void finish(unsigned rd, const Gp& from) {
    if (rd == 0) return;
    known_[rd].reset();
    dirty_ |= 1u << rd;
    if (!host_[rd]) {
      a_.mov(guest_register(rd), from);
    } else if (*host_[rd] != from) {
      a_.mov(*host_[rd], from);
    }
  }
  void set_constant(unsigned rd, uint32_t value) {
    if (rd == 0) return;
    dirty_ |= 1u << rd;
    known_[rd] = value;
    if (host_[rd]) {
      a_.mov(*host_[rd], value);
    } else {
      a_.mov(guest_register(rd), value);
    }
  }

  // Arithmetic.

  void binary(x86::Inst::Id id, const Instruction& i, const Source& second, bool commutative) {
    const unsigned other = i.opcode >= Opcode::kAdd ? i.rs2 : 0;
    if (commutative && other != 0 && i.rd == other && i.rd != i.rs1 && host_[i.rd]) {
      apply(id, *host_[i.rd], source(i.rs1));
      return finish(i.rd, *host_[i.rd]);
    }
    const Gp to = destination(i.rd, i.rd == i.rs1 ? 0 : other);
    move(to, source(i.rs1));
    apply(id, to, second);
    finish(i.rd, to);
  }
  Source immediate(const Instruction& i) const { return {static_cast<uint32_t>(i.imm), std::nullopt, {}}; }

  void add_immediate(const Instruction& i) {
    if (known_[i.rs1]) return set_constant(i.rd, *known_[i.rs1] + static_cast<uint32_t>(i.imm));
    const Source from = source(i.rs1);
    const Gp to = destination(i.rd, 0);
    if (from.reg && *from.reg != to && i.imm != 0) {
      a_.lea(to, Mem(from.reg->r64(), i.imm));
    } else {
      move(to, from);
      if (i.imm != 0) a_.add(to, i.imm);
    }
    finish(i.rd, to);
  }
  void add(const Instruction& i) {
    const Source first = source(i.rs1);
    const Source second = source(i.rs2);
    if (first.reg && second.reg && host_[i.rd] && i.rd != i.rs1 && i.rd != i.rs2) {
      a_.lea(*host_[i.rd], Mem(first.reg->r64(), second.reg->r64(), 0, 0));
      return finish(i.rd, *host_[i.rd]);
    }
    binary(x86::Inst::kIdAdd, i, second, true);
  }
  void shift(x86::Inst::Id id, const Instruction& i) {
    if (i.opcode <= Opcode::kSrai) {
      const Gp to = destination(i.rd, 0);
      move(to, source(i.rs1));
      if ((i.imm & 31) != 0) a_.emit(id, to, Imm(i.imm & 31));
      return finish(i.rd, to);
    }
    move(x86::ecx, source(i.rs2));
    const Gp to = destination(i.rd, 0);
    move(to, source(i.rs1));
    a_.emit(id, to, x86::cl);
    finish(i.rd, to);
  }
  void compare(const Source& first, const Source& second) {
    if (first.reg && second.constant && *second.constant == 0) {
      a_.test(*first.reg, *first.reg);
    } else if (first.reg) {
      apply(x86::Inst::kIdCmp, *first.reg, second);
    } else {
      move(x86::eax, first);
      apply(x86::Inst::kIdCmp, x86::eax, second);
    }
  }
  void set_less(CondCode condition, const Instruction& i, const Source& second) {
    compare(source(i.rs1), second);
    a_.set(condition, x86::al);
    const Gp to = destination(i.rd, 0);
    a_.movzx(to, x86::al);
    finish(i.rd, to);
  }
  void multiply_high(const Instruction& i, bool first_signed, bool second_signed) {
    const auto extend = [this](const Gp& to, const Source& from, bool is_signed) {
      move(to, from);
      if (is_signed) a_.movsxd(to.r64(), to);
    };
    extend(x86::eax, source(i.rs1), first_signed);
    extend(x86::ecx, source(i.rs2), second_signed);
    a_.imul(x86::rax, x86::rcx);
    a_.shr(x86::rax, 32);
    finish(i.rd, x86::eax);
  }
  void divide(const Instruction& i) {
    const bool is_signed = i.opcode == Opcode::kDiv || i.opcode == Opcode::kRem;
    const bool remainder = i.opcode == Opcode::kRem || i.opcode == Opcode::kRemu;
    const Label by_zero = a_.newLabel();
    const Label done = a_.newLabel();
    move(x86::ecx, source(i.rs2));
    move(x86::eax, source(i.rs1));
    a_.test(x86::ecx, x86::ecx);
    a_.jz(by_zero);
    if (is_signed) {
      // Dividing by -1 overflows for the smallest number; done without a division, it comes out as the manual wants.
      const Label ordinary = a_.newLabel();
      a_.cmp(x86::ecx, -1);
      a_.jne(ordinary);
      remainder ? a_.xor_(x86::eax, x86::eax) : a_.neg(x86::eax);
      a_.jmp(done);
      a_.bind(ordinary);
      a_.cdq();
      a_.idiv(x86::ecx);
    } else {
      a_.xor_(x86::edx, x86::edx);
      a_.div(x86::ecx);
    }
    if (remainder) a_.mov(x86::eax, x86::edx);
    a_.jmp(done);
    a_.bind(by_zero);
    if (!remainder) a_.mov(x86::eax, -1);
    a_.bind(done);
    finish(i.rd, x86::eax);
  }

  // Memory.

  uint8_t remaining() const { return static_cast<uint8_t>(instructions_.size() - index_); }

  /// Leaves the offset from the base of RAM in eax; if it is known beforehand, gives it.
  std::optional<uint32_t> write_offset(const Instruction& i) {
    const uint32_t displacement = static_cast<uint32_t>(i.imm) - common_.ram_base;
    const Source base = source(i.rs1);
    if (base.constant) {
      a_.mov(x86::eax, *base.constant + displacement);
      return *base.constant + displacement;
    }
    if (base.reg) {
      a_.lea(x86::eax, Mem(base.reg->r64(), static_cast<int32_t>(displacement)));
    } else {
      a_.mov(x86::eax, base.memory);
      a_.add(x86::eax, static_cast<int32_t>(displacement));
    }
    return std::nullopt;
  }
  /// Checks what the fast path needs. Gives false if the access cannot take it, and the slow one has been written in line.
  bool begin_access(const Instruction& i, uint32_t size, SlowPath* path) {
    const std::optional<uint32_t> offset = write_offset(i);
    *path = {a_.newLabel(), a_.newLabel(), i, pc_, remaining()};
    const uint64_t last = common_.ram_size - size;
    if (offset && *offset > last) {
      write_slow_access(*path);
      return false;
    }
    if (!offset) {
      a_.cmp(x86::eax, static_cast<int32_t>(static_cast<uint32_t>(last)));
      a_.ja(path->entry);
    }
    if (common_.checks_data) {
      if (size > 1) {  // a misaligned access may reach into a page of other rights
        a_.test(x86::eax, size - 1);
        a_.jnz(path->entry);
      }
      a_.mov(x86::ecx, x86::eax);
      a_.shr(x86::ecx, kPageShift);
      a_.mov(x86::rdx, field64(offsetof(HartState, permissions)));
      a_.test(Mem(x86::rdx, x86::rcx, 0, 0, 1), is_store(i.opcode) ? kPageStorable : kPageLoadable);
      a_.jz(path->entry);
    }
    if (is_store(i.opcode)) {
      a_.mov(x86::ecx, x86::eax);
      a_.shr(x86::ecx, BlockCache::kGranuleShift);
      a_.mov(x86::rdx, field64(offsetof(HartState, marks)));
      a_.cmp(Mem(x86::rdx, x86::rcx, 0, 0, 1), 0);
      a_.jne(path->entry);
    }
    slow_paths_.push_back(*path);
    return true;
  }
  void load(const Instruction& i) {
    SlowPath path;
    const uint32_t size = access_size(i.opcode);
    if (begin_access(i, size, &path)) {
      const Gp to = destination(i.rd, 0);
      const Mem from(kRam, x86::rax, 0, 0, size);
      switch (i.opcode) {
        case Opcode::kLb:
        case Opcode::kLh:
          a_.movsx(to, from);
          break;
        case Opcode::kLbu:
        case Opcode::kLhu:
          a_.movzx(to, from);
          break;
        default:
          a_.mov(to, from);
          break;
      }
      finish(i.rd, to);
      a_.bind(path.back);
    } else if (i.rd != 0) {
      known_[i.rd].reset();
      dirty_ |= 1u << i.rd;
    }
  }
  void store(const Instruction& i) {
    SlowPath path;
    const uint32_t size = access_size(i.opcode);
    if (!begin_access(i, size, &path)) return;
    const Mem to(kRam, x86::rax, 0, 0, size);
    const Source value = source(i.rs2);
    if (value.constant) {
      a_.mov(to, static_cast<int32_t>(*value.constant));
    } else {
      if (!value.reg) a_.mov(x86::ecx, value.memory);
      const Gp from = value.reg ? *value.reg : x86::ecx;
      size == 1 ? a_.mov(to, from.r8()) : size == 2 ? a_.mov(to, from.r16()) : a_.mov(to, from);
    }
    a_.bind(path.back);
  }
  /// The call for an access that the fast path does not take: offset in eax. All guest registers are in HartState while it is made.
  void write_slow_access(const SlowPath& path) {
    const Instruction& i = path.instruction;
    const Opcode opcode = i.opcode;
    const bool sign_extends = opcode == Opcode::kLb || opcode == Opcode::kLh;
    const uint8_t rd = writes_rd(opcode) && i.rd != 0 ? i.rd : 32;
    const Where where{rd, static_cast<uint8_t>(access_size(opcode)), sign_extends, i.length, path.remaining};
    if (spills()) a_.call(spill_);
    if (is_store(opcode)) {
      host_[i.rs2] ? a_.mov(x86::r8d, *host_[i.rs2]) : a_.mov(x86::r8d, guest_register(i.rs2));
    }
    if (is_atomic(opcode)) {
      a_.mov(x86::esi, static_cast<uint32_t>(opcode) << 16 | static_cast<uint32_t>(i.rs1) << 8 | i.rs2);
    } else {
      a_.mov(x86::esi, x86::eax);
    }
    a_.mov(x86::edx, where.packed());
    a_.mov(x86::ecx, path.pc);
    a_.call(reinterpret_cast<uint64_t>(is_store(opcode) ? common_.slow_store : is_load(opcode) ? common_.slow_load : common_.slow_atomic));
    a_.call(reload_);
  }
  void atomic(const Instruction& i) {
    write_slow_access({Label(), Label(), i, pc_, remaining()});
    if (i.rd == 0) return;
    known_[i.rd].reset();
    dirty_ |= 1u << i.rd;
  }

  bool spills() const {
    for (unsigned r = 1; r < 32; ++r) {
      if (host_[r] && (written_ >> r & 1) != 0) return true;
    }
    return false;
  }
  void write_subroutines() {
    a_.bind(spill_);
    store_registers(written_);
    a_.ret();
    a_.bind(reload_);
    for (unsigned r = 1; r < 32; ++r) {
      if (host_[r]) a_.mov(*host_[r], guest_register(r));
    }
    a_.ret();
  }
  void store_registers(uint32_t which) {
    for (unsigned r = 1; r < 32; ++r) {
      if (host_[r] && (which >> r & 1) != 0) a_.mov(guest_register(r), *host_[r]);
    }
  }

  // Leaving.

  /// In a loop what an earlier round wrote is dirty too.
  void store_dirty() { store_registers(loops_ ? written_ : dirty_); }

  void write_exit(size_t exit, int32_t steps_left_out) {
    store_dirty();
    if (steps_left_out != 0) a_.add(kLeft, steps_left_out);
    a_.mov(x86::rax, reinterpret_cast<uint64_t>(&block_.exits[exit]));
    a_.jmp(Mem(x86::rax, offsetof(BlockExit, code), 8));
  }
  void write_short_end() {
    a_.add(kLeft, block_.count);
    a_.mov(field32(offsetof(HartState, pc)), block_.pc);
    write_leave(TranslatedEnd::kShort);
  }
  void write_leave(TranslatedEnd end) {
    a_.mov(x86::eax, static_cast<uint32_t>(end));
    a_.jmp(reinterpret_cast<uint64_t>(common_.leave));
  }

  void branch(const Instruction& i) {
    static const std::array<CondCode, 6> kConditions = {CondCode::kEqual,    CondCode::kNotEqual,   CondCode::kSignedLT,
                                                        CondCode::kSignedGE, CondCode::kUnsignedLT, CondCode::kUnsignedGE};
    const CondCode taken = kConditions[static_cast<size_t>(i.opcode) - static_cast<size_t>(Opcode::kBeq)];
    const size_t exit = branches_++;
    compare(source(i.rs1), source(i.rs2));
    if (loops_ && remaining() == 1) {
      const Label not_taken = a_.newLabel();
      a_.j(x86::negateCond(taken), not_taken);
      a_.sub(kLeft, block_.count);
      a_.jns(body_);
      store_registers(written_);
      write_short_end();
      a_.bind(not_taken);
      return;
    }
    const Label label = a_.newLabel();
    a_.j(taken, label);
    side_exits_.push_back({label, exit, remaining() - 1, dirty_});
  }
  void jump_indirect(const Instruction& i) {
    const Label unknown = a_.newLabel();
    move(x86::eax, source(i.rs1));
    if (i.imm != 0) a_.add(x86::eax, i.imm);
    a_.and_(x86::eax, ~1);
    set_constant(i.rd, pc_ + i.length);
    store_dirty();
    a_.mov(x86::ecx, x86::eax);
    a_.mov(x86::edx, x86::eax);
    a_.shr(x86::ecx, 1);
    a_.shr(x86::edx, 13);
    a_.xor_(x86::ecx, x86::edx);
    a_.and_(x86::ecx, static_cast<int32_t>(kJumpEntries - 1));
    static_assert(sizeof(JumpEntry) == 16);
    a_.shl(x86::ecx, 4);
    a_.add(x86::rcx, field64(offsetof(HartState, jumps)));
    a_.cmp(Mem(x86::rcx, offsetof(JumpEntry, pc), 4), x86::eax);
    a_.jne(unknown);
    a_.jmp(Mem(x86::rcx, offsetof(JumpEntry, code), 8));
    a_.bind(unknown);
    a_.mov(field32(offsetof(HartState, pc)), x86::eax);
    write_leave(TranslatedEnd::kJump);
  }
  void system(const Instruction& i) {
    store_dirty();
    a_.add(kLeft, 1);
    a_.mov(field32(offsetof(HartState, pc)), pc_);
    a_.mov(field32(offsetof(HartState, raw)), i.raw);
    write_leave(TranslatedEnd::kSystem);
  }

  void write_instruction(const Instruction& i) {
    const Opcode opcode = i.opcode;
    if (is_load(opcode)) return load(i);
    if (is_store(opcode)) return store(i);
    if (is_branch(opcode)) return branch(i);
    if (is_atomic(opcode)) return atomic(i);
    if (is_system(opcode)) return system(i);
    if (opcode == Opcode::kJalr) return jump_indirect(i);
    if (opcode == Opcode::kJal) return set_constant(i.rd, pc_ + i.length);
    if (i.rd == 0 || opcode == Opcode::kFence) return;
    write_arithmetic(i);
  }
  void write_arithmetic(const Instruction& i) {
    switch (i.opcode) {
      case Opcode::kLui:
        return set_constant(i.rd, static_cast<uint32_t>(i.imm));
      case Opcode::kAuipc:
        return set_constant(i.rd, pc_ + static_cast<uint32_t>(i.imm));
      case Opcode::kAddi:
        return add_immediate(i);
      case Opcode::kSlti:
        return set_less(CondCode::kSignedLT, i, immediate(i));
      case Opcode::kSltiu:
        return set_less(CondCode::kUnsignedLT, i, immediate(i));
      case Opcode::kXori:
        return binary(x86::Inst::kIdXor, i, immediate(i), true);
      case Opcode::kOri:
        return binary(x86::Inst::kIdOr, i, immediate(i), true);
      case Opcode::kAndi:
        return binary(x86::Inst::kIdAnd, i, immediate(i), true);
      case Opcode::kSlli:
      case Opcode::kSll:
        return shift(x86::Inst::kIdShl, i);
      case Opcode::kSrli:
      case Opcode::kSrl:
        return shift(x86::Inst::kIdShr, i);
      case Opcode::kSrai:
      case Opcode::kSra:
        return shift(x86::Inst::kIdSar, i);
      case Opcode::kAdd:
        return add(i);
      case Opcode::kSub:
        return binary(x86::Inst::kIdSub, i, source(i.rs2), false);
      case Opcode::kXor:
        return binary(x86::Inst::kIdXor, i, source(i.rs2), true);
      case Opcode::kOr:
        return binary(x86::Inst::kIdOr, i, source(i.rs2), true);
      case Opcode::kAnd:
        return binary(x86::Inst::kIdAnd, i, source(i.rs2), true);
      case Opcode::kSlt:
        return set_less(CondCode::kSignedLT, i, source(i.rs2));
      case Opcode::kSltu:
        return set_less(CondCode::kUnsignedLT, i, source(i.rs2));
      case Opcode::kMul:
        return multiply(i);
      case Opcode::kMulh:
        return multiply_high(i, true, true);
      case Opcode::kMulhsu:
        return multiply_high(i, true, false);
      case Opcode::kMulhu:
        return multiply_high(i, false, false);
      case Opcode::kDiv:
      case Opcode::kDivu:
      case Opcode::kRem:
      case Opcode::kRemu:
        return divide(i);
      default:
        return write_bit_manipulation(i);
    }
  }
  /// Zba, Zbb, Zbs: rarer, so they go by scratch registers.
  void write_bit_manipulation(const Instruction& i) {
    move(x86::eax, source(i.rs1));
    if (i.opcode >= Opcode::kBclr && i.opcode <= Opcode::kBseti) return single_bit(i);
    switch (i.opcode) {
      case Opcode::kSh1add:
        return shift_and_add(i, 1);
      case Opcode::kSh2add:
        return shift_and_add(i, 2);
      case Opcode::kSh3add:
        return shift_and_add(i, 3);
      case Opcode::kAndn:
        inverted(x86::Inst::kIdAnd, i);
        break;
      case Opcode::kOrn:
        inverted(x86::Inst::kIdOr, i);
        break;
      case Opcode::kXnor:
        inverted(x86::Inst::kIdXor, i);
        break;
      case Opcode::kClz:
        count_leading_zeros();
        break;
      case Opcode::kCtz:
        count_trailing_zeros();
        break;
      case Opcode::kCpop:
        count_ones();
        break;
      case Opcode::kMax:
        choose(CondCode::kSignedLT, i);
        break;
      case Opcode::kMaxu:
        choose(CondCode::kUnsignedLT, i);
        break;
      case Opcode::kMin:
        choose(CondCode::kSignedGT, i);
        break;
      case Opcode::kMinu:
        choose(CondCode::kUnsignedGT, i);
        break;
      case Opcode::kSextB:
        a_.movsx(x86::eax, x86::al);
        break;
      case Opcode::kSextH:
        a_.movsx(x86::eax, x86::ax);
        break;
      case Opcode::kZextH:
        a_.movzx(x86::eax, x86::ax);
        break;
      case Opcode::kRev8:
        a_.bswap(x86::eax);
        break;
      case Opcode::kOrcB:
        or_combine_bytes();
        break;
      default:
        return rotate(i);
    }
    finish(i.rd, x86::eax);
  }
  void shift_and_add(const Instruction& i, uint32_t shift) {
    a_.shl(x86::eax, shift);
    apply(x86::Inst::kIdAdd, x86::eax, source(i.rs2));
    finish(i.rd, x86::eax);
  }
  void inverted(x86::Inst::Id id, const Instruction& i) {
    move(x86::ecx, source(i.rs2));
    a_.not_(x86::ecx);
    a_.emit(id, x86::eax, x86::ecx);
  }
  /// Takes the second operand where the first has `condition` to it.
  void choose(CondCode condition, const Instruction& i) {
    move(x86::ecx, source(i.rs2));
    a_.cmp(x86::eax, x86::ecx);
    a_.cmov(condition, x86::eax, x86::ecx);
  }
  void rotate(const Instruction& i) {
    if (i.opcode == Opcode::kRori) {
      a_.ror(x86::eax, i.imm & 31);
    } else {
      move(x86::ecx, source(i.rs2));
      i.opcode == Opcode::kRol ? a_.rol(x86::eax, x86::cl) : a_.ror(x86::eax, x86::cl);
    }
    finish(i.rd, x86::eax);
  }
  void single_bit(const Instruction& i) {
    const bool is_immediate = i.opcode == Opcode::kBclri || i.opcode == Opcode::kBexti || i.opcode == Opcode::kBinvi || i.opcode == Opcode::kBseti;
    move(x86::ecx, is_immediate ? Source{static_cast<uint32_t>(i.imm) & 31, std::nullopt, {}} : source(i.rs2));
    switch (i.opcode) {
      case Opcode::kBclr:
      case Opcode::kBclri:
        a_.btr(x86::eax, x86::ecx);
        break;
      case Opcode::kBinv:
      case Opcode::kBinvi:
        a_.btc(x86::eax, x86::ecx);
        break;
      case Opcode::kBset:
      case Opcode::kBseti:
        a_.bts(x86::eax, x86::ecx);
        break;
      default:
        a_.shr(x86::eax, x86::cl);
        a_.and_(x86::eax, 1);
    }
    finish(i.rd, x86::eax);
  }
  /// bsr and bsf leave their result alone for 0 and set ZF.
  void count_leading_zeros() {
    a_.bsr(x86::ecx, x86::eax);
    a_.mov(x86::eax, 63);
    a_.cmovnz(x86::eax, x86::ecx);
    a_.xor_(x86::eax, 31);
  }
  void count_trailing_zeros() {
    a_.bsf(x86::ecx, x86::eax);
    a_.mov(x86::eax, 32);
    a_.cmovnz(x86::eax, x86::ecx);
  }
  /// Sums in fields of 2, 4, then 8 bits; the multiplication adds the bytes up.
  void count_ones() {
    a_.mov(x86::ecx, x86::eax);
    a_.shr(x86::ecx, 1);
    a_.and_(x86::ecx, 0x55555555);
    a_.sub(x86::eax, x86::ecx);
    a_.mov(x86::ecx, x86::eax);
    a_.shr(x86::ecx, 2);
    a_.and_(x86::eax, 0x33333333);
    a_.and_(x86::ecx, 0x33333333);
    a_.add(x86::eax, x86::ecx);
    a_.mov(x86::ecx, x86::eax);
    a_.shr(x86::ecx, 4);
    a_.add(x86::eax, x86::ecx);
    a_.and_(x86::eax, 0x0F0F0F0F);
    a_.imul(x86::eax, x86::eax, 0x01010101);
    a_.shr(x86::eax, 24);
  }
  /// The upper bit of each byte that is not 0, spread over the byte.
  void or_combine_bytes() {
    a_.mov(x86::ecx, x86::eax);
    a_.and_(x86::ecx, 0x7F7F7F7F);
    a_.add(x86::ecx, 0x7F7F7F7F);
    a_.or_(x86::eax, x86::ecx);
    a_.and_(x86::eax, static_cast<int32_t>(0x80808080u));
    a_.shr(x86::eax, 7);
    a_.imul(x86::eax, x86::eax, 255);
  }
  void multiply(const Instruction& i) {
    const Gp to = destination(i.rd, i.rd == i.rs1 ? 0 : i.rs2);
    move(to, source(i.rs1));
    const Source second = source(i.rs2);
    if (second.constant) {
      a_.imul(to, to, static_cast<int32_t>(*second.constant));
    } else {
      apply(x86::Inst::kIdImul, to, second);
    }
    finish(i.rd, to);
  }

  Assembler& a_;
  const Common& common_;
  const Block& block_;
  const std::vector<Instruction>& instructions_;
  std::array<std::optional<Gp>, 32> host_;
  std::array<bool, 32> written_first_{};
  std::array<std::optional<uint32_t>, 32> known_;
  uint32_t written_ = 0;  ///< bit per guest register: written somewhere in the block
  uint32_t dirty_ = 0;    ///< likewise: written so far
  bool loops_ = false;    ///< the last instruction is a branch to the first one
  size_t index_ = 0;
  uint32_t pc_ = block_.pc;
  size_t branches_ = 1;  ///< number of the next branch's exit
  std::vector<SideExit> side_exits_;
  std::vector<SlowPath> slow_paths_;
  Label spill_, reload_, body_;
};

/// An instruction that cannot be encoded would be left out in silence otherwise.
class ThrowErrors final : public asmjit::ErrorHandler {
 public:
  void handleError(asmjit::Error error, const char* message, asmjit::BaseEmitter* /*origin*/) override { check(error, message); }
  static void check(asmjit::Error error, const char* message = "") {
    if (error == asmjit::kErrorOk) return;
    throw std::logic_error(std::string("the translator wrote code that cannot be: ") + asmjit::DebugUtils::errorAsString(error) + " " + message);
  }
};

/// Puts what `write` assembles at `at`, where there are `room` bytes; gives its size.
template <typename Write>
size_t assemble(uint8_t* at, size_t room, const Write& write) {
  ThrowErrors errors;
  asmjit::CodeHolder code;
  ThrowErrors::check(code.init(asmjit::Environment::host(), reinterpret_cast<uint64_t>(at)));
  code.setErrorHandler(&errors);
  Assembler assembler(&code);
  write(assembler);
  ThrowErrors::check(code.flatten());
  ThrowErrors::check(code.resolveUnresolvedLinks());
  ThrowErrors::check(code.relocateToBase(reinterpret_cast<uint64_t>(at)));
  ThrowErrors::check(code.copyFlattenedData(at, room));
  return code.codeSize();
}

}  // namespace

std::unique_ptr<Translator> Translator::create(const TranslatedCalls& calls) {
  void* buffer = mmap(nullptr, kBufferBytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (buffer == MAP_FAILED) return nullptr;
  return std::unique_ptr<Translator>(new Translator(calls, static_cast<uint8_t*>(buffer)));
}

Translator::Translator(const TranslatedCalls& calls, uint8_t* buffer) : calls_(calls), buffer_(buffer) { make_common_code(); }

Translator::~Translator() { munmap(buffer_, kBufferBytes); }

void Translator::make_common_code() {
  const auto place = [this](const auto& write) {
    const uint8_t* at = buffer_ + used_;
    used_ += (assemble(buffer_ + used_, kBlockBytesMax, write) + 15) / 16 * 16;
    return at;
  };
  const std::array<Gp, 6> saved = {x86::rbx, x86::rbp, x86::r12, x86::r13, x86::r14, x86::r15};
  const auto restore = [&](Assembler& a) {
    a.add(x86::rsp, 8);
    for (size_t i = saved.size(); i-- > 0;) a.pop(saved[i]);
    a.ret();
  };
  const uint8_t* enter = place([&](Assembler& a) {
    for (const Gp& reg : saved) a.push(reg);
    a.sub(x86::rsp, 8);
    a.mov(kState, x86::rdi);
    a.mov(kRam, field64(offsetof(HartState, ram)));
    a.mov(kLeft, field64(offsetof(HartState, left)));
    a.jmp(x86::rsi);
  });
  enter_ = reinterpret_cast<uint64_t (*)(HartState*, const void*)>(reinterpret_cast<uintptr_t>(enter));
  leave_ = place([&](Assembler& a) {
    a.mov(field64(offsetof(HartState, left)), kLeft);
    restore(a);
  });
  unlinked_ = place([&](Assembler& a) {
    a.mov(field64(offsetof(HartState, exit)), x86::rax);
    a.mov(x86::eax, static_cast<uint32_t>(TranslatedEnd::kExit));
    a.jmp(reinterpret_cast<uint64_t>(leave_));
  });
  // Called by a block, so the stack is off by the return address.
  const auto slow = [&](uint64_t function) {
    return place([&, function](Assembler& a) {
      const Label ended = a.newLabel();
      a.sub(x86::rsp, 8);
      a.mov(field64(offsetof(HartState, left)), kLeft);
      a.mov(x86::rdi, kState);
      a.mov(x86::rax, function);
      a.call(x86::rax);
      a.add(x86::rsp, 8);
      a.test(x86::eax, x86::eax);
      a.jnz(ended);
      a.mov(kLeft, field64(offsetof(HartState, left)));
      a.ret();
      a.bind(ended);
      a.add(x86::rsp, 8);
      a.mov(x86::eax, static_cast<uint32_t>(TranslatedEnd::kLeft));
      restore(a);
    });
  };
  slow_load_ = slow(reinterpret_cast<uint64_t>(calls_.load));
  slow_store_ = slow(reinterpret_cast<uint64_t>(calls_.store));
  slow_atomic_ = slow(reinterpret_cast<uint64_t>(calls_.atomic));
  common_bytes_ = used_;
}

const void* Translator::translate(const Block& block, const std::vector<Instruction>& instructions) {
  if (is_full()) return nullptr;
  uint8_t* const at = buffer_ + used_;
  const BlockWriter::Common common{leave_, slow_load_, slow_store_, slow_atomic_, ram_base_, ram_size_, checks_data_};
  const size_t size = assemble(at, kBlockBytesMax, [&](Assembler& a) { BlockWriter(a, common, block, instructions).write(); });
  used_ += (size + 15) / 16 * 16;
  return at;
}

TranslatedEnd Translator::enter(HartState& state, const void* code) const { return static_cast<TranslatedEnd>(enter_(&state, code)); }

void Translator::flush() { used_ = common_bytes_; }

#else

std::unique_ptr<Translator> Translator::create(const TranslatedCalls&) { return nullptr; }
Translator::~Translator() = default;
const void* Translator::translate(const Block&, const std::vector<Instruction>&) { return nullptr; }
TranslatedEnd Translator::enter(HartState&, const void*) const { return TranslatedEnd::kLeft; }
void Translator::flush() {}

#endif

void Translator::set_ram(uint32_t base, uint64_t size) {
  ram_base_ = base;
  ram_size_ = size;
}

}  // namespace saksi::hw
