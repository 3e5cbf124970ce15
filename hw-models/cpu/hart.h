#ifndef SAKSI_HW_MODELS_CPU_HART_H_
#define SAKSI_HW_MODELS_CPU_HART_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "hw-models/cpu/block_cache.h"
#include "hw-models/cpu/cpu_debug.h"
#include "hw-models/cpu/cpu_engine.h"
#include "hw-models/cpu/csr.h"
#include "hw-models/cpu/decode.h"
#include "hw-models/cpu/execution_observer.h"
#include "hw-models/cpu/lock_step.h"
#include "hw-models/cpu/translator.h"

namespace saksi::hw {

/// Memory that instructions can be fetched from by pointer.
struct CodeRegion {
  uint32_t base;
  uint64_t size;
  const uint8_t* data;
};

/// What the hart needs from around it. During a call, its steps() and pc() are those of the instruction in progress.
class BusPort {
 public:
  virtual ~BusPort() = default;
  /// An aligned access of 1, 2 or 4 bytes outside RAM; false: nobody answers. May call set_limit(), set_irq() and stop().
  virtual bool load_from_bus(uint32_t address, uint32_t size, uint32_t* value) = 0;
  virtual bool store_to_bus(uint32_t address, uint32_t size, uint32_t value) = 0;
  /// The memory at an address outside RAM, if instructions can be fetched from there.
  virtual std::optional<CodeRegion> code_region(uint32_t address) = 0;
  /// What the time CSR shows; nothing: it does not exist.
  virtual std::optional<uint64_t> time_now() = 0;
};

/// Executes the hart's instructions. It knows no kernel and no time but steps: each instruction begun is one step, a trap taken by an
/// instruction included; taking an interrupt is none.
///
/// Code is decoded once into blocks (block_cache.h) and run by threaded dispatch; within a block nothing is checked. A block runs only as far
/// as steps are left, so run() stops at exactly its limit; after an access to the bus, a CSR instruction or a trap the limit and the
/// interrupts are looked at anew. Stores into decoded code take effect at once, as does fence.i.
/// Misaligned loads and stores work in RAM and trap elsewhere. LR, SC and AMO must be aligned and in RAM.
/// PMP is asked for every byte of every access, in RAM and outside, and for every halfword of an instruction.
class Hart {
 public:
  Hart(BusPort& port, uint32_t cycles_per_step);
  ~Hart();
  Hart(const Hart&) = delete;
  Hart& operator=(const Hart&) = delete;

  /// The memory that is reached by pointer. base + size is at most 2^32; `size` is at least 8.
  void set_ram(uint32_t base, uint64_t size, uint8_t* data);

  /// Chooses how code is executed from now on. kTranslated falls back to kInterpreted where the host cannot do it; kLockStep there is a
  /// UsageError.
  void set_engine(CpuEngine engine);
  CpuEngine engine() const { return engine_; }

  /// As after the hart's reset: registers zero, execution at `pc`, code looked at anew. Steps go on counting.
  void reset(uint32_t pc);

  /// Runs until `limit` steps have been made since the start, WFI or stop().
  void run(uint64_t limit);
  /// From within a call of the port: the new limit of the run in progress.
  void set_limit(uint64_t limit) { run_limit_ = limit; }
  /// From within a call of the port: the run ends after the instruction in progress.
  void stop() { stop_ = true; }

  // See CpuDebug. Halts happen inside run(), before an instruction and after every interrupt that is taken before it.
  void set_halt_listener(std::function<void(const Halt&)> listener) { on_halt_ = std::move(listener); }
  void request_halt();
  void halt_at(uint64_t begun) { halt_at_ = begun; }
  void set_breakpoint(uint32_t pc, bool on);
  void set_watchpoint(uint32_t address, uint32_t size, WatchKind kind, bool on);
  void set_observer(ExecutionObserver* observer);
  void set_lost_trap_listener(std::function<void(const LostTrap&)> listener) { on_lost_trap_ = std::move(listener); }
  /// Delivers a requested halt if there is one: for a hart that sleeps.
  void halt_if_requested();

