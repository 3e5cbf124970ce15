#include "sim/observe/guest_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace saksi::sim {

namespace {

using Json = nlohmann::ordered_json;

constexpr unsigned kSp = 2;
constexpr size_t kStackShownMax = 64;

constexpr std::array<const char*, kGuestFaultKinds> kNames = {"unwritten-read", "stack-overflow", "code-write", "busy-buffer"};

/// Functions of C libraries that read whole words and find the end of their data inside them.
const std::set<std::string>& word_readers() {
  static const std::set<std::string> kReaders = {"strlen",  "strnlen", "strcpy",    "strncpy", "stpcpy", "stpncpy",   "strcat",  "strncat", "strcmp",
                                                 "strncmp", "strchr",  "strchrnul", "strrchr", "memchr", "rawmemchr", "strlcpy", "strlcat"};
  return kReaders;
}

hw::Instruction fetch(const hw::CpuDebug& cpu, uint32_t pc) {
  uint32_t raw = 0;
  if (!cpu.read_memory(pc, &raw, 4)) cpu.read_memory(pc, &raw, 2);
  return hw::decode(raw);
}

bool touches(const hw::AddressRanges& ranges, uint32_t address, uint32_t size) {
  const auto after = ranges.upper_bound(address);
  if (after != ranges.begin() && std::prev(after)->second > address) return true;
  return after != ranges.end() && after->first - address < size;
}

std::string access_words(uint32_t address, uint32_t size, bool is_store) {
  return fmt::format("{} of {} byte{} at 0x{:08x}", is_store ? "store" : "load", size, size == 1 ? "" : "s", address);
}

}  // namespace

const char* guest_fault_name(GuestFault kind) { return kNames[static_cast<size_t>(kind)]; }

std::set<GuestFault> parse_guest_faults(const std::string& list) {
  std::set<GuestFault> kinds;
  size_t begin = 0;
  while (begin <= list.size()) {
    const size_t end = std::min(list.find(',', begin), list.size());
    const std::string word = list.substr(begin, end - begin);
    begin = end + 1;
    const auto found = std::find(kNames.begin(), kNames.end(), word);
    if (word != "all" && found == kNames.end()) {
      throw UsageError(fmt::format("--check-guest {}: '{}' is none of all, {}", list, word, fmt::join(kNames, ", ")));
    }
    for (size_t kind = 0; kind < kGuestFaultKinds; ++kind) {
      if (word == "all" || word == kNames[kind]) kinds.insert(static_cast<GuestFault>(kind));
    }
  }
  return kinds;
}

GuestCheck::GuestCheck(std::set<GuestFault> kinds, const hw::MemoryRange& ram, const hw::Program& program, const ElfLayout& layout,
                       const hw::CpuDebug& cpu, const CallTracker& calls)
    : ram_(ram), program_(program), layout_(layout), cpu_(cpu), calls_(calls) {
  for (const GuestFault kind : kinds) kinds_[static_cast<size_t>(kind)] = true;
  if (checks(GuestFault::kUnwrittenRead)) written_.assign((ram.size + 7) / 8, 0);
}

std::string GuestCheck::limits() const {
  std::string text;
  if (checks(GuestFault::kStackOverflow) && !layout_.stack) {
    text += "stack-overflow is not checked: the image does not say where its stack ends; let the linker script define stack_limit and stack_top\n";
  }
  if (checks(GuestFault::kCodeWrite) && layout_.code.empty()) text += "code-write is not checked: the image does not say where its code is\n";
  return text;
}

// What is written.

void GuestCheck::set_written(uint32_t address, uint32_t size, bool written) {
  uint64_t bit = address - ram_.base;
  if (written_.empty() || bit >= ram_.size) return;
  const uint64_t end = std::min(bit + size, ram_.size);
  for (; bit < end && bit % 8 != 0; ++bit)
    written_[bit / 8] = static_cast<uint8_t>(written ? written_[bit / 8] | 1u << bit % 8 : written_[bit / 8] & ~(1u << bit % 8));
  if (end - bit >= 8) std::memset(&written_[bit / 8], written ? 0xFF : 0, (end - bit) / 8);
  for (bit = std::max(bit, end & ~uint64_t{7}); bit < end; ++bit) {
    written_[bit / 8] = static_cast<uint8_t>(written ? written_[bit / 8] | 1u << bit % 8 : written_[bit / 8] & ~(1u << bit % 8));
  }
}

bool GuestCheck::is_written(uint32_t address) const {
  const uint64_t bit = address - ram_.base;
  return bit >= ram_.size || (written_[bit / 8] >> bit % 8 & 1) != 0;
}

bool GuestCheck::all_written(uint32_t address, uint32_t size) const {
  for (uint32_t i = 0; i < size; ++i) {
    if (!is_written(address + i)) return false;
  }
  return true;
}

void GuestCheck::program_placed() {
  for (const hw::Program::Segment& segment : program_.segments) set_written(segment.address, segment.memory_size, true);
}

