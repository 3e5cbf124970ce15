#include "sim/observe/elf_layout.h"

#include <fmt/format.h>
#include <gelf.h>

#include <algorithm>
#include <map>

#include "sim/observe/elf_file.h"

namespace saksi::sim {

namespace {

struct Named {
  uint32_t value;
  uint32_t size;
  uint8_t type;
  bool is_global;
  bool in_code;
};

/// Everything of the file that the layout is made from.
struct Contents {
  std::vector<GElf_Phdr> segments;
  std::vector<std::pair<std::string, GElf_Shdr>> sections;
  std::multimap<std::string, Named> symbols;
  uint64_t gnu_stack_bytes = 0;
};

bool fits(uint64_t address, uint64_t size) { return size > 0 && address + size >= address && address + size <= UINT32_MAX; }

void read_symbols(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, Contents& contents) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (!data || header.sh_entsize == 0) return;
  const auto count = static_cast<int>(std::min<uint64_t>(data->d_size / header.sh_entsize, INT32_MAX));
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (!gelf_getsym(data, i, &symbol) || symbol.st_shndx == SHN_UNDEF) continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (!name || *name == '\0' || *name == '$' || *name == '.') continue;
    GElf_Shdr home{};
    Elf_Scn* scn = symbol.st_shndx < SHN_LORESERVE ? elf_getscn(elf, symbol.st_shndx) : nullptr;
    const bool in_code = scn && gelf_getshdr(scn, &home) && (home.sh_flags & SHF_EXECINSTR) != 0;
    contents.symbols.insert({name,
                             {static_cast<uint32_t>(symbol.st_value), static_cast<uint32_t>(symbol.st_size),
                              static_cast<uint8_t>(GELF_ST_TYPE(symbol.st_info)), GELF_ST_BIND(symbol.st_info) != STB_LOCAL, in_code}});
  }
}

Contents read_contents(Elf* elf) {
  Contents contents;
  size_t count = 0;
  if (elf_getphdrnum(elf, &count) != 0) count = 0;
  for (size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (!gelf_getphdr(elf, static_cast<int>(i), &segment)) continue;
    if (segment.p_type == PT_LOAD) contents.segments.push_back(segment);
    if (segment.p_type == PT_GNU_STACK) contents.gnu_stack_bytes = segment.p_memsz;
  }
  size_t names = 0;
  const bool has_names = elf_getshdrstrndx(elf, &names) == 0;
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section; section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header)) continue;
    const char* name = has_names ? elf_strptr(elf, names, header.sh_name) : nullptr;
    contents.sections.emplace_back(name ? name : "", header);
    if (header.sh_type == SHT_SYMTAB) read_symbols(elf, section, header, contents);
  }
  return contents;
}

/// True if the loader puts the bytes at the address that they are linked for.
bool loaded_in_place(const Contents& contents, uint64_t address, uint64_t size) {
  return std::any_of(contents.segments.begin(), contents.segments.end(), [&](const GElf_Phdr& segment) {
    return segment.p_vaddr == segment.p_paddr && address >= segment.p_vaddr && address + size <= segment.p_vaddr + segment.p_memsz;
  });
}

