#ifndef SAKSI_SIM_OBSERVE_COVERAGE_H_
#define SAKSI_SIM_OBSERVE_COVERAGE_H_

#include <string>

#include "hw-models/cpu/elf_loader.h"
#include "sim/observe/run_table.h"
#include "sim/observe/source_lines.h"

namespace saksi::sim {

/// How often each line and function of a program was executed, as an LCOV tracefile (geninfo(1), section FILES): SF, FN, FNDA, FNF, FNH, DA, LF,
/// LH for each source file that has code; sources that are not on this machine (a toolchain's libraries) are left out, unless none is here.
/// `test_name` goes into TN.
///
/// A line's count says how often its statement was begun: the executions of the instruction at which it begins, added up where its code was put
/// in several places (inlined functions, unrolled loops); of a line's several statements the one that was begun most often. Instructions that
/// an optimiser moved away from their statement do not count, unless nothing of the line is where it should be. A function's count is that
/// of its first instruction, likewise added up.
std::string lcov_tracefile(const RunTable& table, const SourceLines& lines, const hw::SymbolTable& symbols, const std::string& test_name);

}  // namespace saksi::sim

#endif
