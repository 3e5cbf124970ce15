// Goal: PMP as section 3.7 of the privileged architecture 1.12 says, and the hart asking it for every access.
// Method: the class alone first, entry by entry; then instructions in user mode on the hart, with exact mcause, mtval and mepc.
#include "hw-models/cpu/pmp.h"

#include <gtest/gtest.h>

#include "hw-models/cpu/machine_for_test.h"

namespace saksi::hw {
namespace {

using A = Assembler;
constexpr uint32_t kCfg = 0x3A0, kAddr = 0x3B0;
constexpr uint32_t kR = 1, kW = 2, kX = 4, kTor = 1 << 3, kNa4 = 2 << 3, kNapot = 3 << 3, kLock = 1 << 7;
constexpr Privilege kUser = Privilege::kUser, kMachine = Privilege::kMachine;

/// Encodes a naturally aligned range of `size` bytes, at least 8, for pmpaddr.
uint32_t napot(uint32_t base, uint32_t size) { return base >> 2 | ((size >> 3) - 1); }

void set_config(Pmp* pmp, unsigned entry, uint32_t config) {
  const uint32_t number = kCfg + entry / 4;
  const uint32_t shift = 8 * (entry % 4);
  pmp->write(number, (*pmp->read(number) & ~(0xFFu << shift)) | config << shift);
}

bool loads(const Pmp& pmp, uint32_t address, uint32_t size = 1, Privilege privilege = kUser) {
  return pmp.allows(address, size, Access::kLoad, privilege);
}

TEST(Pmp, WithoutEntriesMachineModeMayDoAllAndUserModeNothing) {
  const Pmp pmp;
  for (const Access kind : {Access::kLoad, Access::kStore, Access::kFetch}) {
    EXPECT_TRUE(pmp.allows(0x80000000, 4, kind, kMachine));
    EXPECT_FALSE(pmp.allows(0x80000000, 4, kind, kUser));
  }
  EXPECT_FALSE(pmp.restricts(0, uint64_t{1} << 32, kMachine));
  EXPECT_TRUE(pmp.restricts(0, uint64_t{1} << 32, kUser));
}

TEST(Pmp, NaturallyAlignedFourBytes) {
  Pmp pmp;
  pmp.write(kAddr, 0x80001004 >> 2);
  set_config(&pmp, 0, kNa4 | kR);
  EXPECT_FALSE(loads(pmp, 0x80001003));
  EXPECT_TRUE(loads(pmp, 0x80001004, 4));
  EXPECT_TRUE(loads(pmp, 0x80001007));
  EXPECT_FALSE(loads(pmp, 0x80001008));
  EXPECT_FALSE(pmp.allows(0x80001004, 4, Access::kStore, kUser));
  EXPECT_FALSE(pmp.allows(0x80001004, 4, Access::kFetch, kUser));
}

TEST(Pmp, NaturallyAlignedPowersOfTwo) {
  for (const uint32_t size : {8u, 16u, 0x1000u, 0x10000000u}) {
    Pmp pmp;
    pmp.write(kAddr + 5, napot(0x40000000, size));
    set_config(&pmp, 5, kNapot | kX);
    EXPECT_FALSE(pmp.allows(0x3FFFFFFF, 1, Access::kFetch, kUser)) << size;
    EXPECT_TRUE(pmp.allows(0x40000000, 4, Access::kFetch, kUser)) << size;
    EXPECT_TRUE(pmp.allows(0x40000000 + size - 1, 1, Access::kFetch, kUser)) << size;
    EXPECT_FALSE(pmp.allows(0x40000000 + size, 1, Access::kFetch, kUser)) << size;
  }
  Pmp pmp;
  pmp.write(kAddr, 0xFFFFFFFF);
  set_config(&pmp, 0, kNapot | kR | kW | kX);
  EXPECT_FALSE(pmp.restricts(0, uint64_t{1} << 32, kUser)) << "all ones match everything";
}

TEST(Pmp, TopOfRange) {
  Pmp pmp;
  pmp.write(kAddr, 0x2000 >> 2);
  set_config(&pmp, 0, kTor | kR);  // from 0
  pmp.write(kAddr + 1, 0x3000 >> 2);
  pmp.write(kAddr + 2, 0x4000 >> 2);
  set_config(&pmp, 2, kTor | kR | kW);  // from entry 1's address, though that entry is off
  EXPECT_TRUE(loads(pmp, 0));
  EXPECT_TRUE(loads(pmp, 0x1FFF));
  EXPECT_FALSE(loads(pmp, 0x2000));
  EXPECT_FALSE(loads(pmp, 0x2FFF));
  EXPECT_TRUE(pmp.allows(0x3000, 4, Access::kStore, kUser));
  EXPECT_FALSE(loads(pmp, 0x4000));
  pmp.write(kAddr + 1, 0x5000 >> 2);
  EXPECT_FALSE(loads(pmp, 0x3800)) << "a range whose bottom is not below its top matches nothing";
  EXPECT_FALSE(loads(pmp, 0x4800));
}

TEST(Pmp, TheLowestEntryDecides) {
  Pmp pmp;
  pmp.write(kAddr, napot(0x1000, 0x100));
  pmp.write(kAddr + 1, napot(0x1000, 0x1000));
  set_config(&pmp, 0, kNapot);
  set_config(&pmp, 1, kNapot | kR);
  EXPECT_FALSE(loads(pmp, 0x1010, 4));
  EXPECT_TRUE(loads(pmp, 0x1100, 4));
}

TEST(Pmp, AnAccessThatMatchesInPartFails) {
  Pmp pmp;
  pmp.write(kAddr, 0x1000 >> 2);
  pmp.write(kAddr + 1, 0xFFFFFFFF);
  set_config(&pmp, 0, kNa4 | kR);
  set_config(&pmp, 1, kNapot | kR);
  EXPECT_TRUE(loads(pmp, 0x1000, 4));
  EXPECT_FALSE(loads(pmp, 0x1002, 4)) << "whatever the entry behind it grants";
  EXPECT_FALSE(loads(pmp, 0xFFE, 4));
  EXPECT_FALSE(loads(pmp, 0xFFE, 4, kMachine)) << "in machine mode too, locked or not";
  EXPECT_TRUE(loads(pmp, 0xFFC, 4));
}

TEST(Pmp, MachineModeIsBoundByLockedEntriesOnly) {
  Pmp pmp;
  pmp.write(kAddr, napot(0x1000, 0x1000));
  set_config(&pmp, 0, kNapot | kR);
  EXPECT_TRUE(pmp.allows(0x1000, 4, Access::kStore, kMachine));
  set_config(&pmp, 0, kNapot | kR | kLock);
  EXPECT_FALSE(pmp.allows(0x1000, 4, Access::kStore, kMachine));
  EXPECT_FALSE(pmp.allows(0x1000, 4, Access::kFetch, kMachine));
  EXPECT_TRUE(loads(pmp, 0x1000, 4, kMachine));
  EXPECT_TRUE(pmp.allows(0x2000, 4, Access::kStore, kMachine)) << "no entry matches";
}

TEST(Pmp, LockedEntriesKeepTheirValues) {
  Pmp pmp;
  pmp.write(kAddr + 1, 0x100);
  pmp.write(kAddr + 2, 0x200);
  pmp.write(kCfg, (kTor | kLock | kR) << 16);
  pmp.write(kCfg, 0x1F1F1F1F);
  EXPECT_EQ(pmp.read(kCfg), 0x1F000000u | (kTor | kLock | kR) << 16 | 0x1F1Fu) << "its neighbours in the register can be written";
  pmp.write(kAddr + 2, 0x300);
  EXPECT_EQ(pmp.read(kAddr + 2), 0x200u);
  pmp.write(kAddr + 1, 0x300);
  EXPECT_EQ(pmp.read(kAddr + 1), 0x100u) << "the bottom of a locked range";
  pmp.write(kAddr, 0x300);
  EXPECT_EQ(pmp.read(kAddr), 0x300u);
  pmp.reset();
  EXPECT_EQ(pmp.read(kCfg), 0u);
  pmp.write(kAddr + 2, 0x300);
  EXPECT_EQ(pmp.read(kAddr + 2), 0x300u);
}

TEST(Pmp, ALockedEntryThatIsNoRangeLeavesTheAddressBelowFree) {
  Pmp pmp;
  set_config(&pmp, 1, kNa4 | kLock);
  pmp.write(kAddr, 0x123);
  EXPECT_EQ(pmp.read(kAddr), 0x123u);
}

TEST(Pmp, FieldsAndRegistersThatDoNotExist) {
  Pmp pmp;
  pmp.write(kCfg, 0x62626262);
  EXPECT_EQ(pmp.read(kCfg), 0u) << "bits 5 and 6 are 0, and writable without readable is reserved";
  pmp.write(kCfg + 3, kR | kW | kX);
  EXPECT_EQ(pmp.read(kCfg + 3), kR | kW | kX);
  for (const uint32_t number : {kCfg + 4, kCfg + 15, kAddr + 16, kAddr + 63}) {
    EXPECT_TRUE(pmp.write(number, 0xFFFFFFFF));
    EXPECT_EQ(pmp.read(number), 0u) << std::hex << number;
  }
  EXPECT_EQ(pmp.read(kAddr + 64), std::nullopt);
  EXPECT_EQ(pmp.read(kCfg - 1), std::nullopt);
  EXPECT_FALSE(pmp.write(kAddr + 64, 0));
}

TEST(Pmp, RegionsCoverTheSpaceAndSayWhatHolds) {
  Pmp pmp;
  pmp.write(kAddr, napot(0x1000, 0x1000));
  pmp.write(kAddr + 1, napot(0, 0x4000));
  pmp.write(kCfg, (kNapot | kR | kX) << 8 | kNapot | kR);
  const std::vector<Pmp::Region>& regions = pmp.regions(kUser);
  ASSERT_EQ(regions.size(), 4u);
  EXPECT_EQ(regions[1].begin, 0x1000u);
  EXPECT_EQ(regions[1].end, 0x2000u);
  EXPECT_FALSE(regions[1].permissions.execute);
  EXPECT_EQ(regions[3].end, uint64_t{1} << 32);
  const Pmp::Permissions both = pmp.permissions_of(0xF00, 0x200, kUser);
  EXPECT_TRUE(both.read && both.mixed);
  EXPECT_FALSE(both.write || both.execute);
  const Pmp::Permissions one = pmp.permissions_of(0x2000, 0x2000, kUser);
  EXPECT_TRUE(one.read && one.execute && !one.mixed);
  EXPECT_FALSE(pmp.permissions_of(0x3000, 0x2000, kUser).read);
  EXPECT_TRUE(pmp.permissions_of(0, uint64_t{1} << 32, kMachine).all());
}

TEST(Pmp, TheVersionChangesWithWhatIsAllowed) {
  Pmp pmp;
  const uint32_t first = pmp.version();
  pmp.write(kAddr, 0x1000);
  EXPECT_EQ(pmp.version(), first) << "the entry is off";
  set_config(&pmp, 0, kNa4 | kR);
  const uint32_t second = pmp.version();
  EXPECT_NE(second, first);
  pmp.write(kAddr, 0x1000);
  EXPECT_EQ(pmp.version(), second);
  pmp.write(kAddr, 0x1001);
  EXPECT_NE(pmp.version(), second);
}

// On the hart: code in user mode at the start of RAM, whose first page may be executed and read.

class UserAccess : public ::testing::Test {
 protected:
  static constexpr uint32_t kHandler = Machine::kRam + 0x4000;
  static constexpr unsigned kRd = 10, kRs1 = 11, kRs2 = 12;

