#include "sim/observe/elf_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace saksi::sim {

ElfFile::ElfFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return;
  std::ifstream file(path, std::ios::binary);
  bytes_.assign(std::istreambuf_iterator<char>(file), {});
  if (bytes_.empty() || elf_version(EV_CURRENT) == EV_NONE) return;
  elf_ = elf_memory(bytes_.data(), bytes_.size());
  if (elf_ && elf_kind(elf_) != ELF_K_ELF) {
    elf_end(elf_);
    elf_ = nullptr;
  }
}

}  // namespace saksi::sim
