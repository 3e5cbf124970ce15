// The hot loop of the interpreter: threaded code. Each Op holds the address of its handler, a label in execute(), and each handler ends with
// a jump through the next op's address, so that the host predicts each guest instruction's successor on its own.
// CMakeLists.txt turns off two of GCC's optimisations here that would merge those jumps into one.
#include <algorithm>
#include <cstring>

#include "hw-models/cpu/hart.h"

namespace saksi::hw {
namespace {

template <typename T>
inline T load(const uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

template <typename T>
inline void store(uint8_t* to, uint32_t value) {
  const T narrow = static_cast<T>(value);
  std::memcpy(to, &narrow, sizeof(T));
}

inline int32_t as_signed(uint32_t value) { return static_cast<int32_t>(value); }

inline uint32_t divide(uint32_t a, uint32_t b) {
  if (b == 0) return ~0u;
  if (a == 0x80000000u && b == ~0u) return a;
  return static_cast<uint32_t>(as_signed(a) / as_signed(b));
}

inline uint32_t remainder(uint32_t a, uint32_t b) {
  if (b == 0) return a;
  if (a == 0x80000000u && b == ~0u) return 0;
  return static_cast<uint32_t>(as_signed(a) % as_signed(b));
}

inline uint32_t high_half(uint64_t product) { return static_cast<uint32_t>(product >> 32); }

inline uint32_t rotate_right(uint32_t value, uint32_t count) { return value >> (count & 31) | value << (-count & 31); }

/// 0xFF in place of each byte that is not 0.
inline uint32_t or_combine_bytes(uint32_t value) {
  uint32_t result = 0;
  for (unsigned shift = 0; shift < 32; shift += 8) result |= (value >> shift & 0xFF) != 0 ? 0xFFu << shift : 0;
  return result;
}

}  // namespace

/// Makes pc_ and steps_ those of `op`, which has not been executed. `left` is what remains after the whole block was deducted.
void Hart::sync(const Block& block, const Op* op, int64_t left) {
  uint32_t pc = block.pc;
  for (const Op* before = block.ops; before != op; ++before) pc += before->length;
  pc_ = pc;
  steps_ = static_cast<uint64_t>(static_cast<int64_t>(limit_) - left - block.count + (op - block.ops));
}

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define RS1 x[op->rs1]
#define RS2 x[op->rs2]
#define RD x[op->rd]
#define IMM static_cast<uint32_t>(op->imm)

#define NEXT         \
  do {               \
    ++op;            \
    goto * op->code; \
  } while (0)

/// Begins block `to`: takes its steps off at once, or runs it as far as they go.
#define ENTER(to)                                \
  do {                                           \
    block = (to);                                \
    left -= block->count;                        \
    if (UNLIKELY(left < 0)) goto short_of_steps; \
    op = block->ops;                             \
    goto * op->code;                             \
  } while (0)

#define FOLLOW(slot)                           \
  do {                                         \
    exit = &block->exits[slot];                \
    if (UNLIKELY(!exit->next)) goto find_next; \
    ENTER(exit->next);                         \
  } while (0)

#define ALU(name, expression)    \
  op_##name : RD = (expression); \
  NEXT

/// A branch within a block goes on to the next instruction when it is not taken; taken, it gives back the steps of what it leaves out.
#define BRANCH(name, condition)                   \
  op_##name : if (condition) {                    \
    left += block->count - 1 - (op - block->ops); \
    FOLLOW(op->rd);                               \
  }                                               \
  NEXT

/// Under protection: whether all of the page that an aligned access lies in may be used so.
#define MAY(offset, size, right) (pages && (offset) % (size) == 0 && (offset) <= ram_size - (size) && (pages[(offset) >> kPageShift] & (right)) != 0)

#define LOAD(name, type)                                                  \
  op_##name : {                                                           \
    const uint32_t address = RS1 + IMM;                                   \
    const uint32_t offset = address - ram_base;                           \
    if (LIKELY(int64_t{offset} <= fast_size - int64_t{sizeof(type)})) {   \
      RD = static_cast<uint32_t>(load<type>(ram + offset));               \
      NEXT;                                                               \
    }                                                                     \
    if (MAY(offset, sizeof(type), kPageLoadable)) {                       \
      RD = static_cast<uint32_t>(load<type>(ram + offset));               \
      NEXT;                                                               \
    }                                                                     \
    sync(*block, op, left);                                               \
    uint32_t value = 0;                                                   \
    const AccessResult result = load_slow(address, sizeof(type), &value); \
    if (result == AccessResult::kTrapped) goto leave;                     \
    RD = static_cast<uint32_t>(static_cast<type>(value));                 \
    if (result == AccessResult::kLeave) goto retired;                     \
    NEXT;                                                                 \
  }

