#ifndef SAKSI_SIM_OBSERVE_SOURCE_LINES_H_
#define SAKSI_SIM_OBSERVE_SOURCE_LINES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/observe/elf_layout.h"

namespace saksi::sim {

/// Instructions that belong to one source line.
struct LineRange {
  uint32_t begin;
  uint32_t end;   ///< first address behind them
  uint32_t file;  ///< index into SourceLines::files()
  uint32_t line;  ///< from 1
};

/// A place in the code where a statement, or a part of one, begins. It may have no instruction of its own, its line being reached all the same.
struct StatementStart {
  uint32_t address;
  uint32_t file;
  uint32_t line;
  uint32_t column;  ///< 0: unknown
  uint32_t unit;    ///< the same for what follows each other in the code of one line
};

/// A function of the source, with every place at which its code was put: one of its own, and one for each call that it was inlined into.
struct SourceFunction {
  std::string name;
  uint32_t file;
  uint32_t line;  ///< of its declaration
  std::vector<uint32_t> entries;
};

/// Debug information of a program (DWARF 2 to 5, by elfutils' libdw): source lines and functions by address. Every byte of the file may be
/// hostile: what cannot be read is missing, and problem() says so.
class SourceLines {
 public:
  /// `code` is where the program's instructions are; what debug information says of other addresses (functions that the linker dropped) is
  /// left out. Names of files are as the compiler recorded them; a relative one that exists below `project_dir` or the working directory is
  /// made absolute, so that other tools find it.
  SourceLines(const std::string& elf_path, const std::vector<AddressRange>& code, const std::string& project_dir);

  /// Why there are no lines, or not all, for one message to the user; empty if all is well.
  const std::string& problem() const { return problem_; }

  const std::vector<std::string>& files() const { return files_; }
  /// Sorted, disjoint.
  const std::vector<LineRange>& ranges() const { return ranges_; }
  /// Sorted by address, as far as one compilation unit goes.
  const std::vector<StatementStart>& statements() const { return statements_; }
  /// Sorted by file and line.
  const std::vector<SourceFunction>& functions() const { return functions_; }

  /// The line of an instruction; nullptr if unknown.
  const LineRange* find(uint32_t pc) const;
  /// "file.c:12", or empty.
  std::string describe(uint32_t pc) const;

 private:
  class Reader;
  std::string problem_;
  std::vector<std::string> files_;
  std::vector<LineRange> ranges_;
  std::vector<StatementStart> statements_;
  std::vector<SourceFunction> functions_;
};

}  // namespace saksi::sim

#endif
