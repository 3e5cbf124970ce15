#ifndef SAKSI_SIM_OBSERVE_CPU_TRACE_H_
#define SAKSI_SIM_OBSERVE_CPU_TRACE_H_

#include <functional>
#include <string>
#include <vector>

#include "hw-models/cpu/cpu_debug.h"
#include "hw-models/cpu/elf_loader.h"
#include "sim/observe/second_run.h"
#include "sim/observe/source_lines.h"

namespace saksi::sim {

/// Executed instructions, one a line: number, address, code, disassembly, and the register that it changed (x10 a0: old -> new). A line with
/// function and source line (without `lines`: with the function) stands before them wherever these change.
std::string trace_text(const std::vector<hw::TraceEntry>& trace, const hw::SymbolTable& symbols, const SourceLines* lines);

/// In a second run: turns the trace on for the last instructions before the wanted position, and calls `done` there, in the CPU's thread, with
/// trace() full. Where the run ends at that position there is no instruction left to halt before: then the caller must do what `done` does.
void trace_up_to(hw::CpuDebug& cpu, const TraceRequest& wanted, std::function<void()> done);

}  // namespace saksi::sim

#endif
