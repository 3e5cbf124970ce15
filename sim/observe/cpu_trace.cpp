#include "sim/observe/cpu_trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/observe/disassembler.h"

namespace saksi::sim {

std::string trace_text(const std::vector<hw::TraceEntry>& trace, const hw::SymbolTable& symbols, const SourceLines* lines) {
  std::string text;
  std::string place_before;
  for (const hw::TraceEntry& entry : trace) {
    const hw::SymbolTable::Symbol* function = symbols.find(entry.pc);
    const std::string line = lines ? lines->describe(entry.pc) : "";
    const std::string place = (function ? function->name : "?") + "\n" + line;
    if (place != place_before) {
      text += symbols.describe(entry.pc) + (!lines ? "" : line.empty() ? "  (source line unknown)" : "  " + line) + "\n";
    }
    place_before = place;
    const bool is_short = (entry.raw & 3) != 3;
    const std::string code = is_short ? fmt::format("{:04x}    ", entry.raw & 0xFFFF) : fmt::format("{:08x}", entry.raw);
    std::string change;
    if (entry.rd != 0 && entry.rd_before != entry.rd_after) {
      change = fmt::format("x{} {}: {:08x} -> {:08x}", entry.rd, register_name(entry.rd), entry.rd_before, entry.rd_after);
    }
    text += fmt::format("{:>12}  {:08x}  {}  {:<28}{}", entry.instruction, entry.pc, code, disassemble(entry.raw, entry.pc), change);
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text;
}

void trace_up_to(hw::CpuDebug& cpu, const TraceRequest& wanted, std::function<void()> done) {
  const uint64_t begin = wanted.position - std::min(wanted.position, wanted.length);
  cpu.set_halt_listener([&cpu, wanted, begin, done = std::move(done)](const hw::Halt&) {
    if (cpu.position() >= wanted.position) return done();
    if (cpu.position() == begin) cpu.set_trace_length(wanted.length);
    cpu.halt_at(wanted.position);
  });
  cpu.halt_at(begin);
}

}  // namespace saksi::sim