#define STORE(name, type)                                                                                                  \
  op_##name : {                                                                                                            \
    const uint32_t address = RS1 + IMM;                                                                                    \
    const uint32_t offset = address - ram_base;                                                                            \
    if (LIKELY(int64_t{offset} <= fast_size - int64_t{sizeof(type)} && marks[offset >> BlockCache::kGranuleShift] == 0)) { \
      store<type>(ram + offset, RS2);                                                                                      \
      NEXT;                                                                                                                \
    }                                                                                                                      \
    if (MAY(offset, sizeof(type), kPageStorable) && marks[offset >> BlockCache::kGranuleShift] == 0) {                     \
      store<type>(ram + offset, RS2);                                                                                      \
      NEXT;                                                                                                                \
    }                                                                                                                      \
    sync(*block, op, left);                                                                                                \
    switch (store_slow(address, sizeof(type), RS2)) {                                                                      \
      case AccessResult::kGoOn:                                                                                            \
        NEXT;                                                                                                              \
      case AccessResult::kLeave:                                                                                           \
        goto retired;                                                                                                      \
      case AccessResult::kTrapped:                                                                                         \
        goto leave;                                                                                                        \
    }                                                                                                                      \
  }

// A second copy of the function, by inlining or cloning, would have labels of its own.
__attribute__((noinline, noclone)) void Hart::execute(Block* first) {
  static const void* const kLabels[] = {
#define SAKSI_OPCODE_LABEL(name, text) &&op_##name,
      SAKSI_RISCV_OPCODES(SAKSI_OPCODE_LABEL)
#undef SAKSI_OPCODE_LABEL
          && end_of_block,
      &&out_of_steps};
  if (!first) {
    labels_ = kLabels;
    return;
  }

  uint32_t* const x = x_.data();
  uint8_t* const ram = ram_.data;
  const uint32_t ram_base = ram_.base;
  const uint64_t ram_size = ram_size_;
  const int64_t fast_size = fast_size_;
  const uint8_t* const pages = usable_pages();
  const uint8_t* const marks = cache_.marks();
  int64_t left = static_cast<int64_t>(limit_ - steps_);
  Block* block = first;
  BlockExit* exit = nullptr;
  const Op* op = nullptr;
  ENTER(first);

// Registers and immediates.
op_Auipc:  // its pc was added when the block was built
  ALU(Lui, IMM);
  ALU(Addi, RS1 + IMM);
  ALU(Slti, as_signed(RS1) < op->imm ? 1 : 0);
  ALU(Sltiu, RS1 < IMM ? 1 : 0);
  ALU(Xori, RS1 ^ IMM);
  ALU(Ori, RS1 | IMM);
  ALU(Andi, RS1 & IMM);
  ALU(Slli, RS1 << (IMM & 31));
  ALU(Srli, RS1 >> (IMM & 31));
  ALU(Srai, static_cast<uint32_t>(as_signed(RS1) >> (IMM & 31)));
  ALU(Add, RS1 + RS2);
  ALU(Sub, RS1 - RS2);
  ALU(Sll, RS1 << (RS2 & 31));
  ALU(Slt, as_signed(RS1) < as_signed(RS2) ? 1 : 0);
  ALU(Sltu, RS1 < RS2 ? 1 : 0);
  ALU(Xor, RS1 ^ RS2);
  ALU(Srl, RS1 >> (RS2 & 31));
  ALU(Sra, static_cast<uint32_t>(as_signed(RS1) >> (RS2 & 31)));
  ALU(Or, RS1 | RS2);
  ALU(And, RS1 & RS2);

  // M.
  ALU(Mul, RS1 * RS2);
  ALU(Mulh, high_half(static_cast<uint64_t>(int64_t{as_signed(RS1)} * as_signed(RS2))));
  ALU(Mulhsu, high_half(static_cast<uint64_t>(int64_t{as_signed(RS1)} * static_cast<int64_t>(RS2))));
  ALU(Mulhu, high_half(uint64_t{RS1} * RS2));
  ALU(Div, divide(RS1, RS2));
  ALU(Divu, RS2 == 0 ? ~0u : RS1 / RS2);
  ALU(Rem, remainder(RS1, RS2));
  ALU(Remu, RS2 == 0 ? RS1 : RS1 % RS2);

  // Zba.
  ALU(Sh1add, (RS1 << 1) + RS2);
  ALU(Sh2add, (RS1 << 2) + RS2);
  ALU(Sh3add, (RS1 << 3) + RS2);

  // Zbb.
  ALU(Andn, RS1 & ~RS2);
  ALU(Orn, RS1 | ~RS2);
  ALU(Xnor, ~(RS1 ^ RS2));
  ALU(Clz, RS1 == 0 ? 32 : static_cast<uint32_t>(__builtin_clz(RS1)));
  ALU(Ctz, RS1 == 0 ? 32 : static_cast<uint32_t>(__builtin_ctz(RS1)));
  ALU(Cpop, static_cast<uint32_t>(__builtin_popcount(RS1)));
  ALU(Max, as_signed(RS1) > as_signed(RS2) ? RS1 : RS2);
  ALU(Maxu, RS1 > RS2 ? RS1 : RS2);
  ALU(Min, as_signed(RS1) < as_signed(RS2) ? RS1 : RS2);
  ALU(Minu, RS1 < RS2 ? RS1 : RS2);
  ALU(SextB, static_cast<uint32_t>(static_cast<int8_t>(RS1)));
  ALU(SextH, static_cast<uint32_t>(static_cast<int16_t>(RS1)));
  ALU(ZextH, RS1 & 0xFFFF);
  ALU(Rol, rotate_right(RS1, -RS2));
  ALU(Ror, rotate_right(RS1, RS2));
  ALU(Rori, rotate_right(RS1, IMM));
  ALU(OrcB, or_combine_bytes(RS1));
  ALU(Rev8, __builtin_bswap32(RS1));

  // Zbs.
  ALU(Bclr, RS1 & ~(1u << (RS2 & 31)));
  ALU(Bclri, RS1 & ~(1u << (IMM & 31)));
  ALU(Bext, RS1 >> (RS2 & 31) & 1);
  ALU(Bexti, RS1 >> (IMM & 31) & 1);
  ALU(Binv, RS1 ^ 1u << (RS2 & 31));
  ALU(Binvi, RS1 ^ 1u << (IMM & 31));
  ALU(Bset, RS1 | 1u << (RS2 & 31));
  ALU(Bseti, RS1 | 1u << (IMM & 31));

  // Memory.
  LOAD(Lb, int8_t)
  LOAD(Lh, int16_t)
  LOAD(Lw, uint32_t)
  LOAD(Lbu, uint8_t)
  LOAD(Lhu, uint16_t)
  STORE(Sb, uint8_t)
  STORE(Sh, uint16_t)
  STORE(Sw, uint32_t)
op_Fence:
  NEXT;  // one hart, accesses in order

// A.
op_LrW:
op_ScW:
op_AmoswapW:
op_AmoaddW:
op_AmoxorW:
op_AmoandW:
op_AmoorW:
op_AmominW:
op_AmomaxW:
op_AmominuW:
op_AmomaxuW:
  sync(*block, op, left);
  switch (atomic(static_cast<Opcode>(op->imm), op->rd, op->rs1, op->rs2)) {
    case AccessResult::kGoOn:
      NEXT;
    case AccessResult::kLeave:
      goto retired;
    case AccessResult::kTrapped:
      goto leave;
  }

// Ends of blocks.
op_Jal:
  RD = block->end_pc;
  FOLLOW(0);
op_Jalr : {
  const uint32_t target = (RS1 + IMM) & ~1u;
  RD = block->end_pc;
  if (Block* to = cache_.find(target)) ENTER(to);
  pc_ = target;
  goto block_done;
}
  BRANCH(Beq, RS1 == RS2);
  BRANCH(Bne, RS1 != RS2);
  BRANCH(Blt, as_signed(RS1) < as_signed(RS2));
  BRANCH(Bge, as_signed(RS1) >= as_signed(RS2));
  BRANCH(Bltu, RS1 < RS2);
  BRANCH(Bgeu, RS1 >= RS2);
end_of_block:
  FOLLOW(0);

op_FenceI:
op_Ecall:
op_Ebreak:
op_Mret:
op_Wfi:
op_Illegal:
op_Csrrw:
op_Csrrs:
op_Csrrc:
op_Csrrwi:
op_Csrrsi:
op_Csrrci:
#define SAKSI_OPCODE_LABEL(name, text) op_##name:
  SAKSI_RISCV_FLOAT_OPCODES(SAKSI_OPCODE_LABEL)
#undef SAKSI_OPCODE_LABEL
  sync(*block, op, left);
  execute_system(IMM);
  goto leave;

find_next : {
  pc_ = exit->target;
  if (engine_ == CpuEngine::kLockStep) goto block_done;
  if (Block* to = find_block(pc_)) {
    BlockCache::link(*exit, *to);
    ENTER(to);
  }
}
block_done:
  steps_ = limit_ - static_cast<uint64_t>(left);
  goto leave;

short_of_steps : {
  // A copy that stops where the steps end. `left` stays what it would be after the whole block, so that sync() counts right.
  const int64_t count = left + block->count;
  std::copy(block->ops, block->ops + count, partial_ops_.begin());
  partial_ops_[static_cast<size_t>(count)] = {label(kStop), 0, 0, 0, 0, 0};
  partial_.pc = block->pc;
  partial_.end_pc = block->end_pc;
  partial_.count = block->count;
  partial_.exits = block->exits;
  partial_.ops = partial_ops_.data();
  block = &partial_;
  op = block->ops;
  goto * op->code;
}
out_of_steps:
  sync(*block, op, left);
  goto leave;

retired:
  pc_ += op->length;
  ++steps_;
leave:
  return;
}

}  // namespace saksi::hw
