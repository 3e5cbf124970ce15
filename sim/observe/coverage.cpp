#include "sim/observe/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <tuple>
#include <vector>

namespace saksi::sim {

namespace {

/// Executions by the instruction's address.
using Counts = std::map<uint32_t, uint64_t>;

Counts count_instructions(const RunTable& table) {
  Counts counts;
  for (const RunInfo& run : table.runs()) {
    uint32_t pc = run.pc;
    for (const uint8_t length : run.lengths) {
      counts[pc] += run.times;
      pc += length;
    }
  }
  return counts;
}

uint64_t count_at(const Counts& counts, uint32_t pc) {
  const auto found = counts.find(pc);
  return found == counts.end() ? 0 : found->second;
}

/// By file and line.
using LineCounts = std::map<uint32_t, std::map<uint32_t, uint64_t>>;

LineCounts count_lines(const Counts& counts, const SourceLines& lines) {
  // By file, line, column and unit: the parts of a statement that follow each other in the code are executed together.
  std::map<std::tuple<uint32_t, uint32_t, uint32_t, uint32_t>, uint64_t> units;
  for (const StatementStart& start : lines.statements()) {
    uint64_t& unit = units[{start.file, start.line, start.column, start.unit}];
    unit = std::max(unit, count_at(counts, start.address));
  }
  std::map<std::tuple<uint32_t, uint32_t, uint32_t>, uint64_t> statements;
  for (const auto& [key, count] : units) statements[{std::get<0>(key), std::get<1>(key), std::get<2>(key)}] += count;
  LineCounts result;
  for (const auto& [key, count] : statements) {
    uint64_t& line = result[std::get<0>(key)][std::get<1>(key)];
    line = std::max(line, count);
  }
  LineCounts moved;
  for (const LineRange& range : lines.ranges()) {
    uint64_t& line = moved[range.file][range.line];
    for (auto at = counts.lower_bound(range.begin); at != counts.end() && at->first < range.end; ++at) line = std::max(line, at->second);
  }
  for (const auto& [file, by_line] : moved) {
    for (const auto& [line, count] : by_line) result[file].try_emplace(line, count);
  }
  return result;
}

struct FunctionCount {
  uint32_t line;
  std::string name;
  uint64_t count;
};

std::map<uint32_t, std::vector<FunctionCount>> count_functions(const Counts& counts, const SourceLines& lines, const hw::SymbolTable& symbols) {
  std::map<uint32_t, std::vector<FunctionCount>> by_file;
  std::map<uint32_t, bool> known_entries;
  for (const SourceFunction& function : lines.functions()) {
    uint64_t sum = 0;
    for (const uint32_t entry : function.entries) {
      sum += count_at(counts, entry);
      known_entries[entry] = true;
    }
    by_file[function.file].push_back({function.line, function.name, sum});
  }
  for (const hw::SymbolTable::Symbol& symbol : symbols.functions()) {  // assembly code has lines, but no function entries
    const LineRange* place = lines.find(symbol.address);
    const bool is_part = symbol.name.find('.') != std::string::npos;
    if (!place || is_part || known_entries.count(symbol.address)) continue;
    by_file[place->file].push_back({place->line, symbol.name, count_at(counts, symbol.address)});
  }
  return by_file;
}

/// genhtml and lcov take letters, digits and underscores.
std::string lcov_name(std::string name) {
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

/// Leaves out the sources that are not on this machine, those of a toolchain's libraries: genhtml stops at the first file that it cannot read.
/// If none is here they all stay, to be drawn elsewhere.
void leave_out_foreign(std::map<std::string, uint32_t>& files) {
  std::error_code error;
  const auto is_here = [&](const auto& file) { return std::filesystem::exists(file.first, error); };
  if (std::none_of(files.begin(), files.end(), is_here)) return;
  for (auto file = files.begin(); file != files.end();) file = is_here(*file) ? std::next(file) : files.erase(file);
}

}  // namespace

std::string lcov_tracefile(const RunTable& table, const SourceLines& lines, const hw::SymbolTable& symbols, const std::string& test_name) {
  const Counts counts = count_instructions(table);
  const LineCounts by_file = count_lines(counts, lines);
  const auto functions = count_functions(counts, lines, symbols);
  std::map<std::string, uint32_t> order;  // files by name, so that the tracefile does not depend on the order of compilation
  for (const auto& [file, by_line] : by_file) order[lines.files()[file]] = file;
  leave_out_foreign(order);

  std::string text;
  for (const auto& [name, file] : order) {
    text += fmt::format("TN:{}\nSF:{}\n", lcov_name(test_name), name);
    size_t hit = 0;
    const auto here = functions.find(file);
    const std::vector<FunctionCount> none;
    const std::vector<FunctionCount>& listed = here == functions.end() ? none : here->second;
    for (const FunctionCount& function : listed) text += fmt::format("FN:{},{}\n", function.line, function.name);
    for (const FunctionCount& function : listed) {
      text += fmt::format("FNDA:{},{}\n", function.count, function.name);
      hit += function.count > 0 ? 1 : 0;
    }
    text += fmt::format("FNF:{}\nFNH:{}\n", listed.size(), hit);
    hit = 0;
    for (const auto& [line, count] : by_file.at(file)) {
      text += fmt::format("DA:{},{}\n", line, count);
      hit += count > 0 ? 1 : 0;
    }
    text += fmt::format("LF:{}\nLH:{}\nend_of_record\n", by_file.at(file).size(), hit);
  }
  return text;
}

}  // namespace saksi::sim