void GuestCheck::memory_lost() {
  std::fill(written_.begin(), written_.end(), uint8_t{0});
  taken_.clear();
}

bool GuestCheck::in_string_function() const {
  return !calls_.stack().empty() && word_readers().count(calls_.name(calls_.stack().back().function)) != 0;
}

void GuestCheck::check_load(const Access& access) {
  if (all_written(access.address, access.size)) return;
  uint8_t written = 0;
  for (uint32_t i = 0; i < access.size; ++i) written = static_cast<uint8_t>(written | static_cast<unsigned>(is_written(access.address + i)) << i);
  if (written != 0 && access.address % access.size == 0) {
    if (!in_string_function()) partial_.push_back({access.pc, access.address, access.size, written});
    return;
  }
  report(GuestFault::kUnwrittenRead, "cpu", access, access_words(access.address, access.size, false) + ", never written since power-on");
}

void GuestCheck::settle_partial_loads(const RunInfo& info) {
  for (const PartialLoad& load : partial_) settle(load, info);
  partial_.clear();
  stores_.clear();
}

/// Follows the register that was loaded through the rest of the run: what is only stored elsewhere is a copy.
void GuestCheck::settle(const PartialLoad& load, const RunInfo& info) {
  const uint8_t rd = fetch(cpu_, load.pc).rd;
  bool copied = false;
  uint32_t pc = info.pc;
  for (const uint8_t length : info.lengths) {
    const uint32_t here = pc;
    pc += length;
    if (here <= load.pc) continue;
    const hw::Instruction instruction = fetch(cpu_, here);
    if (hw::is_store(instruction.opcode) && instruction.rs2 == rd && instruction.rs1 != rd) {
      const auto store = std::find_if(stores_.begin(), stores_.end(), [here](const Access& access) { return access.pc == here; });
      if (store == stores_.end()) break;  // to a device
      copied = true;
      for (uint32_t i = 0; i < store->size; ++i) {
        if (i >= load.size || (load.written >> i & 1) == 0) set_written(store->address + i, 1, false);
      }
    } else if (instruction.rs1 == rd || instruction.rs2 == rd) {
      copied = false;
      break;
    } else if (instruction.rd == rd) {
      break;
    }
  }
  if (copied) return;
  report(GuestFault::kUnwrittenRead, "cpu", {load.pc, load.address, load.size, false},
         fmt::format("{}, of which byte {} was never written since power-on", access_words(load.address, load.size, false),
                     __builtin_ctz(~static_cast<unsigned>(load.written))));
}

// Code, buffers, stack.

void GuestCheck::check_code_write(const std::string& by, uint32_t pc, uint32_t address, uint32_t size) {
  for (const AddressRange& range : layout_.code) {
    if (address >= range.end || range.begin >= address + size) continue;
    report(GuestFault::kCodeWrite, by, {pc, address, size, true},
           fmt::format("{} into the program's code, {}", access_words(address, size, true), layout_.symbols.describe(address)));
    return;
  }
}

void GuestCheck::check_buffers(const std::string& by, uint32_t pc, uint32_t address, uint32_t size, bool is_store) {
  for (const auto& [block, ranges] : taken_) {
    if (block == by) continue;
    const bool writes = touches(*ranges.written, address, size);
    if (!writes && !touches(*ranges.read, address, size)) continue;
    report(GuestFault::kBusyBuffer, by, {pc, address, size, is_store},
           fmt::format("{} in a buffer that {} {} until it interrupts", access_words(address, size, is_store), block, writes ? "writes" : "reads"));
  }
}

void GuestCheck::check_stack(const hw::ExecutedRun& run, const RunInfo& info, bool anew) {
  const uint32_t before = sp_;
  const uint32_t after = cpu_.reg(kSp);
  sp_ = after;
  const StackBounds& stack = *layout_.stack;
  if (anew || before < stack.limit || before > stack.top) return;
  const uint32_t reached = before + static_cast<uint32_t>(info.sp_lowest);
  const uint32_t lowest = info.sp_replaced || after > reached ? reached : after;
  if (lowest >= stack.limit || lowest > before) return;
  report(GuestFault::kStackOverflow, "cpu", {run.trapped ? info.pc : info.sp_lowest_pc, lowest, stack.limit - lowest, true},
         fmt::format("the stack pointer goes to 0x{:08x}, {} bytes below the stack's end at 0x{:08x} ({})", lowest, stack.limit - lowest, stack.limit,
                     stack.from));
}

// Who tells.

void GuestCheck::accesses(uint32_t pc, uint32_t address, uint32_t size, bool is_store) {
  if (!written_.empty()) {
    if (!is_store) check_load({pc, address, size, false});
    if (is_store) set_written(address, size, true);
    if (is_store && !partial_.empty()) stores_.push_back({pc, address, size, true});
  }
  if (is_store && checks(GuestFault::kCodeWrite)) check_code_write("cpu", pc, address, size);
  if (!taken_.empty()) check_buffers("cpu", pc, address, size, is_store);
}

