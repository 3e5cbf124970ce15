// The steps of SigningValidator that compare what was received with what a SEI says.
#include <algorithm>

#include "judge/signature/signing_validator.h"

namespace saksi::judge {

/// Takes in the oldest SEI that was not used yet and hashes what it may cover.
bool SigningValidator::prepare(NalEntry*& sei) {
  sei = list_.next_sei();
  if (sei == nullptr) return true;
  sei->in_validation = true;
  if (!sei->decoded) {
    if (!take_claims(*sei->sei)) return false;
    sei->decoded = true;
  }
  if (lost_seis_ == 0) {
    if (sei->is_signed_sei()) {
      sei->next_mark = sei->signature_good ? NalMark::kValid : NalMark::kInvalid;
    } else {
      sei->mark_if_sei_ok = NalMark::kValid;
    }
  } else if (lost_seis_ < 0) {
    if (sei->is_signed_sei()) {
      sei->next_mark = NalMark::kInvalid;
    } else {
      sei->mark_if_sei_ok = NalMark::kInvalid;
    }
  }
  certificate_step_ = sei->sei->certificate;
  if (certificate_step_) {
    use_certificate_sei_ = true;
    latest_ = sei->signature_good ? Authenticity::kOk : Authenticity::kNotOk;
  } else {
    compare_gop_hash(sei);
    follow_link(sei);
  }
  waiting_for_signature_ = !sei->is_signed_sei();
  return has_key_;
}

/// The GOP hash of the oldest GOP, or part of one, that waits.
void SigningValidator::compare_gop_hash(const NalEntry* sei) {
  std::vector<Hash> elements;
  int gop_starts = 0;
  for (NalEntry& entry : list_.entries()) {
    if (&entry == sei) break;
    if (entry.next_mark != NalMark::kPending || entry.cover != nullptr) continue;
    gop_starts += entry.starts_gop() ? 1 : 0;
    if (gop_starts > 1 || (entry.starts_gop() && !elements.empty())) break;
    if (entry.is_signed_sei()) continue;
    if (general_.partial && elements.size() >= general_.elements) break;
    elements.push_back(entry.hash);
    elements.back().size = function_.size();
    entry.cover = sei;
  }
  compared_ = static_cast<int>(elements.size());
  computed_gop_hash_ = function_.of(elements);
}

/// The first element that waits is what the next SEI's linked hash has to be.
void SigningValidator::follow_link(const NalEntry* sei) {
  for (const NalEntry& entry : list_.entries()) {
    if (entry.next_mark != NalMark::kPending || entry.mark_if_sei_ok != NalMark::kNone) continue;
    if (&entry == sei) return;
    linked_ = linked_next_;
    linked_next_ = entry.hash;
    return;
  }
}

void SigningValidator::compare(NalEntry* sei) {
  const NalEntry* const used = lost_seis_ == 0 ? sei : nullptr;
  compare_with(sei);
  const NalList::Counts counts = list_.count(used != nullptr);
  const int invalid = std::max(0, counts.invalid - invalid_so_far_);
  invalid_so_far_ += invalid;
  Authenticity result = invalid > 0 ? Authenticity::kNotOk : counts.missing > 0 ? Authenticity::kOkWithMissing : Authenticity::kOk;
  if (!in_sync_) {
    in_sync_ = counts.has_valid;
    // The first SEI of a recording has no linked hash, as there is none before it.
    if (!general_.linked_hash.is_zero()) in_sync_ = in_sync_ || linked_.bytes == general_.linked_hash.bytes;
  }
  if (is_foreign_first_step(result, counts.has_valid)) {
    list_.release(used);
    result = Authenticity::kNotFeasible;
    if (used != nullptr && !used->is_signed_sei()) linked_next_ = linked_;
    repeat_first_ = true;
  }
  if (key_changed_) result = Authenticity::kNotOk;
  if (latest_ <= Authenticity::kNotFeasible || result < latest_) latest_ = result;
  if (lost_seis_ < 0) return;
  if (in_sync_) {
    current_gop_ = general_.counter;
    lost_seis_ = 0;
  } else {
    lost_seis_ = static_cast<int32_t>(general_.counter - current_gop_ - 1);
  }
}

/// The first SEI in a clip may cover what was cut off before it.
bool SigningValidator::is_foreign_first_step(Authenticity result, bool has_valid) const {
  return first_validation_ && !in_sync_ && result != Authenticity::kOk && !has_valid;
}

void SigningValidator::compare_with(NalEntry* sei) {
  if (lost_seis_ != 0) {
    list_.release(sei);
    if (lost_seis_ > 0) {
      if (mark_without_sei(general_.elements)) ++current_gop_;
    } else {
      mark_without_sei(0);
    }
    return;
  }
  const bool signature_good = !sei->is_signed_sei() || sei->signature_good;
  const bool gop_good = computed_gop_hash_ == general_.gop_hash;
  const bool link_good = linked_.bytes == general_.linked_hash.bytes || linked_.is_zero();
  if (link_good && !gop_good && !expected_.empty()) {
    widen(sei);
    compare_elements(sei);
    if (sei->is_signed_sei()) work_ += list_.mark_covered(sei, true, link_good);
  } else {
    list_.add_gaps_at_end(general_.elements - compared_, sei);
    work_ += list_.mark_covered(sei, gop_good && signature_good, link_good);
  }
}

/// A part of a GOP that does not fit may have been added to: all up to the GOP's end but the last is looked at.
void SigningValidator::widen(const NalEntry* sei) {
  if (!general_.partial) return;
  auto& entries = list_.entries();
  for (auto entry = entries.begin(); entry != entries.end() && &*entry != sei; ++entry) {
    if (entry->next_mark != NalMark::kPending || entry->cover != nullptr) continue;
    if (entry->starts_gop()) return;
    const auto next = std::find_if(std::next(entry), entries.end(), [](const NalEntry& e) { return !e.gap && e.hashable; });
    if (next != entries.end() && next->starts_gop()) return;
    if (entry->is_signed_sei()) continue;
    ++compared_;
    entry->cover = sei;
  }
}

/// Element by element: what is in the list and in order is good, what the list has beyond is missing.
void SigningValidator::compare_elements(NalEntry* sei) {
  const int expected = static_cast<int>(expected_.size());
  int wrong_since_match = 0, verified = 0, last_match = -1;
  auto& entries = list_.entries();
  auto entry = entries.begin();
  for (; entry != entries.end() && &*entry != sei; ++entry) {
    if (general_.partial && verified >= expected) break;
    if (entry->next_mark != NalMark::kPending || entry->cover != sei || entry->is_signed_sei()) continue;
    ++verified;
    Hash hash = entry->hash;
    hash.size = function_.size();
    const auto found = std::find(expected_.begin() + last_match + 1, expected_.end(), hash);
    const bool matches = found != expected_.end();
    work_ += static_cast<uint64_t>(found - expected_.begin() - last_match) / 4;
    if (sei->is_signed_sei()) {
      entry->next_mark = matches ? sei->next_mark : NalMark::kInvalid;
    } else {
      entry->mark_if_sei_ok = matches ? sei->mark_if_sei_ok : NalMark::kInvalid;
    }
    if (!matches) {
      ++wrong_since_match;
      continue;
    }
    const int match = static_cast<int>(found - expected_.begin());
    const int gaps = match - last_match - 1 - wrong_since_match;
    list_.add_gaps(entry, gaps, sei);
    last_match = match;
    wrong_since_match = 0;
    verified += gaps;
  }
  list_.add_gaps_at_end(expected - verified, sei);
  for (; entry != entries.end(); ++entry) {
    if (entry->cover != sei) continue;
    entry->cover = nullptr;
    --compared_;
  }
}

/// Marks the oldest GOP as invalid, since its SEI is lost. `spared` NAL units at its end may be covered by the SEI that is there, if there is no GOP
/// behind.
bool SigningValidator::mark_without_sei(int spared) {
  const auto counts = [](const NalEntry& e) { return e.next_mark == NalMark::kPending && e.cover == nullptr && !e.is_signed_sei(); };
  int gop_starts = 0, in_gop = 0, in_first = 0, in_all = 0;
  for (const NalEntry& entry : list_.entries()) {
    if (!counts(entry)) continue;
    gop_starts += entry.starts_gop() ? 1 : 0;
    if (entry.starts_gop() && gop_starts > 1) {
      in_all += in_gop;
      if (in_first == 0) in_first = in_gop;
      in_gop = 0;
    }
    ++in_gop;
  }
  int most = in_first, extra = 0;
  if (in_all == in_first) {
    most -= spared;
    if (most < 0) {
      most = 0;
      extra = in_sync_ ? 0 : 1;
    }
  }
  int marked = 0;
  for (auto entry = list_.entries().begin(); entry != list_.entries().end() && marked < most + extra; ++entry) {
    if (!counts(*entry)) continue;
    entry->next_mark = NalMark::kInvalid;
    entry->mark_if_sei_ok = NalMark::kNone;
    if (entry->is_sei()) work_ += list_.mark_covered(&*entry, false, false);
    ++marked;
  }
  return marked > extra;
}

}  // namespace saksi::judge
