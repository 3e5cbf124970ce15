#include "judge/card/exfat_directory.h"

#include <algorithm>

#include "judge/card/byte_source.h"
#include "judge/card/text.h"

namespace saksi::judge {

namespace {

constexpr size_t kEntryBytes = 32;
constexpr uint8_t kInUse = 0x80;
constexpr uint8_t kBitmap = 0x81, kUpcase = 0x82, kFile = 0x85, kStream = 0xC0, kName = 0xC1;
constexpr uint16_t kFolder = 0x10;
constexpr size_t kUnitsPerEntry = 15;
constexpr size_t kMaxSecondaries = 18;
constexpr size_t kCharacters = 0x10000;
constexpr uint16_t kRun = 0xFFFF;

uint64_t le64(const uint8_t* p) { return le32(p) | uint64_t{le32(p + 4)} << 32; }

uint16_t set_checksum(const uint8_t* set, size_t bytes) {
  uint16_t sum = 0;
  for (size_t i = 0; i < bytes; ++i) {
    if (i != 2 && i != 3) sum = static_cast<uint16_t>((sum << 15 | sum >> 1) + set[i]);
  }
  return sum;
}

ExfatEntry table_entry(const uint8_t* entry) {
  ExfatEntry table;
  table.checksum = le32(entry + 4);
  table.first_cluster = le32(entry + 20);
  table.size = table.valid = le64(entry + 24);
  return table;
}

/// The set of a file that begins with `set` and has `count` entries behind; false: it cannot be right.
bool parse_set(const uint8_t* set, size_t count, ExfatEntry& file) {
  const uint8_t* stream = set + kEntryBytes;
  if (count < 2 || count > kMaxSecondaries || stream[0] != kStream || set_checksum(set, (count + 1) * kEntryBytes) != le16(set + 2)) return false;
  const size_t length = stream[3];
  if (length == 0 || (length + kUnitsPerEntry - 1) / kUnitsPerEntry > count - 1) return false;
  for (size_t i = 0; i < length; ++i) {
    const uint8_t* part = set + (2 + i / kUnitsPerEntry) * kEntryBytes;
    if (part[0] != kName) return false;
    file.units.push_back(le16(part + 2 + i % kUnitsPerEntry * 2));
  }
  file.name = valid_utf8(utf8_of_utf16(file.units));
  std::replace(file.name.begin(), file.name.end(), '/', '_');
  file.name_hash = le16(stream + 4);
  file.is_folder = (le16(set + 4) & kFolder) != 0;
  file.no_fat_chain = (stream[1] & 2) != 0;
  file.valid = le64(stream + 8);
  file.first_cluster = le32(stream + 20);
  file.size = le64(stream + 24);
  return file.valid <= file.size && (file.size == 0) == (file.first_cluster == 0);
}

}  // namespace

ExfatDirectory parse_exfat_directory(const std::vector<uint8_t>& bytes) {
  ExfatDirectory directory;
  for (size_t at = 0; at + kEntryBytes <= bytes.size();) {
    const uint8_t* entry = &bytes[at];
    if (entry[0] == 0) break;
    at += kEntryBytes;
    if (entry[0] == kBitmap) {
      directory.bitmaps.push_back(table_entry(entry));
    } else if (entry[0] == kUpcase) {
      directory.upcases.push_back(table_entry(entry));
    } else if (entry[0] == kFile) {
      const size_t count = entry[1];
      ExfatEntry file;
      if (at + count * kEntryBytes <= bytes.size() && parse_set(entry, count, file)) {
        directory.entries.push_back(std::move(file));
        at += count * kEntryBytes;
      } else {
        ++directory.bad_sets;
        while (at + kEntryBytes <= bytes.size() && (bytes[at] & 0xC0) == 0xC0) at += kEntryBytes;  // what belonged to it
      }
    } else if ((entry[0] & kInUse) != 0 && (entry[0] & 0x60) == 0 && entry[0] != 0x83) {
      ++directory.bad_sets;  // a critical entry that no one knows
    }
  }
  return directory;
}

std::vector<uint16_t> expand_upcase(const std::vector<uint8_t>& table) {
  std::vector<uint16_t> upcase(kCharacters);
  for (size_t i = 0; i < kCharacters; ++i) upcase[i] = static_cast<uint16_t>(i);
  size_t character = 0;
  for (size_t at = 0; at + 2 <= table.size() && character < kCharacters; at += 2) {
    const uint16_t unit = le16(&table[at]);
    if (unit == kRun && at + 4 <= table.size()) {
      at += 2;
      character += le16(&table[at]);
    } else {
      upcase[character++] = unit;
    }
  }
  return upcase;
}

uint32_t upcase_checksum(const std::vector<uint8_t>& table) {
  uint32_t sum = 0;
  for (uint8_t byte : table) sum = (sum << 31 | sum >> 1) + byte;
  return sum;
}

uint16_t exfat_name_hash(const std::vector<uint16_t>& name, const std::vector<uint16_t>& upcase) {
  uint16_t hash = 0;
  for (uint16_t unit : name) {
    const uint16_t upper = upcase[unit];
    hash = static_cast<uint16_t>((hash << 15 | hash >> 1) + (upper & 0xFF));
    hash = static_cast<uint16_t>((hash << 15 | hash >> 1) + (upper >> 8));
  }
  return hash;
}

}  // namespace saksi::judge
