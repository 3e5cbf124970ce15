#include "judge/signature/nal_list.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace saksi::judge {

char NalEntry::letter() const {
  if (gap) return ' ';
  switch (head.kind) {
    case NalKind::kIntra:
      return head.primary ? 'I' : 'i';
    case NalKind::kInter:
      return head.primary ? 'P' : 'p';
    case NalKind::kSei:
      if (!is_sei()) return 'z';
      if (sei->certificate) return 'C';
      return sei->is_signed ? 'S' : 's';
    case NalKind::kParameterSet:
      return 'v';
    case NalKind::kDelimiter:
      return '_';
    case NalKind::kOther:
      return 'o';
    case NalKind::kUnknown:
      break;
  }
  return 'U';
}

NalEntry* NalList::next_sei() {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [](const NalEntry& e) {
    return e.is_sei() && e.next_mark == NalMark::kPending && e.mark_if_sei_ok == NalMark::kNone;
  });
  return found == entries_.end() ? nullptr : &*found;
}

void NalList::add_gaps(Entries::iterator before, int count, const NalEntry* cover) {
  for (int i = 0; i < count; ++i) {
    NalEntry gap;
    gap.gap = true;
    gap.cover = cover;
    gap.frame = before->frame;
    gap.mark = gap.next_mark = NalMark::kMissing;
    entries_.insert(before, gap);
  }
}

void NalList::add_gaps_at_end(int count, const NalEntry* cover) {
  if (count <= 0 || entries_.empty()) return;
  for (auto entry = std::next(entries_.begin()); entry != entries_.end(); ++entry) {
    if (std::prev(entry)->cover == cover && entry->cover != cover) {
      add_gaps(entry, count, cover);
      return;
    }
  }
}

void NalList::release(const NalEntry* cover) {
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (cover == nullptr || entry->cover != cover) {
      ++entry;
    } else if (entry->next_mark == NalMark::kMissing) {
      entry = entries_.erase(entry);
    } else {
      entry->cover = nullptr;
      entry->mark_if_sei_ok = NalMark::kNone;
      ++entry;
    }
  }
}

uint64_t NalList::mark_covered(NalEntry* cover, bool good, bool link_good) {
  // SEIs cover SEIs that cover others: a list in place of recursion, whose depth a file could choose.
  std::vector<std::pair<NalEntry*, bool>> open = {{cover, good}};
  uint64_t looked_at = 0;
  while (!open.empty()) {
    const auto [sei, sei_good] = open.back();
    open.pop_back();
    looked_at += entries_.size();
    bool first = true;
    for (NalEntry& entry : entries_) {
      if (entry.cover != sei) continue;
      const bool valid = sei_good && (!first || link_good) && entry.mark_if_sei_ok != NalMark::kInvalid;
      first = false;
      if (sei->mark_if_sei_ok != NalMark::kNone) {
        entry.mark_if_sei_ok = valid ? NalMark::kValid : NalMark::kInvalid;
        continue;
      }
      if (entry.next_mark == NalMark::kPending) entry.next_mark = valid ? NalMark::kValid : NalMark::kInvalid;
      entry.mark_if_sei_ok = NalMark::kNone;
      if (entry.is_sei()) open.emplace_back(&entry, valid);
    }
  }
  return looked_at;
}

void NalList::settle(bool take) {
  for (NalEntry& entry : entries_) {
    if (take) {
      entry.mark = entry.next_mark;
    } else {
      entry.next_mark = entry.mark;
    }
  }
}

NalList::Counts NalList::count(bool covered_only) const {
  Counts counts;
  for (const NalEntry& entry : entries_) {
    if (covered_only && entry.cover == nullptr) continue;
    const bool bad = entry.next_mark == NalMark::kInvalid || entry.next_mark == NalMark::kError;
    counts.missing += entry.next_mark == NalMark::kMissing ? 1 : 0;
    counts.invalid += bad && (!entry.is_sei() || entry.in_validation) ? 1 : 0;
    counts.has_valid = counts.has_valid || (entry.next_mark == NalMark::kValid && !entry.is_sei());
  }
  return counts;
}

uint64_t NalList::pending_frames() const {
  return static_cast<uint64_t>(std::count_if(entries_.begin(), entries_.end(),
                                             [](const NalEntry& e) { return e.next_mark == NalMark::kPending && !e.gap && e.head.primary; }));
}

}  // namespace saksi::judge
