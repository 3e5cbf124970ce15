#include "hw-models/cpu/pmp.h"

#include <algorithm>

namespace saksi::hw {
namespace {

constexpr uint32_t kPmpcfg0 = 0x3A0;
constexpr uint32_t kPmpaddr0 = 0x3B0;
constexpr uint32_t kEntriesOfTheArchitecture = 64;
constexpr uint64_t kSpaceEnd = uint64_t{1} << 32;

bool is_config(uint32_t number) { return number - kPmpcfg0 < kEntriesOfTheArchitecture / 4; }
bool is_address(uint32_t number) { return number - kPmpaddr0 < kEntriesOfTheArchitecture; }

}  // namespace

void Pmp::reset() {
  config_.fill(0);
  address_.fill(0);
  update();
}

std::optional<uint32_t> Pmp::read(uint32_t number) const {
  if (is_config(number)) {
    const unsigned first = 4 * (number - kPmpcfg0);
    uint32_t value = 0;
    for (unsigned i = 0; i < 4 && first + i < kEntries; ++i) value |= uint32_t{config_[first + i]} << 8 * i;
    return value;
  }
  if (!is_address(number)) return std::nullopt;
  const unsigned entry = number - kPmpaddr0;
  return entry < kEntries ? address_[entry] : 0;
}

/// The entry above uses this address as the bottom of its range.
bool Pmp::address_locked(unsigned entry) const {
  if (locked(entry)) return true;
  return entry + 1 < kEntries && locked(entry + 1) && (config_[entry + 1] & kMode) == kTor;
}

bool Pmp::write(uint32_t number, uint32_t value) {
  if (is_config(number)) {
    const unsigned first = 4 * (number - kPmpcfg0);
    for (unsigned i = 0; i < 4 && first + i < kEntries; ++i) {
      if (locked(first + i)) continue;
      auto config = static_cast<uint8_t>(value >> 8 * i & (kLocked | kMode | kExecute | kWrite | kRead));
      if ((config & kRead) == 0) config &= static_cast<uint8_t>(~kWrite);
      config_[first + i] = config;
    }
  } else if (is_address(number)) {
    const unsigned entry = number - kPmpaddr0;
    if (entry < kEntries && !address_locked(entry)) address_[entry] = value;
  } else {
    return false;
  }
  update();
  return true;
}

Pmp::Range Pmp::range_of(unsigned entry) const {
  const uint64_t address = address_[entry];
  switch (config_[entry] & kMode) {
    case kTor: {
      const Range range{entry == 0 ? 0 : uint64_t{address_[entry - 1]} << 2, address << 2};
      return range.begin < range.end ? range : Range{};
    }
    case kNa4:
      return {address << 2, (address + 1) << 2};
    case kNapot: {
      const uint64_t below = address ^ (address + 1);  // the trailing ones and the zero above them
      return {(address & ~below) << 2, ((address | below) + 1) << 2};
    }
    default:
      return {};
  }
}

Pmp::Permissions Pmp::rights(unsigned entry, Privilege privilege) const {
  if (privilege == Privilege::kMachine && !locked(entry)) return {true, true, true, false};
  const uint8_t config = config_[entry];
  return {(config & kRead) != 0, (config & kWrite) != 0, (config & kExecute) != 0, false};
}

bool Pmp::allows(uint32_t address, uint32_t size, Access kind, Privilege privilege) const {
  const uint64_t begin = address;
  const uint64_t end = begin + size;
  for (unsigned entry = 0; entry < kEntries; ++entry) {
    const Range& range = ranges_[entry];
    if (end <= range.begin || begin >= range.end) continue;
    if (begin < range.begin || end > range.end) return false;
    const Permissions granted = rights(entry, privilege);
    return kind == Access::kLoad ? granted.read : kind == Access::kStore ? granted.write : granted.execute;
  }
  return privilege == Privilege::kMachine;
}

Pmp::Permissions Pmp::permissions_at(uint64_t address, Privilege privilege) const {
  for (unsigned entry = 0; entry < kEntries; ++entry) {
    if (address >= ranges_[entry].begin && address < ranges_[entry].end) return rights(entry, privilege);
  }
  const bool free = privilege == Privilege::kMachine;
  return {free, free, free, false};
}

std::vector<Pmp::Region> Pmp::survey(Privilege privilege) const {
  std::vector<uint64_t> borders{0, kSpaceEnd};
  for (const Range& range : ranges_) {
    if (range.begin < kSpaceEnd) borders.push_back(range.begin);
    if (range.end < kSpaceEnd) borders.push_back(range.end);
  }
  std::sort(borders.begin(), borders.end());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
  std::vector<Region> regions;
  for (size_t i = 0; i + 1 < borders.size(); ++i) {
    const Permissions here = permissions_at(borders[i], privilege);
    const auto same = [&](const Permissions& p) { return p.read == here.read && p.write == here.write && p.execute == here.execute; };
    if (!regions.empty() && same(regions.back().permissions)) {
      regions.back().end = borders[i + 1];
    } else {
      regions.push_back({borders[i], borders[i + 1], here});
    }
  }
  return regions;
}

Pmp::Permissions Pmp::permissions_of(uint32_t base, uint64_t size, Privilege privilege) const {
  const std::vector<Region>& all = regions(privilege);
  const uint64_t end = base + size;
  auto at = std::upper_bound(all.begin(), all.end(), base, [](uint64_t address, const Region& region) { return address < region.end; });
  Permissions held = at->permissions;
  for (++at; at != all.end() && at->begin < end; ++at) {
    held.read &= at->permissions.read;
    held.write &= at->permissions.write;
    held.execute &= at->permissions.execute;
    held.mixed = true;
  }
  return held;
}

void Pmp::update() {
  for (unsigned entry = 0; entry < kEntries; ++entry) ranges_[entry] = range_of(entry);
  bool changed = false;
  for (const Privilege privilege : {Privilege::kUser, Privilege::kMachine}) {
    std::vector<Region> now = survey(privilege);
    std::vector<Region>& before = regions_[privilege == Privilege::kMachine ? 1 : 0];
    const auto same = [](const Region& a, const Region& b) {
      return a.begin == b.begin && a.end == b.end && a.permissions.read == b.permissions.read && a.permissions.write == b.permissions.write &&
             a.permissions.execute == b.permissions.execute;
    };
    if (now.size() == before.size() && std::equal(now.begin(), now.end(), before.begin(), same)) continue;
    before = std::move(now);
    changed = true;
  }
  if (changed) ++version_;
}

}  // namespace saksi::hw
