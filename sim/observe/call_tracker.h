#ifndef SAKSI_SIM_OBSERVE_CALL_TRACKER_H_
#define SAKSI_SIM_OBSERVE_CALL_TRACKER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "hw-models/cpu/cpu_debug.h"
#include "hw-models/cpu/elf_loader.h"
#include "hw-models/cpu/execution_observer.h"
#include "sim/observe/run_table.h"

namespace saksi::sim {

/// Number of a name in CallTracker::name().
using FunctionId = uint32_t;

/// An activation of a function, or an interrupt or exception that interrupted one.
struct CallFrame {
  enum class Kind { kRoot, kCall, kHandler, kInterrupt, kException };
  Kind kind;
  FunctionId function;
  uint32_t return_pc;  ///< where the caller goes on; kInterrupt, kException: the instruction that was interrupted
  uint32_t sp;         ///< stack pointer when it was entered
};

/// Is told of every change of a call stack. Calls nest: what was entered last is left first, and what is left open belongs to leave_all().
class CallListener {
 public:
  virtual ~CallListener() = default;
  /// `depth` is the frame's place on its stack, 0 for the outermost one.
  virtual void entered(const CallFrame& frame, size_t depth) = 0;
  virtual void left(size_t depth) = 0;
  /// The innermost frame is another function now: a tail call, or code that ran on into the next function.
  virtual void replaced(const CallFrame& frame, size_t depth) = 0;
};

/// Keeps the call stack of whatever code runs, from its jumps alone: the code need not be built in any way.
///
/// Calls and returns are told by the hints of the unprivileged manual's table "return-address stack prediction hints": JAL and JALR that
/// write ra or t0 call, JALR from ra or t0 returns. Other jumps into another function are tail calls. Interrupts and exceptions get a frame
/// of their own, with the handler above it; MRET ends it.
///
/// Nothing is believed blindly. A return is matched with a frame by return address and stack pointer, first on this stack, then on those of
/// other threads, which are kept when an RTOS switches. One that matches none (longjmp, an unwinder) drops the frames whose stack has been given
/// up; if there is none to go on with, a new stack begins. So damage does not last, and memory is bounded: frames by kDepthMax, threads by
/// kThreadsMax, the oldest being forgotten.
class CallTracker {
 public:
  static constexpr size_t kDepthMax = 1024;
  static constexpr size_t kThreadsMax = 64;

  CallTracker(const hw::CpuDebug& cpu, const hw::SymbolTable& symbols);

  void add_listener(CallListener& listener) { listeners_.push_back(&listener); }

  /// To be called first for each run: makes the innermost frame that of the run's function. True if the CPU began anew, or was made to go on
  /// elsewhere, since the run before.
  bool begin(const hw::ExecutedRun& run);
  /// To be called last for each run: makes the calls and returns that the run ended with.
  void end(const hw::ExecutedRun& run, const RunInfo& info);
  void interrupted(uint32_t pc, uint32_t handler);

  /// Outermost frame first; never empty once an instruction was executed.
  const std::vector<CallFrame>& stack() const { return stack_; }
  const std::string& name(FunctionId function) const { return names_[function]; }

 private:
  struct Extent {
    uint32_t begin = 1, end = 0;  ///< empty
  };
  FunctionId id_of(const std::string& name);
  FunctionId function_at(uint32_t pc, Extent* extent);
  void push(CallFrame::Kind kind, FunctionId function, uint32_t return_pc, uint32_t sp);
  void pop_to(size_t depth);
  void enter_trap(CallFrame::Kind kind, uint32_t pc, uint32_t handler);
  void call(uint32_t target, uint32_t return_pc);
  void go_back(uint32_t target, bool from_trap);
  void leave(uint32_t target, bool from_trap);
  void begin_stack(uint32_t pc);
  void suspend();
  void resume(size_t thread, size_t kept);

  const hw::CpuDebug& cpu_;
  const hw::SymbolTable& symbols_;
  std::vector<CallListener*> listeners_;
  std::vector<CallFrame> stack_;
  std::deque<std::vector<CallFrame>> suspended_;  ///< of other threads, the latest one last
  std::map<std::string, FunctionId> ids_;
  std::map<uint32_t, FunctionId> id_by_address_;  ///< of functions by their first address
  std::vector<std::string> names_;
  Extent here_;               ///< code of the innermost frame's function
  uint32_t expected_pc_ = 1;  ///< no instruction's address: nothing has been executed
};

}  // namespace saksi::sim

#endif