void GuestCheck::executed(const hw::ExecutedRun& run, const RunInfo& info, bool anew) {
  if (!partial_.empty()) settle_partial_loads(info);
  if (checks(GuestFault::kStackOverflow) && layout_.stack) check_stack(run, info, anew);
}

void GuestCheck::dma_wrote(const std::string& block, uint32_t address, uint32_t size) {
  set_written(address, size, true);
  if (checks(GuestFault::kCodeWrite)) check_code_write(block, 0, address, size);
  if (!taken_.empty()) check_buffers(block, 0, address, size, true);
}

void GuestCheck::buffers_taken(const std::string& block, const hw::AddressRanges& read, const hw::AddressRanges& written) {
  if (checks(GuestFault::kBusyBuffer)) taken_[block] = {&read, &written};
}

void GuestCheck::buffers_released(const std::string& block) { taken_.erase(block); }

void GuestCheck::report(GuestFault kind, const std::string& by, const Access& access, const std::string& what) {
  const auto [known, is_new] = known_.try_emplace({kind, by, access.pc}, faults_.size());
  if (!is_new) {
    ++faults_[known->second].times;
    return;
  }
  FoundFault fault{kind, by, access.pc, access.address, access.size, access.is_store, static_cast<int64_t>(cpu_.local_time_ps() / 1000), 1, what, {}};
  if (by == "cpu") {
    fault.stack.push_back({access.pc, false, ""});
    const std::vector<CallFrame>& frames = calls_.stack();
    for (size_t i = frames.size(); i-- > 0 && fault.stack.size() < kStackShownMax;) {
      const CallFrame& frame = frames[i];
      const bool is_trap = frame.kind == CallFrame::Kind::kInterrupt || frame.kind == CallFrame::Kind::kException;
      if (is_trap) fault.stack.push_back({frame.return_pc, false, calls_.name(frame.function)});
      if (frame.kind == CallFrame::Kind::kCall) fault.stack.push_back({frame.return_pc, true, ""});
    }
  }
  faults_.push_back(std::move(fault));
}

// What was found.

namespace {

/// A call's line is that of the call, not of what follows it.
uint32_t place_of(const StackEntry& entry) { return entry.is_return ? entry.address - 1 : entry.address; }

std::string function_of(const StackEntry& entry, const hw::SymbolTable& symbols) {
  const hw::SymbolTable::Symbol* function = symbols.find(place_of(entry));
  return function ? fmt::format("{}+0x{:x}", function->name, entry.address - function->address) : fmt::format("0x{:08x}", entry.address);
}

}  // namespace

std::string GuestCheck::text(const SourceLines& lines) const {
  std::string text;
  for (const FoundFault& fault : faults_) {
    text += fmt::format("guest fault: {}: {}; at {}.{:09} s{}{}\n", guest_fault_name(fault.kind), fault.what, fault.t_ns / 1'000'000'000,
                        fault.t_ns % 1'000'000'000, fault.times > 1 ? fmt::format(", {} times", fault.times) : "",
                        fault.by == "cpu" ? "" : fmt::format(", by the DMA of {}", fault.by));
    for (size_t i = 0; i < fault.stack.size(); ++i) {
      const StackEntry& entry = fault.stack[i];
      size_t last = i;  // a recursion is one line
      while (last + 1 < fault.stack.size() && fault.stack[last + 1].address == entry.address && fault.stack[last + 1].interrupt.empty()) ++last;
      if (!entry.interrupt.empty()) text += fmt::format("    {}\n", entry.interrupt);
      text += fmt::format("    #{}{} 0x{:08x} {}  {}\n", i, last > i ? fmt::format(" to #{}", last) : "", entry.address,
                          function_of(entry, layout_.symbols), lines.describe(place_of(entry)));
      i = last;
    }
  }
  return text;
}

Json GuestCheck::json(const SourceLines& lines) const {
  Json list = Json::array();
  for (const FoundFault& fault : faults_) {
    Json stack = Json::array();
    for (const StackEntry& entry : fault.stack) {
      Json line = {{"pc", entry.address}, {"function", function_of(entry, layout_.symbols)}, {"line", lines.describe(place_of(entry))}};
      if (!entry.interrupt.empty()) line["interrupt"] = entry.interrupt;
      stack.push_back(line);
    }
    Json item = {{"kind", guest_fault_name(fault.kind)},
                 {"what", fault.what},
                 {"by", fault.by},
                 {"t_ns", fault.t_ns},
                 {"times", fault.times},
                 {"address", fault.address},
                 {"size", fault.size},
                 {"access", fault.is_store ? "store" : "load"}};
    if (fault.by == "cpu") {
      item["pc"] = fault.pc;
      item["line"] = lines.describe(fault.pc);
    }
    item["stack"] = stack;
    list.push_back(item);
  }
  return {{"schema", "saksi-guest-faults/1"}, {"faults", list}};
}

}  // namespace saksi::sim