  uint64_t steps() const { return steps_; }
  /// Steps so far in which an instruction completed.
  uint64_t retired() const { return steps_ - skipped_steps_ - trapped_steps_; }
  /// Steps so far in which an instruction was begun, whether it completed or trapped.
  uint64_t begun() const { return steps_ - skipped_steps_; }
  /// Lets time pass without instructions, up to step number `step`.
  void skip_to(uint64_t step);
  /// Counts steps and instructions from 0 again.
  void restart_counting();

  void set_irq(Irq irq, bool level) { csr_.set_irq(irq, level); }
  /// In WFI with no interrupt pending.
  bool waiting() const { return waiting_; }
  bool wake_up_ready() const { return csr_.wake_up_ready(); }
  void wake_up();

  /// Drops all decoded code; in the middle of a run, after the instruction in progress.
  void flush_code();
  /// Drops the decoded code that memory holds no longer, wherever it was changed. What is as it was stays, so that a camera that gets power
  /// again does not pay for decoding its firmware again.
  void recheck_code();
  /// Drops code decoded from bytes of RAM that somebody else has changed.
  void code_changed(uint32_t address, uint32_t size);
  /// See Cpu::watch_stores().
  void watch_stores(uint32_t address, uint32_t size, std::function<void(uint32_t, uint32_t)> listener);

  uint32_t pc() const { return pc_; }
  void set_pc(uint32_t pc) { pc_ = pc & ~1u; }
  uint32_t reg(unsigned number) const { return x_[number & 31]; }
  void set_reg(unsigned number, uint32_t value);
  uint64_t float_reg(unsigned number) const { return csr_.float_unit().reg(number); }
  void set_float_reg(unsigned number, uint64_t value) { csr_.float_unit().set_reg(number, value); }
  std::optional<uint32_t> debug_csr(uint32_t number) const { return csr_.read(number); }
  bool debug_set_csr(uint32_t number, uint32_t value);

  void set_trace_length(size_t length);
  std::vector<TraceEntry> trace() const;

 private:
  static constexpr uint8_t kSink = 32;  ///< what is written to x0 goes here
  /// kTrapped: the instruction was not completed; pc and steps say where the hart stands.
  enum class AccessResult { kGoOn, kLeave, kTrapped };
  enum class Atomic { kLr, kSc, kAmo };
  struct Watchpoint {
    uint32_t address;
    uint32_t size;
    WatchKind kind;
  };

  /// What PMP and triggers mean for the privileges in force.
  struct ProtectionKey {
    Privilege fetch;
    Privilege data;
    uint32_t pmp_version;
    uint32_t trigger_version;
    bool operator==(const ProtectionKey& other) const {
      return fetch == other.fetch && data == other.data && pmp_version == other.pmp_version && trigger_version == other.trigger_version;
    }
  };
  struct Protection {
    bool fetch_restricted = false;
    bool data_restricted = false;  ///< some load or store is forbidden
    bool ram_restricted = false;   ///< likewise in RAM
    uint32_t context = 0;
    std::shared_ptr<const std::vector<uint8_t>> pages;  ///< see HartState::permissions; only where data is checked
  };
  /// What decoded and translated code depends on. Code of one context is never run in another.
  struct ContextRules {
    std::vector<std::pair<uint64_t, uint64_t>> executable;  ///< [begin, end)
    bool checks_data = false;
    bool operator==(const ContextRules& other) const { return checks_data == other.checks_data && executable == other.executable; }
  };
  struct Context {
    ContextRules rules;
    std::vector<JumpEntry> jumps;
  };

  // interpreter.cpp
  /// Runs blocks from `first` on until a reason to leave; nullptr only sets labels_.
  void execute(Block* first);
  void sync(const Block& block, const Op* op, int64_t left);

