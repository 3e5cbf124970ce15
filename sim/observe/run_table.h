#ifndef SAKSI_SIM_OBSERVE_RUN_TABLE_H_
#define SAKSI_SIM_OBSERVE_RUN_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "hw-models/cpu/cpu_debug.h"
#include "hw-models/cpu/decode.h"
#include "hw-models/cpu/execution_observer.h"

namespace saksi::sim {

/// A straight run of instructions that was executed at least once: what it consists of.
struct RunInfo {
  uint32_t pc = 0;      ///< of the first instruction
  uint32_t count = 0;   ///< instructions
  uint32_t end_pc = 0;  ///< behind the last one
  uint32_t last_pc = 0;
  hw::Instruction last;          ///< the last instruction; kIllegal where it could not be fetched
  int32_t sp_lowest = 0;         ///< lowest point that the stack pointer reaches in it, against its value before, as far as constants move it
  uint32_t sp_lowest_pc = 0;     ///< the instruction that takes it there, or that subtracts a register from it
  bool sp_replaced = false;      ///< something else than adding to it sets the stack pointer
  uint64_t times = 0;            ///< how often it was executed
  std::vector<uint8_t> lengths;  ///< of its instructions, in bytes
};

/// Runs that were executed, by where they begin and how long they are, each decoded once.
class RunTable {
 public:
  explicit RunTable(const hw::CpuDebug& cpu) : cpu_(cpu), slots_(kSlotsAtFirst, nullptr) {}

  /// The run, decoded from memory as it is now if it has not been seen since forget_code().
  RunInfo& find(uint32_t pc, uint32_t count) {
    for (size_t slot = slot_of(pc, count);; slot = (slot + 1) & (slots_.size() - 1)) {
      RunInfo* run = slots_[slot];
      if (!run) return add(pc, count);
      if (run->pc == pc && run->count == count) return *run;
    }
  }
  /// Memory may hold other code from now on. What was counted stays.
  void forget_code();

  /// Every run so far, in the order in which they were first seen.
  const std::deque<RunInfo>& runs() const { return runs_; }

 private:
  static constexpr size_t kSlotsAtFirst = 1 << 12;  ///< a power of two, as ever after

  size_t slot_of(uint32_t pc, uint32_t count) const { return ((pc >> 1) * 0x9E3779B1u ^ count * 0x85EBCA6Bu) & (slots_.size() - 1); }
  RunInfo& add(uint32_t pc, uint32_t count);
  void insert(RunInfo* run);

  const hw::CpuDebug& cpu_;
  std::deque<RunInfo> runs_;
  size_t used_ = 0;
  std::vector<RunInfo*> slots_;  ///< open addressing
};

}  // namespace saksi::sim

#endif
