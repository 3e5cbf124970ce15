#include "judge/card/fat_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace saksi::judge {

namespace {

constexpr uint32_t kMask = 0x0FFFFFFF;
constexpr uint32_t kFree = 0;
constexpr uint32_t kBad = 0x0FFFFFF7;
constexpr uint32_t kEnd = 0x0FFFFFF8;  // and above
constexpr uint32_t kCleanShutdown = 1u << 27;

bool is_end(uint32_t entry) { return entry >= kEnd; }

}  // namespace

FatTable::FatTable(const ByteSource& source, const FatGeometry& geometry, ProblemList& problems) : geometry_(geometry) {
  if (!geometry_.mirrored || geometry_.fat_count < 2) {
    load(source, geometry_.mirrored ? 0 : geometry_.active_fat, main_);
    if (!is_sane(main_)) problems.add(Severity::kDamage, "fat-garbage", "The only FAT in use does not begin as a FAT must.");
  } else {
    load(source, 0, main_);
    load(source, 1, second_);
    const bool first_sane = is_sane(main_);
    const bool second_sane = is_sane(second_);
    if (!first_sane && second_sane) {
      problems.add(Severity::kDamage, "fat-garbage", "The first FAT does not begin as a FAT must; the second one is used.");
      main_.swap(second_);
      second_.clear();
    } else if (!second_sane) {
      problems.add(Severity::kDamage, "fat-garbage", first_sane ? "The second FAT does not begin as a FAT must." : "Neither FAT begins as a FAT must.");
      second_.clear();
    } else {
      compare(problems);
    }
  }
  check_dirty(problems);
}

void FatTable::load(const ByteSource& source, uint32_t fat, std::vector<uint32_t>& entries) const {
  const size_t count = size_t{geometry_.cluster_count} + 2;
  entries.assign(2, 0);
  constexpr size_t kEntriesAtOnce = 16384;
  std::vector<uint8_t> bytes(kEntriesAtOnce * 4);
  const uint64_t begin = geometry_.fat_offset(fat);
  for (size_t first = 0; first < count; first += kEntriesAtOnce) {
    if (source.next_data(begin + first * 4) >= begin + (first + kEntriesAtOnce) * 4) continue;
    const size_t got = source.read(begin + first * 4, bytes.data(), std::min(kEntriesAtOnce, count - first) * 4) / 4;
    if (got == 0) break;
    size_t used = got;
    while (used > 0 && (le32(&bytes[(used - 1) * 4]) & kMask) == 0) --used;
    if (used == 0) continue;
    entries.resize(std::max(entries.size(), first + used), 0);
    for (size_t i = 0; i < used; ++i) entries[first + i] = le32(&bytes[i * 4]) & kMask;
  }
}

uint32_t& FatTable::owner(uint32_t cluster) {
  if (cluster >= owner_.size()) owner_.resize(cluster + size_t{1}, 0);
  return owner_[cluster];
}

bool FatTable::is_sane(const std::vector<uint32_t>& entries) const { return entries[0] == (0x0FFFFF00u | geometry_.media) && (entries[1] & 0x03FFFFFF) == 0x03FFFFFF; }

void FatTable::compare(ProblemList& problems) const {
  uint64_t torn = 0;
  uint64_t damaged = 0;
  for (size_t i = 2; i < std::max(main_.size(), second_.size()); ++i) {
    const uint32_t a = at(main_, i);
    const uint32_t b = at(second_, i);
    if (a == b || (is_end(a) && is_end(b))) continue;
    // An update of the tables that was cut short leaves the old entry, free or an end mark, in one of them.
    const bool explained = a == kFree || b == kFree || is_end(a) || is_end(b);
    ++(explained ? torn : damaged);
  }
  if (torn > 0) problems.add(Severity::kTorn, "fat-difference", fmt::format("The FATs differ in {} entries, as an update cut short leaves them; the first is used.", torn));
  if (damaged > 0) problems.add(Severity::kDamage, "fat-difference", fmt::format("The FATs contradict each other in {} entries; the first is used.", damaged));
}

