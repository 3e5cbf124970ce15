#include "sim/observe/source_lines.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "sim/observe/elf_file.h"

namespace saksi::sim {

namespace {

namespace fs = std::filesystem;

/// Deeper nesting of scopes than any compiler makes is damage.
constexpr int kScopeDepthMax = 256;
/// Entries that are looked at, so that a hostile file cannot keep the reader busy for hours.
constexpr uint64_t kEntriesMax = 20'000'000;

std::string found_path(const std::string& recorded, const std::string& project_dir) {
  const fs::path path = fs::path(recorded).lexically_normal();
  if (path.is_absolute()) return path.string();
  std::error_code error;
  for (const fs::path& root : {fs::path(project_dir), fs::current_path(error)}) {
    if (!root.empty() && fs::exists(root / path, error)) return (root / path).lexically_normal().string();
  }
  return path.string();
}

}  // namespace

/// Reads one file into a SourceLines.
class SourceLines::Reader {
 public:
  Reader(SourceLines& lines, const std::vector<AddressRange>& code, const std::string& project_dir)
      : lines_(lines), code_(code), project_dir_(project_dir) {}

  void read(Dwarf* dwarf) {
    Dwarf_CU* unit = nullptr;
    Dwarf_Die die;
    int result = 0;
    while (entries_ < kEntriesMax && (result = dwarf_get_units(dwarf, unit, &unit, nullptr, nullptr, &die, nullptr)) == 0) {
      ++units_;
      read_lines(die);
      read_scopes(die, 0);
    }
    if (result < 0) note_error();
    finish();
  }

 private:
  using FunctionKey = std::tuple<uint32_t, uint32_t, std::string>;  // file, line, name

  void note_error() {
    if (!lines_.problem_.empty()) return;
    const char* text = dwarf_errmsg(-1);
    lines_.problem_ = fmt::format("its debug information is damaged ({}); lines that it should name are unknown", text ? text : "unreadable");
  }

  bool in_code(uint64_t address) const {
    return std::any_of(code_.begin(), code_.end(), [&](const AddressRange& range) { return address >= range.begin && address < range.end; });
  }

  uint32_t file_index(const char* name) {
    const auto [found, is_new] = file_indices_.try_emplace(name ? name : "", static_cast<uint32_t>(lines_.files_.size()));
    if (is_new) lines_.files_.push_back(found_path(found->first, project_dir_));
    return found->second;
  }

  /// A row of the line table holds until the next one; of several at one address the last one counts.
  void read_lines(Dwarf_Die& unit) {
    Dwarf_Lines* rows = nullptr;
    size_t count = 0;
    if (dwarf_getsrclines(&unit, &rows, &count) != 0) {
      if (dwarf_hasattr(&unit, DW_AT_stmt_list)) note_error();
      return;
    }
    for (size_t i = 0; i + 1 < count && ++entries_ < kEntriesMax; ++i) {
      Dwarf_Line* row = dwarf_onesrcline(rows, i);
      Dwarf_Line* next = dwarf_onesrcline(rows, i + 1);
      Dwarf_Addr begin = 0, end = 0;
      int line = 0;
      bool ends = true;
      if (!row || !next || dwarf_lineaddr(row, &begin) != 0 || dwarf_lineaddr(next, &end) != 0 || dwarf_lineendsequence(row, &ends) != 0) continue;
      if (ends || begin > end || end > UINT32_MAX || !in_code(begin) || dwarf_lineno(row, &line) != 0 || line <= 0) continue;
      read_row(row, static_cast<uint32_t>(begin), static_cast<uint32_t>(end), static_cast<uint32_t>(line));
    }
  }

  void read_row(Dwarf_Line* row, uint32_t begin, uint32_t end, uint32_t line) {
    const uint32_t file = file_index(dwarf_linesrc(row, nullptr, nullptr));
    if (begin < end) lines_.ranges_.push_back({begin, end, file, line});
    if (file != row_file_ || line != row_line_) ++row_unit_;
    row_file_ = file;
    row_line_ = line;
    bool is_statement = true;
    dwarf_linebeginstatement(row, &is_statement);
    int column = 0;
    if (dwarf_linecol(row, &column) != 0) column = 0;
    if (is_statement) lines_.statements_.push_back({begin, file, line, static_cast<uint32_t>(std::max(column, 0)), row_unit_});
  }

