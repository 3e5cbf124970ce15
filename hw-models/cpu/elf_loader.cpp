#include "hw-models/cpu/elf_loader.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>

#include "base/error.h"

namespace saksi::hw {
namespace {

// The ELF specification (System V ABI 4.1, chapters 4 and 5) and the RISC-V ELF psABI 1.0: offsets within ELF32 structures.
namespace header {
constexpr size_t kSize = 52;
constexpr size_t kClass = 4, kData = 5, kType = 16, kMachine = 18, kEntry = 24, kProgramOffset = 28, kSectionOffset = 32, kFlags = 36,
                 kProgramEntrySize = 42, kProgramCount = 44, kSectionEntrySize = 46, kSectionCount = 48;
}  // namespace header
namespace program_header {
constexpr size_t kSize = 32;
constexpr size_t kType = 0, kOffset = 4, kPhysical = 12, kFileSize = 16, kMemorySize = 20;
constexpr uint32_t kLoad = 1, kInterpreter = 3;
}  // namespace program_header
namespace section_header {
constexpr size_t kSize = 40;
constexpr size_t kType = 4, kOffset = 16, kBytes = 20, kLink = 24, kEntrySize = 36;
constexpr uint32_t kSymbolTable = 2;
}  // namespace section_header
namespace symbol {
constexpr size_t kSize = 16;
constexpr size_t kName = 0, kValue = 4, kBytes = 8, kInfo = 12, kSection = 14;
constexpr uint8_t kNoType = 0, kObject = 1, kFunction = 2;
constexpr uint16_t kUndefined = 0;
}  // namespace symbol

constexpr uint16_t kTypeExecutable = 2;
constexpr uint16_t kMachineRiscv = 243;
constexpr uint32_t kFlagFloatAbi = 0x6;
constexpr uint32_t kFloatAbiQuad = 0x6;
constexpr uint32_t kFlagRve = 0x8;
constexpr size_t kFileBytesMax = 256 << 20;
constexpr size_t kReadBytes = 1 << 16;
// Of the symbol table; what is beyond all programs for a 32-bit camera may not fill the host's memory.
constexpr size_t kFunctionsMax = 1'000'000;
constexpr size_t kNameBytesMax = 64 << 20;

std::string hex(uint64_t value) {
  char text[20];
  std::snprintf(text, sizeof text, "0x%08llx", static_cast<unsigned long long>(value));
  return text;
}

std::string machine_name(uint16_t machine) {
  switch (machine) {
    case 2: return "SPARC";
    case 3: return "x86";
    case 8: return "MIPS";
    case 20: return "PowerPC";
    case 21: return "PowerPC64";
    case 22: return "S/390";
    case 40: return "ARM";
    case 62: return "x86-64";
    case 83: return "AVR";
    case 94: return "Xtensa";
    case 183: return "AArch64";
    case 247: return "BPF";
    case 258: return "LoongArch";
    default: return "machine number " + std::to_string(machine);
  }
}

std::string type_problem(uint16_t type) {
  switch (type) {
    case 1: return "an object file, not a linked program; link it first";
    case 3: return "position independent; link it with -static -no-pie";
    case 4: return "a core dump, not a program";
    default: return "of ELF type " + std::to_string(type) + ", not an executable";
  }
}

/// The bytes of a file. Nothing outside them is ever read.
class File {
 public:
  File(const std::vector<uint8_t>& bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  [[noreturn]] void fail(const std::string& problem) const { throw UsageError(name_ + ": " + problem); }
  uint64_t size() const { return bytes_.size(); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }

  /// Throws unless `size` bytes at `offset` are in the file; `what` names them.
  void need(uint64_t offset, uint64_t size, const std::string& what) const {
    if (offset <= bytes_.size() && size <= bytes_.size() - offset) return;
    fail("truncated: " + what + " should be at bytes " + std::to_string(offset) + " to " + std::to_string(offset + size) + ", but the file has " +
         std::to_string(bytes_.size()) + " bytes; build or copy it again");
  }

  // The caller has called need().
  uint8_t u8(uint64_t offset) const { return bytes_[offset]; }
  uint16_t u16(uint64_t offset) const { return static_cast<uint16_t>(bytes_[offset] | bytes_[offset + 1] << 8); }
  uint32_t u32(uint64_t offset) const { return u16(offset) | static_cast<uint32_t>(u16(offset + 2)) << 16; }

 private:
  const std::vector<uint8_t>& bytes_;
  const std::string& name_;
};

void check_header(const File& file) {
  constexpr uint8_t kMagic[] = {0x7F, 'E', 'L', 'F'};
  const std::vector<uint8_t>& bytes = file.bytes();
  if (bytes.empty()) file.fail("the file is empty; expected a 32-bit RISC-V ELF executable; build or copy it again");
  if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(4, bytes.size())), kMagic)) {
    file.fail("not an ELF file (it does not begin with \\x7fELF); expected a 32-bit RISC-V executable, or a raw image named *.bin");
  }
  file.need(0, header::kSize, "the ELF header");
  const uint16_t machine = file.u16(header::kMachine);
  if (file.u8(header::kData) != 1) file.fail("a big-endian ELF file; this CPU is little endian: build for riscv32 (-march=rv32imac -mabi=ilp32)");
  if (machine != kMachineRiscv) {
    file.fail("built for " + machine_name(machine) + ", but this CPU is RISC-V: build for riscv32 (-march=rv32imac -mabi=ilp32)");
  }
  if (file.u8(header::kClass) != 1) file.fail("a 64-bit ELF file, but this CPU has 32 bits: build with -march=rv32imac -mabi=ilp32");
  const uint16_t type = file.u16(header::kType);
  if (type != kTypeExecutable) file.fail(type_problem(type));
  const uint32_t flags = file.u32(header::kFlags);
  if ((flags & kFlagFloatAbi) == kFloatAbiQuad) {
    file.fail("built for 128-bit floating-point registers, which this CPU lacks: build with -march=rv32imafdc -mabi=ilp32d, or rv32imac and ilp32");
  }
  if ((flags & kFlagRve) != 0) file.fail("built for RV32E, whose calls this CPU does not follow: build with -march=rv32imac -mabi=ilp32");
}

