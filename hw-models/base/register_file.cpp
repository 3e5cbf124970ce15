#include "hw-models/base/register_file.h"

#include <algorithm>
#include <stdexcept>

namespace saksi::hw {

using regs::Access;
using regs::RegisterInfo;

namespace {

uint32_t width_mask(uint8_t width) { return width == 32 ? 0xFFFFFFFFu : (1u << width) - 1; }

uint32_t end_of(const RegisterInfo& info) { return info.offset + (info.count - 1) * info.stride + info.width / 8u; }

}  // namespace

RegisterFile::RegisterFile(const RegisterInfo* table, size_t count) {
  if (count >= UINT8_MAX) throw std::logic_error("a block with more registers than the table can number");
  uint32_t values = 0;
  for (size_t i = 0; i < count; ++i) {
    registers_.push_back(Register{table[i], values, nullptr, nullptr});
    values += table[i].count;
  }
  values_.resize(values);
  table_.resize(count == 0 ? 0 : std::min<size_t>(end_of(table[count - 1]), kTableBytes));
  for (uint32_t byte = 0; byte < table_.size(); ++byte) {
    if (const Register* reg = search(byte)) table_[byte] = static_cast<uint8_t>(1 + (reg - registers_.data()));
  }
  reset();
}

RegisterFile::Register& RegisterFile::find(uint32_t offset) {
  return const_cast<Register&>(static_cast<const RegisterFile*>(this)->find(offset));
}

const RegisterFile::Register& RegisterFile::find(uint32_t offset) const {
  if (offset < table_.size() && table_[offset] != 0 && registers_[table_[offset] - 1u].info.offset == offset) return registers_[table_[offset] - 1u];
  const auto it = std::lower_bound(registers_.begin(), registers_.end(), offset, [](const Register& reg, uint32_t o) { return reg.info.offset < o; });
  if (it == registers_.end() || it->info.offset != offset) throw std::logic_error("no register at offset " + std::to_string(offset));
  return *it;
}

/// The register, or array of registers, whose range a byte is in.
RegisterFile::Register* RegisterFile::search(uint32_t byte) {
  auto it = std::upper_bound(registers_.begin(), registers_.end(), byte, [](uint32_t o, const Register& reg) { return o < reg.info.offset; });
  if (it == registers_.begin()) return nullptr;
  --it;
  return byte < end_of(it->info) ? &*it : nullptr;
}

RegisterFile::Register* RegisterFile::covering(uint32_t byte, uint32_t* index) {
  Register* reg = nullptr;
  if (byte < table_.size()) {
    if (table_[byte] != 0) reg = &registers_[table_[byte] - 1u];
  } else {
    reg = search(byte);
  }
  if (!reg) return nullptr;
  *index = reg->info.count == 1 ? 0 : (byte - reg->info.offset) / reg->info.stride;
  const uint32_t start = reg->info.offset + *index * reg->info.stride;
  return byte < start + reg->info.width / 8u ? reg : nullptr;
}

void RegisterFile::on_write_indexed(uint32_t offset, IndexedWriteHandler handler) {
  Register& reg = find(offset);
  reg.write = std::move(handler);
  reg.quiet_write = false;
}

void RegisterFile::on_read_indexed(uint32_t offset, IndexedReadHandler handler) {
  Register& reg = find(offset);
  reg.read = std::move(handler);
  reg.quiet_read = false;
}

uint32_t RegisterFile::value(uint32_t offset, uint32_t index) const { return values_[find(offset).first_value + index]; }

void RegisterFile::set(uint32_t offset, uint32_t value, uint32_t index) { values_[find(offset).first_value + index] = value; }

void RegisterFile::set_field(regs::Field f, uint32_t field_value) { set(f.offset, (value(f.offset) & ~f.mask()) | f.put(field_value)); }

uint32_t RegisterFile::read_register(const Register& reg, uint32_t index) const {
  if (reg.read) return reg.read(index) & width_mask(reg.info.width);
  return reg.info.access == Access::kWriteOnly ? 0 : values_[reg.first_value + index];
}

void RegisterFile::write_register(Register& reg, uint32_t index, uint32_t value, uint32_t mask) {
  uint32_t& stored = values_[reg.first_value + index];
  switch (reg.info.access) {
    case Access::kReadOnly:
      return;
    case Access::kWriteOnly:
      value &= mask;
      break;
    case Access::kWriteOneToClear:
      value &= mask;
      stored &= ~value;
      break;
    case Access::kReadWrite:
      stored = (stored & ~mask) | (value & mask);
      value = stored;
      break;
  }
  if (reg.write) reg.write(index, value);
}

RegisterFile::Read RegisterFile::read_access(uint32_t offset, uint32_t size) {
  Read result{0, true};
  uint32_t done = 0;
  while (done < size) {
    uint32_t index = 0;
    const Register* reg = covering(offset + done, &index);
    if (!reg) {
      ++stray_accesses_;
      ++done;
      continue;
    }
    const uint32_t start = reg->info.offset + index * reg->info.stride;
    const uint32_t skip = offset + done - start;
    const uint32_t bytes = std::min(size - done, reg->info.width / 8u - skip);
    const uint32_t part = (read_register(*reg, index) >> (8 * skip)) & width_mask(static_cast<uint8_t>(8 * bytes));
    result.value |= part << (8 * done);
    result.quiet = result.quiet && reg->quiet_read;
    done += bytes;
  }
  return result;
}

bool RegisterFile::write(uint32_t offset, uint32_t size, uint32_t value) {
  bool quiet = true;
  uint32_t done = 0;
  while (done < size) {
    uint32_t index = 0;
    Register* reg = covering(offset + done, &index);
    if (!reg) {
      ++stray_accesses_;
      ++done;
      continue;
    }
    const uint32_t start = reg->info.offset + index * reg->info.stride;
    const uint32_t skip = offset + done - start;
    const uint32_t bytes = std::min(size - done, reg->info.width / 8u - skip);
    const uint32_t mask = width_mask(static_cast<uint8_t>(8 * bytes));
    write_register(*reg, index, ((value >> (8 * done)) & mask) << (8 * skip), mask << (8 * skip));
    quiet = quiet && reg->quiet_write;
    done += bytes;
  }
  return quiet;
}

void RegisterFile::reset() {
  for (const Register& reg : registers_) {
    for (uint32_t i = 0; i < reg.info.count; ++i) values_[reg.first_value + i] = reg.info.reset;
  }
}

}  // namespace saksi::hw