  /// Visits the entries below `parent` for functions.
  void read_scopes(Dwarf_Die& parent, int depth) {
    Dwarf_Die die;
    int result = depth < kScopeDepthMax ? dwarf_child(&parent, &die) : 1;
    while (result == 0 && ++entries_ < kEntriesMax) {
      const int tag = dwarf_tag(&die);
      const bool is_function = tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
      if (is_function) read_function(die);
      const bool nests =
          is_function || tag == DW_TAG_lexical_block || tag == DW_TAG_namespace || tag == DW_TAG_class_type || tag == DW_TAG_structure_type;
      if (nests) read_scopes(die, depth + 1);
      result = dwarf_siblingof(&die, &die);
    }
    if (result < 0) note_error();
  }

  void read_function(Dwarf_Die& die) {
    Dwarf_Addr base = 0, begin = 0, end = 0, lowest = UINT64_MAX;
    for (ptrdiff_t offset = 0; ++entries_ < kEntriesMax && (offset = dwarf_ranges(&die, offset, &base, &begin, &end)) > 0;) {
      if (begin < end && end <= UINT32_MAX && in_code(begin)) lowest = std::min(lowest, begin);
    }
    if (lowest == UINT64_MAX) return;
    Dwarf_Addr entry = 0;
    if (dwarf_entrypc(&die, &entry) != 0 || !in_code(entry)) entry = lowest;
    const char* name = dwarf_diename(&die);
    const char* file = dwarf_decl_file(&die);
    int line = 0;
    if (!name || !file || dwarf_decl_line(&die, &line) != 0 || line <= 0) return;
    functions_[{file_index(file), static_cast<uint32_t>(line), name}].push_back(static_cast<uint32_t>(entry));
  }

  void finish() {
    std::sort(lines_.ranges_.begin(), lines_.ranges_.end(), [](const LineRange& a, const LineRange& b) {
      return std::tie(a.begin, a.end, a.file, a.line) < std::tie(b.begin, b.end, b.file, b.line);
    });
    std::vector<LineRange> disjoint;
    for (const LineRange& range : lines_.ranges_) {
      if (disjoint.empty() || range.begin >= disjoint.back().end) disjoint.push_back(range);
    }
    lines_.ranges_ = std::move(disjoint);
    for (auto& [key, entries] : functions_) {
      std::sort(entries.begin(), entries.end());
      entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
      lines_.functions_.push_back({std::get<2>(key), std::get<0>(key), std::get<1>(key), entries});
    }
    if (entries_ >= kEntriesMax) lines_.problem_ = "its debug information has more than 20 million entries; what comes after them is unknown";
    if (units_ == 0 && lines_.problem_.empty()) lines_.problem_ = "it has no debug information (build with -g); source lines are unknown";
  }

  SourceLines& lines_;
  const std::vector<AddressRange>& code_;
  const std::string& project_dir_;
  std::map<std::string, uint32_t> file_indices_;
  std::map<FunctionKey, std::vector<uint32_t>> functions_;
  uint32_t row_file_ = 0, row_line_ = 0, row_unit_ = 0;  ///< of the row before
  uint64_t entries_ = 0;
  int units_ = 0;
};

SourceLines::SourceLines(const std::string& elf_path, const std::vector<AddressRange>& code, const std::string& project_dir) {
  const ElfFile elf(elf_path);
  Dwarf* dwarf = elf.get() ? dwarf_begin_elf(elf.get(), DWARF_C_READ, nullptr) : nullptr;
  if (dwarf) {
    Reader(*this, code, project_dir).read(dwarf);
    dwarf_end(dwarf);
  } else {
    problem_ = "it has no debug information (build with -g); source lines are unknown";
  }
  if (!problem_.empty()) problem_ = elf_path + ": " + problem_;
}

const LineRange* SourceLines::find(uint32_t pc) const {
  const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), pc, [](uint32_t a, const LineRange& range) { return a < range.begin; });
  if (after == ranges_.begin() || pc >= std::prev(after)->end) return nullptr;
  return &*std::prev(after);
}

std::string SourceLines::describe(uint32_t pc) const {
  const LineRange* range = find(pc);
  return range ? fmt::format("{}:{}", files_[range->file], range->line) : "";
}

}  // namespace saksi::sim
