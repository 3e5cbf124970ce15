#include "hw-models/cpu/decode.h"

namespace saksi::hw {
namespace {

constexpr uint32_t bits(uint32_t value, unsigned high, unsigned low) { return value >> low & ((1u << (high - low + 1)) - 1); }

/// Value of a signed number of `width` bits.
constexpr int32_t sign_extend(uint32_t value, unsigned width) {
  const uint32_t sign = 1u << (width - 1);
  return static_cast<int32_t>((value ^ sign) - sign);
}

int32_t imm_i(uint32_t raw) { return static_cast<int32_t>(raw) >> 20; }
int32_t imm_s(uint32_t raw) { return static_cast<int32_t>((raw & 0xFE000000u)) >> 20 | static_cast<int32_t>(bits(raw, 11, 7)); }
int32_t imm_b(uint32_t raw) {
  return sign_extend(bits(raw, 31, 31) << 12 | bits(raw, 7, 7) << 11 | bits(raw, 30, 25) << 5 | bits(raw, 11, 8) << 1, 13);
}
int32_t imm_u(uint32_t raw) { return static_cast<int32_t>(raw & 0xFFFFF000u); }
int32_t imm_j(uint32_t raw) {
  return sign_extend(bits(raw, 31, 31) << 20 | bits(raw, 19, 12) << 12 | bits(raw, 20, 20) << 11 | bits(raw, 30, 21) << 1, 21);
}

/// Fills in an instruction whose raw word is set already; every helper below returns its argument for brevity.
Instruction r_type(Instruction i, Opcode opcode) {
  i.opcode = opcode;
  i.rd = bits(i.raw, 11, 7);
  i.rs1 = bits(i.raw, 19, 15);
  i.rs2 = bits(i.raw, 24, 20);
  return i;
}

Instruction i_type(Instruction i, Opcode opcode, int32_t imm) {
  i.opcode = opcode;
  i.rd = bits(i.raw, 11, 7);
  i.rs1 = bits(i.raw, 19, 15);
  i.imm = imm;
  return i;
}

/// Stores and branches.
Instruction s_type(Instruction i, Opcode opcode, int32_t imm) {
  i.opcode = opcode;
  i.rs1 = bits(i.raw, 19, 15);
  i.rs2 = bits(i.raw, 24, 20);
  i.imm = imm;
  return i;
}

Instruction u_type(Instruction i, Opcode opcode, int32_t imm) {
  i.opcode = opcode;
  i.rd = bits(i.raw, 11, 7);
  i.imm = imm;
  return i;
}

/// Shifts by a constant and the one-operand instructions of Zbb, which lie in the same rows: funct3 1 and 5.
Instruction decode_shift_imm(Instruction i) {
  using O = Opcode;
  constexpr O kUnary[] = {O::kClz, O::kCtz, O::kCpop, O::kIllegal, O::kSextB, O::kSextH};
  const bool left = bits(i.raw, 14, 12) == 1;
  const uint32_t shift = bits(i.raw, 24, 20);
  const auto amount = static_cast<int32_t>(shift);
  switch (bits(i.raw, 31, 25)) {
    case 0x00: return i_type(i, left ? O::kSlli : O::kSrli, amount);
    case 0x14:
      if (left) return i_type(i, O::kBseti, amount);
      return shift == 7 ? i_type(i, O::kOrcB, 0) : i;
    case 0x20: return left ? i : i_type(i, O::kSrai, amount);
    case 0x24: return i_type(i, left ? O::kBclri : O::kBexti, amount);
    case 0x30:
      if (!left) return i_type(i, O::kRori, amount);
      return shift < 6 && kUnary[shift] != O::kIllegal ? i_type(i, kUnary[shift], 0) : i;
    case 0x34:
      if (left) return i_type(i, O::kBinvi, amount);
      return shift == 0x18 ? i_type(i, O::kRev8, 0) : i;
    default: return i;
  }
}

Instruction decode_op_imm(Instruction i) {
  using O = Opcode;
  constexpr O kByFunct3[] = {O::kAddi, O::kIllegal, O::kSlti, O::kSltiu, O::kXori, O::kIllegal, O::kOri, O::kAndi};
  const O opcode = kByFunct3[bits(i.raw, 14, 12)];
  return opcode != O::kIllegal ? i_type(i, opcode, imm_i(i.raw)) : decode_shift_imm(i);
}

Instruction decode_op(Instruction i) {
  using O = Opcode;
  constexpr O kNone = O::kIllegal;
  struct Row {
    uint32_t funct7;
    O by_funct3[8];
  };
  constexpr Row kRows[] = {
      {0x00, {O::kAdd, O::kSll, O::kSlt, O::kSltu, O::kXor, O::kSrl, O::kOr, O::kAnd}},
      {0x01, {O::kMul, O::kMulh, O::kMulhsu, O::kMulhu, O::kDiv, O::kDivu, O::kRem, O::kRemu}},
      {0x05, {kNone, kNone, kNone, kNone, O::kMin, O::kMinu, O::kMax, O::kMaxu}},
      {0x10, {kNone, kNone, O::kSh1add, kNone, O::kSh2add, kNone, O::kSh3add, kNone}},
      {0x14, {kNone, O::kBset, kNone, kNone, kNone, kNone, kNone, kNone}},
      {0x20, {O::kSub, kNone, kNone, kNone, O::kXnor, O::kSra, O::kOrn, O::kAndn}},
      {0x24, {kNone, O::kBclr, kNone, kNone, kNone, O::kBext, kNone, kNone}},
      {0x30, {kNone, O::kRol, kNone, kNone, kNone, O::kRor, kNone, kNone}},
      {0x34, {kNone, O::kBinv, kNone, kNone, kNone, kNone, kNone, kNone}},
  };
  const uint32_t funct3 = bits(i.raw, 14, 12);
  const uint32_t funct7 = bits(i.raw, 31, 25);
  if (funct7 == 0x04 && funct3 == 4 && bits(i.raw, 24, 20) == 0) return r_type(i, O::kZextH);
  for (const Row& row : kRows) {
    if (row.funct7 == funct7 && row.by_funct3[funct3] != kNone) return r_type(i, row.by_funct3[funct3]);
  }
  return i;
}

Instruction decode_amo(Instruction i) {
  using O = Opcode;
  if (bits(i.raw, 14, 12) != 2) return i;
  switch (bits(i.raw, 31, 27)) {
    case 0x02: return bits(i.raw, 24, 20) == 0 ? r_type(i, O::kLrW) : i;
    case 0x03: return r_type(i, O::kScW);
    case 0x01: return r_type(i, O::kAmoswapW);
    case 0x00: return r_type(i, O::kAmoaddW);
    case 0x04: return r_type(i, O::kAmoxorW);
    case 0x0C: return r_type(i, O::kAmoandW);
    case 0x08: return r_type(i, O::kAmoorW);
    case 0x10: return r_type(i, O::kAmominW);
    case 0x14: return r_type(i, O::kAmomaxW);
    case 0x18: return r_type(i, O::kAmominuW);
    case 0x1C: return r_type(i, O::kAmomaxuW);
    default: return i;
  }
}

Instruction decode_system(Instruction i) {
  using O = Opcode;
  constexpr O kCsr[] = {O::kIllegal, O::kCsrrw, O::kCsrrs, O::kCsrrc, O::kIllegal, O::kCsrrwi, O::kCsrrsi, O::kCsrrci};
  const uint32_t funct3 = bits(i.raw, 14, 12);
  if (kCsr[funct3] != O::kIllegal) return i_type(i, kCsr[funct3], static_cast<int32_t>(bits(i.raw, 31, 20)));
  switch (i.raw) {
    case 0x00000073: i.opcode = O::kEcall; break;
    case 0x00100073: i.opcode = O::kEbreak; break;
    case 0x30200073: i.opcode = O::kMret; break;
    case 0x10500073: i.opcode = O::kWfi; break;
    default: break;
  }
  return i;
}

// Floating point. Rounding modes 5 and 6 are reserved.

bool is_reserved_rounding(const Instruction& i) { return bits(i.raw, 14, 12) == 5 || bits(i.raw, 14, 12) == 6; }

/// The opcode of single precision, or the like of double precision behind it.
Opcode of_format(Opcode single, uint32_t format) { return static_cast<Opcode>(static_cast<uint32_t>(single) + format); }

Instruction decode_float_memory(Instruction i, bool is_store) {
  const uint32_t width = bits(i.raw, 14, 12);
  if (width != 2 && width != 3) return i;
  const uint32_t format = width - 2;
  return is_store ? s_type(i, of_format(Opcode::kFsw, format), imm_s(i.raw)) : i_type(i, of_format(Opcode::kFlw, format), imm_i(i.raw));
}

Instruction decode_fused(Instruction i, Opcode single) {
  const uint32_t format = bits(i.raw, 26, 25);
  return format > 1 || is_reserved_rounding(i) ? i : r_type(i, of_format(single, format));
}

/// Sign injection, minimum and maximum, comparisons: the rounding mode's field chooses one.
Instruction decode_float_choice(Instruction i, uint32_t format) {
  using O = Opcode;
  constexpr O kSign[] = {O::kFsgnjS, O::kFsgnjnS, O::kFsgnjxS};
  constexpr O kCompare[] = {O::kFleS, O::kFltS, O::kFeqS};
  const uint32_t choice = bits(i.raw, 14, 12);
  switch (bits(i.raw, 31, 27)) {
    case 0x04: return choice < 3 ? r_type(i, of_format(kSign[choice], format)) : i;
    case 0x05: return choice < 2 ? r_type(i, of_format(choice == 0 ? O::kFminS : O::kFmaxS, format)) : i;
    default: return choice < 3 ? r_type(i, of_format(kCompare[choice], format)) : i;
  }
}

Instruction decode_float(Instruction i) {
  using O = Opcode;
  const uint32_t format = bits(i.raw, 26, 25);
  const uint32_t rs2 = bits(i.raw, 24, 20);
  const uint32_t funct5 = bits(i.raw, 31, 27);
  const uint32_t rounding = bits(i.raw, 14, 12);
  if (format > 1) return i;
  if (funct5 == 0x04 || funct5 == 0x05 || funct5 == 0x14) return decode_float_choice(i, format);
  if (funct5 == 0x1C && rs2 == 0 && rounding == 1) return r_type(i, of_format(O::kFclassS, format));
  if (funct5 == 0x1C || funct5 == 0x1E) {  // moves of bits; RV32 has none of double precision
    return rs2 == 0 && rounding == 0 && format == 0 ? r_type(i, funct5 == 0x1C ? O::kFmvXW : O::kFmvWX) : i;
  }
  if (is_reserved_rounding(i)) return i;
  switch (funct5) {
    case 0x00: return r_type(i, of_format(O::kFaddS, format));
    case 0x01: return r_type(i, of_format(O::kFsubS, format));
    case 0x02: return r_type(i, of_format(O::kFmulS, format));
    case 0x03: return r_type(i, of_format(O::kFdivS, format));
    case 0x0B: return rs2 == 0 ? r_type(i, of_format(O::kFsqrtS, format)) : i;
    case 0x08: return rs2 == 1 - format ? r_type(i, of_format(O::kFcvtSD, format)) : i;
    case 0x18: return rs2 < 2 ? r_type(i, of_format(rs2 == 0 ? O::kFcvtWS : O::kFcvtWuS, format)) : i;
    case 0x1A: return rs2 < 2 ? r_type(i, of_format(rs2 == 0 ? O::kFcvtSW : O::kFcvtSWu, format)) : i;
    default: return i;
  }
}

Instruction decode_full(uint32_t raw) {
  using O = Opcode;
  constexpr O kBranch[] = {O::kBeq, O::kBne, O::kIllegal, O::kIllegal, O::kBlt, O::kBge, O::kBltu, O::kBgeu};
  constexpr O kLoad[] = {O::kLb, O::kLh, O::kLw, O::kIllegal, O::kLbu, O::kLhu, O::kIllegal, O::kIllegal};
  constexpr O kStore[] = {O::kSb, O::kSh, O::kSw, O::kIllegal, O::kIllegal, O::kIllegal, O::kIllegal, O::kIllegal};
  Instruction i;
  i.raw = raw;
  const uint32_t funct3 = bits(raw, 14, 12);
  switch (bits(raw, 6, 0)) {
    case 0x37: return u_type(i, O::kLui, imm_u(raw));
    case 0x17: return u_type(i, O::kAuipc, imm_u(raw));
    case 0x6F: return u_type(i, O::kJal, imm_j(raw));
    case 0x67: return funct3 == 0 ? i_type(i, O::kJalr, imm_i(raw)) : i;
    case 0x63: return kBranch[funct3] != O::kIllegal ? s_type(i, kBranch[funct3], imm_b(raw)) : i;
    case 0x03: return kLoad[funct3] != O::kIllegal ? i_type(i, kLoad[funct3], imm_i(raw)) : i;
    case 0x23: return kStore[funct3] != O::kIllegal ? s_type(i, kStore[funct3], imm_s(raw)) : i;
    case 0x13: return decode_op_imm(i);
    case 0x33: return decode_op(i);
    case 0x2F: return decode_amo(i);
    case 0x73: return decode_system(i);
    case 0x07: return decode_float_memory(i, false);
    case 0x27: return decode_float_memory(i, true);
    case 0x43: return decode_fused(i, O::kFmaddS);
    case 0x47: return decode_fused(i, O::kFmsubS);
    case 0x4B: return decode_fused(i, O::kFnmsubS);
    case 0x4F: return decode_fused(i, O::kFnmaddS);
    case 0x53: return decode_float(i);
    case 0x0F:  // the other fields of both are reserved for finer fences and must be ignored
      if (funct3 == 0) i.opcode = O::kFence;
      if (funct3 == 1) i.opcode = O::kFenceI;
      return i;
    default: return i;
  }
}

// Compressed instructions, by the tables of chapter 16 (RVC instruction set listings).

Instruction expand(Instruction i, Opcode opcode, uint32_t rd, uint32_t rs1, uint32_t rs2, int32_t imm) {
  i.opcode = opcode;
  i.rd = static_cast<uint8_t>(rd);
  i.rs1 = static_cast<uint8_t>(rs1);
  i.rs2 = static_cast<uint8_t>(rs2);
  i.imm = imm;
  return i;
}

/// Register of a three-bit field: x8 to x15.
uint32_t short_register(uint32_t raw, unsigned low) { return 8 + bits(raw, low + 2, low); }

int32_t imm_ci(uint32_t raw) { return sign_extend(bits(raw, 12, 12) << 5 | bits(raw, 6, 2), 6); }
int32_t imm_cj(uint32_t raw) {
  return sign_extend(bits(raw, 12, 12) << 11 | bits(raw, 8, 8) << 10 | bits(raw, 10, 9) << 8 | bits(raw, 6, 6) << 7 |
                         bits(raw, 7, 7) << 6 | bits(raw, 2, 2) << 5 | bits(raw, 11, 11) << 4 | bits(raw, 5, 3) << 1,
                     12);
}
int32_t imm_cb(uint32_t raw) {
  return sign_extend(bits(raw, 12, 12) << 8 | bits(raw, 6, 5) << 6 | bits(raw, 2, 2) << 5 | bits(raw, 11, 10) << 3 | bits(raw, 4, 3) << 1,
                     9);
}
int32_t imm_addi16sp(uint32_t raw) {
  return sign_extend(bits(raw, 12, 12) << 9 | bits(raw, 4, 3) << 7 | bits(raw, 5, 5) << 6 | bits(raw, 2, 2) << 5 | bits(raw, 6, 6) << 4,
                     10);
}

Instruction decode_quadrant0(Instruction i) {
  const uint32_t raw = i.raw;
  const uint32_t upper = short_register(raw, 7);
  const uint32_t lower = short_register(raw, 2);
  const int32_t word_offset = static_cast<int32_t>(bits(raw, 5, 5) << 6 | bits(raw, 12, 10) << 3 | bits(raw, 6, 6) << 2);
  const int32_t double_offset = static_cast<int32_t>(bits(raw, 6, 5) << 6 | bits(raw, 12, 10) << 3);
  switch (bits(raw, 15, 13)) {
    case 0: {  // c.addi4spn; with immediate 0 reserved, the all-zero word among them
      const uint32_t imm = bits(raw, 10, 7) << 6 | bits(raw, 12, 11) << 4 | bits(raw, 5, 5) << 3 | bits(raw, 6, 6) << 2;
      return imm != 0 ? expand(i, Opcode::kAddi, lower, 2, 0, static_cast<int32_t>(imm)) : i;
    }
    case 2: return expand(i, Opcode::kLw, lower, upper, 0, word_offset);
    case 6: return expand(i, Opcode::kSw, 0, upper, lower, word_offset);
    case 1: return expand(i, Opcode::kFld, lower, upper, 0, double_offset);
    case 3: return expand(i, Opcode::kFlw, lower, upper, 0, word_offset);
    case 5: return expand(i, Opcode::kFsd, 0, upper, lower, double_offset);
    case 7: return expand(i, Opcode::kFsw, 0, upper, lower, word_offset);
    default: return i;
  }
}

/// c.srli, c.srai, c.andi and the register-register group.
Instruction decode_compressed_alu(Instruction i) {
  constexpr Opcode kRegister[] = {Opcode::kSub, Opcode::kXor, Opcode::kOr, Opcode::kAnd};
  const uint32_t raw = i.raw;
  const uint32_t rd = short_register(raw, 7);
  const bool high_bit = bits(raw, 12, 12) != 0;  // shift amounts of 32 and more, and the word operations, are RV64's
  const int32_t shift = static_cast<int32_t>(bits(raw, 6, 2));
  switch (bits(raw, 11, 10)) {
    case 0: return high_bit ? i : expand(i, Opcode::kSrli, rd, rd, 0, shift);
    case 1: return high_bit ? i : expand(i, Opcode::kSrai, rd, rd, 0, shift);
    case 2: return expand(i, Opcode::kAndi, rd, rd, 0, imm_ci(raw));
    default: return high_bit ? i : expand(i, kRegister[bits(raw, 6, 5)], rd, rd, short_register(raw, 2), 0);
  }
}

Instruction decode_quadrant1(Instruction i) {
  const uint32_t raw = i.raw;
  const uint32_t rd = bits(raw, 11, 7);
  switch (bits(raw, 15, 13)) {
    case 0: return expand(i, Opcode::kAddi, rd, rd, 0, imm_ci(raw));
    case 1: return expand(i, Opcode::kJal, 1, 0, 0, imm_cj(raw));
    case 2: return expand(i, Opcode::kAddi, rd, 0, 0, imm_ci(raw));
    case 3:
      if (imm_ci(raw) == 0) return i;  // c.lui and c.addi16sp with immediate 0 are reserved
      if (rd == 2) return expand(i, Opcode::kAddi, 2, 2, 0, imm_addi16sp(raw));
      return expand(i, Opcode::kLui, rd, 0, 0, imm_ci(raw) * 4096);
    case 4: return decode_compressed_alu(i);
    case 5: return expand(i, Opcode::kJal, 0, 0, 0, imm_cj(raw));
    case 6: return expand(i, Opcode::kBeq, 0, short_register(raw, 7), 0, imm_cb(raw));
    default: return expand(i, Opcode::kBne, 0, short_register(raw, 7), 0, imm_cb(raw));
  }
}

/// c.jr, c.mv, c.ebreak, c.jalr and c.add share one row.
Instruction decode_compressed_jump_or_move(Instruction i) {
  const uint32_t rd = bits(i.raw, 11, 7);
  const uint32_t rs2 = bits(i.raw, 6, 2);
  if (bits(i.raw, 12, 12) == 0) {
    if (rs2 != 0) return expand(i, Opcode::kAdd, rd, 0, rs2, 0);
    return rd != 0 ? expand(i, Opcode::kJalr, 0, rd, 0, 0) : i;
  }
  if (rs2 != 0) return expand(i, Opcode::kAdd, rd, rd, rs2, 0);
  return rd != 0 ? expand(i, Opcode::kJalr, 1, rd, 0, 0) : expand(i, Opcode::kEbreak, 0, 0, 0, 0);
}

/// Loads and stores relative to the stack pointer.
Instruction decode_stack_access(Instruction i) {
  const uint32_t raw = i.raw;
  const uint32_t rd = bits(raw, 11, 7);
  const uint32_t rs2 = bits(raw, 6, 2);
  const int32_t load_word = static_cast<int32_t>(bits(raw, 3, 2) << 6 | bits(raw, 12, 12) << 5 | bits(raw, 6, 4) << 2);
  const int32_t load_double = static_cast<int32_t>(bits(raw, 4, 2) << 6 | bits(raw, 12, 12) << 5 | bits(raw, 6, 5) << 3);
  const int32_t store_word = static_cast<int32_t>(bits(raw, 8, 7) << 6 | bits(raw, 12, 9) << 2);
  const int32_t store_double = static_cast<int32_t>(bits(raw, 9, 7) << 6 | bits(raw, 12, 10) << 3);
  switch (bits(raw, 15, 13)) {
    case 1: return expand(i, Opcode::kFld, rd, 2, 0, load_double);
    case 2: return rd != 0 ? expand(i, Opcode::kLw, rd, 2, 0, load_word) : i;
    case 3: return expand(i, Opcode::kFlw, rd, 2, 0, load_word);
    case 5: return expand(i, Opcode::kFsd, 0, 2, rs2, store_double);
    case 6: return expand(i, Opcode::kSw, 0, 2, rs2, store_word);
    default: return expand(i, Opcode::kFsw, 0, 2, rs2, store_word);
  }
}

Instruction decode_quadrant2(Instruction i) {
  const uint32_t rd = bits(i.raw, 11, 7);
  switch (bits(i.raw, 15, 13)) {
    case 0: return bits(i.raw, 12, 12) == 0 ? expand(i, Opcode::kSlli, rd, rd, 0, static_cast<int32_t>(bits(i.raw, 6, 2))) : i;
    case 4: return decode_compressed_jump_or_move(i);
    default: return decode_stack_access(i);
  }
}

}  // namespace

Instruction decode(uint32_t raw) {
  if (!is_compressed(raw)) return decode_full(raw);
  Instruction i;
  i.raw = raw & 0xFFFF;
  i.length = 2;
  switch (raw & 3) {
    case 0: return decode_quadrant0(i);
    case 1: return decode_quadrant1(i);
    default: return decode_quadrant2(i);
  }
}

const char* mnemonic(Opcode opcode) {
  static constexpr const char* kNames[] = {
#define SAKSI_OPCODE_TEXT(name, text) text,
      SAKSI_RISCV_OPCODES(SAKSI_OPCODE_TEXT)
#undef SAKSI_OPCODE_TEXT
  };
  return opcode < Opcode::kCount ? kNames[static_cast<unsigned>(opcode)] : "?";
}

bool ends_block(Opcode opcode) {
  return is_system(opcode) || is_branch(opcode) || opcode == Opcode::kJal || opcode == Opcode::kJalr;
}

}  // namespace saksi::hw
