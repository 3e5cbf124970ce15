// The hart's side of translated code: entering it, and what it calls back for.
#include <utility>

#include "base/error.h"
#include "hw-models/cpu/hart.h"

namespace saksi::hw {

void Hart::set_engine(CpuEngine engine) {
  engine_ = engine;
  if (engine == CpuEngine::kInterpreted) {
    translator_.reset();
  } else if (!translator_) {
    translator_ = Translator::create({translated_load, translated_store, translated_atomic});
    if (!translator_ && engine == CpuEngine::kLockStep) {
      throw UsageError(
          "--cpu lock-step: this host has no translated code to compare with: it is no x86-64, or allows no memory that is written and executed");
    }
    if (!translator_) engine_ = CpuEngine::kInterpreted;
  }
  cache_.set_unlinked_code(translator_ ? translator_->unlinked_code() : nullptr);
  cache_.on_drop([this](uint32_t pc) {
    for (Context& context : contexts_) {
      JumpEntry& entry = context.jumps[jump_index(pc)];
      if (entry.pc == pc) entry = {};
    }
  });
  if (translator_) translator_->set_ram(ram_.base, ram_size_);
  mark_all_for_lock_step();
  flush_code();
}

void Hart::mark_all_for_lock_step() {
  all_marked_.assign(engine_ == CpuEngine::kLockStep ? (ram_size_ >> BlockCache::kGranuleShift) + 1 : 0, BlockCache::kWatched);
}

void Hart::run_translated(Block& block) {
  state_.left = static_cast<int64_t>(limit_ - steps_);
  const TranslatedEnd end = translator_->enter(state_, block.code);
  if (slow_access_error_) std::rethrow_exception(std::exchange(slow_access_error_, nullptr));
  leave_translated(end);
}

void Hart::leave_translated(TranslatedEnd end) {
  if (end == TranslatedEnd::kLeft) return;
  steps_ = limit_ - static_cast<uint64_t>(state_.left);
  pc_ = state_.pc;
  if (end == TranslatedEnd::kExit) {
    BlockExit& exit = *const_cast<BlockExit*>(static_cast<const BlockExit*>(state_.exit));
    pc_ = exit.target;
    if (Block* to = find_block(pc_)) {
      if (exit.next != to) BlockCache::link(exit, *to);
      if (to->code) exit.code = to->code;
    }
  } else if (end == TranslatedEnd::kJump) {
    if (Block* to = find_block(pc_); to && to->code) contexts_[protection_.context].jumps[jump_index(pc_)] = {pc_, to->code};
  } else if (end == TranslatedEnd::kShort) {
    if (steps_ == limit_) return;
    if (Block* block = find_block(pc_)) execute(block);
  } else {
    execute_system(state_.raw);
  }
}

void Hart::begin_slow_access(uint32_t where, uint32_t pc) {
  pc_ = pc;
  code_dropped_ = false;
  steps_ = limit_ - static_cast<uint64_t>(state_.left) - Where::unpacked(where).remaining;
}

/// Gives whether the run must end here. A register access may have moved the limit; as long as the whole block still fits, it goes on.
bool Hart::end_slow_access(uint32_t where, AccessResult result) {
  if (result == AccessResult::kTrapped) return true;
  if (result == AccessResult::kGoOn) return false;
  const Where at = Where::unpacked(where);
  pc_ += at.length;
  ++steps_;
  if (journal_use_ == JournalUse::kReplay || stop_ || flush_pending_ || code_dropped_ || halt_requested_ || watch_hit_ || csr_.interrupt_ready())
    return true;
  limit_ = step_bound();
  state_.left = static_cast<int64_t>(limit_ - steps_) - (at.remaining - 1);
  return state_.left < 0;
}

template <typename Access>
uint64_t Hart::make_slow_access(uint32_t where, uint32_t pc, const Access& access) {
  try {
    begin_slow_access(where, pc);
    return end_slow_access(where, access());
  } catch (...) {
    slow_access_error_ = std::current_exception();
    return 1;
  }
}

uint64_t Hart::translated_load(HartState* state, uint32_t offset, uint32_t where, uint32_t pc) {
  Hart& hart = *state->hart;
  return hart.make_slow_access(where, pc, [&] {
    const Where at = Where::unpacked(where);
    uint32_t value = 0;
    const AccessResult result = hart.load_slow(hart.ram_.base + offset, at.size, &value);
    if (result == AccessResult::kTrapped) return result;
    const unsigned unused_bits = 32 - 8 * at.size;
    state->x[at.rd] = at.sign_extends ? static_cast<uint32_t>(static_cast<int32_t>(value << unused_bits) >> unused_bits) : value;
    return result;
  });
}

uint64_t Hart::translated_store(HartState* state, uint32_t offset, uint32_t where, uint32_t pc, uint32_t value) {
  Hart& hart = *state->hart;
  return hart.make_slow_access(where, pc, [&] { return hart.store_slow(hart.ram_.base + offset, Where::unpacked(where).size, value); });
}

uint64_t Hart::translated_atomic(HartState* state, uint32_t operands, uint32_t where, uint32_t pc) {
  Hart& hart = *state->hart;
  return hart.make_slow_access(where, pc, [&] {
    return hart.atomic(static_cast<Opcode>(operands >> 16), Where::unpacked(where).rd, static_cast<uint8_t>(operands >> 8),
                       static_cast<uint8_t>(operands));
  });
}

}  // namespace saksi::hw
