// Goal: translated code computes what the interpreter does, wherever its operands are: in host registers, in HartState, or known beforehand.
// Method: for each instruction, each way of naming registers (a destination that is a source, x0, ...) and each place of the operands, one
// program that goes through all pairs of edge values and stores the results; both engines run it, and memory and registers are compared. (A
// step at a time would not do: a block that is not executed as a whole is left to the interpreter.)
#include "hw-models/cpu/translator.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "hw-models/cpu/machine_for_test.h"

namespace saksi::hw {
namespace {

using A = Assembler;

constexpr uint32_t kInput = Machine::kData;
constexpr uint32_t kOutput = Machine::kData + 0x4000;
constexpr uint32_t kValues[] = {0, 1, 2, 31, 32, 0x7F, 0x80, 0xFF00, 0x12345678, 0x7FFFFFFF, 0x80000000, 0xFFFF8000, 0xFFFFFFFE, 0xFFFFFFFF};

/// Where operands are. kCrowded: so many other registers are in use that the operands get no host register.
enum class Place { kHost, kCrowded, kFirstKnown, kSecondKnown, kBothKnown };
constexpr Place kPlaces[] = {Place::kHost, Place::kCrowded, Place::kFirstKnown, Place::kSecondKnown, Place::kBothKnown};

struct Registers {
  unsigned rd, rs1, rs2;
};
constexpr Registers kRegisters[] = {{14, 11, 12}, {11, 11, 12}, {12, 11, 12}, {14, 11, 11}, {11, 11, 11}, {0, 11, 12}, {14, 0, 12}, {14, 11, 0}};

class Comparison {
 public:
  explicit Comparison(Place place) : place_(place) {}

  /// Runs `emit(program, registers)` after each pair of values was put into the sources, and stores the destination.
  template <typename Emit>
  void run(const Registers& r, const std::string& what, const Emit& emit) {
    A a(Machine::kRam);
    std::vector<uint32_t> inputs;
    a.li(A::s0, kInput);
    a.li(A::s1, kOutput);
    for (const uint32_t first : kValues) {
      for (const uint32_t second : kValues) {
        put(a, r.rs1, first, place_ == Place::kFirstKnown || place_ == Place::kBothKnown, 0);
        if (r.rs2 != r.rs1) put(a, r.rs2, second, place_ == Place::kSecondKnown || place_ == Place::kBothKnown, 4);
        if (place_ == Place::kCrowded) crowd(a);
        emit(a, r);
        a.sw(r.rd, A::s1, 0);
        a.addi(A::s0, A::s0, 8);
        a.addi(A::s1, A::s1, 4);
        inputs.push_back(first);
        inputs.push_back(second);
      }
    }
    a.wfi();
    Machine interpreted(CpuEngine::kInterpreted), translated(CpuEngine::kTranslated);
    for (Machine* m : {&interpreted, &translated}) {
      m->load(a.bytes());
      ASSERT_LT(a.here(), kInput);
      for (size_t i = 0; i < inputs.size(); ++i) m->set_word(kInput + 4 * static_cast<uint32_t>(i), inputs[i]);
      m->cpu.run(1'000'000);
    }
    ASSERT_TRUE(interpreted.cpu.waiting());
    EXPECT_EQ(translated.cpu.retired(), interpreted.cpu.retired()) << what;
    for (unsigned i = 0; i < 32; ++i) EXPECT_EQ(translated.cpu.reg(i), interpreted.cpu.reg(i)) << what << ", x" << i;
    for (uint32_t i = 0; i < inputs.size() / 2; ++i) {
      ASSERT_EQ(translated.word(kOutput + 4 * i), interpreted.word(kOutput + 4 * i))
          << what << " of " << std::hex << inputs[2 * i] << " and " << inputs[2 * i + 1] << ", place " << static_cast<int>(place_);
    }
  }

