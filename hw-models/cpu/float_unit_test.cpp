// Goal: what IEEE 754 leaves open and what no host offers comes out as RISC-V wants. Method: cases worked out by hand from chapters 11 and 12
// of the manual; the arithmetic itself is compared with QEMU on random programs (tests/lock-step).
#include "hw-models/cpu/float_unit.h"

#include <gtest/gtest.h>

#include <cfenv>
#include <cstring>

#include "hw-models/cpu/machine_for_test.h"

namespace saksi::hw {
namespace {

constexpr uint64_t kBox = 0xFFFFFFFF00000000u;
constexpr uint32_t kNan = 0x7FC00000, kSignallingNan = 0x7FA00000, kInfinity = 0x7F800000;
constexpr uint32_t kNx = 1, kUf = 2, kOf = 4, kDz = 8, kNv = 16;
constexpr uint32_t kNearestEven = 0, kTowardsZero = 1, kDown = 2, kUp = 3, kNearestAway = 4, kDynamic = 7;

uint32_t bits(float value) {
  uint32_t raw = 0;
  std::memcpy(&raw, &value, 4);
  return raw;
}
uint64_t bits(double value) {
  uint64_t raw = 0;
  std::memcpy(&raw, &value, 8);
  return raw;
}

class Unit : public ::testing::Test {
 protected:
  /// fd, f1, f2 (and f3) are f0, f1, f2 (and f3); gives the flags that it raised.
  uint32_t run(uint32_t opcode, uint32_t funct7, uint32_t rounding, unsigned rs2 = 2, uint32_t x = 0) {
    unit_.set_fcsr(unit_.fcsr() & 0xE0);
    const auto result = unit_.execute(decode(encode::r(opcode, rounding, funct7, 0, 1, rs2)), x);
    legal_ = result.has_value();
    x_ = result && result->x ? *result->x : 0xDEADBEEF;
    return unit_.fcsr() & 0x1F;
  }
  uint32_t single() const {
    EXPECT_EQ(unit_.reg(0) & kBox, kBox) << "boxed";
    return static_cast<uint32_t>(unit_.reg(0));
  }
  FloatUnit unit_;
  uint32_t x_ = 0;
  bool legal_ = false;
};

TEST_F(Unit, TiesAwayFromZero) {
  unit_.set_single(1, bits(16777216.0f));  // 2^24: the next number is 2 more
  unit_.set_single(2, bits(1.0f));
  EXPECT_EQ(run(0x53, 0x00, kNearestEven), kNx);
  EXPECT_EQ(single(), bits(16777216.0f));
  EXPECT_EQ(run(0x53, 0x00, kNearestAway), kNx);
  EXPECT_EQ(single(), bits(16777218.0f));
  unit_.set_single(2, bits(0.99999994f));  // a little less than the tie
  run(0x53, 0x00, kNearestAway);
  EXPECT_EQ(single(), bits(16777216.0f));
  unit_.set_reg(1, bits(-9007199254740992.0));
  unit_.set_reg(2, bits(1.0));
  EXPECT_EQ(run(0x53, 0x05, kNearestAway), kNx);
  EXPECT_EQ(unit_.reg(0), bits(-9007199254740994.0));
  unit_.set_single(1, 0x00000001);  // half of the smallest number
  unit_.set_single(2, bits(0.5f));
  EXPECT_EQ(run(0x53, 0x08, kNearestAway), kNx | kUf);
  EXPECT_EQ(single(), 0x00000001u);
  EXPECT_EQ(run(0x53, 0x08, kNearestEven), kNx | kUf);
  EXPECT_EQ(single(), 0u);
}

TEST_F(Unit, TheHostIsLeftAsItWas) {
  std::fesetround(FE_UPWARD);
  std::feclearexcept(FE_ALL_EXCEPT);
  unit_.set_single(1, bits(1.0f));
  unit_.set_single(2, bits(3.0f));
  run(0x53, 0x0C, kDown);
  EXPECT_EQ(std::fegetround(), FE_UPWARD);
  EXPECT_EQ(std::fetestexcept(FE_ALL_EXCEPT), 0);
  std::fesetround(FE_TONEAREST);
}

TEST_F(Unit, NansAreCanonicalAndBoxesAreChecked) {
  unit_.set_single(1, 0xFFC12345);
  unit_.set_single(2, bits(1.0f));
  EXPECT_EQ(run(0x53, 0x00, kNearestEven), 0u);
  EXPECT_EQ(single(), kNan);
  unit_.set_single(1, kSignallingNan);
  EXPECT_EQ(run(0x53, 0x00, kNearestEven), kNv);
  unit_.set_reg(1, bits(1.0));  // not boxed
  EXPECT_EQ(run(0x53, 0x00, kNearestEven), 0u);
  EXPECT_EQ(single(), kNan);
  run(0x53, 0x70, 0, 0);
  EXPECT_EQ(x_, static_cast<uint32_t>(bits(1.0))) << "fmv.x.w moves the bits as they are";
}

TEST_F(Unit, InfinityTimesZeroIsInvalidBesideAQuietNanToo) {
  unit_.set_single(1, kInfinity);
  unit_.set_single(2, 0x80000000);
  unit_.set_single(3, kNan);
  EXPECT_EQ(run(0x43, 3 << 2, kNearestEven), kNv);
  EXPECT_EQ(single(), kNan);
}

TEST_F(Unit, ConversionsThatDoNotFit) {
  struct Case {
    float value;
    uint32_t rounding, is_unsigned, expected, flags;
  };
  for (const Case& c : {Case{-0.5f, kNearestEven, 1, 0, kNx}, Case{-0.75f, kNearestEven, 1, 0, kNv}, Case{2.5f, kNearestEven, 0, 2, kNx},
                        Case{2.5f, kNearestAway, 0, 3, kNx}, Case{-2.5f, kNearestAway, 0, static_cast<uint32_t>(-3), kNx},
                        Case{-2.5f, kUp, 0, static_cast<uint32_t>(-2), kNx}, Case{-2.5f, kDown, 0, static_cast<uint32_t>(-3), kNx},
                        Case{2.9f, kTowardsZero, 0, 2, kNx}, Case{3e9f, kTowardsZero, 0, 0x7FFFFFFF, kNv},
                        Case{3e9f, kTowardsZero, 1, 3000000000u, 0}, Case{-3e9f, kTowardsZero, 0, 0x80000000, kNv},
                        Case{5e9f, kTowardsZero, 1, 0xFFFFFFFF, kNv}, Case{-2147483648.0f, kTowardsZero, 0, 0x80000000, 0}}) {
    unit_.set_single(1, bits(c.value));
    EXPECT_EQ(run(0x53, 0x60, c.rounding, c.is_unsigned), c.flags) << c.value;
    EXPECT_EQ(x_, c.expected) << c.value;
  }
  unit_.set_single(1, 0xFFC00000);
  EXPECT_EQ(run(0x53, 0x60, kNearestEven, 0), kNv);
  EXPECT_EQ(x_, 0x7FFFFFFFu) << "of a negative NaN too";
  EXPECT_EQ(run(0x53, 0x68, kUp, 1, 0xFFFFFFFF), kNx);
  EXPECT_EQ(single(), bits(4294967296.0f));
}

TEST_F(Unit, MinimumAndComparisons) {
  unit_.set_single(1, 0x00000000);
  unit_.set_single(2, 0x80000000);
  EXPECT_EQ(run(0x53, 0x14, 0), 0u);
  EXPECT_EQ(single(), 0x80000000u);
  EXPECT_EQ(run(0x53, 0x14, 1), 0u);
  EXPECT_EQ(single(), 0u);
  EXPECT_EQ(run(0x53, 0x50, 2), 0u);
  EXPECT_EQ(x_, 1u) << "feq of the two zeros";
  unit_.set_single(2, kNan);
  EXPECT_EQ(run(0x53, 0x14, 0), 0u);
  EXPECT_EQ(single(), 0u) << "a number wins over a NaN";
  EXPECT_EQ(run(0x53, 0x50, 2), 0u) << "feq is quiet";
  EXPECT_EQ(run(0x53, 0x50, 1), kNv) << "flt is not";
  EXPECT_EQ(x_, 0u);
}

TEST_F(Unit, ClassesAndDivisionByZero) {
  constexpr uint32_t kValues[] = {0xFF800000, 0xC0000000, 0x80000001, 0x80000000, 0, 1, 0x40000000, kInfinity, kSignallingNan, kNan};
  for (uint32_t i = 0; i < 10; ++i) {
    unit_.set_single(1, kValues[i]);
    run(0x53, 0x70, 1, 0);
    EXPECT_EQ(x_, 1u << i) << i;
  }
  unit_.set_single(1, bits(-1.0f));
  unit_.set_single(2, 0);
  EXPECT_EQ(run(0x53, 0x0C, kNearestEven), kDz);
  EXPECT_EQ(single(), 0xFF800000u);
  unit_.set_single(1, 0x7F7FFFFF);
  unit_.set_single(2, 0x7F7FFFFF);
  EXPECT_EQ(run(0x53, 0x00, kTowardsZero), kOf | kNx);
  EXPECT_EQ(single(), 0x7F7FFFFFu);
}

TEST_F(Unit, AReservedDynamicRoundingModeIsIllegal) {
  unit_.set_fcsr(5 << 5);
  run(0x53, 0x00, kDynamic);
  EXPECT_FALSE(legal_);
  unit_.set_fcsr(kUp << 5);
  unit_.set_single(1, bits(1.0f));
  unit_.set_single(2, bits(3.0f));
  run(0x53, 0x0C, kDynamic);
  EXPECT_TRUE(legal_);
  EXPECT_EQ(single(), 0x3EAAAAABu);
}

class FloatInHart : public ::testing::Test {
 protected:
  uint32_t csr(uint32_t number) { return m_.cpu.debug_csr(number).value_or(0xDEADBEEF); }
  Machine m_;
};

TEST_F(FloatInHart, IsIllegalWhileMstatusSaysOff) {
  for (const uint32_t raw : {encode::r(0x53, 0, 0, 0, 1, 2), encode::i(0x07, 2, 0, 0, 0), encode::i(0x73, 2, 10, 0, 0x003)}) {
    m_.run_one(raw);
    EXPECT_EQ(csr(0x342), 2u) << std::hex << raw;
    EXPECT_EQ(csr(0x343), raw);
  }
}

TEST_F(FloatInHart, LoadsStoresAndDirtyState) {
  m_.cpu.debug_set_csr(0x300, 1u << 13);  // initial
  m_.cpu.set_reg(5, Machine::kRam + 0x1004);
  m_.set_word(Machine::kRam + 0x1004, 0x11223344);
  m_.set_word(Machine::kRam + 0x1008, 0x55667788);
  m_.run_one(encode::s(0x27, 3, 5, 1, 16));
  EXPECT_EQ(csr(0x300) >> 13 & 3, 1u) << "a store changes no float state";
  m_.run_one(encode::i(0x07, 3, 1, 5, 0));
  EXPECT_EQ(csr(0x300) & (1u << 31 | 3u << 13), 1u << 31 | 3u << 13) << "dirty";
  m_.run_one(encode::s(0x27, 3, 5, 1, 16));
  EXPECT_EQ(m_.word(Machine::kRam + 0x1014), 0x11223344u);
  EXPECT_EQ(m_.word(Machine::kRam + 0x1018), 0x55667788u);
  m_.run_one(encode::i(0x07, 2, 1, 5, 1));  // misaligned
  m_.run_one(encode::r(0x53, 0, 0x70, 10, 1, 0));
  EXPECT_EQ(m_.cpu.reg(10), 0x88112233u);
  m_.cpu.set_reg(5, 0x00000004);
  m_.run_one(encode::i(0x07, 3, 1, 5, 0));
  EXPECT_EQ(csr(0x342), 5u);
  EXPECT_EQ(csr(0x343), 4u);
}

}  // namespace
}  // namespace saksi::hw