void FatTable::check_dirty(ProblemList& problems) const {
  const bool sane = is_sane(main_);
  if (geometry_.dirty) problems.add(Severity::kTorn, "dirty", "The boot sector says that the volume was not closed.");
  if (sane && (main_[1] & kCleanShutdown) == 0) problems.add(Severity::kTorn, "dirty", "The FAT says that the volume was not closed.");
}

bool FatTable::can_follow(uint32_t entry) const { return is_end(entry) || is_data_cluster(entry); }

uint32_t FatTable::next(uint32_t cluster, bool& from_second) const {
  const uint32_t entry = at(main_, cluster);
  if (can_follow(entry) || second_.empty() || !can_follow(at(second_, cluster))) return entry;
  from_second = true;
  return at(second_, cluster);
}

ClusterChain FatTable::follow(uint32_t first, uint64_t wanted, const std::string& name, ProblemList& problems) {
  ClusterChain chain;
  const uint32_t self = ++chains_;
  uint32_t cluster = first;
  bool from_second = false;
  bool crossed = false;
  while (true) {
    if (!is_data_cluster(cluster)) {
      problems.add(Severity::kDamage, "bad-chain", fmt::format("{}: the cluster chain leads to {} after {} clusters.", name,
                   cluster == kFree ? "a free cluster" : cluster == kBad ? "a cluster marked bad" : fmt::format("cluster {}, which does not exist", cluster), chain.clusters));
      break;
    }
    if (owner(cluster) == self) {
      problems.add(Severity::kDamage, "chain-loop", fmt::format("{}: the cluster chain runs in a circle at cluster {}.", name, cluster));
      break;
    }
    if (owner(cluster) != 0 && !crossed) {
      problems.add(Severity::kDamage, "cross-link", fmt::format("{}: cluster {} belongs to another file too.", name, cluster));
      crossed = true;
    }
    // Many files that share one long chain must not cost more than the table a few times over.
    if (crossed && ++crossed_steps_ > 4 * uint64_t{geometry_.cluster_count}) break;
    if (!crossed) owner(cluster) = self;
    if (chain.clusters < wanted) {
      if (!chain.runs.empty() && chain.runs.back().first + chain.runs.back().count == cluster) {
        ++chain.runs.back().count;
      } else {
        chain.runs.push_back({cluster, 1});
      }
      ++chain.clusters;
      chain.ended = chain.clusters == wanted;
    } else {
      chain.too_long = true;
      if (crossed) break;
    }
    const uint32_t entry = next(cluster, from_second);
    if (is_end(entry)) {
      chain.ended = true;
      break;
    }
    // An entry that cannot be followed matters only where the file still needs it.
    if (!is_data_cluster(entry) && chain.clusters >= wanted) {
      if (entry != kFree) problems.add(Severity::kDamage, "bad-chain", fmt::format("{}: the cluster chain has no end mark.", name));
      if (entry == kFree) problems.add(Severity::kDamage, "bad-chain", fmt::format("{}: the last cluster of the chain is marked free.", name));
      break;
    }
    cluster = entry;
  }
  if (from_second) problems.add(Severity::kDamage, "bad-chain", fmt::format("{}: the cluster chain is broken in the first FAT and was followed by the second.", name));
  return chain;
}

void FatTable::report_lost(ProblemList& problems) const {
  uint64_t lost = 0;
  for (size_t i = 2; i < main_.size(); ++i) {
    if (main_[i] != kFree && main_[i] != kBad && at(owner_, i) == 0) ++lost;
  }
  if (lost > 0) problems.add(Severity::kTorn, "lost-chain", fmt::format("{} clusters are in use but belong to no file.", lost));
}

}  // namespace saksi::judge