  UserAccess() {
    set(0x305, kHandler);
    entry(15, napot(Machine::kRam, 0x1000), kNapot | kR | kX);
  }
  void set(uint32_t number, uint32_t value) { ASSERT_TRUE(m_.cpu.debug_set_csr(number, value)); }
  uint32_t get(uint32_t number) const { return m_.cpu.debug_csr(number).value_or(0xDEADBEEF); }
  void entry(unsigned number, uint32_t address, uint32_t config) {
    set(kAddr + number, address);
    const uint32_t shift = 8 * (number % 4);
    set(kCfg + number / 4, (get(kCfg + number / 4) & ~(0xFFu << shift)) | config << shift);
  }
  /// mret to user mode at `pc`, from any mode; the mret lies in the handler's place.
  void enter_user(uint32_t pc) {
    const uint32_t first = m_.word(Machine::kRam);
    m_.run_one(0x00000073);  // to machine mode
    m_.set_word(Machine::kRam, first);
    set(0x300, 0);
    set(0x341, pc);
    m_.set_word(kHandler, 0x30200073);
    m_.cpu.flush_code();
    m_.cpu.set_pc(kHandler);
    m_.cpu.run(m_.cpu.steps() + 1);
    ASSERT_EQ(m_.cpu.pc(), pc);
  }
  void run_in_user(uint32_t instruction) {
    m_.set_word(Machine::kRam, instruction);
    enter_user(Machine::kRam);
    m_.cpu.run(m_.cpu.steps() + 1);
  }
  void expect_trap(uint32_t cause, uint32_t tval, uint32_t epc = Machine::kRam) {
    EXPECT_EQ(m_.cpu.pc(), kHandler);
    EXPECT_EQ(get(0x342), cause);
    EXPECT_EQ(get(0x343), tval);
    EXPECT_EQ(get(0x341), epc);
    EXPECT_EQ(get(0x300) & 3u << 11, 0u) << "MPP is user mode";
  }

