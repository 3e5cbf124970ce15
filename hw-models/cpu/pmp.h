#ifndef SAKSI_HW_MODELS_CPU_PMP_H_
#define SAKSI_HW_MODELS_CPU_PMP_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "hw-models/cpu/privilege.h"

namespace saksi::hw {

/// Physical memory protection (privileged architecture 1.12, section 3.7): 16 entries with a granularity of 4 bytes; the registers of
/// entries 16 to 63 exist and read 0. R=0 with W=1 is reserved: such a write leaves W clear.
class Pmp {
 public:
  static constexpr unsigned kEntries = 16;

  /// What holds for every byte of a range.
  struct Permissions {
    bool read = false;
    bool write = false;
    bool execute = false;
    bool mixed = false;  ///< some bytes of the range may be used in more ways than this
    bool all() const { return read && write && execute; }
  };
  /// Bytes [begin, end) that one rule decides for. `end` is at most 2^32.
  struct Region {
    uint64_t begin;
    uint64_t end;
    Permissions permissions;
  };

  Pmp() { reset(); }
  /// All entries off and unlocked.
  void reset();

  /// Registers pmpcfg0..15 (0x3A0..) and pmpaddr0..63 (0x3B0..); nothing: not one of them.
  std::optional<uint32_t> read(uint32_t number) const;
  /// False: not one of them. What is locked keeps its value.
  bool write(uint32_t number, uint32_t value);

  /// Whether an access to [address, address + size) that is made in one piece may go on: the entry with the lowest number that matches any
  /// of its bytes must match all of them and, except in machine mode when it is not locked, grant `kind`. Without a matching entry machine
  /// mode may do everything and user mode nothing. `size` is at least 1.
  bool allows(uint32_t address, uint32_t size, Access kind, Privilege privilege) const;

  /// What is granted for every byte of [base, base + size), which ends at 2^32 at most and is not empty. An aligned access never touches two
  /// regions, so these rights hold for all aligned accesses in the range.
  Permissions permissions_of(uint32_t base, uint64_t size, Privilege privilege) const;
  /// False when every byte of the range may be read, written and executed.
  bool restricts(uint32_t base, uint64_t size, Privilege privilege) const { return !permissions_of(base, size, privilege).all(); }
  /// The whole address space in ascending order, without gaps; neighbours differ in their permissions.
  const std::vector<Region>& regions(Privilege privilege) const { return regions_[privilege == Privilege::kMachine ? 1 : 0]; }

  /// Changes whenever a write or a reset changes what is allowed.
  uint32_t version() const { return version_; }

 private:
  /// Bytes that an entry matches; empty when it is off.
  struct Range {
    uint64_t begin = 0;
    uint64_t end = 0;
  };

  bool locked(unsigned entry) const { return (config_[entry] & kLocked) != 0; }
  bool address_locked(unsigned entry) const;
  Range range_of(unsigned entry) const;
  Permissions rights(unsigned entry, Privilege privilege) const;
  Permissions permissions_at(uint64_t address, Privilege privilege) const;
  std::vector<Region> survey(Privilege privilege) const;
  void update();

  static constexpr uint8_t kRead = 1, kWrite = 2, kExecute = 4, kMode = 3 << 3, kLocked = 1 << 7;
  static constexpr uint8_t kOff = 0, kTor = 1 << 3, kNa4 = 2 << 3, kNapot = 3 << 3;

  std::array<uint8_t, kEntries> config_;
  std::array<uint32_t, kEntries> address_;
  std::array<Range, kEntries> ranges_;
  std::vector<Region> regions_[2];  ///< user, machine
  uint32_t version_ = 0;
};

}  // namespace saksi::hw

#endif