  // hart.cpp
  void flush_now();
  Block* find_block(uint32_t pc);
  Block* build_block(uint32_t pc);
  bool stops_block(uint32_t pc) const;
  Op prepare(const Instruction& instruction, uint32_t pc) const;
  const CodeRegion* region_of(uint32_t pc);
  /// Fetches the instruction at `pc`; if it cannot, gives the address that failed.
  bool fetch(uint32_t pc, uint32_t* raw, uint32_t* failed_address);
  void raise_fetch_fault();
  void raise(Exception cause, uint32_t tval);
  void retire(uint32_t next_pc);
  void execute_system(uint32_t raw);
  void execute_csr(const Instruction& instruction);
  void execute_float(const Instruction& instruction);
  void access_float(const Instruction& instruction);
  AccessResult load_slow(uint32_t address, uint32_t size, uint32_t* value);
  AccessResult store_slow(uint32_t address, uint32_t size, uint32_t value);
  /// Whether LR, SC or AMO may go on with the word at `address`; if not, it has trapped.
  bool begin_atomic(uint32_t address, Atomic kind);
  /// Likewise for triggers and for PMP, each on its own: false if it has trapped.
  bool pass_triggers(uint32_t address, uint32_t size, bool is_store);
  bool pass_pmp(uint32_t address, uint32_t size, bool is_store);
  bool may_fetch(uint32_t address) const;
  /// A trigger asks for a breakpoint before the instruction at pc_.
  bool execute_trigger_is_due() const;
  /// To be called when privilege, mstatus, PMP or triggers may have changed: sets up what fast paths and decoded code depend on.
  void apply_protection();
  Protection survey_protection();
  std::shared_ptr<const std::vector<uint8_t>> survey_pages() const;
  uint32_t find_context(const ContextRules& rules);
  void enter_context(uint32_t context);
  /// LR, SC or AMO.
  AccessResult atomic(Opcode opcode, uint8_t rd, uint8_t rs1, uint8_t rs2);
  /// Tells observer and watchpoints of an access to RAM that is about to be made; true: a watchpoint was hit.
  bool see_access(uint32_t address, uint32_t size, bool is_store);
  void mark_watch();

  // lock_step.cpp
  /// What a block may change, memory apart.
  struct Snapshot {
    std::array<uint32_t, 33> x;
    uint32_t pc;
    uint64_t steps;
    uint64_t trapped_steps;
    bool reserved;
    uint32_t reserved_address;
    uint32_t reserved_value;
    CsrFile csr;
  };
  Snapshot snapshot() const;
  void restore(const Snapshot& snapshot);
  void mark_all_for_lock_step();
  void run_lock_step(Block& block);
  std::string lock_step_difference(const Snapshot& reference) const;
  /// In lock step an access outside RAM ends both engines' round before the instruction that makes it, which is then executed once.
  bool leaves_outside_for_later(bool is_store, uint32_t address, uint32_t size, uint32_t value);
  AccessResult store_in_ram(uint32_t address, uint32_t size, uint32_t value);

  // hart_translated.cpp
  void run_translated(Block& block);
  /// Executes what a translated block left to the hart, or takes up where it stopped.
  void leave_translated(TranslatedEnd end);
  /// What translated code calls must not throw into it: the exception is kept and thrown on when the code has been left.
  template <typename Access>
  uint64_t make_slow_access(uint32_t where, uint32_t pc, const Access& access);
  bool end_slow_access(uint32_t where, AccessResult result);
  void begin_slow_access(uint32_t where, uint32_t pc);
  static uint64_t translated_load(HartState* state, uint32_t offset, uint32_t where, uint32_t pc);
  static uint64_t translated_store(HartState* state, uint32_t offset, uint32_t where, uint32_t pc, uint32_t value);
  static uint64_t translated_atomic(HartState* state, uint32_t operands, uint32_t where, uint32_t pc);

