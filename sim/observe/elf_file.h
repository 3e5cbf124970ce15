#ifndef SAKSI_SIM_OBSERVE_ELF_FILE_H_
#define SAKSI_SIM_OBSERVE_ELF_FILE_H_

#include <libelf.h>

#include <string>
#include <vector>

namespace saksi::sim {

/// An ELF file, open for libelf and libdw. The whole of it is read at once: a map of a file that is built anew meanwhile would end in SIGBUS.
/// The library checks every offset against the size.
class ElfFile {
 public:
  explicit ElfFile(const std::string& path);
  ~ElfFile() {
    if (elf_) elf_end(elf_);
  }
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;

  /// Null when the file cannot be read or is no ELF file.
  Elf* get() const { return elf_; }

 private:
  std::vector<char> bytes_;
  Elf* elf_ = nullptr;
};

}  // namespace saksi::sim

#endif  // SAKSI_SIM_OBSERVE_ELF_FILE_H_
