#ifndef SAKSI_JUDGE_CARD_FAT_DIRECTORY_H_
#define SAKSI_JUDGE_CARD_FAT_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <vector>

namespace saksi::judge {

/// One file or folder in a directory.
struct FatEntry {
  std::string name;  ///< long name if there is a matching one, else the short one in the case that the entry asks for
  bool is_folder;
  uint32_t first_cluster;
  uint32_t size;
};

struct FatDirectory {
  std::vector<FatEntry> entries;
  size_t bad_entries = 0;  ///< entries that cannot be right, left out
};

/// Parses the bytes of a directory: 32 bytes an entry, up to the first that begins with 0. "." and "..", deleted entries and volume labels
/// are left out. Microsoft FAT 1.03, sections 6 and 7.
FatDirectory parse_fat_directory(const std::vector<uint8_t>& bytes);

}  // namespace saksi::judge

#endif
