#include "base/write_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "base/error.h"

namespace saksi {

namespace {

constexpr uint64_t kMagic = 0x6a736677736872;
constexpr uint64_t kVersion = 1;
constexpr uint64_t kFlush = 1, kDiscard = 4, kMark = 8;
// Of the super sector: magic, version and the number of entries, 64 bits each, and 32 bits of sector size. Of an entry: sector, sectors,
// flags and bytes of data in its own sector, 64 bits each.
constexpr size_t kWordBytes = 8;

void store(uint8_t* at, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) at[i] = static_cast<uint8_t>(value >> 8 * i);
}

uint64_t word(const WriteLog::Sector& sector, size_t index, size_t bytes = kWordBytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value |= uint64_t{sector[index * kWordBytes + i]} << 8 * i;
  return value;
}

void put(std::ofstream& out, const WriteLog::Sector& sector) { out.write(reinterpret_cast<const char*>(sector.data()), sector.size()); }

bool get(std::ifstream& in, WriteLog::Sector& sector) { return in.read(reinterpret_cast<char*>(sector.data()), sector.size()).good(); }

}  // namespace

void WriteLog::write(uint32_t lba, const uint8_t* data) {
  entries_.push_back({lba, 1, false, false, sectors_.size()});
  std::copy(data, data + kSectorBytes, sectors_.emplace_back().begin());
}

void WriteLog::erase(uint32_t first_lba, uint32_t count) { entries_.push_back({first_lba, count, true, true, 0}); }

void WriteLog::settle() {
  if (!entries_.empty()) entries_.back().is_settled = true;
}

void WriteLog::save(const std::string& path) const {
  std::ofstream out(path, std::ios::binary);
  Sector sector{};
  store(&sector[0], kMagic, kWordBytes);
  store(&sector[kWordBytes], kVersion, kWordBytes);
  store(&sector[2 * kWordBytes], entries_.size(), kWordBytes);
  store(&sector[3 * kWordBytes], kSectorBytes, 4);
  put(out, sector);
  for (const Entry& entry : entries_) {
    sector.fill(0);
    store(&sector[0], entry.lba, kWordBytes);
    store(&sector[kWordBytes], entry.count, kWordBytes);
    store(&sector[2 * kWordBytes], (entry.is_settled ? kFlush : 0) | (entry.is_erase ? kDiscard : 0), kWordBytes);
    put(out, sector);
    if (!entry.is_erase) put(out, data(entry));
  }
  if (!out.flush()) throw InfraError(path + ": cannot be written");
}

WriteLog WriteLog::load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UsageError(path + ": cannot be read; check the path and its permissions");
  Sector sector{};
  if (!get(in, sector) || word(sector, 0) != kMagic) throw UsageError(path + ": is no log of block writes in the format of dm-log-writes");
  if (word(sector, 1) != kVersion || word(sector, 3, 4) != kSectorBytes) {
    throw UsageError(
        fmt::format("{}: a log of version {} with sectors of {} bytes; version 1 with 512 can be read", path, word(sector, 1), word(sector, 3, 4)));
  }
  const uint64_t entries = word(sector, 2);
  const auto need = [&](bool good, uint64_t entry) {
    if (!good) throw UsageError(fmt::format("{}: breaks off in entry {} of {}", path, entry + 1, entries));
  };
  WriteLog log;
  for (uint64_t i = 0; i < entries; ++i) {
    need(get(in, sector), i);
    const uint64_t lba = word(sector, 0), count = word(sector, 1), flags = word(sector, 2);
    if (lba > UINT32_MAX || count > UINT32_MAX) throw UsageError(fmt::format("{}: entry {} lies beyond what a card can hold", path, i + 1));
    if ((flags & kMark) != 0) continue;
    if ((flags & kDiscard) != 0) {
      log.erase(static_cast<uint32_t>(lba), static_cast<uint32_t>(count));
      continue;
    }
    for (uint64_t j = 0; j < count; ++j) {
      Sector data{};
      need(get(in, data), i);
      log.write(static_cast<uint32_t>(lba + j), data.data());
    }
    if ((flags & kFlush) != 0) log.settle();
  }
  return log;
}

}  // namespace saksi