  Machine m_;
};

TEST_F(UserAccess, LoadsAndStoresNeedTheirRights) {
  m_.set_word(Machine::kData, 0x55);
  m_.cpu.set_reg(kRs1, Machine::kData);
  m_.cpu.set_reg(kRs2, 0x66);
  run_in_user(encode::i(0x03, 2, kRd, kRs1, 4));
  expect_trap(5, Machine::kData + 4);
  run_in_user(encode::s(0x23, 0, kRs1, kRs2, 3));
  expect_trap(7, Machine::kData + 3);
  entry(0, napot(Machine::kData, 8), kNapot | kR);
  run_in_user(encode::i(0x03, 2, kRd, kRs1, 0));
  EXPECT_EQ(m_.cpu.pc(), Machine::kRam + 4);
  EXPECT_EQ(m_.cpu.reg(kRd), 0x55u);
  run_in_user(encode::s(0x23, 2, kRs1, kRs2, 0));
  expect_trap(7, Machine::kData);
  EXPECT_EQ(m_.word(Machine::kData), 0x55u);
  entry(0, napot(Machine::kData, 8), kNapot | kR | kW);
  run_in_user(encode::s(0x23, 2, kRs1, kRs2, 0));
  EXPECT_EQ(m_.word(Machine::kData), 0x66u);
}

TEST_F(UserAccess, AMisalignedAccessFaultsAtThePartThatIsForbidden) {
  entry(0, Machine::kData >> 2, kNa4 | kR | kW);
  m_.set_word(Machine::kData, 0x11111111);
  m_.cpu.set_reg(kRs1, Machine::kData + 2);
  m_.cpu.set_reg(kRs2, 0x22222222);
  run_in_user(encode::i(0x03, 2, kRd, kRs1, 0));
  expect_trap(5, Machine::kData + 4);
  run_in_user(encode::s(0x23, 2, kRs1, kRs2, 0));
  expect_trap(7, Machine::kData + 4);
  EXPECT_EQ(m_.word(Machine::kData), 0x11111111u) << "nothing of it is stored";
  run_in_user(encode::i(0x03, 2, kRd, kRs1, -4));
  expect_trap(5, Machine::kData - 2);
  run_in_user(encode::i(0x03, 1, kRd, kRs1, -1));
  EXPECT_EQ(m_.cpu.reg(kRd), 0x1111u);
  entry(1, (Machine::kData + 4) >> 2, kNa4 | kR);
  run_in_user(encode::i(0x03, 2, kRd, kRs1, 0));
  EXPECT_EQ(m_.cpu.pc(), Machine::kRam + 4) << "each part lies in an entry of its own";
}

TEST_F(UserAccess, Atomics) {
  m_.cpu.set_reg(kRs1, Machine::kData);
  run_in_user(encode::r(0x2F, 2, 0x02 << 2, kRd, kRs1, 0));
  expect_trap(5, Machine::kData);
  run_in_user(encode::r(0x2F, 2, 0x00 << 2, kRd, kRs1, kRs2));
  expect_trap(7, Machine::kData);
  entry(0, napot(Machine::kData, 8), kNapot | kR);
  run_in_user(encode::r(0x2F, 2, 0x02 << 2, kRd, kRs1, 0));
  EXPECT_EQ(m_.cpu.pc(), Machine::kRam + 4);
  run_in_user(encode::r(0x2F, 2, 0x03 << 2, kRd, kRs1, kRs2));
  expect_trap(7, Machine::kData);
  run_in_user(encode::r(0x2F, 2, 0x01 << 2, kRd, kRs1, kRs2));
  expect_trap(7, Machine::kData);
  m_.cpu.set_reg(kRs1, Machine::kData + 2);
  run_in_user(encode::r(0x2F, 2, 0x01 << 2, kRd, kRs1, kRs2));
  expect_trap(6, Machine::kData + 2);
}

TEST_F(UserAccess, DevicesAreProtectedToo) {
  m_.cpu.set_reg(kRs1, Machine::kDevice);
  run_in_user(encode::i(0x03, 2, kRd, kRs1, 8));
  expect_trap(5, Machine::kDevice + 8);
  run_in_user(encode::s(0x23, 2, kRs1, kRs2, 8));
  expect_trap(7, Machine::kDevice + 8);
  EXPECT_TRUE(m_.accesses.empty());
  entry(0, (Machine::kDevice + 8) >> 2, kNa4 | kR);
  run_in_user(encode::i(0x03, 2, kRd, kRs1, 8));
  EXPECT_EQ(m_.accesses.size(), 1u);
}

TEST_F(UserAccess, FetchFaultsAtTheBorder) {
  const uint32_t border = Machine::kRam + 0x1000;
  for (uint32_t address = border - 16; address < border + 16; address += 4) m_.set_word(address, 0x00150513);  // addi a0, a0, 1
  m_.cpu.set_reg(10, 0);
  enter_user(border - 16);
  m_.cpu.run(m_.cpu.steps() + 5);
  expect_trap(1, border, border);
  EXPECT_EQ(m_.cpu.reg(10), 4u);

  m_.set_word(border - 4, 0x05130001);  // c.nop, then the first half of an addi
  enter_user(border - 2);
  m_.cpu.run(m_.cpu.steps() + 1);
  expect_trap(1, border, border - 2);
}

TEST_F(UserAccess, ReadableIsNotExecutable) {
  entry(0, napot(Machine::kData, 0x100), kNapot | kR | kW);
  m_.set_word(Machine::kData, 0x00000013);
  enter_user(Machine::kData);
  m_.cpu.run(m_.cpu.steps() + 1);
  expect_trap(1, Machine::kData, Machine::kData);
}

TEST_F(UserAccess, CodeThatRanInMachineModeIsCheckedAnewInUserMode) {
  m_.set_word(Machine::kData, 0x0000006F);  // j .
  m_.cpu.set_pc(Machine::kData);
  m_.cpu.run(m_.cpu.steps() + 3);
  EXPECT_EQ(m_.cpu.pc(), Machine::kData);
  m_.set_word(kHandler, 0x30200073);
  set(0x300, 0);
  set(0x341, Machine::kData);
  m_.cpu.set_pc(kHandler);
  m_.cpu.run(m_.cpu.steps() + 2);
  expect_trap(1, Machine::kData, Machine::kData);
  // And the other way round: taking the right away shows at once.
  entry(0, napot(Machine::kData, 0x100), kNapot | kX);
  enter_user(Machine::kData);
  m_.cpu.run(m_.cpu.steps() + 3);
  EXPECT_EQ(m_.cpu.pc(), Machine::kData);
  set(kCfg, 0);
  m_.cpu.run(m_.cpu.steps() + 1);
  expect_trap(1, Machine::kData, Machine::kData);
}

TEST_F(UserAccess, LockedEntriesBindMachineMode) {
  entry(0, napot(Machine::kData, 0x100), kNapot | kR | kLock);
  m_.cpu.set_reg(kRs1, Machine::kData);
  m_.set_word(Machine::kData, 0x77);
  m_.run_one(encode::i(0x03, 2, kRd, kRs1, 0));
  EXPECT_EQ(m_.cpu.reg(kRd), 0x77u);
  m_.run_one(encode::s(0x23, 2, kRs1, kRs2, 0));
  EXPECT_EQ(get(0x342), 7u);
  EXPECT_EQ(get(0x343), Machine::kData);
  m_.cpu.set_pc(Machine::kData);
  m_.cpu.run(m_.cpu.steps() + 1);
  EXPECT_EQ(get(0x342), 1u);
  m_.cpu.reset(Machine::kRam);
  m_.cpu.set_reg(kRs1, Machine::kData);
  m_.run_one(encode::s(0x23, 2, kRs1, kRs2, 0));
  EXPECT_EQ(m_.cpu.pc(), Machine::kRam + 4) << "a reset unlocks";
}

TEST_F(UserAccess, MprvLendsTheRightsOfMpp) {
  constexpr uint32_t kMprv = 1u << 17, kMpp = 3u << 11;
  m_.cpu.set_reg(kRs1, Machine::kData);
  set(0x300, kMprv);
  m_.run_one(encode::i(0x03, 2, kRd, kRs1, 0));
  EXPECT_EQ(get(0x342), 5u) << "MPP is user mode";
  EXPECT_EQ(get(0x300) & (kMprv | kMpp), kMprv | kMpp) << "the trap came from machine mode and leaves MPRV";
  m_.run_one(encode::i(0x03, 2, kRd, kRs1, 0));
  EXPECT_EQ(m_.cpu.pc(), Machine::kRam + 4) << "MPP is machine mode now";
  set(0x300, kMprv);
  m_.cpu.set_pc(Machine::kData);
  m_.set_word(Machine::kData, 0x00000013);
  m_.cpu.run(m_.cpu.steps() + 1);
  EXPECT_EQ(m_.cpu.pc(), Machine::kData + 4) << "fetches are not concerned";
  set(0x341, Machine::kRam);
  m_.run_one(0x30200073);
  EXPECT_EQ(get(0x300) & kMprv, 0u) << "mret to user mode clears it";
}

}  // namespace
}  // namespace saksi::hw