void check_inside_ram(const File& file, const std::string& what, uint32_t address, uint64_t size, const MemoryRange& ram) {
  if (address >= ram.base && address - ram.base <= ram.size && size <= ram.size - (address - ram.base)) return;
  file.fail(what + " at " + hex(address) + " to " + hex(address + size) + " is outside RAM, " + hex(ram.base) + " to " + hex(ram.base + ram.size) +
            "; check the linker script's addresses");
}

/// A segment to load, its bytes still in the file.
struct SegmentHeader {
  std::string what;  ///< for messages
  uint32_t address, memory_size, offset, file_size;
};

/// One entry of the program header table; nothing if there is nothing of it to load.
std::optional<SegmentHeader> read_segment_header(const File& file, uint64_t index, uint64_t at, const MemoryRange& ram) {
  const uint32_t type = file.u32(at + program_header::kType);
  if (type == program_header::kInterpreter) file.fail("dynamically linked, and there is no loader of libraries here; link it with -static");
  if (type != program_header::kLoad) return std::nullopt;
  const SegmentHeader segment{"segment " + std::to_string(index) + " (header at byte " + std::to_string(at) + ")",
                              file.u32(at + program_header::kPhysical), file.u32(at + program_header::kMemorySize),
                              file.u32(at + program_header::kOffset), file.u32(at + program_header::kFileSize)};
  if (segment.memory_size == 0 && segment.file_size == 0) return std::nullopt;
  if (segment.file_size > segment.memory_size) {
    file.fail("damaged: " + segment.what + " has more bytes in the file, " + std::to_string(segment.file_size) + ", than in memory, " +
              std::to_string(segment.memory_size) + "; build or copy it again");
  }
  file.need(segment.offset, segment.file_size, segment.what);
  check_inside_ram(file, segment.what, segment.address, segment.memory_size, ram);
  return segment;
}

std::vector<SegmentHeader> read_segment_headers(const File& file, const MemoryRange& ram) {
  const uint64_t table = file.u32(header::kProgramOffset);
  const uint64_t count = file.u16(header::kProgramCount);
  const uint64_t entry_size = file.u16(header::kProgramEntrySize);
  if (count == 0) file.fail("has no program headers, so there is nothing to load; link it as an executable");
  if (entry_size != program_header::kSize) {
    file.fail("damaged: program headers of " + std::to_string(entry_size) + " bytes (byte " + std::to_string(header::kProgramEntrySize) +
              "), expected 32; build or copy it again");
  }
  file.need(table, count * entry_size, "the program header table");

  std::vector<SegmentHeader> headers;
  for (uint64_t i = 0; i < count; ++i) {
    std::optional<SegmentHeader> segment = read_segment_header(file, i, table + i * entry_size, ram);
    if (segment) headers.push_back(std::move(*segment));
  }
  if (headers.empty()) file.fail("has no segment to load; link it as an executable");
  return headers;
}

