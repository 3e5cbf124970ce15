#include "hw-models/cpu/hart.h"

#include <algorithm>
#include <cstring>

namespace saksi::hw {

Hart::Hart(BusPort& port, uint32_t cycles_per_step)
    : port_(port),
      csr_({[this, cycles_per_step] { return steps_ * cycles_per_step; }, [this] { return retired(); }, [this] { return port_.time_now(); }},
           cycles_per_step) {
  execute(nullptr);
  state_.hart = this;
}

Hart::~Hart() = default;

void Hart::set_ram(uint32_t base, uint64_t size, uint8_t* data) {
  ram_.base = base;
  ram_.data = data;
  ram_size_ = size;
  state_.ram = data;
  cache_.set_ram(base, size);
  state_.marks = cache_.marks();
  mark_all_for_lock_step();
  if (translator_) translator_->set_ram(base, size);
  regions_.assign(1, {base, size, data});
  mark_watch();
  protection_key_.reset();
  apply_protection();
  choose_mode();
}

void Hart::reset(uint32_t pc) {
  x_.fill(0);
  pc_ = pc;
  waiting_ = false;
  reserved_ = false;
  csr_.reset();
  apply_protection();
  recheck_code();
}

bool Hart::debug_set_csr(uint32_t number, uint32_t value) {
  const bool done = csr_.write(number, value);
  apply_protection();
  return done;
}

void Hart::restart_counting() {
  steps_ = 0;
  skipped_steps_ = 0;
  trapped_steps_ = 0;
  handler_step_ = UINT64_MAX;
}

void Hart::skip_to(uint64_t step) {
  if (step <= steps_) return;
  skipped_steps_ += step - steps_;
  steps_ = step;
}

void Hart::set_reg(unsigned number, uint32_t value) {
  if (number > 0 && number < 32) x_[number] = value;
}

void Hart::run(uint64_t limit) {
  run_limit_ = limit;
  stop_ = false;
  running_ = true;
  while (!stop_ && !waiting_ && steps_ < run_limit_) {
    if (csr_.interrupt_ready()) {
      const uint32_t pc = pc_;
      pc_ = csr_.take_interrupt(pc);
      apply_protection();
      handler_step_ = steps_;
      resumed_ = false;
      if (observer_) observer_->interrupted(pc, pc_);
    }
    halt_if_due();
    if (csr_.interrupt_ready()) continue;  // the debugger has let one in
    if (flush_pending_ || cache_.is_full() || (translator_ && translator_->is_full())) {
      flush_pending_ = false;
      flush_now();
    }
    if (stop_ || steps_ >= run_limit_) break;
    if (trace_length_ != 0) record_trace();
    const uint32_t pc = pc_;
    const uint64_t before = steps_;
    resumed_ = false;
    trapped_ = false;
    if (execute_trigger_is_due()) {
      csr_.triggers().record_execute(pc, csr_.privilege());
      raise(Exception::kBreakpoint, pc);
    } else if (Block* block = find_block(pc)) {
      limit_ = step_bound();
      if (block_by_block_) limit_ = std::min(limit_, steps_ + static_cast<uint64_t>(block->count));
      if (trace_length_ != 0) limit_ = steps_ + 1;
      if (block->code) {
        engine_ == CpuEngine::kLockStep ? run_lock_step(*block) : run_translated(*block);
      } else {
        execute(block);
      }
    } else {
      raise_fetch_fault();
    }
    if (observer_) observer_->executed({pc, static_cast<uint32_t>(steps_ - before), pc_, trapped_});
  }
  // No halt here: what happens at the time of the next instruction, an interrupt perhaps, comes before it, and halts come after that.
  running_ = false;
}

uint64_t Hart::step_bound() const {
  if (halt_at_ <= begun()) return run_limit_;
  return std::min(run_limit_, steps_ + std::min(halt_at_ - begun(), uint64_t{UINT32_MAX}));
}

// Halts.

void Hart::halt(const Halt& reason) {
  resumed_ = true;
  if (on_halt_) on_halt_(reason);
}

void Hart::halt_if_due() {
  if (watch_hit_) {
    const Halt hit = *watch_hit_;
    watch_hit_.reset();
    halt(hit);
  }
  halt_if_requested();
  if (resumed_) return;
  if (begun() == halt_at_) {
    halt({Halt::Reason::kPosition});
  } else if (!breakpoints_.empty() && has_breakpoint(pc_)) {
    halt({Halt::Reason::kBreakpoint, pc_});
  }
}

void Hart::halt_if_requested() {
  if (!halt_requested_) return;
  halt_requested_ = false;
  halt({Halt::Reason::kRequest});
}

void Hart::request_halt() { halt_requested_ = true; }

void Hart::wake_up() {
  waiting_ = false;
  resumed_ = false;
}

void Hart::set_breakpoint(uint32_t pc, bool on) {
  const auto at = std::lower_bound(breakpoints_.begin(), breakpoints_.end(), pc);
  const bool is_set = at != breakpoints_.end() && *at == pc;
  if (on == is_set) return;
  if (on) {
    breakpoints_.insert(at, pc);
  } else {
    breakpoints_.erase(at);
  }
  choose_mode();
}

void Hart::set_watchpoint(uint32_t address, uint32_t size, WatchKind kind, bool on) {
  const auto at = std::find_if(watchpoints_.begin(), watchpoints_.end(),
                               [&](const Watchpoint& w) { return w.address == address && w.size == size && w.kind == kind; });
  if (on && at == watchpoints_.end()) watchpoints_.push_back({address, size, kind});
  if (!on && at != watchpoints_.end()) watchpoints_.erase(at);
  choose_mode();
}

void Hart::set_observer(ExecutionObserver* observer) {
  observer_ = observer;
  observes_accesses_ = observer && observer->wants_accesses();
  choose_mode();
}

/// Blocks may lie across a new breakpoint, so they are decoded anew.
void Hart::choose_mode() {
  execute_triggers_ = csr_.triggers().any_execute();
  block_by_block_ = !breakpoints_.empty() || !watchpoints_.empty() || observer_ || execute_triggers_;
  choose_fast_size();
  flush_code();
}

void Hart::choose_fast_size() {
  const bool looked_at = !watchpoints_.empty() || observes_accesses_ || protection_.ram_restricted || csr_.triggers().any_access();
  fast_size_ = looked_at ? 0 : static_cast<int64_t>(ram_size_);
}

/// The table of pages, unless somebody wants to see every access.
const uint8_t* Hart::usable_pages() const {
  const bool looked_at = !watchpoints_.empty() || observes_accesses_ || journal_use_ != JournalUse::kNone;
  return protection_.pages && !looked_at ? protection_.pages->data() : nullptr;
}

// Protection.

void Hart::apply_protection() {
  const ProtectionKey key{csr_.privilege(), csr_.data_privilege(), csr_.pmp().version(), csr_.triggers().version()};
  if (protection_key_ && key == *protection_key_) return;
  const bool triggers_changed = !protection_key_ || key.trigger_version != protection_key_->trigger_version;
  const bool rules_changed = triggers_changed || key.pmp_version != protection_key_->pmp_version;
  protection_key_ = key;
  if (rules_changed) protections_.fill(std::nullopt);
  std::optional<Protection>& known = protections_[(key.fetch == Privilege::kMachine ? 1u : 0u) | (key.data == Privilege::kMachine ? 2u : 0u)];
  if (!known) known = survey_protection();
  protection_ = *known;
  choose_fast_size();
  enter_context(protection_.context);
  if (execute_triggers_ != csr_.triggers().any_execute()) choose_mode();
}

Hart::Protection Hart::survey_protection() {
  constexpr uint64_t kSpace = uint64_t{1} << 32;
  const Pmp& pmp = csr_.pmp();
  Protection protection;
  const Pmp::Permissions space = pmp.permissions_of(0, kSpace, csr_.data_privilege());
  protection.data_restricted = !space.read || !space.write;
  if (protection.data_restricted && ram_size_ != 0) {
    const Pmp::Permissions ram = pmp.permissions_of(ram_.base, ram_size_, csr_.data_privilege());
    protection.ram_restricted = !ram.read || !ram.write;
  }
  protection.fetch_restricted = !pmp.permissions_of(0, kSpace, csr_.privilege()).execute;
  ContextRules rules;
  rules.checks_data = protection.ram_restricted || csr_.triggers().any_access();
  if (protection.fetch_restricted) {
    for (const Pmp::Region& region : pmp.regions(csr_.privilege())) {
      if (region.permissions.execute) rules.executable.emplace_back(region.begin, region.end);
    }
  } else {
    rules.executable.emplace_back(0, kSpace);
  }
  if (rules.checks_data && ram_size_ != 0) protection.pages = survey_pages();
  protection.context = find_context(rules);
  return protection;
}

/// With a data trigger armed every access is looked at.
std::shared_ptr<const std::vector<uint8_t>> Hart::survey_pages() const {
  constexpr uint64_t kPage = uint64_t{1} << kPageShift;
  auto pages = std::make_shared<std::vector<uint8_t>>((ram_size_ + kPage - 1) / kPage, uint8_t{0});
  if (csr_.triggers().any_access()) return pages;
  for (const Pmp::Region& region : csr_.pmp().regions(csr_.data_privilege())) {
    const uint64_t begin = std::max<uint64_t>(region.begin, ram_.base) - ram_.base;
    const uint64_t end = std::min<uint64_t>(region.end, ram_.base + ram_size_) - std::min<uint64_t>(region.end, ram_.base);
    const uint64_t first = (begin + kPage - 1) / kPage;
    const uint64_t last = end / kPage;
    const int bits = (region.permissions.read ? kPageLoadable : 0) | (region.permissions.write ? kPageStorable : 0);
    if (first < last)
      std::fill(pages->begin() + static_cast<std::ptrdiff_t>(first), pages->begin() + static_cast<std::ptrdiff_t>(last), static_cast<uint8_t>(bits));
  }
  return pages;
}

/// A program that changes its rules without end would fill the list: then all is dropped, when no block is being executed.
uint32_t Hart::find_context(const ContextRules& rules) {
  constexpr size_t kContextsMax = 32;
  for (uint32_t i = 0; i < contexts_.size(); ++i) {
    if (contexts_[i].rules == rules) return i;
  }
  if (contexts_.size() >= kContextsMax) flush_code();
  contexts_.push_back({rules, std::vector<JumpEntry>(kJumpEntries)});
  return static_cast<uint32_t>(contexts_.size() - 1);
}

void Hart::enter_context(uint32_t context) {
  cache_.set_context(context);
  state_.jumps = contexts_[context].jumps.data();
  state_.permissions = protection_.pages ? protection_.pages->data() : nullptr;
  if (translator_) translator_->set_checks_data(contexts_[context].rules.checks_data);
}

bool Hart::may_fetch(uint32_t address) const {
  return !protection_.fetch_restricted || csr_.pmp().allows(address, 2, Access::kFetch, csr_.privilege());
}

bool Hart::execute_trigger_is_due() const {
  const Triggers& triggers = csr_.triggers();
  return triggers.any_execute() && csr_.triggers_enabled() && triggers.matches_execute(pc_, csr_.privilege());
}

bool Hart::pass_triggers(uint32_t address, uint32_t size, bool is_store) {
  Triggers& triggers = csr_.triggers();
  if (!triggers.any_access() || !csr_.triggers_enabled()) return true;
  if (!triggers.matches_access(address, size, is_store, csr_.privilege())) return true;
  triggers.record_access(address, size, is_store, csr_.privilege());
  raise(Exception::kBreakpoint, address);
  return false;
}

/// An access that crosses a word's border is made in two parts, each within the reach of PMP's granularity.
bool Hart::pass_pmp(uint32_t address, uint32_t size, bool is_store) {
  if (!protection_.data_restricted) return true;
  const Access kind = is_store ? Access::kStore : Access::kLoad;
  const uint32_t first_size = std::min(size, 4 - address % 4);
  uint32_t failed_address = address;
  if (csr_.pmp().allows(address, first_size, kind, csr_.data_privilege())) {
    if (first_size == size) return true;
    failed_address = address + first_size;
    if (csr_.pmp().allows(failed_address, size - first_size, kind, csr_.data_privilege())) return true;
  }
  raise(is_store ? Exception::kStoreAccessFault : Exception::kLoadAccessFault, failed_address);
  return false;
}

// Code.

void Hart::flush_code() {
  if (running_) {
    flush_pending_ = true;
  } else {
    flush_now();
  }
}

void Hart::flush_now() {
  cache_.flush();
  if (translator_) translator_->flush();
  contexts_.clear();
  protections_.fill(std::nullopt);
  protection_key_.reset();
  apply_protection();
}

void Hart::recheck_code() {
  if (running_) {
    flush_pending_ = true;
    return;
  }
  cache_.drop_changed([this](uint32_t pc, size_t size) -> const uint8_t* {
    const CodeRegion* region = region_of(pc);
    return region && size <= region->size - (pc - region->base) ? region->data + (pc - region->base) : nullptr;
  });
}

void Hart::code_changed(uint32_t address, uint32_t size) {
  if (size != 0 && size <= ram_size_ && in_ram(address, size)) cache_.drop(address, size);
}

Block* Hart::find_block(uint32_t pc) {
  Block* block = cache_.find(pc);
  return block ? block : build_block(pc);
}

const CodeRegion* Hart::region_of(uint32_t pc) {
  for (const CodeRegion& region : regions_) {
    if (pc - region.base < region.size) return &region;
  }
  const std::optional<CodeRegion> found = port_.code_region(pc);
  if (!found) return nullptr;
  regions_.push_back(*found);
  return &regions_.back();
}

bool Hart::fetch(uint32_t pc, uint32_t* raw, uint32_t* failed_address) {
  const CodeRegion* region = region_of(pc);
  *failed_address = pc;
  if (!region || !may_fetch(pc)) return false;
  const uint64_t left = region->size - (pc - region->base);
  const uint8_t* data = region->data + (pc - region->base);
  if (left < 2) return false;
  uint16_t low = 0;
  std::memcpy(&low, data, 2);
  *raw = low;
  if (is_compressed(low)) return true;
  *failed_address = pc + 2;
  if (left < 4 || !may_fetch(pc + 2)) return false;
  std::memcpy(raw, data, 4);
  return true;
}

Op Hart::prepare(const Instruction& instruction, uint32_t pc) const {
  Op op{label(static_cast<size_t>(instruction.opcode)), instruction.imm, instruction.rd, instruction.rs1, instruction.rs2, instruction.length};
  if (op.rd == 0) op.rd = kSink;
  switch (instruction.opcode) {
    case Opcode::kAuipc:
      op.imm = static_cast<int32_t>(pc + static_cast<uint32_t>(instruction.imm));
      break;
    default:
      if (is_atomic(instruction.opcode)) op.imm = static_cast<int32_t>(instruction.opcode);
      if (is_system(instruction.opcode)) op.imm = static_cast<int32_t>(instruction.raw);
  }
  return op;
}

/// Something must be looked at before the instruction at `pc`, so no block may run across it.
bool Hart::stops_block(uint32_t pc) const {
  if (!breakpoints_.empty() && has_breakpoint(pc)) return true;
  return csr_.triggers().any_execute() && csr_.triggers().may_match_execute(pc);
}

/// A block goes on behind a forward branch, which is mostly not taken; behind a backward one, a loop's end, it does not.
Block* Hart::build_block(uint32_t pc) {
  std::vector<Op> ops;
  std::vector<Instruction> instructions;
  std::vector<uint8_t> bytes;
  std::vector<uint32_t> targets(1);
  uint32_t end_pc = pc;
  uint32_t raw = 0;
  uint32_t failed_address = 0;
  while (ops.size() < BlockCache::kOpsMax && fetch(end_pc, &raw, &failed_address)) {
    const Instruction instruction = decode(raw);
    const uint32_t target = end_pc + static_cast<uint32_t>(instruction.imm);
    ops.push_back(prepare(instruction, end_pc));
    instructions.push_back(instruction);
    for (unsigned i = 0; i < instruction.length; ++i) bytes.push_back(static_cast<uint8_t>(raw >> 8 * i));
    if (is_branch(instruction.opcode)) {
      ops.back().rd = static_cast<uint8_t>(targets.size());
      targets.push_back(target);
    }
    const bool goes_back = is_branch(instruction.opcode) && instruction.imm <= 0;
    end_pc += instruction.length;
    targets[0] = instruction.opcode == Opcode::kJal ? target : end_pc;
    if (ends_block(instruction.opcode) && (goes_back || block_by_block_ || !is_branch(instruction.opcode))) break;
    if (stops_block(end_pc)) break;
  }
  if (ops.empty()) return nullptr;
  ops.push_back({label(kEnd), 0, 0, 0, 0, 0});
  Block* block = cache_.add(pc, bytes, ops, targets);
  block->ends_in_system = is_system(instructions.back().opcode);
  if (translator_ && !block_by_block_ && trace_length_ == 0) block->code = translator_->translate(*block, instructions);
  return block;
}

// Traps and system instructions.

void Hart::raise(Exception cause, uint32_t tval) {
  LostTrap lost{};
  const bool is_lost = handler_step_ == steps_ && on_lost_trap_;
  if (is_lost) {
    const auto csr = [this](CsrNumber number) { return csr_.read(static_cast<uint32_t>(number)).value_or(0); };
    lost = {csr(CsrNumber::kMcause), csr(CsrNumber::kMepc), csr(CsrNumber::kMtval), pc_, static_cast<uint32_t>(cause)};
  }
  pc_ = csr_.take_exception(cause, pc_, tval);
  ++steps_;
  ++trapped_steps_;
  trapped_ = true;
  apply_protection();
  handler_step_ = steps_;
  if (is_lost) on_lost_trap_(lost);
}

void Hart::raise_fetch_fault() {
  uint32_t raw = 0;
  uint32_t failed_address = pc_;
  fetch(pc_, &raw, &failed_address);
  raise(Exception::kInstructionAccessFault, failed_address);
}

void Hart::retire(uint32_t next_pc) {
  pc_ = next_pc;
  ++steps_;
}

void Hart::execute_system(uint32_t raw) {
  const Instruction instruction = decode(raw);
  const bool is_machine = csr_.privilege() == Privilege::kMachine;
  switch (instruction.opcode) {
    case Opcode::kEcall:
      raise(is_machine ? Exception::kEcallFromMachine : Exception::kEcallFromUser, 0);
      break;
    case Opcode::kEbreak:
      raise(Exception::kBreakpoint, pc_);
      break;
    case Opcode::kMret:
      if (!is_machine) return raise(Exception::kIllegalInstruction, instruction.raw);
      retire(csr_.leave_trap());
      apply_protection();
      break;
    case Opcode::kWfi:
      if (csr_.wfi_traps()) return raise(Exception::kIllegalInstruction, instruction.raw);
      retire(pc_ + instruction.length);
      waiting_ = !csr_.wake_up_ready();
      break;
    case Opcode::kFenceI:
      retire(pc_ + instruction.length);
      flush_code();
      break;
    case Opcode::kIllegal:
      raise(Exception::kIllegalInstruction, instruction.raw);
      break;
    default:
      is_float(instruction.opcode) ? execute_float(instruction) : execute_csr(instruction);
      break;
  }
}

void Hart::execute_csr(const Instruction& instruction) {
  const Opcode opcode = instruction.opcode;
  const uint32_t number = static_cast<uint32_t>(instruction.imm);
  const bool swaps = opcode == Opcode::kCsrrw || opcode == Opcode::kCsrrwi;
  const bool sets = opcode == Opcode::kCsrrs || opcode == Opcode::kCsrrsi;
  const uint32_t operand = opcode >= Opcode::kCsrrwi ? instruction.rs1 : x_[instruction.rs1];
  if (!csr_.accessible(number)) return raise(Exception::kIllegalInstruction, instruction.raw);
  uint32_t old = 0;
  if (!swaps || instruction.rd != 0) {
    const std::optional<uint32_t> value = csr_.read(number);
    if (!value) return raise(Exception::kIllegalInstruction, instruction.raw);
    old = *value;
  }
  if (swaps || instruction.rs1 != 0) {
    const uint32_t updated = swaps ? operand : sets ? old | operand : old & ~operand;
    if (!csr_.write(number, updated)) return raise(Exception::kIllegalInstruction, instruction.raw);
    apply_protection();
  }
  set_reg(instruction.rd, old);
  retire(pc_ + instruction.length);
}

void Hart::execute_float(const Instruction& instruction) {
  if (!csr_.float_enabled()) return raise(Exception::kIllegalInstruction, instruction.raw);
  if (!is_float_arithmetic(instruction.opcode)) return access_float(instruction);
  const std::optional<FloatUnit::Result> result = csr_.float_unit().execute(instruction, x_[instruction.rs1]);
  if (!result) return raise(Exception::kIllegalInstruction, instruction.raw);
  if (result->x) set_reg(instruction.rd, *result->x);
  csr_.float_changed();
  retire(pc_ + instruction.length);
}

/// Doubles go as two words: RV32 has no wider access of its own.
void Hart::access_float(const Instruction& instruction) {
  const bool is_double = instruction.opcode == Opcode::kFld || instruction.opcode == Opcode::kFsd;
  const bool stores = instruction.opcode == Opcode::kFsw || instruction.opcode == Opcode::kFsd;
  const uint32_t address = x_[instruction.rs1] + static_cast<uint32_t>(instruction.imm);
  uint64_t value = stores ? csr_.float_unit().reg(instruction.rs2) : 0;
  for (uint32_t offset = 0; offset < (is_double ? 8u : 4u); offset += 4) {
    uint32_t word = static_cast<uint32_t>(value >> (8 * offset));
    const AccessResult result = stores ? store_slow(address + offset, 4, word) : load_slow(address + offset, 4, &word);
    if (result == AccessResult::kTrapped) return;
    if (!stores) value |= uint64_t{word} << (8 * offset);
  }
  if (!stores) {
    is_double ? csr_.float_unit().set_reg(instruction.rd, value) : csr_.float_unit().set_single(instruction.rd, static_cast<uint32_t>(value));
    csr_.float_changed();
  }
  retire(pc_ + instruction.length);
}

// Accesses that the fast path does not take.

namespace {

uint32_t atomic_result(Opcode opcode, uint32_t old, uint32_t operand) {
  const auto less = [](uint32_t a, uint32_t b) { return static_cast<int32_t>(a) < static_cast<int32_t>(b); };
  switch (opcode) {
    case Opcode::kAmoswapW:
      return operand;
    case Opcode::kAmoaddW:
      return old + operand;
    case Opcode::kAmoxorW:
      return old ^ operand;
    case Opcode::kAmoandW:
      return old & operand;
    case Opcode::kAmoorW:
      return old | operand;
    case Opcode::kAmominW:
      return less(old, operand) ? old : operand;
    case Opcode::kAmomaxW:
      return less(operand, old) ? old : operand;
    case Opcode::kAmominuW:
      return std::min(old, operand);
    default:
      return std::max(old, operand);  // kAmomaxuW
  }
}

}  // namespace

bool Hart::see_access(uint32_t address, uint32_t size, bool is_store) {
  if (observes_accesses_) observer_->accesses(pc_, address, size, is_store);
  const auto wanted = static_cast<uint8_t>(is_store ? WatchKind::kStore : WatchKind::kLoad);
  for (const Watchpoint& watch : watchpoints_) {
    const bool overlaps = address - watch.address < watch.size || watch.address - address < size;
    if (!overlaps || (static_cast<uint8_t>(watch.kind) & wanted) == 0) continue;
    if (!watch_hit_) watch_hit_ = Halt{Halt::Reason::kWatchpoint, address, is_store};
    return true;
  }
  return false;
}

Hart::AccessResult Hart::load_slow(uint32_t address, uint32_t size, uint32_t* value) {
  *value = 0;
  if (!pass_triggers(address, size, false)) return AccessResult::kTrapped;
  if (in_ram(address, size)) {
    if (!pass_pmp(address, size, false)) return AccessResult::kTrapped;
    const bool leave = see_access(address, size, false);
    std::memcpy(value, ram_.data + (address - ram_.base), size);
    return leave ? AccessResult::kLeave : AccessResult::kGoOn;
  }
  if (address % size != 0) {
    raise(Exception::kLoadMisaligned, address);
    return AccessResult::kTrapped;
  }
  if (!pass_pmp(address, size, false)) return AccessResult::kTrapped;
  if (leaves_outside_for_later(false, address, size, 0)) return AccessResult::kTrapped;
  if (port_.load_from_bus(address, size, value)) return AccessResult::kLeave;
  raise(Exception::kLoadAccessFault, address);
  return AccessResult::kTrapped;
}

Hart::AccessResult Hart::store_slow(uint32_t address, uint32_t size, uint32_t value) {
  if (!pass_triggers(address, size, true)) return AccessResult::kTrapped;
  if (in_ram(address, size)) {
    if (!pass_pmp(address, size, true)) return AccessResult::kTrapped;
    return store_in_ram(address, size, value);
  }
  if (address % size != 0) {
    raise(Exception::kStoreMisaligned, address);
    return AccessResult::kTrapped;
  }
  if (!pass_pmp(address, size, true)) return AccessResult::kTrapped;
  if (leaves_outside_for_later(true, address, size, value)) return AccessResult::kTrapped;
  if (port_.store_to_bus(address, size, value)) return AccessResult::kLeave;
  raise(Exception::kStoreAccessFault, address);
  return AccessResult::kTrapped;
}

Hart::AccessResult Hart::store_in_ram(uint32_t address, uint32_t size, uint32_t value) {
  uint8_t* const at = ram_.data + (address - ram_.base);
  if (journal_use_ == JournalUse::kReplay) {
    const AccessJournal::Access* access = journal_.replay(true, address, size, value);
    std::memcpy(at, &value, size);
    code_dropped_ = !access || access->leaves;
    return code_dropped_ ? AccessResult::kLeave : AccessResult::kGoOn;
  }
  uint32_t old_value = 0;
  std::memcpy(&old_value, at, size);
  bool leave = see_access(address, size, true);
  std::memcpy(at, &value, size);
  code_dropped_ = cache_.drop(address, size);
  leave |= code_dropped_;
  if (watch_size_ != 0 && address < watch_address_ + watch_size_ && address + size > watch_address_) {
    watch_listener_(address, value);
    leave = true;
  }
  if (journal_use_ == JournalUse::kRecord) journal_.add({true, address, size, value, old_value, true, leave});
  return leave ? AccessResult::kLeave : AccessResult::kGoOn;
}

bool Hart::leaves_outside_for_later(bool is_store, uint32_t address, uint32_t size, uint32_t value) {
  if (journal_use_ == JournalUse::kNone) return false;
  if (journal_use_ == JournalUse::kRecord) {
    journal_.add({is_store, address, size, value, 0, false, true});
  } else {
    journal_.replay(is_store, address, size, value);
  }
  return true;
}

/// What PMP lets be stored to may be loaded from too, so that an AMO needs no second check.
bool Hart::begin_atomic(uint32_t address, Atomic kind) {
  const bool is_lr = kind == Atomic::kLr;
  if (kind != Atomic::kSc && !pass_triggers(address, 4, false)) return false;
  if (!is_lr && !pass_triggers(address, 4, true)) return false;
  if (address % 4 != 0) {
    raise(is_lr ? Exception::kLoadMisaligned : Exception::kStoreMisaligned, address);
    return false;
  }
  if (!in_ram(address, 4)) {
    raise(is_lr ? Exception::kLoadAccessFault : Exception::kStoreAccessFault, address);
    return false;
  }
  return pass_pmp(address, 4, !is_lr);
}

Hart::AccessResult Hart::atomic(Opcode opcode, uint8_t rd, uint8_t rs1, uint8_t rs2) {
  const uint32_t address = x_[rs1];
  const uint32_t operand = x_[rs2];
  const bool is_lr = opcode == Opcode::kLrW;
  if (!begin_atomic(address, is_lr ? Atomic::kLr : opcode == Opcode::kScW ? Atomic::kSc : Atomic::kAmo)) return AccessResult::kTrapped;
  uint32_t old = 0;
  std::memcpy(&old, ram_.data + (address - ram_.base), 4);
  if (opcode == Opcode::kScW) {
    // The value is compared too, so that a store by DMA breaks the reservation.
    const bool success = reserved_ && reserved_address_ == address && reserved_value_ == old;
    reserved_ = false;
    x_[rd] = success ? 0 : 1;
    return success ? store_slow(address, 4, operand) : AccessResult::kGoOn;
  }
  const bool watched = see_access(address, 4, false);
  x_[rd] = old;
  if (is_lr) {
    reserved_ = true;
    reserved_address_ = address;
    reserved_value_ = old;
    return watched ? AccessResult::kLeave : AccessResult::kGoOn;
  }
  const AccessResult result = store_slow(address, 4, atomic_result(opcode, old, operand));
  return watched ? AccessResult::kLeave : result;
}

void Hart::watch_stores(uint32_t address, uint32_t size, std::function<void(uint32_t, uint32_t)> listener) {
  watch_address_ = address;
  watch_size_ = size;
  watch_listener_ = std::move(listener);
  mark_watch();
}

/// A watch may be set before RAM is known.
void Hart::mark_watch() {
  if (watch_size_ != 0 && watch_size_ <= ram_size_ && in_ram(watch_address_, watch_size_)) cache_.watch(watch_address_, watch_size_);
}

// Trace.

void Hart::set_trace_length(size_t length) {
  trace_length_ = length;
  trace_.clear();
  trace_next_ = 0;
  flush_code();  // blocks are translated only while none of this is asked for
}

void Hart::record_trace() {
  if (!trace_.empty()) end_trace_entry(trace_[trace_.size() < trace_length_ ? trace_.size() - 1 : (trace_next_ + trace_length_ - 1) % trace_length_]);
  TraceEntry entry{retired(), pc_, 0, 0, 0, 0};
  uint32_t failed_address = 0;
  fetch(pc_, &entry.raw, &failed_address);
  entry.rd = decode(entry.raw).rd;
  entry.rd_before = entry.rd_after = x_[entry.rd];
  if (trace_.size() < trace_length_) {
    trace_.push_back(entry);
  } else {
    trace_[trace_next_] = entry;
    trace_next_ = (trace_next_ + 1) % trace_length_;
  }
}

/// The register's value once the instruction is through: right before the next one.
void Hart::end_trace_entry(TraceEntry& entry) const { entry.rd_after = x_[entry.rd]; }

std::vector<TraceEntry> Hart::trace() const {
  std::vector<TraceEntry> ordered(trace_.begin() + static_cast<std::ptrdiff_t>(trace_next_), trace_.end());
  ordered.insert(ordered.end(), trace_.begin(), trace_.begin() + static_cast<std::ptrdiff_t>(trace_next_));
  if (!ordered.empty()) end_trace_entry(ordered.back());
  return ordered;
}

}  // namespace saksi::hw
