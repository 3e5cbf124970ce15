#ifndef SAKSI_SIM_DEBUG_TIMELINE_H_
#define SAKSI_SIM_DEBUG_TIMELINE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/debug/checkpoints.h"

namespace saksi::sim {

/// Something that the debugger changed, and where: it belongs to the story of the run, and happens again when that is run again.
struct DebuggerChange {
  enum class Kind { kRegister, kMemory, kBus };
  Place place;
  Kind kind = Kind::kRegister;
  uint32_t where = 0;  ///< number of the register in the protocol, or address
  std::string bytes;   ///< of the value, little-endian
};

/// What came into the run from outside, and what it has shown: all that must be carried over when a run goes back and comes forward again,
/// so that the same input comes at the same virtual time and nothing is printed twice.
class Timeline {
 public:
  // What the debugger changed.
  /// A change at `place`, the present one. Changes that were once made later no longer happen.
  void changed(const DebuggerChange& change);
  /// The next change that has not been made again yet; nullptr: there is none.
  const DebuggerChange* next_change() const { return next_change_ < changes_.size() ? &changes_[next_change_] : nullptr; }
  void next_change_done() { ++next_change_; }
  /// Forgets all changes: a new beginning.
  void forget_changes();

  // The serial console.
  /// The guest prints one more character; true if it has not been shown yet.
  bool print();
  /// What is typed by virtual time t_ns: from the record as far as that goes, then as `ask` says. Nothing: the user leaves.
  std::optional<std::string> typed(int64_t t_ns, const std::function<std::optional<std::string>()>& ask);

  /// To go on in a process that was forked earlier: all but how far that process has come.
  nlohmann::json to_json() const;
  void adopt(const nlohmann::json& json);

 private:
  std::vector<DebuggerChange> changes_;
  size_t next_change_ = 0;   ///< how far this process has come
  uint64_t characters_ = 0;  ///< printed by the guest of this process
  uint64_t shown_ = 0;       ///< of these, shown to the user by whichever process
  std::map<int64_t, std::string> typed_;
  int64_t typed_until_ns_ = -1;
};

}  // namespace saksi::sim

#endif
