// Goal: every compressed form expands to what the manual says, every reserved encoding is illegal, no word crashes the decoder.
// Method: compressed encodings as GNU as makes them; reserved ones from the manual's tables. The 32-bit forms are tested by executing them
// (hart_test.cpp), with words put together apart from the decoder.
#include "hw-models/cpu/decode.h"

#include <gtest/gtest.h>

#include <string>

namespace saksi::hw {
namespace {

using O = Opcode;

struct Expansion {
  uint16_t raw;
  const char* text;
  O opcode;
  unsigned rd, rs1, rs2;
  int32_t imm;
};

constexpr Expansion kExpansions[] = {
    {0x1FE8, "c.addi4spn a0,sp,1020", O::kAddi, 10, 2, 0, 1020},
    {0x005C, "c.addi4spn a5,sp,4", O::kAddi, 15, 2, 0, 4},
    {0x0020, "c.addi4spn s0,sp,8", O::kAddi, 8, 2, 0, 8},
    {0x0800, "c.addi4spn s0,sp,16", O::kAddi, 8, 2, 0, 16},
    {0x0080, "c.addi4spn s0,sp,64", O::kAddi, 8, 2, 0, 64},
    {0x5DE8, "c.lw a0,124(a1)", O::kLw, 10, 11, 0, 124},
    {0x40C0, "c.lw s0,4(s1)", O::kLw, 8, 9, 0, 4},
    {0x40A0, "c.lw s0,64(s1)", O::kLw, 8, 9, 0, 64},
    {0xC33C, "c.sw a5,64(a4)", O::kSw, 0, 14, 15, 64},
    {0xC35C, "c.sw a5,4(a4)", O::kSw, 0, 14, 15, 4},
    {0x25E8, "c.fld fa0,200(a1)", O::kFld, 10, 11, 0, 200},
    {0x20A0, "c.fld fs0,64(s1)", O::kFld, 8, 9, 0, 64},
    {0x7DE8, "c.flw fa0,124(a1)", O::kFlw, 10, 11, 0, 124},
    {0xBF1C, "c.fsd fa5,56(a4)", O::kFsd, 0, 14, 15, 56},
    {0xE33C, "c.fsw fa5,64(a4)", O::kFsw, 0, 14, 15, 64},
    {0x357E, "c.fldsp fa0,504(sp)", O::kFld, 10, 2, 0, 504},
    {0x2022, "c.fldsp ft0,8(sp)", O::kFld, 0, 2, 0, 8},
    {0x757E, "c.flwsp fa0,252(sp)", O::kFlw, 10, 2, 0, 252},
    {0x6F92, "c.flwsp ft11,4(sp)", O::kFlw, 31, 2, 0, 4},
    {0xBFAA, "c.fsdsp fa0,504(sp)", O::kFsd, 0, 2, 10, 504},
    {0xA0EE, "c.fsdsp fs11,64(sp)", O::kFsd, 0, 2, 27, 64},
    {0xFFAA, "c.fswsp fa0,252(sp)", O::kFsw, 0, 2, 10, 252},
    {0xE082, "c.fswsp ft0,64(sp)", O::kFsw, 0, 2, 0, 64},
    {0x0001, "c.nop", O::kAddi, 0, 0, 0, 0},
    {0x1501, "c.addi a0,-32", O::kAddi, 10, 10, 0, -32},
    {0x0FFD, "c.addi t6,31", O::kAddi, 31, 31, 0, 31},
    {0x2FFD, "c.jal +2046", O::kJal, 1, 0, 0, 2046},
    {0x3001, "c.jal -2048", O::kJal, 1, 0, 0, -2048},
    {0x2801, "c.jal +16", O::kJal, 1, 0, 0, 16},
    {0xA005, "c.j +32", O::kJal, 0, 0, 0, 32},
    {0xA081, "c.j +64", O::kJal, 0, 0, 0, 64},
    {0xA041, "c.j +128", O::kJal, 0, 0, 0, 128},
    {0xA201, "c.j +256", O::kJal, 0, 0, 0, 256},
    {0xA101, "c.j +1024", O::kJal, 0, 0, 0, 1024},
    {0x557D, "c.li a0,-1", O::kAddi, 10, 0, 0, -1},
    {0x42FD, "c.li t0,31", O::kAddi, 5, 0, 0, 31},
    {0x7101, "c.addi16sp sp,-512", O::kAddi, 2, 2, 0, -512},
    {0x6141, "c.addi16sp sp,16", O::kAddi, 2, 2, 0, 16},
    {0x6105, "c.addi16sp sp,32", O::kAddi, 2, 2, 0, 32},
    {0x6121, "c.addi16sp sp,64", O::kAddi, 2, 2, 0, 64},
    {0x6109, "c.addi16sp sp,128", O::kAddi, 2, 2, 0, 128},
    {0x6111, "c.addi16sp sp,256", O::kAddi, 2, 2, 0, 256},
    {0x6505, "c.lui a0,0x1", O::kLui, 10, 0, 0, 0x1000},
    {0x7501, "c.lui a0,0xfffe0", O::kLui, 10, 0, 0, -0x20000},
    {0x817D, "c.srli a0,31", O::kSrli, 10, 10, 0, 31},
    {0x8485, "c.srai s1,1", O::kSrai, 9, 9, 0, 1},
    {0x9B81, "c.andi a5,-32", O::kAndi, 15, 15, 0, -32},
    {0x8D0D, "c.sub a0,a1", O::kSub, 10, 10, 11, 0},
    {0x8D2D, "c.xor a0,a1", O::kXor, 10, 10, 11, 0},
    {0x8D4D, "c.or a0,a1", O::kOr, 10, 10, 11, 0},
    {0x8C7D, "c.and s0,a5", O::kAnd, 8, 8, 15, 0},
    {0xD101, "c.beqz a0,-256", O::kBeq, 0, 10, 0, -256},
    {0xCD7D, "c.beqz a0,+254", O::kBeq, 0, 10, 0, 254},
    {0xE481, "c.bnez s1,+8", O::kBne, 0, 9, 0, 8},
    {0xE0A1, "c.bnez s1,+64", O::kBne, 0, 9, 0, 64},
    {0xE085, "c.bnez s1,+32", O::kBne, 0, 9, 0, 32},
    {0x037E, "c.slli t1,31", O::kSlli, 6, 6, 0, 31},
    {0x557E, "c.lwsp a0,252(sp)", O::kLw, 10, 2, 0, 252},
    {0x5082, "c.lwsp ra,32(sp)", O::kLw, 1, 2, 0, 32},
    {0x4086, "c.lwsp ra,64(sp)", O::kLw, 1, 2, 0, 64},
    {0x4092, "c.lwsp ra,4(sp)", O::kLw, 1, 2, 0, 4},
    {0x8082, "c.jr ra", O::kJalr, 0, 1, 0, 0},
    {0x857E, "c.mv a0,t6", O::kAdd, 10, 0, 31, 0},
    {0x9002, "c.ebreak", O::kEbreak, 0, 0, 0, 0},
    {0x9782, "c.jalr a5", O::kJalr, 1, 15, 0, 0},
    {0x957E, "c.add a0,t6", O::kAdd, 10, 10, 31, 0},
    {0xDFAA, "c.swsp a0,252(sp)", O::kSw, 0, 2, 10, 252},
    {0xC086, "c.swsp ra,64(sp)", O::kSw, 0, 2, 1, 64},
    {0xC206, "c.swsp ra,4(sp)", O::kSw, 0, 2, 1, 4},
};

TEST(Decode, CompressedInstructionsExpand) {
  for (const Expansion& e : kExpansions) {
    const Instruction i = decode(0xABCD0000u | e.raw);  // the upper half belongs to the next instruction
    EXPECT_EQ(mnemonic(i.opcode), std::string(mnemonic(e.opcode))) << e.text;
    EXPECT_EQ(i.rd, e.rd) << e.text;
    EXPECT_EQ(i.rs1, e.rs1) << e.text;
    EXPECT_EQ(i.rs2, e.rs2) << e.text;
    EXPECT_EQ(i.imm, e.imm) << e.text;
    EXPECT_EQ(i.length, 2) << e.text;
    EXPECT_EQ(i.raw, e.raw) << e.text;
  }
}

TEST(Decode, ReservedEncodingsAreIllegal) {
  constexpr uint32_t kReserved[] = {
      0x0000,      // all zero
      0x0004,      // c.addi4spn with immediate 0
      0x8000,      // quadrant 0, reserved row
      0x6101,      // c.addi16sp with immediate 0
      0x6501,      // c.lui with immediate 0
      0x9101,      // c.srli by 32
      0x9501,      // c.srai by 32
      0x9D0D,      // c.subw
      0x1502,      // c.slli by 32
      0x4002,      // c.lwsp to x0
      0x8002,      // c.jr x0
      0xFFFFFFFF,  // an instruction longer than 32 bits
      0x00001067,  // jalr with funct3 1
      0x00002063,  // branch with funct3 2
      0x00003003,  // ld
      0x00003023,  // sd
      0x02001013,  // slli by 32
      0x40001013,  // slli with srai's bit
      0x04000033,  // add with a reserved funct7
      0x40001033,  // sll with sub's bit
      0x1010202F,  // lr.w with rs2
      0x0000302F,  // amoadd.d
      0x2800202F,  // reserved amo
      0x00200073,  // uret
      0x10200073,  // sret
      0x12000073,  // sfence.vma
      0x00004073,  // system with funct3 4
      0x0000200F,  // misc-mem with funct3 2
      0x00000007,  // a load into a float register with width 0
      0x00004027,  // a store of 128 bits
      0x00005053,  // fadd.s with rounding mode 5
      0x04000053,  // of half precision
      0x40000053,  // fcvt.s.s
      0x42100053,  // fcvt.d.d
      0x58100053,  // fsqrt.s with rs2
      0xE2000053,  // fmv.x.d
      0xF2000053,  // fmv.d.x
      0xC0200053,  // fcvt.l.s
      0x20003053,  // beside fsgnjx.s
      0x06000043,  // fmadd of quadruple precision
      0x60301013,  // between cpop and sext.b
      0x60601013,  // after sext.h
      0x28605013,  // beside orc.b
      0x69905013,  // beside rev8
      0x08104033,  // zext.h with rs2: packing, of another extension
      0x0A001033,  // clmul
      0x28005033,  // bset's row with funct3 5
      0x20000033,  // sh1add's row with funct3 0
      0x60000033,  // rol's row with funct3 0
  };
  for (const uint32_t raw : kReserved) EXPECT_EQ(decode(raw).opcode, O::kIllegal) << std::hex << raw;
}

TEST(Decode, HintsAreNoIllegalInstructions) {
  EXPECT_EQ(decode(0x0005).opcode, O::kAddi);  // c.nop with an immediate
  EXPECT_EQ(decode(0x4005).opcode, O::kAddi);  // c.li to x0
  EXPECT_EQ(decode(0x6005).opcode, O::kLui);   // c.lui to x0
  EXPECT_EQ(decode(0x8006).opcode, O::kAdd);   // c.mv to x0
  EXPECT_EQ(decode(0x9006).opcode, O::kAdd);   // c.add to x0
  EXPECT_EQ(decode(0x0002).opcode, O::kSlli);  // c.slli of x0 by 0
}

TEST(Decode, FencesIgnoreTheirReservedFields) {
  EXPECT_EQ(decode(0x0FF0000F).opcode, O::kFence);
  EXPECT_EQ(decode(0x8330000F).opcode, O::kFence);  // fence.tso
  EXPECT_EQ(decode(0x0000100F).opcode, O::kFenceI);
  EXPECT_EQ(decode(0xABCF9F8F).opcode, O::kFenceI);
}

TEST(Decode, EveryWordDecodes) {
  uint32_t word = 1;
  for (int i = 0; i < 2'000'000; ++i) {
    word = word * 1664525u + 1013904223u;
    const Instruction instruction = decode(word | 3);
    ASSERT_LT(instruction.opcode, O::kCount);
    ASSERT_LT(instruction.rd | instruction.rs1 | instruction.rs2, 32);
  }
  for (uint32_t half = 0; half < 0x10000; ++half) {
    const Instruction instruction = decode(half);
    ASSERT_EQ(instruction.length, is_compressed(half) ? 2 : 4);
    ASSERT_LT(instruction.rd | instruction.rs1 | instruction.rs2, 32);
  }
}

TEST(Decode, EndsOfBlocks) {
  for (const O opcode : {O::kJal, O::kJalr, O::kBeq, O::kBgeu, O::kIllegal, O::kFenceI, O::kEcall, O::kMret, O::kWfi, O::kCsrrw, O::kCsrrci}) {
    EXPECT_TRUE(ends_block(opcode)) << mnemonic(opcode);
  }
  for (const O opcode : {O::kLui, O::kAuipc, O::kLb, O::kSw, O::kAddi, O::kRemu, O::kSh1add, O::kBseti, O::kAmomaxuW, O::kFence}) {
    EXPECT_FALSE(ends_block(opcode)) << mnemonic(opcode);
  }
}

}  // namespace
}  // namespace saksi::hw
