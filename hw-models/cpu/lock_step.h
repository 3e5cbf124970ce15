#ifndef SAKSI_HW_MODELS_CPU_LOCK_STEP_H_
#define SAKSI_HW_MODELS_CPU_LOCK_STEP_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace saksi::hw {

/// The accesses that the reference made in a block, in order: every store, and a load outside RAM. The second engine makes them again, and each
/// is compared.
class AccessJournal {
 public:
  struct Access {
    bool is_store;
    uint32_t address;
    uint32_t size;       ///< bytes
    uint32_t value;      ///< stored or loaded
    uint32_t old_value;  ///< of RAM, before a store there
    bool in_ram;         ///< one outside RAM comes last, and has not been made yet
    bool leaves;         ///< the block must be left behind it
  };

  void clear();
  void add(const Access& access) { accesses_.push_back(access); }
  const std::vector<Access>& accesses() const { return accesses_; }

  void start_replay() { next_ = 0; }
  /// The access that comes next in the journal; nullptr, and a difference noted, if it is not this one. A load's value is not compared.
  const Access* replay(bool is_store, uint32_t address, uint32_t size, uint32_t value);
  /// What differed first, and that accesses are left over; empty if all was as in the journal.
  std::string difference() const;

 private:
  std::vector<Access> accesses_;
  size_t next_ = 0;
  std::string difference_;
};

}  // namespace saksi::hw

#endif
