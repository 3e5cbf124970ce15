#ifndef SAKSI_HW_MODELS_CPU_DECODE_H_
#define SAKSI_HW_MODELS_CPU_DECODE_H_

#include <cstdint>

namespace saksi::hw {

/// Every instruction of RV32IMAFDC + Zicsr + Zifencei (RISC-V unprivileged ISA 20191213), of Zba, Zbb and Zbs (bit manipulation 1.0.0) and of
/// the machine-mode part of the privileged architecture 1.12: name for the enumeration, mnemonic. Compressed instructions decode to what
/// they expand to. Only the order of the groups matters, see ends_block().
#define SAKSI_RISCV_OPCODES(X)                                                                                              \
  X(Illegal, "illegal")                                                                                                     \
  X(Lui, "lui") X(Auipc, "auipc") X(Jal, "jal") X(Jalr, "jalr")                                                             \
  X(Beq, "beq") X(Bne, "bne") X(Blt, "blt") X(Bge, "bge") X(Bltu, "bltu") X(Bgeu, "bgeu")                                   \
  X(Lb, "lb") X(Lh, "lh") X(Lw, "lw") X(Lbu, "lbu") X(Lhu, "lhu") X(Sb, "sb") X(Sh, "sh") X(Sw, "sw")                       \
  X(Addi, "addi") X(Slti, "slti") X(Sltiu, "sltiu") X(Xori, "xori") X(Ori, "ori") X(Andi, "andi")                           \
  X(Slli, "slli") X(Srli, "srli") X(Srai, "srai")                                                                           \
  X(Add, "add") X(Sub, "sub") X(Sll, "sll") X(Slt, "slt") X(Sltu, "sltu") X(Xor, "xor") X(Srl, "srl") X(Sra, "sra")         \
  X(Or, "or") X(And, "and")                                                                                                 \
  X(Mul, "mul") X(Mulh, "mulh") X(Mulhsu, "mulhsu") X(Mulhu, "mulhu")                                                       \
  X(Div, "div") X(Divu, "divu") X(Rem, "rem") X(Remu, "remu")                                                               \
  X(Sh1add, "sh1add") X(Sh2add, "sh2add") X(Sh3add, "sh3add")                                                               \
  X(Andn, "andn") X(Orn, "orn") X(Xnor, "xnor") X(Clz, "clz") X(Ctz, "ctz") X(Cpop, "cpop")                                 \
  X(Max, "max") X(Maxu, "maxu") X(Min, "min") X(Minu, "minu") X(SextB, "sext.b") X(SextH, "sext.h") X(ZextH, "zext.h")      \
  X(Rol, "rol") X(Ror, "ror") X(Rori, "rori") X(OrcB, "orc.b") X(Rev8, "rev8")                                              \
  X(Bclr, "bclr") X(Bclri, "bclri") X(Bext, "bext") X(Bexti, "bexti")                                                       \
  X(Binv, "binv") X(Binvi, "binvi") X(Bset, "bset") X(Bseti, "bseti")                                                       \
  X(LrW, "lr.w") X(ScW, "sc.w") X(AmoswapW, "amoswap.w") X(AmoaddW, "amoadd.w") X(AmoxorW, "amoxor.w")                      \
  X(AmoandW, "amoand.w") X(AmoorW, "amoor.w") X(AmominW, "amomin.w") X(AmomaxW, "amomax.w")                                 \
  X(AmominuW, "amominu.w") X(AmomaxuW, "amomaxu.w")                                                                         \
  X(Fence, "fence") X(FenceI, "fence.i") X(Ecall, "ecall") X(Ebreak, "ebreak") X(Mret, "mret") X(Wfi, "wfi")                \
  X(Csrrw, "csrrw") X(Csrrs, "csrrs") X(Csrrc, "csrrc") X(Csrrwi, "csrrwi") X(Csrrsi, "csrrsi") X(Csrrci, "csrrci")         \
  SAKSI_RISCV_FLOAT_OPCODES(X)

/// Those of F and D; each of single precision is followed by its like of double precision.
#define SAKSI_RISCV_FLOAT_OPCODES(X)                                                                                        \
  X(Flw, "flw") X(Fld, "fld") X(Fsw, "fsw") X(Fsd, "fsd")                                                                   \
  X(FmaddS, "fmadd.s") X(FmaddD, "fmadd.d") X(FmsubS, "fmsub.s") X(FmsubD, "fmsub.d")                                       \
  X(FnmsubS, "fnmsub.s") X(FnmsubD, "fnmsub.d") X(FnmaddS, "fnmadd.s") X(FnmaddD, "fnmadd.d")                               \
  X(FaddS, "fadd.s") X(FaddD, "fadd.d") X(FsubS, "fsub.s") X(FsubD, "fsub.d") X(FmulS, "fmul.s") X(FmulD, "fmul.d")         \
  X(FdivS, "fdiv.s") X(FdivD, "fdiv.d") X(FsqrtS, "fsqrt.s") X(FsqrtD, "fsqrt.d")                                           \
  X(FcvtWS, "fcvt.w.s") X(FcvtWD, "fcvt.w.d") X(FcvtWuS, "fcvt.wu.s") X(FcvtWuD, "fcvt.wu.d")                               \
  X(FcvtSW, "fcvt.s.w") X(FcvtDW, "fcvt.d.w") X(FcvtSWu, "fcvt.s.wu") X(FcvtDWu, "fcvt.d.wu")                               \
  X(FcvtSD, "fcvt.s.d") X(FcvtDS, "fcvt.d.s")                                                                               \
  X(FsgnjS, "fsgnj.s") X(FsgnjD, "fsgnj.d") X(FsgnjnS, "fsgnjn.s") X(FsgnjnD, "fsgnjn.d")                                   \
  X(FsgnjxS, "fsgnjx.s") X(FsgnjxD, "fsgnjx.d") X(FminS, "fmin.s") X(FminD, "fmin.d") X(FmaxS, "fmax.s") X(FmaxD, "fmax.d") \
  X(FeqS, "feq.s") X(FeqD, "feq.d") X(FltS, "flt.s") X(FltD, "flt.d") X(FleS, "fle.s") X(FleD, "fle.d")                     \
  X(FclassS, "fclass.s") X(FclassD, "fclass.d") X(FmvXW, "fmv.x.w") X(FmvWX, "fmv.w.x")

enum class Opcode : uint8_t {
#define SAKSI_OPCODE_NAME(name, text) k##name,
  SAKSI_RISCV_OPCODES(SAKSI_OPCODE_NAME)
#undef SAKSI_OPCODE_NAME
      kCount
};

/// A decoded instruction. Fields that it does not have are 0.
struct Instruction {
  Opcode opcode = Opcode::kIllegal;
  uint8_t rd = 0;
  uint8_t rs1 = 0;     ///< for csrr*i the immediate
  uint8_t rs2 = 0;
  uint8_t length = 4;  ///< bytes: 2 or 4
  int32_t imm = 0;     ///< sign extended; lui and auipc: already shifted; csrr*: the register's number
  uint32_t raw = 0;    ///< as fetched; 16-bit instructions in the low half
};

/// True if the low half of an instruction says that it is 16 bits long.
constexpr bool is_compressed(uint32_t low_half) { return (low_half & 3) != 3; }

/// Decodes a fetched instruction (the upper half of a compressed one is ignored). Reserved and unsupported encodings give kIllegal.
Instruction decode(uint32_t raw);

/// The mnemonic of the expanded instruction.
const char* mnemonic(Opcode opcode);

/// True for what a block of straight-line code ends with: jumps, branches, and whatever may change privilege, interrupts or code.
bool ends_block(Opcode opcode);

/// Groups, by the order of the opcodes.
constexpr bool is_branch(Opcode opcode) { return opcode >= Opcode::kBeq && opcode <= Opcode::kBgeu; }
constexpr bool is_load(Opcode opcode) { return opcode >= Opcode::kLb && opcode <= Opcode::kLhu; }
constexpr bool is_store(Opcode opcode) { return opcode >= Opcode::kSb && opcode <= Opcode::kSw; }
constexpr bool is_atomic(Opcode opcode) { return opcode >= Opcode::kLrW && opcode <= Opcode::kAmomaxuW; }
constexpr bool is_float(Opcode opcode) { return opcode >= Opcode::kFlw && opcode < Opcode::kCount; }
constexpr bool is_float_arithmetic(Opcode opcode) { return opcode >= Opcode::kFmaddS && opcode < Opcode::kCount; }
/// What only the hart itself can execute: it may change privilege, interrupts or code. Floating point is rare in firmware and goes this way too.
constexpr bool is_system(Opcode opcode) { return opcode == Opcode::kIllegal || opcode >= Opcode::kFenceI; }

}  // namespace saksi::hw

#endif
