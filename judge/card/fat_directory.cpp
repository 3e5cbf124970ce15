#include "judge/card/fat_directory.h"

#include <cstddef>

#include "judge/card/byte_source.h"
#include "judge/card/text.h"

namespace saksi::judge {

namespace {

constexpr size_t kEntryBytes = 32;
constexpr uint8_t kDeleted = 0xE5;
constexpr uint8_t kAttributeVolume = 0x08;
constexpr uint8_t kAttributeFolder = 0x10;
constexpr uint8_t kAttributeLongName = 0x0F;

/// Puts a long name together from its entries, which come last part first.
class LongName {
 public:
  void add(const uint8_t* entry) {
    const uint8_t order = entry[0];
    if ((order & 0x40) != 0) {
      units_.clear();
      expected_ = order & 0x3F;
      checksum_ = entry[13];
    }
    if (expected_ == 0 || (order & 0x3F) != expected_ || entry[13] != checksum_) {
      expected_ = kBroken;
      return;
    }
    --expected_;
    std::vector<uint16_t> part;
    for (size_t at : {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30}) {
      const uint16_t unit = le16(entry + at);
      if (unit == 0) break;
      part.push_back(unit);
    }
    units_.insert(units_.begin(), part.begin(), part.end());
  }

  /// The name, if it is complete and belongs to this short name; empty otherwise. Forgets it.
  std::string take(const uint8_t* short_name) {
    uint8_t sum = 0;
    for (size_t i = 0; i < 11; ++i) sum = static_cast<uint8_t>(((sum & 1) << 7) + (sum >> 1) + short_name[i]);
    const std::string name = expected_ == 0 && sum == checksum_ ? utf8_of_utf16(units_) : "";
    expected_ = kBroken;
    units_.clear();
    return name;
  }

 private:
  static constexpr int kBroken = -1;
  std::vector<uint16_t> units_;
  int expected_ = kBroken;
  uint8_t checksum_ = 0;
};

std::string short_name(const uint8_t* entry) {
  std::string base(reinterpret_cast<const char*>(entry), 8);
  std::string extension(reinterpret_cast<const char*>(entry) + 8, 3);
  if (entry[0] == 0x05) base[0] = static_cast<char>(kDeleted);
  const auto finish = [](std::string& part, bool lower) {
    part.erase(part.find_last_not_of(' ') + 1);
    for (char& c : part) {
      if (lower && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
  };
  finish(base, (entry[12] & 0x08) != 0);
  finish(extension, (entry[12] & 0x10) != 0);
  return extension.empty() ? base : base + "." + extension;
}

bool is_plausible(const uint8_t* entry) {
  if ((entry[11] & 0xC0) != 0 || entry[0] == ' ') return false;
  for (size_t i = 0; i < 11; ++i) {
    const bool allowed = entry[i] >= 0x20 || (i == 0 && entry[i] == 0x05);
    if (!allowed || entry[i] == '/' || entry[i] == '\\' || entry[i] == 0x7F) return false;
  }
  return true;
}

/// A name that can stand in a path.
std::string path_name(const std::string& name) {
  std::string result = valid_utf8(name);
  for (char& c : result) {
    if (c == '/') c = '_';
  }
  return result;
}

}  // namespace

FatDirectory parse_fat_directory(const std::vector<uint8_t>& bytes) {
  FatDirectory directory;
  LongName long_name;
  for (size_t at = 0; at + kEntryBytes <= bytes.size(); at += kEntryBytes) {
    const uint8_t* entry = &bytes[at];
    if (entry[0] == 0) break;
    if (entry[0] == kDeleted) continue;
    if ((entry[11] & 0x3F) == kAttributeLongName) {
      long_name.add(entry);
      continue;
    }
    const std::string name = long_name.take(entry);
    if (!is_plausible(entry)) {
      ++directory.bad_entries;
      continue;
    }
    if (entry[0] == '.' || (entry[11] & kAttributeVolume) != 0) continue;
    const uint32_t cluster = (uint32_t{le16(entry + 20)} << 16) | le16(entry + 26);
    directory.entries.push_back({path_name(name.empty() ? short_name(entry) : name), (entry[11] & kAttributeFolder) != 0, cluster, le32(entry + 28)});
  }
  return directory;
}

}  // namespace saksi::judge