/// Overlaps are looked for before any byte is copied, so what is copied never exceeds RAM.
std::vector<Program::Segment> read_segments(const File& file, const MemoryRange& ram) {
  std::vector<SegmentHeader> headers = read_segment_headers(file, ram);
  std::stable_sort(headers.begin(), headers.end(), [](const SegmentHeader& a, const SegmentHeader& b) { return a.address < b.address; });
  std::vector<Program::Segment> segments;
  for (size_t i = 1; i < headers.size(); ++i) {
    if (headers[i].address - headers[i - 1].address < headers[i - 1].memory_size) {
      file.fail(headers[i - 1].what + " and " + headers[i].what + " overlap at " + hex(headers[i].address) + "; check the linker script");
    }
  }
  for (const SegmentHeader& segment : headers) {
    const auto data = file.bytes().begin() + static_cast<std::ptrdiff_t>(segment.offset);
    segments.push_back({segment.address, segment.memory_size, {data, data + static_cast<std::ptrdiff_t>(segment.file_size)}});
  }
  return segments;
}

uint32_t read_entry(const File& file, const std::vector<Program::Segment>& segments, const MemoryRange& ram) {
  const uint32_t entry = file.u32(header::kEntry);
  check_inside_ram(file, "the entry point", entry, 2, ram);
  if (entry % 2 != 0) file.fail("the entry point " + hex(entry) + " is odd; check the linker script's ENTRY");
  const bool loaded = std::any_of(segments.begin(), segments.end(), [entry](const Program::Segment& segment) {
    return entry >= segment.address && entry - segment.address < segment.memory_size;
  });
  if (!loaded) {
    file.fail("the entry point " + hex(entry) + " is in none of the segments; check the linker script's ENTRY and that its section is kept");
  }
  return entry;
}

/// Text at an offset of a string table, up to its terminator or the end of the table; a very long name is cut, so that a hostile table
/// of overlapping names cannot fill the host's memory.
std::string text_at(const File& file, uint64_t table, uint64_t table_size, uint64_t offset) {
  if (offset >= table_size) return {};
  constexpr uint64_t kLengthMax = 256;
  const auto begin = file.bytes().begin() + static_cast<std::ptrdiff_t>(table + offset);
  const auto end = begin + static_cast<std::ptrdiff_t>(std::min(kLengthMax, table_size - offset));
  return std::string(begin, std::find(begin, end, 0));
}

/// A table of the file: symbols, or their names.
struct Table {
  uint64_t offset, size;
};

Table read_table(const File& file, uint64_t section, const std::string& what) {
  const Table table{file.u32(section + section_header::kOffset), file.u32(section + section_header::kBytes)};
  file.need(table.offset, table.size, what);
  return table;
}

/// Symbols that have a meaning for whoever runs the program.
struct KnownSymbols {
  std::optional<uint32_t> tohost, begin_signature, end_signature;

  void see(const std::string& name, uint32_t value) {
    if (name == "tohost") tohost = value;
    if (name == "begin_signature") begin_signature = value;
    if (name == "end_signature") end_signature = value;
  }
};

void read_symbol_table(const File& file, uint64_t sections, uint64_t section, KnownSymbols& known, std::vector<SymbolTable::Symbol>& functions) {
  const Table symbols = read_table(file, section, "the symbol table");
  const uint64_t link = file.u32(section + section_header::kLink);
  if (link >= file.u16(header::kSectionCount) || file.u32(section + section_header::kEntrySize) != symbol::kSize) {
    file.fail("damaged: the symbol table's header at byte " + std::to_string(section) + " makes no sense; build it again, or strip it");
  }
  const Table names = read_table(file, sections + link * section_header::kSize, "the symbol names");

  size_t name_bytes = 0;
  for (uint64_t at = symbols.offset; at + symbol::kSize <= symbols.offset + symbols.size; at += symbol::kSize) {
    const uint8_t type = file.u8(at + symbol::kInfo) & 0xF;
    if (file.u16(at + symbol::kSection) == symbol::kUndefined || (type != symbol::kNoType && type != symbol::kObject && type != symbol::kFunction)) {
      continue;
    }
    const std::string name = text_at(file, names.offset, names.size, file.u32(at + symbol::kName));
    const uint32_t value = file.u32(at + symbol::kValue);
    known.see(name, value);
    if (type != symbol::kFunction || name.empty()) continue;
    name_bytes += name.size();
    if (functions.size() == kFunctionsMax || name_bytes > kNameBytesMax) {
      file.fail("has more than " + std::to_string(kFunctionsMax) + " named functions, or more than 64 MiB of their names; strip it");
    }
    functions.push_back({value, file.u32(at + symbol::kBytes), name});
  }
}

