// Goal: instructions are written as binutils writes them. Method: all code of programs and of the reference firmware, against objdump.
#include "sim/observe/disassembler.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <regex>
#include <sstream>
#include <string>

namespace saksi::sim {
namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> buffer;
  while (const size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) text.append(buffer.data(), got);
  return text;
}

TEST(Disassembler, AgreesWithObjdump) {
  const std::string build = SAKSI_BUILD_DIR;
  const std::string source = SAKSI_SOURCE_DIR;
  // Assembled without compressed instructions, since objdump names those and we what they expand to.
  const std::string assembled = build + "/sim/observe/testdata/everything.elf";
  ASSERT_EQ(output_of("riscv64-unknown-elf-gcc -march=rv32imafd_zicsr_zifencei_zba_zbb_zbs -mabi=ilp32 -nostdlib -Wl,-Ttext=0x80000000 " + source +
                      "/sim/observe/testdata/everything.S -o " + assembled + " 2>&1"),
            "");
  const std::string listing = output_of("riscv64-unknown-elf-objdump -d -M no-aliases " + assembled);
  static const std::regex format("\\s*([0-9a-f]+):\\s+([0-9a-f]{8})\\s+(\\S+)\\s*([^<#]*).*");
  int compared = 0;
  std::istringstream lines(listing);
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (!std::regex_match(line, match, format)) continue;
    ++compared;
    std::string theirs = match[3].str() + (match[4].length() > 0 ? " " + match[4].str() : "");
    theirs.erase(theirs.find_last_not_of(' ') + 1);
    const auto pc = static_cast<uint32_t>(std::stoul(match[1], nullptr, 16)), raw = static_cast<uint32_t>(std::stoul(match[2], nullptr, 16));
    EXPECT_EQ(disassemble(raw, pc), theirs) << std::hex << raw;
  }
  EXPECT_GE(compared, 150);
}

TEST(Disassembler, CompressedInstructionsAreExpandedAndTheUnknownShown) {
  EXPECT_EQ(disassemble(0x8082, 0), "jalr zero,0(ra)");
  EXPECT_EQ(disassemble(0x1141, 0), "addi sp,sp,-16");
  EXPECT_EQ(disassemble(0xc606, 0), "sw ra,12(sp)");
  EXPECT_EQ(disassemble(0x0000, 0), ".half 0x0000");
  EXPECT_EQ(disassemble(0xFFFFFFFF, 0), ".word 0xffffffff");
}

}  // namespace
}  // namespace saksi::sim
