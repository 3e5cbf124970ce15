// Goal: `saksi boot` refuses a program file that is damaged, foreign or made to do harm with exit code 2 and a message that says what is wrong
// and where, quickly and in little memory.
// Method: a program that the build made is spoiled in one way each.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "tests/support/command.h"

namespace saksi::test {
namespace {

constexpr size_t kProgramHeaderOffset = 28, kSectionHeaderOffset = 32, kProgramHeaderCount = 44;

class Elf {
 public:
  Elf() : bytes(read_file(SAKSI_BUILD_DIR "/benchmark/empty.elf")) {}
  uint32_t word(size_t at) const {
    uint32_t value;
    std::memcpy(&value, &bytes[at], 4);
    return value;
  }
  void put32(size_t at, uint32_t value) { std::memcpy(&bytes[at], &value, 4); }
  void put16(size_t at, uint16_t value) { std::memcpy(&bytes[at], &value, 2); }
  /// A field of the first program header that is loaded.
  size_t segment(size_t field) const {
    size_t at = word(kProgramHeaderOffset);
    while (word(at) != 1) at += 32;
    return at + field;
  }
  std::string bytes;
};

/// What `saksi boot` says to the spoiled file, in at most 300 MB of memory beyond what the simulator's own libraries take.
void expect_refused(const std::string& name, const std::function<void(Elf&)>& spoil, const std::string& text) {
  Elf elf;
  ASSERT_GT(elf.bytes.size(), 1000u);
  spoil(elf);
  const std::string path = fresh_dir("hostile-elf-" + name) + "/" + name + ".elf";
  write_file(path, elf.bytes);
  const Outcome outcome = run_command("ulimit -d 400000; timeout 60 " SAKSI_BUILD_DIR "/saksi boot " + path + " --max-time 1 </dev/null");
  EXPECT_EQ(outcome.code, 2) << name << ": " << outcome.output;
  EXPECT_NE(outcome.output.find(name + ".elf: "), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find(text), std::string::npos) << outcome.output;
}

TEST(HostileElf, TheFileIsGoodBeforeItIsSpoiled) { EXPECT_EQ(saksi("boot " SAKSI_BUILD_DIR "/benchmark/empty.elf --max-time 1 </dev/null").code, 0); }

TEST(HostileElf, Truncated) {
  expect_refused(
      "empty", [](Elf& elf) { elf.bytes.clear(); }, "empty");
  expect_refused(
      "header", [](Elf& elf) { elf.bytes.resize(40); }, "truncated");
  expect_refused(
      "half", [](Elf& elf) { elf.bytes.resize(elf.bytes.size() / 2); }, "truncated");
  expect_refused(
      "last-byte", [](Elf& elf) { elf.bytes.pop_back(); }, "truncated");
}

TEST(HostileElf, Foreign) {
  expect_refused(
      "text", [](Elf& elf) { elf.bytes = "#!/bin/sh\n"; }, "not an ELF file");
  expect_refused(
      "64-bit", [](Elf& elf) { elf.bytes[4] = 2; }, "64-bit");
  expect_refused(
      "big-endian", [](Elf& elf) { elf.bytes[5] = 2; }, "big-endian");
  expect_refused(
      "machine", [](Elf& elf) { elf.put16(18, 8); }, "MIPS");
  expect_refused(
      "object", [](Elf& elf) { elf.put16(16, 1); }, "link it");
  expect_refused(
      "pie", [](Elf& elf) { elf.put16(16, 3); }, "-no-pie");
  expect_refused(
      "core", [](Elf& elf) { elf.put16(16, 4); }, "core dump");
}

TEST(HostileElf, SegmentsInWrongPlaces) {
  expect_refused(
      "in-device", [](Elf& elf) { elf.put32(elf.segment(12), 0x10000000); }, "outside RAM");
  expect_refused(
      "in-rom", [](Elf& elf) { elf.put32(elf.segment(12), 0x1000); }, "outside RAM");
  expect_refused(
      "huge", [](Elf& elf) { elf.put32(elf.segment(20), 0xFFFFFFFF); }, "outside RAM");
  expect_refused(
      "beyond-file", [](Elf& elf) { elf.put32(elf.segment(4), 0xFFFFFFF0); }, "truncated");
  expect_refused(
      "more-in-file", [](Elf& elf) { elf.put32(elf.segment(20), 1); }, "more bytes in the file");
  expect_refused(
      "entry", [](Elf& elf) { elf.put32(24, 0x20000000); }, "the entry point");
  expect_refused(
      "entry-nowhere", [](Elf& elf) { elf.put32(24, 0x87000000); }, "none of the segments");
}

TEST(HostileElf, TablesThatMakeNoSense) {
  expect_refused(
      "no-segments", [](Elf& elf) { elf.put16(kProgramHeaderCount, 0); }, "no program headers");
  expect_refused(
      "many-segments", [](Elf& elf) { elf.put16(kProgramHeaderCount, 0xFFFF); }, "the program header table");
  expect_refused(
      "far-segments", [](Elf& elf) { elf.put32(kProgramHeaderOffset, 0xFFFFFFFC); }, "the program header table");
  expect_refused(
      "far-sections", [](Elf& elf) { elf.put32(kSectionHeaderOffset, 0xFFFFFFFC); }, "the section header table");
}

TEST(HostileElf, SixtyThousandSegmentsOnOneMegabyte) {
  const auto spoil = [](Elf& elf) {
    std::string header = elf.bytes.substr(elf.segment(0), 32);
    const uint32_t offset = static_cast<uint32_t>(elf.bytes.size());
    for (int i = 0; i < 60'000; ++i) elf.bytes += header;
    const uint32_t size = 1 << 20;
    elf.bytes.resize(offset + 60'000 * 32 + size);
    for (size_t i = 0; i < 60'000; ++i) {
      for (const size_t field : {size_t{16}, size_t{20}}) elf.put32(offset + 32 * i + field, size);
    }
    elf.put32(kProgramHeaderOffset, offset);
    elf.put16(kProgramHeaderCount, 60'000);
  };
  expect_refused("overlapping", spoil, "overlap");
}

}  // namespace
}  // namespace saksi::test
