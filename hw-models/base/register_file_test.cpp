// Goal: access rules, widths and handlers of RegisterFile. Method: a small table that has each kind of register.
#include "hw-models/base/register_file.h"

#include <gtest/gtest.h>

namespace saksi::hw {
namespace {

using regs::Access;

constexpr regs::RegisterInfo kTable[] = {
    {"RW", 0x00, 32, 1, 4, Access::kReadWrite, 0x11223344},
    {"RO", 0x04, 16, 1, 2, Access::kReadOnly, 0xABCD},
    {"BYTE", 0x06, 8, 1, 1, Access::kReadWrite, 0x5A},
    {"W1C", 0x08, 32, 1, 4, Access::kWriteOneToClear, 0xFF},
    {"WO", 0x0C, 32, 1, 4, Access::kWriteOnly, 0x0},
    {"ARRAY", 0x10, 32, 3, 8, Access::kReadWrite, 0x7},
};

TEST(RegisterFile, ResetValuesAreThere) {
  RegisterFile regs(kTable);
  EXPECT_EQ(regs.read(0x00, 4), 0x11223344u);
  EXPECT_EQ(regs.read(0x04, 4), 0x005AABCDu);
  EXPECT_EQ(regs.read(0x18, 4), 7u);
}

TEST(RegisterFile, PartOfARegisterCanBeWritten) {
  RegisterFile regs(kTable);
  regs.write(0x01, 1, 0xEE);
  EXPECT_EQ(regs.read(0x00, 4), 0x1122EE44u);
  regs.write(0x02, 2, 0xBEEF);
  EXPECT_EQ(regs.read(0x00, 4), 0xBEEFEE44u);
}

TEST(RegisterFile, AWideWriteReachesEachRegister) {
  RegisterFile regs(kTable);
  regs.write(0x04, 4, 0xFF112233);
  EXPECT_EQ(regs.read(0x04, 2), 0xABCDu);
  EXPECT_EQ(regs.read(0x06, 1), 0x11u);
  EXPECT_EQ(regs.stray_accesses(), 1u);
}

TEST(RegisterFile, WriteOneClearsAndHandlerSeesTheWrittenBits) {
  RegisterFile regs(kTable);
  uint32_t seen = 0;
  regs.on_write(0x08, [&](uint32_t value) { seen = value; });
  regs.write(0x08, 4, 0x0F);
  EXPECT_EQ(regs.read(0x08, 4), 0xF0u);
  EXPECT_EQ(seen, 0x0Fu);
}

TEST(RegisterFile, WriteOnlyReadsZero) {
  RegisterFile regs(kTable);
  uint32_t seen = 0;
  regs.on_write(0x0C, [&](uint32_t value) { seen = value; });
  regs.write(0x0C, 4, 5);
  EXPECT_EQ(seen, 5u);
  EXPECT_EQ(regs.read(0x0C, 4), 0u);
}

TEST(RegisterFile, ArrayHandlersGetTheIndex) {
  RegisterFile regs(kTable);
  uint32_t index_seen = 9;
  regs.on_write_indexed(0x10, [&](uint32_t index, uint32_t) { index_seen = index; });
  regs.write(0x20, 4, 1);
  EXPECT_EQ(index_seen, 2u);
  regs.write(0x14, 4, 1);
  EXPECT_EQ(regs.stray_accesses(), 4u);
}

TEST(RegisterFile, AnAccessIsQuietUnlessAHandlerMayNotifyAnEvent) {
  RegisterFile regs(kTable);
  EXPECT_TRUE(regs.read_access(0x00, 4).quiet) << "no handler";
  EXPECT_TRUE(regs.write(0x00, 4, 1));
  regs.on_read(0x04, [] { return 1u; });
  regs.on_quiet_read(0x06, [] { return 2u; });
  EXPECT_FALSE(regs.read_access(0x04, 2).quiet);
  EXPECT_TRUE(regs.read_access(0x06, 1).quiet);
  EXPECT_FALSE(regs.read_access(0x04, 4).quiet) << "one of two registers";
  EXPECT_EQ(regs.read_access(0x04, 4).value, 0x00020001u);
  regs.on_write(0x08, [](uint32_t) {});
  regs.on_quiet_write(0x0C, [](uint32_t) {});
  EXPECT_FALSE(regs.write(0x08, 4, 1));
  EXPECT_TRUE(regs.write(0x0C, 4, 1));
}

}  // namespace
}  // namespace saksi::hw
