#ifndef SAKSI_SIM_OBSERVE_ELF_LAYOUT_H_
#define SAKSI_SIM_OBSERVE_ELF_LAYOUT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hw-models/cpu/elf_loader.h"

namespace saksi::sim {

struct AddressRange {
  uint32_t begin;
  uint32_t end;  ///< first address behind it, more than `begin`
  bool contains(uint32_t address) const { return address >= begin && address < end; }
};

/// Where a program's stack lies, and what in the file says so.
struct StackBounds {
  uint32_t limit;    ///< lowest address that belongs to it
  uint32_t top;      ///< first address above it
  std::string from;  ///< for example "symbols stack_limit, stack_top"
};

/// What an ELF file says of a program beyond what a loader needs. A raw image, or a file that says nothing, gives an empty layout.
struct ElfLayout {
  /// Executable bytes that the loader puts into place: sections with code, or without section headers segments that are executable and not
  /// writable. Code that start-up code copies elsewhere by itself is left out, since that copy is no fault. Sorted, disjoint.
  std::vector<AddressRange> code;
  std::optional<StackBounds> stack;
  /// Functions, and the global labels of assembly code that no function covers.
  hw::SymbolTable symbols;
};

/// Reads it from a file that load_program() has accepted. Never throws: what is damaged is missing from the result.
///
/// The stack's bounds, the first of these that the file has:
/// - a symbol for its lower end (__stack_limit, __StackLimit, _stack_limit, stack_limit, __stack_bottom, _stack_bottom, stack_bottom, __stack_low,
///   _sstack, _susrstack) and one for its upper end (__stack_top, _stack_top, stack_top, __StackTop, __stack, _sp, _estack, _eusrstack);
/// - a pair __stack_start, __stack_end (also with one leading underscore, trailing ones, or none), whichever is the lower one;
/// - a symbol for the upper end and one whose value is the size (__stack_size, _stack_size, stack_size, __STACK_SIZE), or the size of the
///   PT_GNU_STACK segment;
/// - a section named .stack, or whose name begins so.
ElfLayout read_elf_layout(const std::string& path);

}  // namespace saksi::sim

#endif
