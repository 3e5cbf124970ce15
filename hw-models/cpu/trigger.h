#ifndef SAKSI_HW_MODELS_CPU_TRIGGER_H_
#define SAKSI_HW_MODELS_CPU_TRIGGER_H_

#include <array>
#include <cstdint>
#include <optional>

#include "hw-models/cpu/privilege.h"

namespace saksi::hw {

/// The triggers of the debug specification's Sdtrig extension (version 1.0), as firmware uses them: 4 address triggers, each of which is
/// mcontrol (type 2), mcontrol6 (type 6) or disabled (type 15), with action 0, a breakpoint exception before the instruction.
///
/// match: 0 equal, 2 at or above, 3 below, for mcontrol6 also 1 (NAPOT). chain joins a trigger with the one after it: both must match.
/// Data triggers match when any byte of the access does, execute triggers by the instruction's address. Size, select, timing and the other
/// actions are fixed at 0. Of the two ways in which the specification keeps triggers out of a machine-mode trap handler this is the one
/// without tcontrol: in machine mode nothing matches while mstatus.MIE is 0. The caller takes care of that.
class Triggers {
 public:
  static constexpr unsigned kCount = 4;

  Triggers() { reset(); }
  void reset();

  /// tselect, tdata1, tdata2, tdata3 and tinfo (0x7A0..0x7A4); nothing: not one of them.
  std::optional<uint32_t> read(uint32_t number) const;
  /// False: not one of them, or read-only.
  bool write(uint32_t number, uint32_t value);

  /// Some trigger could match some execution, or some load or store.
  bool any_execute() const { return any_execute_; }
  bool any_access() const { return any_access_; }
  /// Whether a breakpoint is due before the instruction at `pc`, or instead of an access.
  bool matches_execute(uint32_t pc, Privilege privilege) const;
  bool matches_access(uint32_t address, uint32_t size, bool is_store, Privilege privilege) const;
  /// Whether that could be so in some privilege mode.
  bool may_match_execute(uint32_t pc) const { return matches_execute(pc, Privilege::kMachine) || matches_execute(pc, Privilege::kUser); }
  /// Sets the hit bits of the triggers that made a breakpoint due.
  void record_execute(uint32_t pc, Privilege privilege);
  void record_access(uint32_t address, uint32_t size, bool is_store, Privilege privilege);

  /// Changes with every write that may change what matches.
  uint32_t version() const { return version_; }

 private:
  struct Trigger {
    uint32_t control;  ///< tdata1
    uint32_t value;    ///< tdata2
  };
  struct Event {
    uint32_t address;
    uint32_t size;  ///< bytes that are compared, from `address` on
    uint32_t kind;  ///< the bit of tdata1 that asks for it
    Privilege privilege;
  };

  static uint32_t legal_control(uint32_t value, bool is_last);
  static bool matches(const Trigger& trigger, const Event& event);
  /// One bit for each trigger of each chain that matches as a whole.
  uint32_t matching(const Event& event) const;
  void record(const Event& event);
  void update();

  std::array<Trigger, kCount> triggers_;
  uint32_t selected_ = 0;
  bool any_execute_ = false;
  bool any_access_ = false;
  uint32_t version_ = 0;
};

}  // namespace saksi::hw

#endif
