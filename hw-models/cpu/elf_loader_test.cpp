// Goal: a right file loads; a wrong one is refused with a message that says what is wrong and what to do; no bytes, however hostile, do harm.
// Method: a small valid file is put together here and spoiled in every way that the loader names, then cut at every byte and changed at
// random; the files that the cross compiler makes are loaded too.
#include "hw-models/cpu/elf_loader.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/error.h"
#include "base/seed_stream.h"
#include "base/temp_folder.h"

namespace saksi::hw {
namespace {

constexpr MemoryRange kRam{0x80000000, 0x100000};

/// Lays out: header, two program headers, code, data, symbols, symbol names, three section headers.
class ElfFile {
 public:
  static constexpr size_t kProgramHeaders = 52, kCode = kProgramHeaders + 2 * 32, kData = kCode + 16, kSymbols = kData + 8, kSymbolCount = 4,
                          kNames = kSymbols + 16 * kSymbolCount, kNamesSize = 32, kSections = kNames + kNamesSize, kSize = kSections + 3 * 40;

  ElfFile() : bytes(kSize, 0) {
    const uint8_t identification[] = {0x7F, 'E', 'L', 'F', 1, 1, 1};
    std::memcpy(bytes.data(), identification, sizeof identification);
    put16(16, 2);  // executable
    put16(18, 243);
    put32(20, 1);
    put32(24, 0x80000004);  // entry
    put32(28, kProgramHeaders);
    put32(32, kSections);
    put32(36, 1);  // compressed instructions
    put16(40, 52);
    put16(42, 32);
    put16(44, 2);
    put16(46, 40);
    put16(48, 3);
    put_segment(0, kCode, 0x80000000, 16, 16);
    put_segment(1, kData, 0x80001000, 8, 0x100);
    for (size_t i = 0; i < 24; ++i) bytes[kCode + i] = static_cast<uint8_t>(i + 1);
    std::memcpy(&bytes[kNames], "\0main\0helper\0tohost\0", 20);
    put_symbol(1, 1, 0x80000000, 8, 2);
    put_symbol(2, 6, 0x80000008, 0, 2);
    put_symbol(3, 13, 0x80001000, 8, 1);
    put32(kSections + 40 + 4, 2);  // section 1: symbols, whose names are in section 2
    put32(kSections + 40 + 16, kSymbols);
    put32(kSections + 40 + 20, 16 * kSymbolCount);
    put32(kSections + 40 + 24, 2);
    put32(kSections + 40 + 36, 16);
    put32(kSections + 80 + 4, 3);
    put32(kSections + 80 + 16, kNames);
    put32(kSections + 80 + 20, kNamesSize);
  }

  void put16(size_t at, uint16_t value) { std::memcpy(&bytes[at], &value, 2); }
  void put32(size_t at, uint32_t value) { std::memcpy(&bytes[at], &value, 4); }
  void put_segment(size_t index, uint32_t offset, uint32_t address, uint32_t file_size, uint32_t memory_size) {
    const size_t at = kProgramHeaders + 32 * index;
    put32(at, 1);
    put32(at + 4, offset);
    put32(at + 8, address);
    put32(at + 12, address);
    put32(at + 16, file_size);
    put32(at + 20, memory_size);
  }
  void put_symbol(size_t index, uint32_t name, uint32_t value, uint32_t size, uint8_t type) {
    const size_t at = kSymbols + 16 * index;
    put32(at, name);
    put32(at + 4, value);
    put32(at + 8, size);
    bytes[at + 12] = type;
    put16(at + 14, 1);
  }

