#ifndef SAKSI_SIM_DEBUG_GDB_TARGET_H_
#define SAKSI_SIM_DEBUG_GDB_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace saksi::sim {

/// A place at which gdb wants to stop, as its Z packets number them.
struct GdbStopPoint {
  enum class Kind : uint8_t { kSoftware = 0, kHardware = 1, kStore = 2, kLoad = 3, kAccess = 4 };
  Kind kind = Kind::kSoftware;
  uint32_t address = 0;
  uint32_t size = 0;  ///< bytes that are watched; breakpoints: length of the instruction, of no use here
};
inline bool operator<(const GdbStopPoint& a, const GdbStopPoint& b) {
  return a.kind != b.kind ? a.kind < b.kind : a.address != b.address ? a.address < b.address : a.size < b.size;
}

/// The halted run, as a gdb session sees it.
class GdbTarget {
 public:
  virtual ~GdbTarget() = default;

  /// By the protocol's number (target_description.h); nothing: there is none.
  virtual std::optional<uint64_t> read_register(uint32_t number) const = 0;
  virtual bool write_register(uint32_t number, uint64_t value) = 0;
  /// As many of `size` bytes from `address` on as can be read, memory or registers of blocks. Disturbs nothing.
  virtual std::string read_memory(uint32_t address, size_t size) const = 0;
  virtual bool write_memory(uint32_t address, const std::string& bytes) = 0;
  /// False: there are too many.
  virtual bool set_stop_point(const GdbStopPoint& point, bool on) = 0;
  /// The answer to gdb's `monitor` command, text for a person.
  virtual std::string monitor(const std::string& command) = 0;
};

}  // namespace saksi::sim

#endif
