// Goal: every instruction does what the unprivileged manual says; limits, code changes and the bus behave as hart.h promises.
// Method: one instruction at a time, from tables of operands and results worked out by hand from the manual's text; then small programs.
#include "hw-models/cpu/hart.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hw-models/cpu/machine_for_test.h"

namespace saksi::hw {
namespace {

using A = Assembler;
constexpr unsigned kRd = 10, kRs1 = 11, kRs2 = 12;
constexpr uint32_t kMin = 0x80000000u;
constexpr uint32_t kMax = 0x7FFFFFFFu;
constexpr uint32_t kMinusOne = 0xFFFFFFFFu;

// Register-register instructions.

struct RegisterCase {
  const char* name;
  uint32_t funct3, funct7, a, b, result;
};

constexpr RegisterCase kRegisterCases[] = {
    {"add", 0, 0x00, 3, 4, 7},
    {"add wraps", 0, 0x00, kMax, 1, kMin},
    {"sub", 0, 0x20, 3, 4, kMinusOne},
    {"sub wraps", 0, 0x20, kMin, 1, kMax},
    {"sll", 1, 0x00, 1, 31, kMin},
    {"sll takes five bits", 1, 0x00, 5, 33, 10},
    {"slt", 2, 0x00, kMinusOne, 1, 1},
    {"slt equal", 2, 0x00, 7, 7, 0},
    {"slt extremes", 2, 0x00, kMax, kMin, 0},
    {"sltu", 3, 0x00, kMinusOne, 1, 0},
    {"sltu less", 3, 0x00, 1, kMinusOne, 1},
    {"xor", 4, 0x00, 0xFF00FF00, 0x0F0F0F0F, 0xF00FF00F},
    {"srl", 5, 0x00, kMin, 31, 1},
    {"srl takes five bits", 5, 0x00, kMin, 32, kMin},
    {"sra", 5, 0x20, kMin, 31, kMinusOne},
    {"sra positive", 5, 0x20, kMax, 30, 1},
    {"or", 6, 0x00, 0xFF00FF00, 0x0F0F0F0F, 0xFF0FFF0F},
    {"and", 7, 0x00, 0xFF00FF00, 0x0F0F0F0F, 0x0F000F00},
    {"mul", 0, 0x01, 7, kMinusOne, static_cast<uint32_t>(-7)},
    {"mul low half", 0, 0x01, 0x10000, 0x10001, 0x10000},
    {"mulh", 1, 0x01, kMin, kMin, 0x40000000},
    {"mulh negative", 1, 0x01, kMinusOne, 2, kMinusOne},
    {"mulh of minus ones", 1, 0x01, kMinusOne, kMinusOne, 0},
    {"mulhsu", 2, 0x01, kMinusOne, kMinusOne, kMinusOne},
    {"mulhsu positive", 2, 0x01, kMax, kMinusOne, 0x7FFFFFFE},
    {"mulhsu minimum", 2, 0x01, kMin, 2, kMinusOne},
    {"mulhu", 3, 0x01, kMinusOne, kMinusOne, 0xFFFFFFFE},
    {"div", 4, 0x01, 20, static_cast<uint32_t>(-6), static_cast<uint32_t>(-3)},
    {"div by zero", 4, 0x01, 5, 0, kMinusOne},
    {"div overflow", 4, 0x01, kMin, kMinusOne, kMin},
    {"divu", 5, 0x01, kMinusOne, 16, 0x0FFFFFFF},
    {"divu by zero", 5, 0x01, 5, 0, kMinusOne},
    {"rem", 6, 0x01, static_cast<uint32_t>(-20), 6, static_cast<uint32_t>(-2)},
    {"rem sign of dividend", 6, 0x01, 20, static_cast<uint32_t>(-6), 2},
    {"rem by zero", 6, 0x01, static_cast<uint32_t>(-5), 0, static_cast<uint32_t>(-5)},
    {"rem overflow", 6, 0x01, kMin, kMinusOne, 0},
    {"remu", 7, 0x01, kMinusOne, 16, 15},
    {"remu by zero", 7, 0x01, 5, 0, 5},
    {"sh1add", 2, 0x10, 3, 100, 106},
    {"sh1add drops what leaves at the top", 2, 0x10, kMin, 5, 5},
    {"sh2add", 4, 0x10, 3, 100, 112},
    {"sh3add", 6, 0x10, 3, 100, 124},
    {"sh3add wraps", 6, 0x10, 0x20000001, kMinusOne, 7},
    {"andn", 7, 0x20, 0xFF00FF00, 0x0F0F0F0F, 0xF000F000},
    {"orn", 6, 0x20, 0xFF00FF00, 0x0F0F0F0F, 0xFFF0FFF0},
    {"xnor", 4, 0x20, 0xFF00FF00, 0x0F0F0F0F, 0x0FF00FF0},
    {"min", 4, 0x05, kMinusOne, 1, kMinusOne},
    {"min of extremes", 4, 0x05, kMax, kMin, kMin},
    {"minu", 5, 0x05, kMinusOne, 1, 1},
    {"max", 6, 0x05, kMinusOne, 1, 1},
    {"maxu", 7, 0x05, kMinusOne, 1, kMinusOne},
    {"maxu of equals", 7, 0x05, 9, 9, 9},
    {"rol", 1, 0x30, 0x80000001, 1, 3},
    {"rol by nothing", 1, 0x30, 0x12345678, 32, 0x12345678},
    {"rol takes five bits", 1, 0x30, 0x12345678, 36, 0x23456781},
    {"ror", 5, 0x30, 0x80000001, 1, 0xC0000000},
    {"ror by nothing", 5, 0x30, 0x12345678, 0, 0x12345678},
    {"ror takes five bits", 5, 0x30, 0x12345678, 36, 0x81234567},
    {"bclr", 1, 0x24, kMinusOne, 31, kMax},
    {"bclr takes five bits", 1, 0x24, 0xF, 33, 0xD},
    {"bext", 5, 0x24, 0x00000010, 4, 1},
    {"bext of a clear bit", 5, 0x24, 0xFFFFFFEF, 4, 0},
    {"bext takes five bits", 5, 0x24, kMin, 63, 1},
    {"binv", 1, 0x34, 0x10, 4, 0},
    {"binv sets too", 1, 0x34, 0, 31, kMin},
    {"bset", 1, 0x14, 1, 31, 0x80000001},
    {"bset takes five bits", 1, 0x14, 0, 32, 1},
};

TEST(Hart, RegisterInstructions) {
  for (const RegisterCase& c : kRegisterCases) {
    Machine m;
    m.cpu.set_reg(kRs1, c.a);
    m.cpu.set_reg(kRs2, c.b);
    m.run_one(encode::r(0x33, c.funct3, c.funct7, kRd, kRs1, kRs2));
    EXPECT_EQ(m.cpu.reg(kRd), c.result) << c.name;
    EXPECT_EQ(m.cpu.pc(), Machine::kRam + 4) << c.name;
    EXPECT_EQ(m.cpu.retired(), 1u) << c.name;
  }
}

TEST(Hart, DestinationMayBeASource) {
  for (const RegisterCase& c : kRegisterCases) {
    Machine m;
    m.cpu.set_reg(kRs1, c.a);
    m.cpu.set_reg(kRs2, c.b);
    m.run_one(encode::r(0x33, c.funct3, c.funct7, kRs2, kRs1, kRs2));
    EXPECT_EQ(m.cpu.reg(kRs2), c.result) << c.name;
  }
}

// Immediates.

struct ImmediateCase {
  const char* name;
  uint32_t funct3;
  uint32_t a;
  int32_t imm;
  uint32_t result;
};

constexpr ImmediateCase kImmediateCases[] = {
    {"addi", 0, 5, -6, kMinusOne},
    {"addi largest", 0, 0, 2047, 2047},
    {"addi smallest", 0, 0, -2048, 0xFFFFF800},
    {"slli", 1, 3, 31, kMin},
    {"slti", 2, kMinusOne, 0, 1},
    {"slti negative", 2, 0, -1, 0},
    {"sltiu sign-extends, then compares unsigned", 3, 5, -1, 1},
    {"sltiu 1 is seqz", 3, 0, 1, 1},
    {"xori -1 is not", 4, 0x0F0F0F0F, -1, 0xF0F0F0F0},
    {"srli", 5, kMin, 4, 0x08000000},
    {"srai", 5, kMin, 0x400 | 4, 0xF8000000},
    {"clz", 1, 0x00010000, 0x600, 15},
    {"clz of the top bit", 1, kMin, 0x600, 0},
    {"clz of nothing", 1, 0, 0x600, 32},
    {"ctz", 1, 0x00010000, 0x601, 16},
    {"ctz of nothing", 1, 0, 0x601, 32},
    {"cpop", 1, 0xF0F0A5A5, 0x602, 16},
    {"cpop of all", 1, kMinusOne, 0x602, 32},
    {"sext.b", 1, 0x12345680, 0x604, 0xFFFFFF80},
    {"sext.b positive", 1, 0xFFFFFF7F, 0x604, 0x7F},
    {"sext.h", 1, 0x12348000, 0x605, 0xFFFF8000},
    {"sext.h positive", 1, 0xFFFF7FFF, 0x605, 0x7FFF},
    {"rori", 5, 0x80000001, 0x600 | 1, 0xC0000000},
    {"rori by 31", 5, 0x80000001, 0x600 | 31, 3},
    {"orc.b", 5, 0x00010080, 0x287, 0x00FF00FF},
    {"rev8", 5, 0x12345678, 0x698, 0x78563412},
    {"bclri", 1, kMinusOne, 0x480 | 31, kMax},
    {"bexti", 5, 0x00000010, 0x480 | 4, 1},
    {"bexti of a clear bit", 5, 0xFFFFFFEF, 0x480 | 4, 0},
    {"binvi", 1, 0x11, 0x680 | 4, 0x01},
    {"bseti", 1, 1, 0x280 | 31, 0x80000001},
    {"ori", 6, 0x100, -256, 0xFFFFFF00},
    {"andi", 7, 0x12345678, 0x7F0, 0x670},
};

TEST(Hart, ImmediateInstructions) {
  for (const ImmediateCase& c : kImmediateCases) {
    Machine m;
    m.cpu.set_reg(kRs1, c.a);
    m.run_one(encode::i(0x13, c.funct3, kRd, kRs1, c.imm));
    EXPECT_EQ(m.cpu.reg(kRd), c.result) << c.name;
  }
}

TEST(Hart, ZeroExtendHalfword) {
  Machine m;
  m.cpu.set_reg(kRs1, 0x8765C321);
  m.run_one(encode::r(0x33, 4, 0x04, kRd, kRs1, 0));
  EXPECT_EQ(m.cpu.reg(kRd), 0xC321u);
}

TEST(Hart, UpperImmediates) {
  Machine m;
  m.run_one(encode::u(0x37, kRd, 0xFEDCB000));
  EXPECT_EQ(m.cpu.reg(kRd), 0xFEDCB000u);
  m.run_one(encode::u(0x17, kRd, 0xFFFFF000));
  EXPECT_EQ(m.cpu.reg(kRd), Machine::kRam - 0x1000);
}

TEST(Hart, X0StaysZero) {
  Machine m;
  m.cpu.set_reg(0, 5);
  m.run_one(encode::i(0x13, 0, 0, 0, 7));
  EXPECT_EQ(m.cpu.reg(0), 0u);
  m.run_one(encode::r(0x33, 0, 0, kRd, 0, 0));
  EXPECT_EQ(m.cpu.reg(kRd), 0u);
  m.run_one(encode::j(0, 8));
  m.run_one(encode::r(0x33, 0, 0, kRd, 0, 0));
  EXPECT_EQ(m.cpu.reg(kRd), 0u);
}

// Jumps and branches.

TEST(Hart, JumpAndLink) {
  for (const int32_t offset : {8, -8, 2, 0xFFFFE, -0x100000, 0x800, 0x1000}) {
    Machine m;
    m.run_one(encode::j(kRd, offset));
    EXPECT_EQ(m.cpu.pc(), Machine::kRam + static_cast<uint32_t>(offset));
    EXPECT_EQ(m.cpu.reg(kRd), Machine::kRam + 4);
  }
}

TEST(Hart, JumpAndLinkRegister) {
  Machine m;
  m.cpu.set_reg(kRs1, Machine::kRam + 0x101);
  m.run_one(encode::i(0x67, 0, kRs1, kRs1, -2));
  EXPECT_EQ(m.cpu.pc(), Machine::kRam + 0xFE) << "bit 0 is dropped, and the target read before the link is written";
  EXPECT_EQ(m.cpu.reg(kRs1), Machine::kRam + 4);
}

TEST(Hart, CompressedJumpsLinkToTheNextHalfword) {
  Machine m;
  m.run_one(0x2801);  // c.jal +16
  EXPECT_EQ(m.cpu.pc(), Machine::kRam + 16);
  EXPECT_EQ(m.cpu.reg(1), Machine::kRam + 2);
  m.cpu.set_reg(15, Machine::kRam + 0x40);
  m.run_one(0x9782);  // c.jalr a5
  EXPECT_EQ(m.cpu.pc(), Machine::kRam + 0x40);
  EXPECT_EQ(m.cpu.reg(1), Machine::kRam + 2);
}

struct BranchCase {
  const char* name;
  uint32_t funct3, a, b;
  bool taken;
};

constexpr BranchCase kBranchCases[] = {
    {"beq", 0, 5, 5, true},           {"beq", 0, 5, 6, false},          {"bne", 1, 5, 6, true},           {"bne", 1, 5, 5, false},
    {"blt", 4, kMinusOne, 0, true},   {"blt", 4, 0, kMinusOne, false},  {"blt", 4, 1, 1, false},          {"bge", 5, 0, kMinusOne, true},
    {"bge", 5, 3, 3, true},           {"bge", 5, kMin, kMax, false},    {"bltu", 6, 0, kMinusOne, true},  {"bltu", 6, kMinusOne, 0, false},
    {"bgeu", 7, kMinusOne, 0, true},  {"bgeu", 7, 2, 2, true},          {"bgeu", 7, 0, 1, false},
};

TEST(Hart, Branches) {
  for (const BranchCase& c : kBranchCases) {
    for (const int32_t offset : {16, -16, 4094, -4096, 2048}) {
      Machine m;
      m.cpu.set_reg(kRs1, c.a);
      m.cpu.set_reg(kRs2, c.b);
      m.run_one(encode::b(c.funct3, kRs1, kRs2, offset));
      EXPECT_EQ(m.cpu.pc(), Machine::kRam + (c.taken ? static_cast<uint32_t>(offset) : 4)) << c.name << " " << c.a << ", " << c.b;
    }
  }
}

// Loads and stores.

TEST(Hart, Loads) {
  struct Case {
    uint32_t funct3;
    int32_t offset;
    uint32_t result;
  };
  constexpr Case kCases[] = {{0, 0, 0xFFFFFF81}, {0, 1, 0x72},       {4, 0, 0x81},       {4, 3, 0xF4},        {1, 0, 0x7281},
                             {1, 2, 0xFFFFF463}, {5, 2, 0xF463},     {2, 0, 0xF4637281}, {1, 1, 0x6372},     {5, 1, 0x6372},
                             {2, 1, 0x55F46372}, {2, -1, 0x63728100}};
  for (const Case& c : kCases) {
    Machine m;
    m.set_word(Machine::kData, 0xF4637281);
    m.set_word(Machine::kData + 4, 0x55);
    m.cpu.set_reg(kRs1, Machine::kData);
    m.run_one(encode::i(0x03, c.funct3, kRd, kRs1, c.offset));
    EXPECT_EQ(m.cpu.reg(kRd), c.result) << "funct3 " << c.funct3 << " at offset " << c.offset;
  }
}

TEST(Hart, Stores) {
  struct Case {
    uint32_t funct3;
    int32_t offset;
    uint32_t low, high;
  };
  constexpr Case kCases[] = {{0, 0, 0x111111AA, 0x22222222}, {0, 3, 0xAA111111, 0x22222222}, {1, 2, 0xCCAA1111, 0x22222222},
                             {2, 0, 0x7788CCAA, 0x22222222}, {1, 3, 0xAA111111, 0x222222CC}, {2, 2, 0xCCAA1111, 0x22227788}};
  for (const Case& c : kCases) {
    Machine m;
    m.set_word(Machine::kData, 0x11111111);
    m.set_word(Machine::kData + 4, 0x22222222);
    m.cpu.set_reg(kRs1, Machine::kData);
    m.cpu.set_reg(kRs2, 0x7788CCAA);
    m.run_one(encode::s(0x23, c.funct3, kRs1, kRs2, c.offset));
    EXPECT_EQ(m.word(Machine::kData), c.low) << "funct3 " << c.funct3 << " at offset " << c.offset;
    EXPECT_EQ(m.word(Machine::kData + 4), c.high) << "funct3 " << c.funct3 << " at offset " << c.offset;
  }
}

TEST(Hart, LastBytesOfRamAreReachable) {
  Machine m;
  const uint32_t end = Machine::kRam + Machine::kRamSize;
  m.cpu.set_reg(kRs1, end);
  m.cpu.set_reg(kRs2, 0x12345678);
  m.run_one(encode::s(0x23, 2, kRs1, kRs2, -4));
  EXPECT_EQ(m.word(end - 4), 0x12345678u);
  m.run_one(encode::i(0x03, 4, kRd, kRs1, -1));
  EXPECT_EQ(m.cpu.reg(kRd), 0x12u);
}

// Atomics.

struct AmoCase {
  const char* name;
  uint32_t funct5, memory, operand, result;
};

constexpr AmoCase kAmoCases[] = {
    {"amoswap", 0x01, 5, 9, 9},
    {"amoadd", 0x00, kMax, 1, kMin},
    {"amoxor", 0x04, 0xFF00, 0x0FF0, 0xF0F0},
    {"amoand", 0x0C, 0xFF00, 0x0FF0, 0x0F00},
    {"amoor", 0x08, 0xFF00, 0x0FF0, 0xFFF0},
    {"amomin", 0x10, kMinusOne, 1, kMinusOne},
    {"amomin operand", 0x10, 1, kMin, kMin},
    {"amomax", 0x14, kMinusOne, 1, 1},
    {"amominu", 0x18, kMinusOne, 1, 1},
    {"amomaxu", 0x1C, kMinusOne, 1, kMinusOne},
};

TEST(Hart, Amo) {
  for (const AmoCase& c : kAmoCases) {
    for (const uint32_t order : {0u, 1u, 2u, 3u}) {
      Machine m;
      m.set_word(Machine::kData, c.memory);
      m.cpu.set_reg(kRs1, Machine::kData);
      m.cpu.set_reg(kRs2, c.operand);
      m.run_one(encode::r(0x2F, 2, c.funct5 << 2 | order, kRd, kRs1, kRs2));
      EXPECT_EQ(m.cpu.reg(kRd), c.memory) << c.name;
      EXPECT_EQ(m.word(Machine::kData), c.result) << c.name;
    }
  }
}

TEST(Hart, AmoDestinationMayBeItsOperand) {
  Machine m;
  m.set_word(Machine::kData, 40);
  m.cpu.set_reg(kRs1, Machine::kData);
  m.cpu.set_reg(kRs2, 2);
  m.run_one(encode::r(0x2F, 2, 0, kRs2, kRs1, kRs2));
  EXPECT_EQ(m.cpu.reg(kRs2), 40u);
  EXPECT_EQ(m.word(Machine::kData), 42u);
}

constexpr uint32_t kLr = encode::r(0x2F, 2, 0x02 << 2, kRd, kRs1, 0);
constexpr uint32_t kSc = encode::r(0x2F, 2, 0x03 << 2, kRd, kRs1, kRs2);

class Reservation : public ::testing::Test {
 protected:
  Reservation() {
    m_.cpu.set_reg(kRs1, Machine::kData);
    m_.cpu.set_reg(kRs2, 77);
    m_.set_word(Machine::kData, 5);
  }
  Machine m_;
};

TEST_F(Reservation, StoreConditionalSucceedsOnce) {
  m_.run_one(kLr);
  EXPECT_EQ(m_.cpu.reg(kRd), 5u);
  m_.run_one(kSc);
  EXPECT_EQ(m_.cpu.reg(kRd), 0u);
  EXPECT_EQ(m_.word(Machine::kData), 77u);
  m_.cpu.set_reg(kRs2, 78);
  m_.run_one(kSc);
  EXPECT_EQ(m_.cpu.reg(kRd), 1u);
  EXPECT_EQ(m_.word(Machine::kData), 77u);
}

TEST_F(Reservation, AnotherAddressFails) {
  m_.run_one(kLr);
  m_.cpu.set_reg(kRs1, Machine::kData + 4);
  m_.run_one(kSc);
  EXPECT_EQ(m_.cpu.reg(kRd), 1u);
  m_.cpu.set_reg(kRs1, Machine::kData);
  m_.run_one(kSc);
  EXPECT_EQ(m_.cpu.reg(kRd), 1u) << "a failed store conditional ends the reservation too";
}

TEST_F(Reservation, AStoreByDmaBreaksIt) {
  m_.run_one(kLr);
  m_.set_word(Machine::kData, 6);
  m_.run_one(kSc);
  EXPECT_EQ(m_.cpu.reg(kRd), 1u);
  EXPECT_EQ(m_.word(Machine::kData), 6u);
}

// Limits: a run stops at exactly its limit, wherever that falls in a block.

std::vector<uint8_t> counting_program() {
  Assembler a(Machine::kRam);
  const A::Label loop = a.label();
  a.place(loop);
  for (int i = 0; i < 5; ++i) a.addi(A::a0, A::a0, 1);
  a.half(0x0505);  // c.addi a0, 1
  a.addi(A::a0, A::a0, 1);
  a.jump(loop);
  return a.bytes();
}

TEST(Hart, RunsExactlyToItsLimit) {
  Machine whole;
  whole.load(counting_program());
  whole.cpu.run(10'000);
  for (uint64_t slice = 1; slice < 40; ++slice) {
    Machine m;
    m.load(counting_program());
    for (uint64_t limit = slice; limit < 10'000; limit += slice) {
      m.cpu.run(limit);
      ASSERT_EQ(m.cpu.steps(), limit);
    }
    m.cpu.run(10'000);
    EXPECT_EQ(m.cpu.pc(), whole.cpu.pc()) << "slices of " << slice;
    EXPECT_EQ(m.cpu.reg(A::a0), whole.cpu.reg(A::a0)) << "slices of " << slice;
    EXPECT_EQ(m.cpu.retired(), 10'000u);
  }
}

TEST(Hart, TraceShowsTheLastInstructionsAndChangesNothing) {
  Machine plain, traced;
  plain.load(counting_program());
  traced.load(counting_program());
  traced.cpu.set_trace_length(3);
  plain.cpu.run(1001);
  traced.cpu.run(1001);
  EXPECT_EQ(traced.cpu.reg(A::a0), plain.cpu.reg(A::a0));
  EXPECT_EQ(traced.cpu.pc(), plain.cpu.pc());
  const std::vector<TraceEntry> trace = traced.cpu.trace();
  ASSERT_EQ(trace.size(), 3u);
  EXPECT_EQ(trace[0].instruction, 998u);
  EXPECT_EQ(trace[2].instruction, 1000u);
  EXPECT_EQ(trace[2].pc, Machine::kRam) << "the loop is eight instructions long, and 1000 a multiple of that";
  EXPECT_EQ(trace[2].raw, encode::i(0x13, 0, A::a0, A::a0, 1));
}

// The bus.

TEST(Hart, BusAccessesCarryTheirExactStep) {
  Assembler a(Machine::kRam);
  a.li(A::a1, Machine::kDevice);
  a.nop();
  a.lw(A::a0, A::a1, 4);
  a.nop();
  a.sb(A::a0, A::a1, 9);
  a.nop();
  Machine m;
  m.load(a.bytes());
  m.device_value = 0x12345678;
  m.cpu.run(7);
  ASSERT_EQ(m.accesses.size(), 2u);
  EXPECT_EQ(m.accesses[0].address, Machine::kDevice + 4);
  EXPECT_EQ(m.accesses[0].size, 4u);
  EXPECT_EQ(m.accesses[0].step, 3u);
  EXPECT_EQ(m.accesses[1].address, Machine::kDevice + 9);
  EXPECT_EQ(m.accesses[1].size, 1u);
  EXPECT_EQ(m.accesses[1].value & 0xFF, 0x78u);
  EXPECT_EQ(m.accesses[1].step, 5u);
  EXPECT_EQ(m.cpu.reg(A::a0), 0x12345678u);
  EXPECT_EQ(m.cpu.steps(), 7u);
}

TEST(Hart, NarrowBusLoadsAreExtended) {
  Machine m;
  m.device_value = 0x80;
  m.cpu.set_reg(kRs1, Machine::kDevice);
  m.run_one(encode::i(0x03, 0, kRd, kRs1, 0));
  EXPECT_EQ(m.cpu.reg(kRd), 0xFFFFFF80u);
  m.run_one(encode::i(0x03, 4, kRd, kRs1, 0));
  EXPECT_EQ(m.cpu.reg(kRd), 0x80u);
  m.run_one(encode::i(0x03, 2, 0, kRs1, 0));
  EXPECT_EQ(m.accesses.size(), 3u) << "a load to x0 still reaches the device";
}

TEST(Hart, AnAccessMayShortenOrStopTheRun) {
  Assembler a(Machine::kRam);
  a.li(A::a1, Machine::kDevice);
  a.lw(A::a0, A::a1, 0);
  for (int i = 0; i < 20; ++i) a.addi(A::a2, A::a2, 1);
  Machine m;
  m.load(a.bytes());
  m.on_access = [&m] { m.cpu.set_limit(7); };
  m.cpu.run(20);
  EXPECT_EQ(m.cpu.steps(), 7u);
  EXPECT_EQ(m.cpu.reg(A::a2), 4u);

  Machine n;
  n.load(a.bytes());
  n.on_access = [&n] { n.cpu.stop(); };
  n.cpu.run(20);
  EXPECT_EQ(n.cpu.steps(), 3u);
  EXPECT_EQ(n.cpu.pc(), Machine::kRam + 12);
}

TEST(Hart, DuringAnAccessThePcIsThatOfTheInstruction) {
  Assembler a(Machine::kRam);
  a.li(A::a1, Machine::kDevice);
  a.half(0x0001);  // c.nop
  a.sw(A::a0, A::a1, 0);
  Machine m;
  m.load(a.bytes());
  uint32_t pc = 0;
  m.on_access = [&] { pc = m.cpu.pc(); };
  m.cpu.run(5);
  EXPECT_EQ(pc, Machine::kRam + 10);
}

TEST(Hart, CodeRunsFromOtherMemory) {
  Machine m;
  Assembler a(Machine::kRomBase);
  a.addi(A::a0, A::zero, 42);
  a.li(A::t0, Machine::kRam);
  a.jalr(A::zero, A::t0, 0);
  std::copy(a.bytes().begin(), a.bytes().end(), m.rom.begin());
  m.cpu.set_pc(Machine::kRomBase);
  m.cpu.run(4);
  EXPECT_EQ(m.cpu.reg(A::a0), 42u);
  EXPECT_EQ(m.cpu.pc(), Machine::kRam);
}

// Code that changes.

TEST(Hart, AStoreIntoTheRunningBlockTakesEffectAtOnce) {
  Assembler a(Machine::kRam);
  const A::Label patched = a.label();
  a.li(A::a1, Machine::kRam + 7 * 4);
  a.li(A::a2, encode::i(0x13, 0, A::a0, A::zero, 99));
  a.sw(A::a2, A::a1, 0);
  a.nop();
  a.nop();
  a.place(patched);
  a.addi(A::a0, A::zero, 1);
  a.nop();
  ASSERT_EQ(a.address(patched), Machine::kRam + 7 * 4);
  Machine m;
  m.load(a.bytes());
  m.cpu.run(8);
  EXPECT_EQ(m.cpu.reg(A::a0), 99u);
}

TEST(Hart, ALoopThatRewritesItselfRunsTheNewCodeEachTime) {
  // a0 += n, where n is the immediate of an instruction that each round rewrites with one more.
  Assembler a(Machine::kRam);
  const A::Label loop = a.label();
  const A::Label target = a.label();
  a.li(A::a1, Machine::kRam + 9 * 4);
  a.li(A::a2, encode::i(0x13, 0, A::a0, A::a0, 1));
  a.lui(A::a3, 0x00100000);  // one in the immediate's place
  a.addi(A::a4, A::zero, 100);
  a.nop();
  a.place(loop);
  a.sw(A::a2, A::a1, 0);
  a.add(A::a2, A::a2, A::a3);
  a.place(target);
  a.word(0);
  a.addi(A::a4, A::a4, -1);
  a.bne(A::a4, A::zero, loop);
  ASSERT_EQ(a.address(target), Machine::kRam + 9 * 4);
  Machine m;
  m.load(a.bytes());
  m.cpu.run(7 + 5 * 100);
  EXPECT_EQ(m.cpu.reg(A::a0), 5050u);
  EXPECT_EQ(m.cpu.retired(), 507u);
}

TEST(Hart, DataBesideCodeKeepsTheCode) {
  // The counter lies in the same 64 bytes as the loop.
  Assembler a(Machine::kRam);
  const A::Label loop = a.label();
  a.li(A::a1, Machine::kRam + 0x20);
  a.place(loop);
  a.lw(A::a0, A::a1, 0);
  a.addi(A::a0, A::a0, 1);
  a.sw(A::a0, A::a1, 0);
  a.jump(loop);
  Machine m;
  m.load(a.bytes());
  m.cpu.run(2 + 4 * 1000);
  EXPECT_EQ(m.word(Machine::kRam + 0x20), 1000u);
}

TEST(Hart, CodeChangedFromOutsideIsSeenAfterFenceI) {
  Assembler a(Machine::kRam);
  const A::Label loop = a.label();
  a.place(loop);
  a.addi(A::a0, A::a0, 1);
  a.fence_i();
  a.jump(loop);
  Machine m;
  m.load(a.bytes());
  m.cpu.run(1);
  m.set_word(Machine::kRam, encode::i(0x13, 0, A::a0, A::a0, 10));
  m.cpu.run(4);
  EXPECT_EQ(m.cpu.reg(A::a0), 11u);
}

TEST(Hart, WatchedStoresAreReported) {
  Assembler a(Machine::kRam);
  a.li(A::a1, Machine::kData);
  a.addi(A::a0, A::zero, 5);
  a.sb(A::a0, A::a1, -1);
  a.sw(A::a0, A::a1, 0);
  a.sb(A::a0, A::a1, 7);
  a.sw(A::a0, A::a1, 8);
  a.sw(A::a0, A::a1, -2);
  Machine m;
  m.load(a.bytes());
  std::vector<uint32_t> seen;
  m.cpu.watch_stores(Machine::kData, 8, [&](uint32_t address, uint32_t value) {
    seen.push_back(address);
    EXPECT_EQ(value, 5u);
  });
  m.cpu.run(8);
  EXPECT_EQ(seen, (std::vector<uint32_t>{Machine::kData, Machine::kData + 7, Machine::kData - 2}));
}

TEST(Hart, AResetLooksAtCodeThatChangedUnseen) {
  // The first block leads to the second one without a search. While the hart is off, memory gets another program there.
  Machine m;
  A a(Machine::kRam);
  a.addi(A::a0, A::zero, 1);
  const A::Label second = a.label();
  a.jump(second);
  a.align(0x100);
  a.place(second);
  a.addi(A::a0, A::a0, 2);
  m.load(a.bytes());
  for (int round = 0; round < 3; ++round) {
    m.cpu.reset(Machine::kRam);
    m.cpu.run(m.cpu.steps() + 3);
    EXPECT_EQ(m.cpu.reg(A::a0), 3u) << round;
  }
  m.set_word(Machine::kRam + 0x100, 0x00450513);  // addi a0, a0, 4
  m.cpu.reset(Machine::kRam);
  m.cpu.run(m.cpu.steps() + 3);
  EXPECT_EQ(m.cpu.reg(A::a0), 5u);
}

TEST(Hart, EndlessNewCodeDoesNotFillMemory) {
  // Straight-line code is run, dropped and decoded again many times; the cache must flush itself.
  Machine m;
  for (uint32_t address = Machine::kRam; address < Machine::kData; address += 4) m.set_word(address, 0x00150513);
  for (int round = 0; round < 200; ++round) {
    m.cpu.set_pc(Machine::kRam);
    m.cpu.run(m.cpu.steps() + 8192);
    m.cpu.code_changed(Machine::kRam, 0x8000);
  }
  EXPECT_EQ(m.cpu.reg(A::a0), 200u * 8192u);
}

}  // namespace
}  // namespace saksi::hw
