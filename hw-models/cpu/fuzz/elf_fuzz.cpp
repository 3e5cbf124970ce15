// A program file of any bytes is loaded or refused with a message, and what is loaded lies in RAM, where nothing overlaps.
#include <cstdlib>

#include "base/error.h"
#include "hw-models/cpu/elf_loader.h"

namespace {

constexpr saksi::hw::MemoryRange kRam{0x80000000, 1 << 20};

void check(const saksi::hw::Program& program) {
  uint64_t end = kRam.base;
  for (const saksi::hw::Program::Segment& segment : program.segments) {
    if (segment.address < end || segment.data.size() > segment.memory_size) std::abort();
    end = uint64_t{segment.address} + segment.memory_size;
  }
  if (end > kRam.base + kRam.size || program.entry < kRam.base || program.entry - kRam.base >= kRam.size) std::abort();
  static std::vector<uint8_t> memory(kRam.size);
  place(program, kRam, memory.data());
  for (const saksi::hw::SymbolTable::Symbol& function : program.symbols.functions()) {
    if (function.name.empty() || program.symbols.describe(function.address).empty()) std::abort();
  }
  program.symbols.describe(program.entry);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<uint8_t> bytes(data, data + size);
  for (const auto parse : {saksi::hw::parse_elf, saksi::hw::parse_bin}) {
    try {
      check(parse(bytes, "fuzz.elf", kRam));
    } catch (const saksi::UsageError& error) {
      if (error.what()[0] == 0) std::abort();
    }
  }
  return 0;
}
