#ifndef SAKSI_HW_MODELS_BASE_REGISTER_INFO_H_
#define SAKSI_HW_MODELS_BASE_REGISTER_INFO_H_

#include <cstdint>

namespace saksi::regs {

enum class Access : uint8_t { kReadWrite, kReadOnly, kWriteOnly, kWriteOneToClear };

/// One register, or an array of equal ones, of a block's map.
struct RegisterInfo {
  const char* name;
  uint32_t offset;  ///< bytes from the block's base
  uint8_t width;    ///< 8, 16 or 32 bits
  uint32_t count;   ///< 1, or the length of the array
  uint32_t stride;  ///< bytes from one element to the next
  Access access;
  uint32_t reset;
};

/// A bit field of a register.
struct Field {
  uint32_t offset;
  uint8_t lsb;
  uint8_t width;
  constexpr uint32_t mask() const { return (width == 32 ? 0xFFFFFFFFu : ((1u << width) - 1)) << lsb; }
  constexpr uint32_t get(uint32_t value) const { return (value & mask()) >> lsb; }
  constexpr uint32_t put(uint32_t field_value) const { return (field_value << lsb) & mask(); }
};

/// A field with its name, in the table of a block.
struct FieldInfo {
  const char* name;
  Field field;
};

/// A block's whole map.
struct BlockInfo {
  const char* name;
  const char* title;
  const RegisterInfo* registers;
  uint32_t register_count;
  const FieldInfo* fields;  ///< in the order of the registers
  uint32_t field_count;
};

}  // namespace saksi::regs

#endif
