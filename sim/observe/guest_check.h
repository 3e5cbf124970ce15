#ifndef SAKSI_SIM_OBSERVE_GUEST_CHECK_H_
#define SAKSI_SIM_OBSERVE_GUEST_CHECK_H_

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "hw-models/board/board.h"
#include "sim/observe/call_tracker.h"
#include "sim/observe/elf_layout.h"
#include "sim/observe/run_table.h"
#include "sim/observe/source_lines.h"

namespace saksi::sim {

/// What a guest can do wrong without the hardware noticing.
enum class GuestFault { kUnwrittenRead, kStackOverflow, kCodeWrite, kBusyBuffer };
constexpr size_t kGuestFaultKinds = 4;

/// The word for a kind on the command line and in guest-faults.json.
const char* guest_fault_name(GuestFault kind);
/// Reads "all" or a comma list of the words. Throws UsageError.
std::set<GuestFault> parse_guest_faults(const std::string& list);

/// A line of a call stack.
struct StackEntry {
  uint32_t address;       ///< program counter, return address, or where an interrupt came in
  bool is_return;         ///< the call stands before `address`
  std::string interrupt;  ///< "[interrupt: timer]" for what came in at `address`; empty for a function
};

/// One place at which a guest did something wrong.
struct FoundFault {
  GuestFault kind;
  std::string by;  ///< "cpu", or the block whose DMA did it
  uint32_t pc;     ///< of the instruction; 0 for a block
  uint32_t address;
  uint32_t size;
  bool is_store;
  int64_t t_ns;                   ///< of the first time
  uint64_t times;                 ///< how often at this place
  std::string what;               ///< in a sentence
  std::vector<StackEntry> stack;  ///< innermost first; empty for a block
};

/// Looks at every access of the guest to RAM:
/// - unwritten-read: a load of bytes that nobody has written since power-on. Written are what the loader puts into memory (the zeros behind a
///   segment's data too), what the CPU stores, and what DMA writes; a reset does not undo it. A load of a whole aligned word of which the
///   program copies every byte on (a struct with padding) hands the state of the bytes on instead, and the C library's string functions,
///   which read words up to an end that they find in them, may touch the rest of a word.
/// - stack-overflow: the stack pointer goes below the bound that the ELF gives (see read_elf_layout()) by an instruction that adds to it or
///   subtracts from it; a switch to another stack does not.
/// - code-write: a store or DMA into ElfLayout::code.
/// - busy-buffer: an access to what an RTL block has read or written between its start and its interrupt.
/// Each is reported once for each instruction (or block). Faults of the same kind count on.
class GuestCheck : public hw::DmaObserver {
 public:
  GuestCheck(std::set<GuestFault> kinds, const hw::MemoryRange& ram, const hw::Program& program, const ElfLayout& layout, const hw::CpuDebug& cpu,
             const CallTracker& calls);

  /// What cannot be checked, and why, for one message to the user; empty if all can.
  std::string limits() const;

  void accesses(uint32_t pc, uint32_t address, uint32_t size, bool is_store);
  /// To be called for each run after its accesses and before the call tracker sees its end.
  void executed(const hw::ExecutedRun& run, const RunInfo& info, bool anew);

  void dma_wrote(const std::string& block, uint32_t address, uint32_t size) override;
  void buffers_taken(const std::string& block, const hw::AddressRanges& read, const hw::AddressRanges& written) override;
  void buffers_released(const std::string& block) override;
  void program_placed() override;
  void memory_lost() override;

  /// In order of time.
  const std::vector<FoundFault>& faults() const { return faults_; }
  /// For a terminal, with source lines where there are any.
  std::string text(const SourceLines& lines) const;
  nlohmann::ordered_json json(const SourceLines& lines) const;

 private:
  struct Taken {
    const hw::AddressRanges* read;
    const hw::AddressRanges* written;
  };
  /// A load of which some bytes were never written, until it is seen what the program does with them.
  struct PartialLoad {
    uint32_t pc, address, size;
    uint8_t written;  ///< bit i: byte i was
  };
  struct Access {
    uint32_t pc, address, size;
    bool is_store;
  };

  bool checks(GuestFault kind) const { return kinds_[static_cast<size_t>(kind)]; }
  void set_written(uint32_t address, uint32_t size, bool written);
  bool all_written(uint32_t address, uint32_t size) const;
  bool is_written(uint32_t address) const;
  void check_load(const Access& access);
  bool in_string_function() const;
  void settle_partial_loads(const RunInfo& info);
  void settle(const PartialLoad& load, const RunInfo& info);
  void check_code_write(const std::string& by, uint32_t pc, uint32_t address, uint32_t size);
  void check_buffers(const std::string& by, uint32_t pc, uint32_t address, uint32_t size, bool is_store);
  void check_stack(const hw::ExecutedRun& run, const RunInfo& info, bool anew);
  void report(GuestFault kind, const std::string& by, const Access& access, const std::string& what);

  std::array<bool, kGuestFaultKinds> kinds_{};
  hw::MemoryRange ram_;
  const hw::Program& program_;
  const ElfLayout& layout_;
  const hw::CpuDebug& cpu_;
  const CallTracker& calls_;
  std::vector<uint8_t> written_;  ///< one bit for each byte of RAM
  std::map<std::string, Taken> taken_;
  std::vector<PartialLoad> partial_;
  std::vector<Access> stores_;  ///< of the run in progress, while partial_ is not empty
  uint32_t sp_ = 0;
  bool below_stack_ = false;
  std::map<std::tuple<GuestFault, std::string, uint32_t>, size_t> known_;
  std::vector<FoundFault> faults_;
};

}  // namespace saksi::sim

#endif
