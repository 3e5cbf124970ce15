// Both engines over one block, and what came of it compared.
#include "hw-models/cpu/lock_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "hw-models/cpu/hart.h"

namespace saksi::hw {

namespace {

std::string describe(const char* who, bool is_store, uint32_t address, uint32_t size, uint32_t value) {
  return fmt::format("{} {} {} bytes at {:08x}, value {:08x}", who, is_store ? "stores" : "loads", size, address, value);
}

}  // namespace

void AccessJournal::clear() {
  accesses_.clear();
  difference_.clear();
  next_ = 0;
}

const AccessJournal::Access* AccessJournal::replay(bool is_store, uint32_t address, uint32_t size, uint32_t value) {
  if (next_ < accesses_.size()) {
    const Access& access = accesses_[next_];
    const uint32_t mask = size == 4 ? ~0u : (1u << 8 * size) - 1;
    const bool same_value = !is_store || ((access.value ^ value) & mask) == 0;
    if (access.is_store == is_store && access.address == address && access.size == size && same_value) return &accesses_[next_++];
  }
  if (difference_.empty()) {
    difference_ = describe("translated code", is_store, address, size, value);
    if (next_ < accesses_.size()) {
      const Access& access = accesses_[next_];
      difference_ += "; " + describe("the interpreter", access.is_store, access.address, access.size, access.value);
    } else {
      difference_ += "; the interpreter makes no such access";
    }
  }
  return nullptr;
}

std::string AccessJournal::difference() const {
  if (!difference_.empty() || next_ == accesses_.size()) return difference_;
  const Access& access = accesses_[next_];
  return describe("only the interpreter", access.is_store, access.address, access.size, access.value);
}

Hart::Snapshot Hart::snapshot() const { return {state_.x, pc_, steps_, trapped_steps_, reserved_, reserved_address_, reserved_value_, csr_}; }

void Hart::restore(const Snapshot& snapshot) {
  state_.x = snapshot.x;
  pc_ = snapshot.pc;
  steps_ = snapshot.steps;
  trapped_steps_ = snapshot.trapped_steps;
  reserved_ = snapshot.reserved;
  reserved_address_ = snapshot.reserved_address;
  reserved_value_ = snapshot.reserved_value;
  csr_ = snapshot.csr;
  apply_protection();
}

/// The reference goes first. Its stores are then taken back, and translated code runs from the same state. A system instruction at the block's
/// end is left to the next round, since there is only one way of executing those.
void Hart::run_lock_step(Block& block) {
  const uint32_t count = static_cast<uint32_t>(block.count) - (block.ends_in_system ? 1u : 0u);
  if (count == 0 || limit_ - steps_ < static_cast<uint64_t>(block.count)) {
    execute(&block);
    return;
  }
  const Snapshot before = snapshot();
  journal_.clear();
  journal_use_ = JournalUse::kRecord;
  fast_size_ = 0;
  limit_ = steps_ + count;
  execute(&block);
  const Snapshot reference = snapshot();

  const std::vector<AccessJournal::Access>& accesses = journal_.accesses();
  for (size_t i = accesses.size(); i-- > 0;) {
    if (accesses[i].is_store && accesses[i].in_ram)
      std::memcpy(ram_.data + (accesses[i].address - ram_.base), &accesses[i].old_value, accesses[i].size);
  }
  restore(before);
  choose_fast_size();
  journal_use_ = JournalUse::kReplay;
  journal_.start_replay();
  state_.marks = all_marked_.data();
  limit_ = steps_ + static_cast<uint64_t>(block.count);
  state_.left = block.count;
  const TranslatedEnd end = translator_->enter(state_, block.code);
  if (slow_access_error_) std::rethrow_exception(std::exchange(slow_access_error_, nullptr));
  if (end != TranslatedEnd::kLeft) {
    steps_ = limit_ - static_cast<uint64_t>(state_.left);
    pc_ = end == TranslatedEnd::kExit ? static_cast<const BlockExit*>(state_.exit)->target : state_.pc;
  }
  state_.marks = cache_.marks();
  journal_use_ = JournalUse::kNone;
  const std::string difference = lock_step_difference(reference);
  if (!difference.empty()) {
    throw InfraError(fmt::format("lock-step: the engines differ in the block at {:08x} ({} instructions, step {}): {}", block.pc, block.count,
                                 before.steps, difference));
  }
  const bool waits_outside = !accesses.empty() && !accesses.back().in_ram;
  restore(reference);
  if (!waits_outside) return;
  limit_ = steps_ + 1;
  if (Block* rest = find_block(pc_)) execute(rest);
}

std::string Hart::lock_step_difference(const Snapshot& reference) const {
  if (const std::string accesses = journal_.difference(); !accesses.empty()) return accesses;
  const auto differ = [](const std::string& what, uint64_t interpreted, uint64_t translated) {
    return fmt::format("{} is {:x} interpreted, {:x} translated", what, interpreted, translated);
  };
  if (pc_ != reference.pc) return differ("pc", reference.pc, pc_);
  if (steps_ != reference.steps) return differ("the number of steps", reference.steps, steps_);
  if (trapped_steps_ != reference.trapped_steps) return differ("the number of traps", reference.trapped_steps, trapped_steps_);
  for (unsigned i = 1; i < 32; ++i) {
    if (x_[i] != reference.x[i]) return differ(fmt::format("x{}", i), reference.x[i], x_[i]);
  }
  for (const CsrNumber number : {CsrNumber::kMstatus, CsrNumber::kMepc, CsrNumber::kMcause, CsrNumber::kMtval}) {
    const uint32_t csr = static_cast<uint32_t>(number);
    if (csr_.read(csr) != reference.csr.read(csr)) return differ(fmt::format("csr {:03x}", csr), *reference.csr.read(csr), *csr_.read(csr));
  }
  if (reserved_ != reference.reserved) return differ("the reservation", reference.reserved, reserved_);
  return "";
}

}  // namespace saksi::hw
