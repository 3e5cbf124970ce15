#ifndef SAKSI_SIM_OBSERVE_PROFILE_H_
#define SAKSI_SIM_OBSERVE_PROFILE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "sim/observe/call_tracker.h"

namespace saksi::sim {

/// Counts every instruction on the call stack it was executed on. Interrupts stand beside the program, not on top of whatever they happened
/// to interrupt, so that what they cost is seen in one place; exceptions stay with the code that raised them.
class Profile : public CallListener {
 public:
  /// Frames further in count for the one at this depth.
  static constexpr size_t kDepthMax = 200;

  explicit Profile(const CallTracker& calls) : calls_(calls), nodes_(1) {}

  /// Instructions were executed on the present stack.
  void count(uint64_t instructions) { nodes_[path_.empty() ? 0 : path_.back()].own += instructions; }

  void entered(const CallFrame& frame, size_t depth) override;
  void left(size_t depth) override;
  void replaced(const CallFrame& frame, size_t depth) override;

  /// Collapsed stacks, as flamegraph.pl and speedscope read them: "outer;inner count" a line, sorted. The counts' sum is all instructions.
  std::string folded() const;

 private:
  struct Node {
    FunctionId function = 0;
    uint64_t own = 0;
    std::map<FunctionId, uint32_t> children;
  };
  uint32_t child(uint32_t parent, FunctionId function);
  uint32_t node_of(const CallFrame& frame, size_t depth);
  void collect(uint32_t node, const std::string& stack, std::map<std::string, uint64_t>& into) const;

  const CallTracker& calls_;
  std::deque<Node> nodes_;      ///< the first one is the root
  std::vector<uint32_t> path_;  ///< nodes of the present stack, outermost first
};

}  // namespace saksi::sim

#endif
