// Goal: what an ELF says of lines, functions, code and stack is read right, and a damaged one does no harm. Method: a program that the build
// makes, whole, cut short at many places and with bytes replaced.
#include "sim/observe/source_lines.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/temp_folder.h"

namespace saksi::sim {
namespace {

const std::string kProgram = std::string(SAKSI_BUILD_DIR) + "/sim/observe/testdata/counted.elf";

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Reads everything there is to read from a file of these bytes.
size_t read_all(const std::string& bytes) {
  const TempFolder folder;
  const std::string path = folder.file("damaged.elf");
  std::ofstream(path, std::ios::binary) << bytes;
  const ElfLayout layout = read_elf_layout(path);
  const SourceLines lines(path, layout.code.empty() ? std::vector<AddressRange>{{0x80000000, 0x80010000}} : layout.code, "");
  for (const LineRange& range : lines.ranges()) EXPECT_LT(range.file, lines.files().size());
  return lines.ranges().size();
}

TEST(ElfLayoutTest, CodeStackAndLabels) {
  const ElfLayout layout = read_elf_layout(kProgram);
  ASSERT_EQ(layout.code.size(), 1u);
  EXPECT_EQ(layout.code[0].begin, 0x80000000u);
  ASSERT_TRUE(layout.stack);
  EXPECT_EQ(layout.stack->top - layout.stack->limit, 0x1000u);
  EXPECT_EQ(layout.stack->from, "symbols __stack_limit, __stack_top");
  bool has_label = false;
  for (const auto& symbol : layout.symbols.functions()) has_label |= symbol.name == "trap_entry";
  EXPECT_TRUE(has_label) << "a global label of assembly code is a function";
}

TEST(ElfLayoutTest, AFileThatIsNoneGivesNothing) {
  EXPECT_TRUE(read_elf_layout("/nonexistent").code.empty());
  EXPECT_TRUE(read_elf_layout(__FILE__).code.empty());
}

TEST(SourceLinesTest, LinesAndFunctionsByAddress) {
  const ElfLayout layout = read_elf_layout(kProgram);
  const SourceLines lines(kProgram, layout.code, "");
  EXPECT_EQ(lines.problem(), "");
  EXPECT_NE(lines.describe(0x80000000).find("start.S:"), std::string::npos) << lines.describe(0x80000000);
  EXPECT_EQ(lines.describe(0x1234), "");
  const SourceFunction* twice = nullptr;
  for (const SourceFunction& function : lines.functions()) {
    if (function.name == "twice") twice = &function;
  }
  ASSERT_NE(twice, nullptr);
  ASSERT_EQ(twice->entries.size(), 2u) << "inlined at two places";
}

TEST(SourceLinesTest, ATruncatedFileDoesNoHarm) {
  const std::string whole = bytes_of(kProgram);
  ASSERT_GT(read_all(whole), 10u);
  for (size_t size = 0; size < whole.size(); size += 97) read_all(whole.substr(0, size));
}

TEST(SourceLinesTest, AnyBytesDoNoHarm) {
  const std::string whole = bytes_of(kProgram);
  uint32_t seed = 7;
  for (int round = 0; round < 400; ++round) {
    std::string damaged = whole;
    for (int i = 0; i < 1 + round % 50; ++i) {
      seed = seed * 1664525u + 1013904223u;
      const uint32_t at = (seed >> 8) % static_cast<uint32_t>(whole.size());
      seed = seed * 1664525u + 1013904223u;
      damaged[at] = static_cast<char>(seed >> 24);
    }
    read_all(damaged);
  }
}

}  // namespace
}  // namespace saksi::sim