 private:
  static void put(A& a, unsigned reg, uint32_t value, bool known, int32_t offset) { known ? a.li(reg, value) : a.lw(reg, A::s0, offset); }
  static void crowd(A& a) {
    for (int round = 0; round < 2; ++round) {
      for (unsigned reg = 18; reg < 27; ++reg) a.add(reg, reg, reg);
    }
  }
  Place place_;
};

struct Encoding {
  const char* name;
  uint32_t opcode, funct3, funct7;
};

constexpr Encoding kRegisterInstructions[] = {
    {"add", 0x33, 0, 0x00},    {"sub", 0x33, 0, 0x20},  {"sll", 0x33, 1, 0x00},    {"slt", 0x33, 2, 0x00},    {"sltu", 0x33, 3, 0x00},
    {"xor", 0x33, 4, 0x00},    {"srl", 0x33, 5, 0x00},  {"sra", 0x33, 5, 0x20},    {"or", 0x33, 6, 0x00},     {"and", 0x33, 7, 0x00},
    {"mul", 0x33, 0, 0x01},    {"mulh", 0x33, 1, 0x01}, {"mulhsu", 0x33, 2, 0x01}, {"mulhu", 0x33, 3, 0x01},  {"div", 0x33, 4, 0x01},
    {"divu", 0x33, 5, 0x01},   {"rem", 0x33, 6, 0x01},  {"remu", 0x33, 7, 0x01},   {"sh1add", 0x33, 2, 0x10}, {"sh2add", 0x33, 4, 0x10},
    {"sh3add", 0x33, 6, 0x10}, {"andn", 0x33, 7, 0x20}, {"orn", 0x33, 6, 0x20},    {"xnor", 0x33, 4, 0x20},   {"min", 0x33, 4, 0x05},
    {"minu", 0x33, 5, 0x05},   {"max", 0x33, 6, 0x05},  {"maxu", 0x33, 7, 0x05},   {"rol", 0x33, 1, 0x30},    {"ror", 0x33, 5, 0x30},
    {"bclr", 0x33, 1, 0x24},   {"bext", 0x33, 5, 0x24}, {"binv", 0x33, 1, 0x34},   {"bset", 0x33, 1, 0x14},
};

TEST(Translator, RegisterInstructions) {
  for (const Encoding& e : kRegisterInstructions) {
    for (const Place place : kPlaces) {
      for (const Registers& r : kRegisters) {
        Comparison(place).run(r, e.name, [&](A& a, const Registers& on) { a.word(encode::r(e.opcode, e.funct3, e.funct7, on.rd, on.rs1, on.rs2)); });
        if (HasFatalFailure()) return;
      }
    }
  }
}

struct ImmediateEncoding {
  const char* name;
  uint32_t funct3;
  int32_t immediates[4];
};

constexpr ImmediateEncoding kImmediateInstructions[] = {
    {"addi", 0, {0, 1, -1, -2048}},
    {"slti", 2, {0, 1, -1, 2047}},
    {"sltiu", 3, {0, 1, -1, 2047}},
    {"xori", 4, {0, -1, 0x555, -2048}},
    {"ori", 6, {0, -1, 0x555, -2048}},
    {"andi", 7, {0, -1, 0x555, -2048}},
    {"slli", 1, {0, 1, 16, 31}},
    {"srli", 5, {0, 1, 16, 31}},
    {"srai", 5, {0x400, 0x401, 0x410, 0x41F}},
    {"rori", 5, {0x600, 0x601, 0x610, 0x61F}},
    {"bclri", 1, {0x480, 0x481, 0x490, 0x49F}},
    {"bexti", 5, {0x480, 0x481, 0x490, 0x49F}},
    {"binvi", 1, {0x680, 0x681, 0x690, 0x69F}},
    {"bseti", 1, {0x280, 0x281, 0x290, 0x29F}},
    {"clz, ctz, cpop, sext.b", 1, {0x600, 0x601, 0x602, 0x604}},
    {"sext.h, orc.b, rev8", 1, {0x605, 0x605, 0x605, 0x605}},
    {"orc.b, rev8", 5, {0x287, 0x698, 0x287, 0x698}},
};

TEST(Translator, ImmediateInstructions) {
  for (const ImmediateEncoding& e : kImmediateInstructions) {
    for (const int32_t immediate : e.immediates) {
      for (const Place place : {Place::kHost, Place::kCrowded, Place::kFirstKnown}) {
        for (const Registers& r : {Registers{14, 11, 12}, {11, 11, 12}, {0, 11, 12}, {14, 0, 12}}) {
          Comparison(place).run(r, e.name, [&](A& a, const Registers& on) { a.word(encode::i(0x13, e.funct3, on.rd, on.rs1, immediate)); });
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST(Translator, BranchesInTheMiddleOfABlock) {
  for (const uint32_t funct3 : {0u, 1u, 4u, 5u, 6u, 7u}) {
    for (const Place place : kPlaces) {
      for (const Registers& r : {Registers{14, 11, 12}, {14, 11, 11}, {14, 0, 12}, {14, 11, 0}}) {
        Comparison(place).run(r, "branch " + std::to_string(funct3), [&](A& a, const Registers& on) {
          a.addi(on.rd, A::zero, 1);
          a.word(encode::b(funct3, on.rs1, on.rs2, 8));
          a.addi(on.rd, A::zero, 2);
        });
        if (HasFatalFailure()) return;
      }
    }
  }
}

/// A place in memory of each alignment, in RAM; beyond its end the device of Machine, or nothing.
TEST(Translator, LoadsAndStores) {
  for (const Place place : kPlaces) {
    for (const uint32_t funct3 : {0u, 1u, 2u, 4u, 5u}) {
      for (const int32_t offset : {0, 1, 2, 3, -1, 61, 62, 63}) {
        for (const unsigned rd : {14u, 11u, 0u}) {
          Comparison(place).run({rd, 11, 12}, "load " + std::to_string(funct3), [&](A& a, const Registers& on) {
            a.li(A::t0, kOutput + 0x800);
            a.sw(on.rs1, A::t0, 0);
            a.sw(on.rs2, A::t0, 64);
            if (funct3 < 3) a.word(encode::s(0x23, funct3, A::t0, on.rs2, offset));
            if (on.rd == on.rs1) a.addi(on.rs1, A::t0, 0);
            a.word(encode::i(0x03, funct3, on.rd, on.rd == on.rs1 ? on.rs1 : static_cast<unsigned>(A::t0), offset));
          });
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

/// A block that branches to its own begin keeps registers in host registers from round to round.
TEST(Translator, ALoopThatIsCutAnywhereGoesOnWhereItStopped) {
  A a(Machine::kRam);
  const A::Label loop = a.label();
  a.place(loop);
  a.addi(A::a0, A::a0, 3);
  a.xor_(A::a1, A::a1, A::a0);
  a.add(A::a2, A::a2, A::a1);
  a.bne(A::a0, A::zero, loop);
  Machine interpreted(CpuEngine::kInterpreted), translated(CpuEngine::kTranslated);
  for (Machine* m : {&interpreted, &translated}) m->load(a.bytes());
  for (uint64_t limit = 1; limit < 2000; limit += limit % 11 + 1) {
    for (Machine* m : {&interpreted, &translated}) m->cpu.run(limit);
    ASSERT_EQ(translated.cpu.steps(), limit);
    ASSERT_EQ(translated.cpu.pc(), interpreted.cpu.pc()) << limit;
    for (unsigned i = 10; i < 13; ++i) ASSERT_EQ(translated.cpu.reg(i), interpreted.cpu.reg(i)) << limit;
  }
}

/// What an earlier round wrote behind the branch is not lost when a later round leaves there.
TEST(Translator, ALoopLeftInItsMiddleKeepsWhatEarlierRoundsWrote) {
  A a(Machine::kRam);
  const A::Label loop = a.label();
  const A::Label out = a.label();
  a.addi(A::a3, A::zero, 9);
  a.jump(loop);
  a.place(loop);
  a.addi(A::a0, A::a0, 1);
  a.beq(A::a0, A::a3, out);
  a.add(A::a2, A::a2, A::a0);
  a.addi(A::a2, A::a2, 1);
  a.bne(A::a0, A::zero, loop);
  a.place(out);
  a.wfi();
  Machine m(CpuEngine::kTranslated);
  m.load(a.bytes());
  m.cpu.run(1000);
  EXPECT_TRUE(m.cpu.waiting());
  EXPECT_EQ(m.cpu.reg(A::a2), 8u * 9 / 2 + 8);
}

/// Translated code has no frames that an exception could pass.
TEST(Translator, AnExceptionOfADeviceReachesTheCaller) {
  Machine m(CpuEngine::kTranslated);
  A a(Machine::kRam);
  a.li(A::s1, Machine::kDevice);
  a.sw(A::a0, A::s1, 0);
  a.wfi();
  m.load(a.bytes());
  m.on_access = [] { throw std::runtime_error("the device is broken"); };
  EXPECT_THROW(m.cpu.run(100), std::runtime_error);
  m.on_access = nullptr;
  m.cpu.set_pc(Machine::kRam);
  m.cpu.run(m.cpu.steps() + 100);
  EXPECT_TRUE(m.cpu.waiting());
}

/// The first page may be used, the second not: a word that lies across the border must not get through.
TEST(Translator, AMisalignedAccessAcrossAPagesBorderIsChecked) {
  for (const bool is_store : {false, true}) {
    for (const CpuEngine engine : {CpuEngine::kInterpreted, CpuEngine::kTranslated}) {
      Machine m(engine);
      const uint32_t border = Machine::kData;
      A a(Machine::kRam);
      a.addi(A::t0, A::t0, 1);
      a.word(is_store ? encode::s(0x23, 2, A::s1, A::a0, -4) : encode::i(0x03, 2, A::a0, A::s1, -4));
      a.word(is_store ? encode::s(0x23, 2, A::s1, A::a0, -2) : encode::i(0x03, 2, A::a0, A::s1, -2));
      m.load(a.bytes());
      A handler(Machine::kRomBase);
      handler.wfi();
      std::copy(handler.bytes().begin(), handler.bytes().end(), m.rom.begin());
      m.cpu.set_reg(A::s1, border);
      m.cpu.debug_set_csr(0x305, Machine::kRomBase);
      m.cpu.debug_set_csr(0x3B0, border >> 2);  // up to the border: all rights
      m.cpu.debug_set_csr(0x3B1, 0xFFFFFFFF);   // beyond: none, in machine mode too
      m.cpu.debug_set_csr(0x3A0, 0x80 << 8 | 0x18 << 8 | 0x0F);
      m.cpu.run(100);
      EXPECT_EQ(*m.cpu.debug_csr(0x342), is_store ? 7u : 5u);
      EXPECT_EQ(*m.cpu.debug_csr(0x343), border);
      EXPECT_EQ(*m.cpu.debug_csr(0x341), Machine::kRam + 8);
      EXPECT_EQ(m.word(border), 0u);
    }
  }
}

}  // namespace
}  // namespace saksi::hw