  /// Step at which the run in progress must stand still.
  uint64_t step_bound() const;
  void choose_mode();
  void choose_fast_size();
  const uint8_t* usable_pages() const;
  void halt(const Halt& reason);
  /// Halts if there is a reason to before the instruction at pc_.
  void halt_if_due();
  bool has_breakpoint(uint32_t pc) const { return std::binary_search(breakpoints_.begin(), breakpoints_.end(), pc); }
  void record_trace();
  void end_trace_entry(TraceEntry& entry) const;
  bool in_ram(uint32_t address, uint32_t size) const { return address - ram_.base <= ram_size_ - size; }

  BusPort& port_;
  CsrFile csr_;
  BlockCache cache_;

  HartState state_;
  std::array<uint32_t, 33>& x_ = state_.x;
  uint32_t pc_ = 0;
  uint64_t steps_ = 0;
  uint64_t skipped_steps_ = 0;  ///< time passed without an instruction
  uint64_t trapped_steps_ = 0;  ///< instructions that did not complete
  uint64_t run_limit_ = 0;      ///< of run()
  uint64_t limit_ = 0;          ///< of the execution in progress
  Block partial_{};             ///< a block of which the steps allow a part only
  std::array<Op, BlockCache::kOpsMax + 1> partial_ops_{};
  bool waiting_ = false;
  bool stop_ = false;
  bool running_ = false;
  bool flush_pending_ = false;
  bool code_dropped_ = false;  ///< by the last store that was looked at

  struct {
    uint32_t base = 0;
    uint8_t* data = nullptr;
  } ram_;
  uint64_t ram_size_ = 0;
  std::optional<ProtectionKey> protection_key_;  ///< of protection_
  Protection protection_;
  std::array<std::optional<Protection>, 4> protections_;  ///< by fetch and data privilege, since PMP or triggers last changed
  std::deque<Context> contexts_;
  bool execute_triggers_ = false;
  int64_t fast_size_ = 0;  ///< bytes of RAM that the fast paths of loads and stores take: all, or none while accesses are looked at
  std::vector<CodeRegion> regions_;

  /// Runs block by block rather than from block to block: while breakpoints, watchpoints or an observer want it.
  bool block_by_block_ = false;
  std::vector<uint32_t> breakpoints_;  ///< sorted
  std::vector<Watchpoint> watchpoints_;
  std::optional<Halt> watch_hit_;
  std::function<void(const Halt&)> on_halt_;
  uint64_t halt_at_ = CpuDebug::kNever;
  bool halt_requested_ = false;
  bool resumed_ = false;  ///< a halt has been dealt with at pc_: no second one before the next instruction
  ExecutionObserver* observer_ = nullptr;
  bool observes_accesses_ = false;
  bool trapped_ = false;  ///< by the execute() in progress

  std::function<void(const LostTrap&)> on_lost_trap_;
  uint64_t handler_step_ = UINT64_MAX;  ///< step before which a trap handler was entered last

  bool reserved_ = false;  ///< by LR
  uint32_t reserved_address_ = 0;
  uint32_t reserved_value_ = 0;

  uint32_t watch_address_ = 0;
  uint32_t watch_size_ = 0;
  std::function<void(uint32_t, uint32_t)> watch_listener_;

  std::vector<TraceEntry> trace_;  ///< a ring once it is full
  size_t trace_next_ = 0;
  size_t trace_length_ = 0;

  CpuEngine engine_ = CpuEngine::kInterpreted;
  std::unique_ptr<Translator> translator_;
  std::exception_ptr slow_access_error_;
  enum class JournalUse { kNone, kRecord, kReplay };
  JournalUse journal_use_ = JournalUse::kNone;
  AccessJournal journal_;
  std::vector<uint8_t> all_marked_;  ///< in lock step: marks that send every translated store through the hart

  /// Labels inside execute(): by opcode, then two that no instruction has.
  static constexpr size_t kEnd = static_cast<size_t>(Opcode::kCount);  ///< goes on to the next block
  static constexpr size_t kStop = kEnd + 1;                            ///< put in place of an op that the steps do not reach
  const void* label(size_t index) const { return labels_[index]; }
  const void* const* labels_ = nullptr;
};

}  // namespace saksi::hw

#endif