void read_symbols(const File& file, const MemoryRange& ram, Program& program) {
  const uint64_t sections = file.u32(header::kSectionOffset);
  const uint64_t count = file.u16(header::kSectionCount);
  if (sections == 0 || count == 0) return;
  if (file.u16(header::kSectionEntrySize) != section_header::kSize) {
    file.fail("damaged: section headers of " + std::to_string(file.u16(header::kSectionEntrySize)) + " bytes (byte " +
              std::to_string(header::kSectionEntrySize) + "), expected 40; build it again, or strip it");
  }
  file.need(sections, count * section_header::kSize, "the section header table");
  std::vector<SymbolTable::Symbol> functions;
  KnownSymbols known;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t section = sections + i * section_header::kSize;
    if (file.u32(section + section_header::kType) != section_header::kSymbolTable) continue;
    read_symbol_table(file, sections, section, known, functions);
    break;  // there is at most one
  }
  program.symbols = SymbolTable(std::move(functions));
  program.tohost = known.tohost;
  if (program.tohost) check_inside_ram(file, "the symbol tohost", *program.tohost, 8, ram);
  if (!known.begin_signature || !known.end_signature || *known.begin_signature > *known.end_signature) return;
  const MemoryRange signature{*known.begin_signature, *known.end_signature - *known.begin_signature};
  check_inside_ram(file, "the signature", signature.base, signature.size, ram);
  program.signature = signature;
}

std::vector<uint8_t> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw UsageError(path + ": cannot be opened: " + std::strerror(errno));
  std::vector<uint8_t> bytes;
  size_t got = 0;
  do {
    if (bytes.size() > kFileBytesMax) {
      throw UsageError(path + ": larger than 256 MiB; expected a program for a 32-bit camera; strip it, or give the right file");
    }
    bytes.resize(bytes.size() + kReadBytes);
    got = std::fread(bytes.data() + bytes.size() - kReadBytes, 1, kReadBytes, file.get());
    bytes.resize(bytes.size() - kReadBytes + got);
  } while (got == kReadBytes);
  if (std::ferror(file.get()) != 0) throw UsageError(path + ": cannot be read: " + std::strerror(errno));
  return bytes;
}

}  // namespace

SymbolTable::SymbolTable(std::vector<Symbol> functions) : functions_(std::move(functions)) {
  std::sort(functions_.begin(), functions_.end(), [](const Symbol& a, const Symbol& b) {
    return a.address != b.address ? a.address < b.address : a.name < b.name;
  });
  const auto same_place = [](const Symbol& a, const Symbol& b) { return a.address == b.address; };
  functions_.erase(std::unique(functions_.begin(), functions_.end(), same_place), functions_.end());
}

const SymbolTable::Symbol* SymbolTable::find(uint32_t address) const {
  const auto after = std::upper_bound(functions_.begin(), functions_.end(), address, [](uint32_t a, const Symbol& s) { return a < s.address; });
  if (after == functions_.begin()) return nullptr;
  const Symbol& candidate = *std::prev(after);
  return candidate.size != 0 && address - candidate.address >= candidate.size ? nullptr : &candidate;
}

std::string SymbolTable::describe(uint32_t address) const {
  const Symbol* function = find(address);
  if (!function) return hex(address);
  char offset[16];
  std::snprintf(offset, sizeof offset, "+0x%x", address - function->address);
  return function->name + offset;
}

Program parse_elf(const std::vector<uint8_t>& bytes, const std::string& name, const MemoryRange& ram) {
  const File file(bytes, name);
  check_header(file);
  Program program;
  program.segments = read_segments(file, ram);
  program.entry = read_entry(file, program.segments, ram);
  read_symbols(file, ram, program);
  return program;
}

Program parse_bin(const std::vector<uint8_t>& bytes, const std::string& name, const MemoryRange& ram) {
  const File file(bytes, name);
  if (bytes.empty()) file.fail("the file is empty; expected a raw image; build or copy it again");
  if (bytes.size() > ram.size) {
    file.fail("a raw image of " + std::to_string(bytes.size()) + " bytes does not fit into RAM of " + std::to_string(ram.size) +
              " bytes; choose a board with more (--board), or make the image smaller");
  }
  Program program;
  program.segments.push_back({ram.base, static_cast<uint32_t>(bytes.size()), bytes});
  program.entry = ram.base;
  return program;
}

Program load_program(const std::string& path, const MemoryRange& ram) {
  const std::vector<uint8_t> bytes = read_file(path);
  const std::string extension = ".bin";
  const bool raw = path.size() > extension.size() && path.compare(path.size() - extension.size(), extension.size(), extension) == 0;
  return raw ? parse_bin(bytes, path, ram) : parse_elf(bytes, path, ram);
}

void place(const Program& program, const MemoryRange& ram, uint8_t* memory) {
  for (const Program::Segment& segment : program.segments) {
    uint8_t* at = memory + (segment.address - ram.base);
    std::copy(segment.data.begin(), segment.data.end(), at);
    std::fill(at + segment.data.size(), at + segment.memory_size, uint8_t{0});
  }
}

}  // namespace saksi::hw