  std::vector<uint8_t> bytes;
};

/// The message that refuses a file; empty if it is taken.
std::string refusal(const std::vector<uint8_t>& bytes, const MemoryRange& ram = kRam) {
  try {
    parse_elf(bytes, "x.elf", ram);
    return {};
  } catch (const UsageError& error) {
    return error.what();
  }
}

void expect_refusal(const ElfFile& file, const std::string& text) {
  const std::string message = refusal(file.bytes);
  EXPECT_NE(message.find("x.elf: "), std::string::npos) << message;
  EXPECT_NE(message.find(text), std::string::npos) << message;
}

TEST(ElfLoader, LoadsSegmentsEntryAndSymbols) {
  const Program program = parse_elf(ElfFile().bytes, "x.elf", kRam);
  EXPECT_EQ(program.entry, 0x80000004u);
  ASSERT_EQ(program.segments.size(), 2u);
  EXPECT_EQ(program.segments[0].address, 0x80000000u);
  EXPECT_EQ(program.segments[0].data.size(), 16u);
  EXPECT_EQ(program.segments[1].memory_size, 0x100u);
  EXPECT_EQ(program.tohost, 0x80001000u);

  std::vector<uint8_t> memory(kRam.size, 0xEE);
  place(program, kRam, memory.data());
  EXPECT_EQ(memory[0], 1);
  EXPECT_EQ(memory[15], 16);
  EXPECT_EQ(memory[16], 0xEE);
  EXPECT_EQ(memory[0x1007], 24);
  EXPECT_EQ(memory[0x1008], 0) << "the rest of a segment is zero";
  EXPECT_EQ(memory[0x10FF], 0);
  EXPECT_EQ(memory[0x1100], 0xEE);
}

TEST(ElfLoader, NamesFunctions) {
  const SymbolTable symbols = parse_elf(ElfFile().bytes, "x.elf", kRam).symbols;
  EXPECT_EQ(symbols.describe(0x80000000), "main+0x0");
  EXPECT_EQ(symbols.describe(0x80000007), "main+0x7");
  EXPECT_EQ(symbols.describe(0x80000010), "helper+0x8") << "a function without a size goes on to the next";
  EXPECT_EQ(symbols.describe(0x7FFFFFFF), "0x7fffffff");
  EXPECT_EQ(symbols.find(0x10), nullptr);
  const SymbolTable table({{0x100, 4, "b"}, {0x100, 8, "a"}, {0x200, 4, "c"}});
  EXPECT_EQ(table.describe(0x102), "a+0x2");
  EXPECT_EQ(table.describe(0x150), "0x00000150") << "past the end of one function and before the next";
}

TEST(ElfLoader, StrippedFilesLoad) {
  ElfFile file;
  file.put32(32, 0);
  file.put16(48, 0);
  file.bytes.resize(ElfFile::kSymbols);
  const Program program = parse_elf(file.bytes, "x.elf", kRam);
  EXPECT_TRUE(program.symbols.functions().empty());
  EXPECT_FALSE(program.tohost.has_value());
}

TEST(ElfLoader, ForeignFiles) {
  EXPECT_NE(refusal({}).find("empty"), std::string::npos);
  EXPECT_NE(refusal({'#', '!', '/', 'b', 'i', 'n'}).find("not an ELF file"), std::string::npos);
  ElfFile file;
  file.bytes[4] = 2;
  expect_refusal(file, "64-bit");
  file = ElfFile();
  file.bytes[5] = 2;
  expect_refusal(file, "big-endian");
  file = ElfFile();
  file.put16(18, 62);
  expect_refusal(file, "built for x86-64");
  file.bytes[4] = 2;
  expect_refusal(file, "built for x86-64");
  file.put16(18, 40);
  expect_refusal(file, "built for ARM");
  file.put16(18, 999);
  expect_refusal(file, "machine number 999");
  file = ElfFile();
  file.put16(16, 1);
  expect_refusal(file, "link it");
  file.put16(16, 3);
  expect_refusal(file, "-no-pie");
  file.put16(16, 4);
  expect_refusal(file, "core dump");
  file = ElfFile();
  for (const uint32_t single_or_double : {0x3, 0x5}) {
    file.put32(36, single_or_double);
    EXPECT_EQ(refusal(file.bytes), "");
  }
  file.put32(36, 0x7);
  expect_refusal(file, "128-bit floating-point registers");
  file.put32(36, 0x9);
  expect_refusal(file, "RV32E");
}

TEST(ElfLoader, WrongPlaces) {
  ElfFile file;
  file.put_segment(1, ElfFile::kData, 0x20000000, 8, 8);
  expect_refusal(file, "segment 1 (header at byte 84) at 0x20000000 to 0x20000008 is outside RAM, 0x80000000 to 0x80100000");
  file.put_segment(1, ElfFile::kData, 0x800FFFFC, 8, 8);
  expect_refusal(file, "outside RAM");
  file.put_segment(1, ElfFile::kData, 0x80000000, 8, 0xFFFFFFFF);
  expect_refusal(file, "outside RAM");
  file.put_segment(1, ElfFile::kData, 0xFFFFFFF0, 8, 0x20);
  expect_refusal(file, "outside RAM");
  file.put_segment(1, ElfFile::kData, 0x8000000C, 8, 8);
  expect_refusal(file, "overlap");
  file.put_segment(1, ElfFile::kData, 0x80000000, 8, 8);
  expect_refusal(file, "overlap");
  file = ElfFile();
  file.put32(24, 0x80100000);
  expect_refusal(file, "the entry point");
  file.put32(24, 0);
  expect_refusal(file, "the entry point");
  file.put32(24, 0x80000001);
  expect_refusal(file, "odd");
  file.put32(24, 0x80000010);
  expect_refusal(file, "the entry point 0x80000010 is in none of the segments");
  file = ElfFile();
  file.put_symbol(3, 13, 0x10, 8, 1);
  expect_refusal(file, "the symbol tohost");
}

TEST(ElfLoader, DamagedFiles) {
  ElfFile file;
  file.put16(44, 0);
  expect_refusal(file, "no program headers");
  file = ElfFile();
  file.put16(42, 16);
  expect_refusal(file, "program headers of 16 bytes");
  file = ElfFile();
  file.put32(28, 0xFFFFFFF0);
  expect_refusal(file, "the program header table");
  file = ElfFile();
  file.put16(44, 0xFFFF);
  expect_refusal(file, "the program header table");
  file = ElfFile();
  file.put_segment(0, 0xFFFFFFFF, 0x80000000, 16, 16);
  expect_refusal(file, "truncated: segment 0");
  file.put_segment(0, ElfFile::kCode, 0x80000000, 16, 8);
  expect_refusal(file, "more bytes in the file, 16, than in memory, 8");
  file = ElfFile();
  file.put32(ElfFile::kProgramHeaders, 7);
  file.put32(ElfFile::kProgramHeaders + 32, 7);
  expect_refusal(file, "no segment to load");
  file = ElfFile();
  file.put32(32, 0xFFFFFF00);
  expect_refusal(file, "the section header table");
  file = ElfFile();
  file.put32(ElfFile::kSections + 40 + 24, 9);
  expect_refusal(file, "symbol table");
  file = ElfFile();
  file.put32(ElfFile::kSections + 40 + 20, 0x10000000);
  expect_refusal(file, "truncated: the symbol table");
  file = ElfFile();
  file.put_symbol(1, 0xFFFFFFFF, 0x80000000, 8, 2);
  EXPECT_EQ(refusal(file.bytes), "") << "a nameless symbol is no harm";
}

TEST(ElfLoader, SegmentsWhereTheBoardHasRomOrDevices) {
  ElfFile file;
  for (const uint32_t address : {0x1000u, 0x100000u, 0x2000000u, 0xC000000u, 0x10000000u, 0u, 0xFFFFFFF8u}) {
    file.put_segment(1, ElfFile::kData, address, 8, 8);
    expect_refusal(file, "outside RAM");
  }
}

TEST(ElfLoader, MessagesSayWhere) {
  ElfFile file;
  file.put_segment(1, ElfFile::kData, 0x8000000C, 8, 8);
  expect_refusal(file, "segment 0 (header at byte 52) and segment 1 (header at byte 84) overlap at 0x8000000c");
  file.put_segment(1, 0xFFFFFFF0, 0x80001000, 0x20, 0x20);
  expect_refusal(file, "segment 1 (header at byte 84) should be at bytes 4294967280 to 4294967312");
  file.put_segment(1, ElfFile::kData, 0x80001000, 8, 7);
  expect_refusal(file, "more bytes in the file, 8, than in memory, 7");
  file = ElfFile();
  file.put16(46, 64);
  expect_refusal(file, "section headers of 64 bytes (byte 46)");
}

TEST(ElfLoader, DynamicallyLinkedIsRefused) {
  ElfFile file;
  file.put32(ElfFile::kProgramHeaders + 32, 3);
  expect_refusal(file, "-static");
}

TEST(ElfLoader, TablesOfNoSizeAndNamesWithoutAnEnd) {
  ElfFile file;
  file.put32(ElfFile::kSections + 40 + 20, 0);
  EXPECT_TRUE(parse_elf(file.bytes, "x.elf", kRam).symbols.functions().empty()) << "no symbols";
  file = ElfFile();
  file.put32(ElfFile::kSections + 80 + 20, 0);
  EXPECT_TRUE(parse_elf(file.bytes, "x.elf", kRam).symbols.functions().empty()) << "no names";
  file = ElfFile();
  file.put32(ElfFile::kSections + 80 + 20, 4);
  EXPECT_EQ(parse_elf(file.bytes, "x.elf", kRam).symbols.describe(0x80000000), "mai+0x0") << "cut off before its terminator";
  file = ElfFile();
  file.put32(ElfFile::kSections + 40 + 20, 16 * ElfFile::kSymbolCount - 1);
  EXPECT_FALSE(parse_elf(file.bytes, "x.elf", kRam).tohost.has_value()) << "half a symbol is none";
}

/// Functions that all take their name from one string table without a terminator.
std::vector<uint8_t> file_of_many_functions(size_t functions, size_t name_bytes) {
  ElfFile file;
  const size_t names = ElfFile::kSize, symbols = names + name_bytes;
  file.put32(ElfFile::kSections + 40 + 16, static_cast<uint32_t>(symbols));
  file.put32(ElfFile::kSections + 40 + 20, static_cast<uint32_t>(functions * 16));
  file.put32(ElfFile::kSections + 80 + 16, static_cast<uint32_t>(names));
  file.put32(ElfFile::kSections + 80 + 20, static_cast<uint32_t>(name_bytes));
  std::vector<uint8_t> bytes = file.bytes;
  bytes.resize(symbols, 'n');
  bytes.resize(symbols + functions * 16);
  for (size_t i = 0; i < functions; ++i) {
    const uint32_t symbol[] = {0, static_cast<uint32_t>(0x80000000 + 2 * i), 2, 0x00010002};
    std::memcpy(&bytes[symbols + 16 * i], symbol, sizeof symbol);
  }
  return bytes;
}

TEST(ElfLoader, ManySymbolsDoNotFillMemory) {
  EXPECT_EQ(parse_elf(file_of_many_functions(100'000, 8), "x.elf", kRam).symbols.functions().size(), 100'000u);
  EXPECT_NE(refusal(file_of_many_functions(1'200'000, 8)).find("more than 1000000 named functions"), std::string::npos);
  EXPECT_NE(refusal(file_of_many_functions(300'000, 1000)).find("strip it"), std::string::npos);
}

TEST(ElfLoader, CutAtEveryByteItIsRefused) {
  const std::vector<uint8_t> whole = ElfFile().bytes;
  ASSERT_EQ(refusal(whole), "");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(refusal({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "") << "cut at " << size;
  }
}

TEST(ElfLoader, ChangedBytesDoNoHarm) {
  SeedStream stream(1, "elf");
  const std::vector<uint8_t> whole = ElfFile().bytes;
  std::vector<uint8_t> memory(kRam.size);
  for (int round = 0; round < 100'000; ++round) {
    std::vector<uint8_t> bytes = whole;
    for (uint64_t i = stream.below(6) + 1; i > 0; --i) bytes[stream.below(bytes.size())] = static_cast<uint8_t>(stream.next());
    try {
      place(parse_elf(bytes, "x.elf", kRam), kRam, memory.data());
    } catch (const UsageError&) {
    }
  }
}

TEST(ElfLoader, ManySegmentsInOnePlaceDoNotFillMemory) {
  // 60,000 program headers that all show the same megabyte.
  ElfFile file;
  file.put16(44, 60'000);
  file.put32(28, ElfFile::kSize);
  std::vector<uint8_t> bytes = file.bytes;
  bytes.resize(ElfFile::kSize + 60'000 * 32 + 0x80000);
  for (size_t i = 0; i < 60'000; ++i) {
    const uint32_t header[] = {1, ElfFile::kSize, 0x80000000, 0x80000000, 0x80000, 0x80000, 5, 4};
    std::memcpy(&bytes[ElfFile::kSize + 32 * i], header, sizeof header);
  }
  EXPECT_NE(refusal(bytes).find("overlap"), std::string::npos);
}

TEST(ElfLoader, RamMayEndAtTheTopOfTheAddressSpace) {
  ElfFile file;
  file.put_segment(0, ElfFile::kCode, 0xFFFFFFF0, 16, 16);
  file.put_segment(1, ElfFile::kData, 0xFFFF0000, 8, 8);
  file.put_symbol(3, 13, 0xFFFF0000, 8, 1);
  file.put32(24, 0xFFFFFFF0);
  EXPECT_EQ(refusal(file.bytes, {0xFFFF0000, 0x10000}), "");
}

TEST(ElfLoader, RawImages) {
  const Program program = parse_bin({1, 2, 3}, "x.bin", kRam);
  EXPECT_EQ(program.entry, kRam.base);
  ASSERT_EQ(program.segments.size(), 1u);
  EXPECT_EQ(program.segments[0].data, (std::vector<uint8_t>{1, 2, 3}));
  EXPECT_THROW(parse_bin({}, "x.bin", kRam), UsageError);
  EXPECT_THROW(parse_bin(std::vector<uint8_t>(17), "x.bin", {0x80000000, 16}), UsageError);
}

TEST(ElfLoader, Files) {
  const std::string folder = SAKSI_CPU_PROGRAMS_DIR;
  EXPECT_FALSE(load_program(folder + "/hello.elf", kRam).symbols.functions().empty());
  EXPECT_THROW(load_program(folder + "/missing.elf", kRam), UsageError);
  EXPECT_THROW(load_program(folder, kRam), UsageError) << "a folder";
  const TempFolder temp;
  const std::string raw = temp.file("raw.bin");
  std::ofstream(raw) << "raw";
  EXPECT_EQ(load_program(raw, kRam).segments[0].data.size(), 3u);
}

TEST(ElfLoader, ACompilersFileCutAnywhereIsRefusedOrWhole) {
  std::ifstream stream(std::string(SAKSI_CPU_PROGRAMS_DIR) + "/hello.elf", std::ios::binary);
  const std::vector<uint8_t> whole{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  ASSERT_EQ(refusal(whole), "");
  for (size_t size = 0; size < whole.size(); size += 7) {
    EXPECT_NE(refusal({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), "") << "cut at " << size;
  }
}

}  // namespace
}  // namespace saksi::hw
