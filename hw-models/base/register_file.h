#ifndef SAKSI_HW_MODELS_BASE_REGISTER_FILE_H_
#define SAKSI_HW_MODELS_BASE_REGISTER_FILE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "hw-models/base/register_info.h"

namespace saksi::hw {

/// The registers of one block, made from the generated table: storage, access rules and reset values. A block attaches handlers for the
/// registers that do something.
///
/// An access of 8, 16 or 32 bits may cover part of a register or several; handlers see whole registers. Reads outside every register give
/// 0, writes there are dropped; both are counted in `stray_accesses()`.
class RegisterFile {
 public:
  using IndexedWriteHandler = std::function<void(uint32_t index, uint32_t value)>;
  using IndexedReadHandler = std::function<uint32_t(uint32_t index)>;

  template <size_t N>
  explicit RegisterFile(const regs::RegisterInfo (&table)[N]) : RegisterFile(table, N) {}
  RegisterFile(const regs::RegisterInfo* table, size_t count);

  /// Called after a write has been stored by the access rule, with the register's new value (for w1c and wo: with the written bits).
  template <typename Handler>  // void(uint32_t value)
  void on_write(uint32_t offset, Handler handler) {
    on_write_indexed(offset, [handler = std::move(handler)](uint32_t, uint32_t value) { handler(value); });
  }
  /// Gives the value of a read instead of the stored one. Has side effects only if the data sheet says so.
  template <typename Handler>  // uint32_t()
  void on_read(uint32_t offset, Handler handler) {
    on_read_indexed(offset, [handler = std::move(handler)](uint32_t) { return handler(); });
  }
  /// Likewise for handlers that notify no event of the kernel, so that polling a status register costs little: see RegisterPort.
  template <typename Handler>  // uint32_t()
  void on_quiet_read(uint32_t offset, Handler handler) {
    on_read(offset, std::move(handler));
    find(offset).quiet_read = true;
  }
  template <typename Handler>  // void(uint32_t value)
  void on_quiet_write(uint32_t offset, Handler handler) {
    on_write(offset, std::move(handler));
    find(offset).quiet_write = true;
  }
  void on_write_indexed(uint32_t offset, IndexedWriteHandler handler);
  void on_read_indexed(uint32_t offset, IndexedReadHandler handler);

  /// The block's own view: no access rules, no handlers.
  uint32_t value(uint32_t offset, uint32_t index = 0) const;
  void set(uint32_t offset, uint32_t value, uint32_t index = 0);
  uint32_t field(regs::Field f) const { return f.get(value(f.offset)); }
  void set_field(regs::Field f, uint32_t field_value);
  void set_bits(uint32_t offset, uint32_t bits) { set(offset, value(offset) | bits); }
  void clear_bits(uint32_t offset, uint32_t bits) { set(offset, value(offset) & ~bits); }

  /// The bus's view: `size` is 1, 2 or 4 bytes.
  struct Read {
    uint32_t value;
    bool quiet;  ///< no handler was called but those of on_quiet_read()
  };
  Read read_access(uint32_t offset, uint32_t size);
  uint32_t read(uint32_t offset, uint32_t size) { return read_access(offset, size).value; }
  /// Gives whether no handler was called but those of on_quiet_write().
  bool write(uint32_t offset, uint32_t size, uint32_t value);
  void reset();

  uint64_t stray_accesses() const { return stray_accesses_; }

 private:
  struct Register {
    regs::RegisterInfo info;
    uint32_t first_value;  ///< index of element 0 in values_
    IndexedReadHandler read;
    IndexedWriteHandler write;
    bool quiet_read = true;
    bool quiet_write = true;
  };
  /// Of the first bytes of a block, which programs touch most, the register is found by table.
  static constexpr size_t kTableBytes = 0xC000;
  Register& find(uint32_t offset);
  const Register& find(uint32_t offset) const;
  /// The register that covers a byte, and which element of it; nullptr if none does.
  Register* covering(uint32_t byte, uint32_t* index);
  Register* search(uint32_t byte);
  uint32_t read_register(const Register& reg, uint32_t index) const;
  void write_register(Register& reg, uint32_t index, uint32_t value, uint32_t mask);

  std::vector<Register> registers_;   ///< in address order
  std::vector<uint32_t> values_;
  std::vector<uint8_t> table_;        ///< by byte: 1 + position in registers_, 0 where none is
  uint64_t stray_accesses_ = 0;
};

}  // namespace saksi::hw

#endif
