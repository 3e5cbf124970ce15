#ifndef SAKSI_HW_MODELS_CPU_EXECUTION_OBSERVER_H_
#define SAKSI_HW_MODELS_CPU_EXECUTION_OBSERVER_H_

#include <cstdint>

namespace saksi::hw {

/// Instructions that were begun one after the other in memory; the last one is where execution left the straight line.
struct ExecutedRun {
  uint32_t pc;       ///< of the first
  uint32_t count;    ///< instructions, at least 1
  uint32_t next_pc;  ///< where execution goes on: behind the last one, at a jump's target, or in a trap handler
  bool trapped;      ///< the last one raised an exception
};

/// Sees what the hart does. Execution is then several times slower, though what the guest sees stays the same; without one, nothing is paid.
/// Calls come in program order, in the CPU's thread, and may ask the CPU for its state but change nothing.
class ExecutionObserver {
 public:
  virtual ~ExecutionObserver() = default;

  virtual void executed(const ExecutedRun& /*run*/) {}
  /// An interrupt was taken before the instruction at `pc`; execution goes on at `handler`.
  virtual void interrupted(uint32_t /*pc*/, uint32_t /*handler*/) {}

  /// Asked once, when the observer is attached.
  virtual bool wants_accesses() const { return false; }
  /// A load or a store (LR, SC and AMO too) of the instruction at `pc` that is about to be made in RAM, before executed() tells of that
  /// instruction. A failing SC makes none.
  virtual void accesses(uint32_t /*pc*/, uint32_t /*address*/, uint32_t /*size*/, bool /*is_store*/) {}
};

}  // namespace saksi::hw

#endif
