// Goal: `saksi boot` takes a bare image as it is, shows its console and ends with the exit code of the contract. Method: the bare programs
// that the CPU's tests are built with.
#include <gtest/gtest.h>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

Outcome boot(const std::string& image, const std::string& options = "") {
  return saksi("boot " + std::string(SAKSI_BUILD_DIR) + "/hw-models/cpu/testdata/" + image + " " + options + " < /dev/null");
}

TEST(Boot, AnImageThatPassesEndsWithZeroAndShowsItsConsole) {
  const Outcome outcome = boot("hello.elf");
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(outcome.output, "hello, world\n");
}

TEST(Boot, AFailureEndsWithOneAndTheNumber) {
  const Outcome outcome = boot("fail.elf");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.output, "the image ended with failure 7\n");
}

TEST(Boot, TohostEndsARunAsRiscvTestsDo) {
  const Outcome outcome = boot("tohost.elf");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.output, "tohost: 11 (test 5)\n");
}

TEST(Boot, TheSignatureIsWrittenAsTheArchitectureTestsCompareIt) {
  const std::string file = fresh_dir("signature") + "/signature.txt";
  EXPECT_EQ(boot("tohost.elf", "--signature " + quoted(file)).code, 1);
  EXPECT_EQ(read_file(file), "12345678\nffffffff\n00000000\n");
  const Outcome none = boot("hello.elf", "--signature " + quoted(file));
  EXPECT_EQ(none.code, 2);
  EXPECT_NE(none.output.find("begin_signature"), std::string::npos) << none.output;
  EXPECT_EQ(boot("tohost.elf", "--signature /nowhere/file").code, 2);
}

TEST(Boot, AnImageThatDoesNotEndIsInconclusive) {
  const Outcome outcome = boot("echo.elf", "--max-time 0.2");
  EXPECT_EQ(outcome.code, 4);
  EXPECT_NE(outcome.output.find("had not ended after 0.2 simulated seconds"), std::string::npos) << outcome.output;
}

TEST(Boot, WhatIsTypedReachesTheImage) {
  // The image echoes in capitals and ends at a full stop.
  const std::string boot_echo = quoted(SAKSI_BUILD_DIR "/saksi") + " boot " + SAKSI_BUILD_DIR + "/hw-models/cpu/testdata/echo.elf --max-time 20";
  const Outcome outcome = run_command("printf saksi. | " + boot_echo);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_EQ(outcome.output, "SAKSI.");
  const Outcome late = run_command("{ sleep 1; printf saksi.; } | " + boot_echo);
  EXPECT_EQ(late.code, 0) << late.output;
  EXPECT_EQ(late.output, "SAKSI.");
}

TEST(Boot, AnElfForAnotherMachineIsRefused) {
  const Outcome outcome = saksi("boot /bin/true");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.output.find("x86-64"), std::string::npos) << outcome.output;
}

}  // namespace
}  // namespace saksi::test
