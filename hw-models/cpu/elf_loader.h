#ifndef SAKSI_HW_MODELS_CPU_ELF_LOADER_H_
#define SAKSI_HW_MODELS_CPU_ELF_LOADER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace saksi::hw {

/// Where a program may be put.
struct MemoryRange {
  uint32_t base;
  uint64_t size;  ///< bytes; base + size is at most 2^32
};

/// Function names by address.
class SymbolTable {
 public:
  struct Symbol {
    uint32_t address;
    uint32_t size;  ///< bytes, 0 if the file does not say
    std::string name;
  };

  /// Sorts; of several names for one address the first in alphabetical order is kept.
  explicit SymbolTable(std::vector<Symbol> functions = {});

  /// The function that holds `address`: the nearest one at or below it, unless its known size ends before. nullptr if there is none.
  const Symbol* find(uint32_t address) const;
  /// "name+0x12", or "0x80001234" if no function holds it.
  std::string describe(uint32_t address) const;
  const std::vector<Symbol>& functions() const { return functions_; }

 private:
  std::vector<Symbol> functions_;
};

/// A program for the CPU, checked and ready to be copied into memory, as often as the device is powered on.
struct Program {
  struct Segment {
    uint32_t address;      ///< physical
    uint32_t memory_size;  ///< bytes; those after `data` are zero
    std::vector<uint8_t> data;
  };
  std::vector<Segment> segments;
  uint32_t entry = 0;
  SymbolTable symbols;
  std::optional<uint32_t> tohost;  ///< address of the symbol of that name, by which riscv-tests end
  /// What the architecture tests leave to be compared: from the symbol begin_signature to end_signature, if it has both, in RAM.
  std::optional<MemoryRange> signature;
};

/// An ELF32 little-endian RISC-V executable. `name` is the file's name for messages. Throws UsageError, saying what is wrong, where in the
/// file, and what to do; every byte may be hostile. A stripped file gives a program without symbols.
Program parse_elf(const std::vector<uint8_t>& file, const std::string& name, const MemoryRange& ram);
/// A raw image, put at the base of RAM and entered there.
Program parse_bin(const std::vector<uint8_t>& file, const std::string& name, const MemoryRange& ram);
/// Reads a file; one named *.bin is a raw image, anything else must be an ELF.
Program load_program(const std::string& path, const MemoryRange& ram);

/// Copies a program into `memory`, which holds what is at ram.base.
void place(const Program& program, const MemoryRange& ram, uint8_t* memory);

}  // namespace saksi::hw

#endif
