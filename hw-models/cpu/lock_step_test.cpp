// Goal: the lock-step mode sees the first access of translated code that is not the interpreter's, and says what differs.
// Method: a journal as the interpreter would leave it, and accesses beside it. (That both engines agree is random_program_test.cpp's part.)
#include "hw-models/cpu/lock_step.h"

#include <gtest/gtest.h>

#include "hw-models/cpu/machine_for_test.h"

namespace saksi::hw {
namespace {

AccessJournal two_stores() {
  AccessJournal journal;
  journal.add({true, 0x80000000, 4, 0x12345678, 0, true, false});
  journal.add({true, 0x80000004, 1, 0xFFFFFF01, 0, true, true});
  journal.start_replay();
  return journal;
}

TEST(AccessJournal, EqualAccessesAreNoDifference) {
  AccessJournal journal = two_stores();
  ASSERT_TRUE(journal.replay(true, 0x80000000, 4, 0x12345678));
  const AccessJournal::Access* second = journal.replay(true, 0x80000004, 1, 0x01);
  ASSERT_TRUE(second) << "of a byte store the low byte counts";
  EXPECT_TRUE(second->leaves);
  EXPECT_EQ(journal.difference(), "");
}

TEST(AccessJournal, AnotherValueAddressSizeOrKindDiffers) {
  EXPECT_FALSE(two_stores().replay(true, 0x80000000, 4, 0x12345679));
  EXPECT_FALSE(two_stores().replay(true, 0x80000004, 4, 0x12345678));
  EXPECT_FALSE(two_stores().replay(true, 0x80000000, 2, 0x12345678));
  EXPECT_FALSE(two_stores().replay(false, 0x80000000, 4, 0));
  AccessJournal journal = two_stores();
  journal.replay(true, 0x80000000, 4, 7);
  EXPECT_EQ(journal.difference(),
            "translated code stores 4 bytes at 80000000, value 00000007; the interpreter stores 4 bytes at 80000000, value 12345678");
}

TEST(AccessJournal, MissingAndSurplusAccessesDiffer) {
  AccessJournal journal = two_stores();
  journal.replay(true, 0x80000000, 4, 0x12345678);
  EXPECT_EQ(journal.difference(), "only the interpreter stores 1 bytes at 80000004, value ffffff01");
  journal.replay(true, 0x80000004, 1, 1);
  journal.replay(true, 0x80000008, 4, 0);
  EXPECT_EQ(journal.difference(), "translated code stores 4 bytes at 80000008, value 00000000; the interpreter makes no such access");
}

/// A device that changes RAM when it is written to must not look like a difference, nor see its write twice.
TEST(LockStep, ADeviceSeesEachAccessOnce) {
  using A = Assembler;
  Machine m(CpuEngine::kLockStep);
  A a(Machine::kRam);
  a.li(A::s0, Machine::kData);
  a.li(A::s1, Machine::kDevice);
  a.lw(A::a0, A::s0, 0);
  a.sw(A::a0, A::s1, 0);
  a.lw(A::a1, A::s0, 0);
  a.lw(A::a2, A::s1, 4);
  m.load(a.bytes());
  m.set_word(Machine::kData, 5);
  m.device_value = 99;
  m.on_access = [&] { m.set_word(Machine::kData, 6); };
  m.cpu.run(8);
  EXPECT_EQ(m.cpu.reg(A::a0), 5u);
  EXPECT_EQ(m.cpu.reg(A::a1), 6u);
  EXPECT_EQ(m.cpu.reg(A::a2), 99u);
  ASSERT_EQ(m.accesses.size(), 2u);
  EXPECT_EQ(m.accesses[0].value, 5u);
  EXPECT_EQ(m.accesses[0].step, 5u);
}

}  // namespace
}  // namespace saksi::hw