std::vector<AddressRange> code_of(const Contents& contents) {
  std::vector<AddressRange> code;
  for (const auto& [name, section] : contents.sections) {
    const bool is_code = (section.sh_flags & SHF_EXECINSTR) != 0 && (section.sh_flags & SHF_ALLOC) != 0;
    if (!is_code || !fits(section.sh_addr, section.sh_size) || !loaded_in_place(contents, section.sh_addr, section.sh_size)) continue;
    code.push_back({static_cast<uint32_t>(section.sh_addr), static_cast<uint32_t>(section.sh_addr + section.sh_size)});
  }
  if (contents.sections.empty()) {
    for (const GElf_Phdr& segment : contents.segments) {
      if ((segment.p_flags & PF_X) == 0 || (segment.p_flags & PF_W) != 0 || !fits(segment.p_paddr, segment.p_filesz)) continue;
      code.push_back({static_cast<uint32_t>(segment.p_paddr), static_cast<uint32_t>(segment.p_paddr + segment.p_filesz)});
    }
  }
  std::sort(code.begin(), code.end(), [](const AddressRange& a, const AddressRange& b) { return a.begin < b.begin; });
  std::vector<AddressRange> joined;
  for (const AddressRange& range : code) {
    if (!joined.empty() && range.begin <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, range.end);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

/// The first of the names that the file has: its name and value.
using Found = std::optional<std::pair<std::string, uint32_t>>;
Found first_of(const Contents& contents, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto found = contents.symbols.find(name);
    if (found != contents.symbols.end()) return std::pair{name, found->second.value};
  }
  return std::nullopt;
}

std::optional<StackBounds> bounds(uint64_t limit, uint64_t top, const std::string& from) {
  if (limit >= top || top > UINT32_MAX) return std::nullopt;
  return StackBounds{static_cast<uint32_t>(limit), static_cast<uint32_t>(top), from};
}

std::optional<StackBounds> stack_of(const Contents& contents) {
  const Found low = first_of(contents, {"__stack_limit", "__StackLimit", "_stack_limit", "stack_limit", "__stack_bottom", "_stack_bottom",
                                        "stack_bottom", "__stack_low", "_sstack", "_susrstack"});
  const Found top = first_of(contents, {"__stack_top", "_stack_top", "stack_top", "__StackTop", "__stack", "_sp", "_estack", "_eusrstack"});
  if (low && top) {
    if (const auto stack = bounds(low->second, top->second, fmt::format("symbols {}, {}", low->first, top->first))) return stack;
  }
  const Found start = first_of(contents, {"__stack_start", "_stack_start", "__stack_start__", "stack_start"});
  const Found end = first_of(contents, {"__stack_end", "_stack_end", "__stack_end__", "stack_end"});
  if (start && end) {
    const auto [below, above] = std::minmax(start->second, end->second);
    if (const auto stack = bounds(below, above, fmt::format("symbols {}, {}", start->first, end->first))) return stack;
  }
  const Found size = first_of(contents, {"__stack_size", "_stack_size", "stack_size", "__STACK_SIZE"});
  if (top && size && size->second <= top->second) {
    if (const auto stack = bounds(top->second - size->second, top->second, fmt::format("symbols {}, {}", top->first, size->first))) return stack;
  }
  if (top && contents.gnu_stack_bytes > 0 && contents.gnu_stack_bytes <= top->second) {
    return bounds(top->second - contents.gnu_stack_bytes, top->second, fmt::format("symbol {}, segment PT_GNU_STACK", top->first));
  }
  for (const auto& [name, section] : contents.sections) {
    if (name.rfind(".stack", 0) != 0 || (section.sh_flags & SHF_ALLOC) == 0 || !fits(section.sh_addr, section.sh_size)) continue;
    return bounds(section.sh_addr, section.sh_addr + section.sh_size, "section " + name);
  }
  return std::nullopt;
}

hw::SymbolTable symbols_of(const Contents& contents) {
  std::vector<hw::SymbolTable::Symbol> symbols;
  for (const auto& [name, symbol] : contents.symbols) {
    if (symbol.type == STT_FUNC) symbols.push_back({symbol.value, symbol.size, name});
  }
  const hw::SymbolTable functions(symbols);
  for (const auto& [name, symbol] : contents.symbols) {
    if (symbol.type == STT_NOTYPE && symbol.is_global && symbol.in_code && !functions.find(symbol.value)) symbols.push_back({symbol.value, 0, name});
  }
  return hw::SymbolTable(std::move(symbols));
}

}  // namespace

ElfLayout read_elf_layout(const std::string& path) {
  const ElfFile file(path);
  if (!file.get()) return ElfLayout{{}, std::nullopt, hw::SymbolTable{}};
  const Contents contents = read_contents(file.get());
  return {code_of(contents), stack_of(contents), symbols_of(contents)};
}

}  // namespace saksi::sim
