#ifndef SAKSI_JUDGE_CARD_EXFAT_DIRECTORY_H_
#define SAKSI_JUDGE_CARD_EXFAT_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <vector>

namespace saksi::judge {

/// One file or folder in a directory, or one of the root's own tables.
struct ExfatEntry {
  std::string name;
  std::vector<uint16_t> units;  ///< the name as it is stored
  uint16_t name_hash = 0;       ///< as it is stored
  bool is_folder = false;
  bool no_fat_chain = false;  ///< its clusters lie one behind the other
  uint32_t first_cluster = 0;
  uint64_t size = 0;
  uint64_t valid = 0;     ///< bytes that were written
  uint32_t checksum = 0;  ///< of an up-case table
};

struct ExfatDirectory {
  std::vector<ExfatEntry> entries;
  std::vector<ExfatEntry> bitmaps;  ///< allocation bitmaps, in the order of the FATs
  std::vector<ExfatEntry> upcases;
  size_t bad_sets = 0;  ///< entry sets that cannot be right, left out: a wrong checksum, a missing part
};

/// Parses the bytes of a directory up to its end mark: 32 bytes an entry, files as sets of entries with a checksum. exFAT specification, sections 6
/// and 7.
ExfatDirectory parse_exfat_directory(const std::vector<uint8_t>& bytes);

/// The up-case table, written out to 65536 characters: 0xFFFF and a number stand for so many that are their own.
std::vector<uint16_t> expand_upcase(const std::vector<uint8_t>& table);
/// Checksum of an up-case table.
uint32_t upcase_checksum(const std::vector<uint8_t>& table);
/// Hash of a name in upper case, as a directory stores it.
uint16_t exfat_name_hash(const std::vector<uint16_t>& name, const std::vector<uint16_t>& upcase);

}  // namespace saksi::judge

#endif
