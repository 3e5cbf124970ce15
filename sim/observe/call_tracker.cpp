#include "sim/observe/call_tracker.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/observe/trap_names.h"

namespace saksi::sim {

namespace {

constexpr unsigned kRa = 1;
constexpr unsigned kSp = 2;
constexpr unsigned kT0 = 5;
constexpr uint32_t kNowhere = 1;  ///< an odd address, which nothing returns to
constexpr uint32_t kMcause = 0x342;
constexpr uint32_t kStackBytesMax = 1 << 20;  ///< frames further apart belong to different stacks

bool is_link(unsigned reg) { return reg == kRa || reg == kT0; }

/// Parts that a compiler splits off a function count as the function.
std::string base_name(const std::string& name) {
  for (const char* part : {".cold", ".part.", ".constprop.", ".isra."}) {
    const size_t at = name.find(part);
    if (at != std::string::npos && at > 0) return name.substr(0, at);
  }
  return name;
}

std::string frame_name(uint32_t mcause) { return is_interrupt(mcause) ? "[" + trap_name(mcause) + "]" : "[exception: " + trap_name(mcause) + "]"; }

/// MRET goes to the interrupted instruction; after an exception also behind it, if the handler has dealt with it.
bool returns_from(const CallFrame& frame, uint32_t target, uint32_t sp, bool from_trap) {
  if (frame.sp != sp) return false;
  if (!from_trap) return frame.kind == CallFrame::Kind::kCall && frame.return_pc == target;
  if (frame.kind == CallFrame::Kind::kInterrupt) return frame.return_pc == target;
  return frame.kind == CallFrame::Kind::kException && target - frame.return_pc <= 4;
}

/// Place of the innermost frame that a return leaves; the stack's size if there is none.
size_t match(const std::vector<CallFrame>& stack, uint32_t target, uint32_t sp, bool from_trap) {
  for (size_t i = stack.size(); i-- > 0;) {
    if (returns_from(stack[i], target, sp, from_trap)) return i;
  }
  return stack.size();
}

}  // namespace

CallTracker::CallTracker(const hw::CpuDebug& cpu, const hw::SymbolTable& symbols) : cpu_(cpu), symbols_(symbols) {}

FunctionId CallTracker::id_of(const std::string& name) {
  const auto [found, is_new] = ids_.try_emplace(name, static_cast<FunctionId>(names_.size()));
  if (is_new) names_.push_back(name);
  return found->second;
}

/// The function that holds an instruction, and how far its code reaches; code of no function is taken 64 bytes at a time.
FunctionId CallTracker::function_at(uint32_t pc, Extent* extent) {
  constexpr uint32_t kUnknown = 64;
  const hw::SymbolTable::Symbol* symbol = symbols_.find(pc);
  const std::vector<hw::SymbolTable::Symbol>& all = symbols_.functions();
  const uint32_t begin = symbol ? symbol->address : pc & ~(kUnknown - 1);
  uint32_t end = symbol && symbol->size != 0 ? symbol->address + symbol->size : symbol ? UINT32_MAX : begin + kUnknown;
  const auto next = std::upper_bound(all.begin(), all.end(), pc, [](uint32_t a, const hw::SymbolTable::Symbol& s) { return a < s.address; });
  if (next != all.end()) end = std::min(end, next->address);
  *extent = {begin, end};
  const auto [found, is_new] = id_by_address_.try_emplace(begin, 0);
  if (is_new) found->second = id_of(symbol ? base_name(symbol->name) : fmt::format("0x{:08x}", begin));
  return found->second;
}

void CallTracker::push(CallFrame::Kind kind, FunctionId function, uint32_t return_pc, uint32_t sp) {
  if (stack_.size() == kDepthMax) {
    // A recursion without end, or frames that nobody ever leaves: the outer half is forgotten.
    const std::vector<CallFrame> kept(stack_.begin() + kDepthMax / 2, stack_.end());
    pop_to(0);
    for (const CallFrame& frame : kept) push(frame.kind, frame.function, frame.return_pc, frame.sp);
  }
  stack_.push_back({kind, function, return_pc, sp});
  for (CallListener* listener : listeners_) listener->entered(stack_.back(), stack_.size() - 1);
}

void CallTracker::pop_to(size_t depth) {
  while (stack_.size() > depth) {
    for (CallListener* listener : listeners_) listener->left(stack_.size() - 1);
    stack_.pop_back();
  }
  here_ = {};
}

void CallTracker::begin_stack(uint32_t pc) { push(CallFrame::Kind::kRoot, function_at(pc, &here_), kNowhere, cpu_.reg(kSp)); }

void CallTracker::suspend() {
  std::vector<CallFrame> thread = stack_;
  pop_to(0);
  if (!thread.empty()) suspended_.push_back(std::move(thread));
  if (suspended_.size() > kThreadsMax) suspended_.pop_front();
}

/// Goes on with another thread's stack, of which `kept` frames are left.
void CallTracker::resume(size_t thread, size_t kept) {
  const std::vector<CallFrame> frames = std::move(suspended_[thread]);
  suspended_.erase(suspended_.begin() + static_cast<std::ptrdiff_t>(thread));
  suspend();
  for (size_t i = 0; i < kept; ++i) push(frames[i].kind, frames[i].function, frames[i].return_pc, frames[i].sp);
}

bool CallTracker::begin(const hw::ExecutedRun& run) {
  const bool anew = run.pc != expected_pc_;
  if (anew) {
    pop_to(0);
    suspended_.clear();
    begin_stack(run.pc);
  }
  if (run.pc - here_.begin < here_.end - here_.begin && here_.begin < here_.end) return anew;
  const FunctionId function = function_at(run.pc, &here_);
  CallFrame& frame = stack_.back();
  if (frame.function == function) return anew;
  frame.function = function;
  for (CallListener* listener : listeners_) listener->replaced(frame, stack_.size() - 1);
  return anew;
}

void CallTracker::end(const hw::ExecutedRun& run, const RunInfo& info) {
  expected_pc_ = run.next_pc;
  if (run.trapped) return enter_trap(CallFrame::Kind::kException, info.last_pc, run.next_pc);
  const hw::Instruction& last = info.last;
  if (last.opcode == hw::Opcode::kJal) {
    if (is_link(last.rd)) call(run.next_pc, info.end_pc);
  } else if (last.opcode == hw::Opcode::kJalr) {
    const bool pops = is_link(last.rs1) && last.rs1 != last.rd;
    if (pops) go_back(run.next_pc, false);
    if (is_link(last.rd)) call(run.next_pc, info.end_pc);
  } else if (last.opcode == hw::Opcode::kMret) {
    go_back(run.next_pc, true);
  }
}

void CallTracker::interrupted(uint32_t pc, uint32_t handler) {
  if (expected_pc_ != pc) {  // the first thing after a reset
    pop_to(0);
    suspended_.clear();
  }
  if (stack_.empty()) begin_stack(pc);
  expected_pc_ = handler;
  enter_trap(CallFrame::Kind::kInterrupt, pc, handler);
}

void CallTracker::enter_trap(CallFrame::Kind kind, uint32_t pc, uint32_t handler) {
  const uint32_t sp = cpu_.reg(kSp);
  push(kind, id_of(frame_name(cpu_.csr(kMcause).value_or(0))), pc, sp);
  push(CallFrame::Kind::kHandler, function_at(handler, &here_), kNowhere, sp);
}

void CallTracker::call(uint32_t target, uint32_t return_pc) { push(CallFrame::Kind::kCall, function_at(target, &here_), return_pc, cpu_.reg(kSp)); }

void CallTracker::go_back(uint32_t target, bool from_trap) {
  leave(target, from_trap);
  if (stack_.empty()) begin_stack(target);
}

void CallTracker::leave(uint32_t target, bool from_trap) {
  const uint32_t sp = cpu_.reg(kSp);
  const size_t frame = match(stack_, target, sp, from_trap);
  if (frame < stack_.size()) return pop_to(frame);
  for (size_t thread = suspended_.size(); thread-- > 0;) {
    const size_t other = match(suspended_[thread], target, sp, from_trap);
    if (other < suspended_[thread].size()) return resume(thread, other);
  }
  // A routine that leaves the stack pointer elsewhere than it was called with: the one that saves registers for a prologue.
  const CallFrame& innermost = stack_.back();
  if (!from_trap && innermost.kind == CallFrame::Kind::kCall && innermost.return_pc == target) return pop_to(stack_.size() - 1);
  // A jump to an outer frame of the same stack: what was called from it, and from further in, is gone.
  size_t kept = stack_.size();
  while (kept > 0 && stack_[kept - 1].sp <= sp) --kept;
  if (!from_trap && kept > 0 && kept < stack_.size() && stack_[kept - 1].sp - sp < kStackBytesMax) return pop_to(kept);
  suspend();
}

}  // namespace saksi::sim
