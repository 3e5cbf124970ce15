#ifndef SAKSI_JUDGE_SIGNATURE_NAL_LIST_H_
#define SAKSI_JUDGE_SIGNATURE_NAL_LIST_H_

#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "judge/media/nal.h"
#include "judge/signature/hash.h"
#include "judge/signature/signing_sei.h"

namespace saksi::judge {

/// What is known of a NAL unit; the letters are those of the reference validator's reports.
enum class NalMark : char {
  kNone = ' ',
  kPending = 'P',
  kValid = '.',
  kInvalid = 'N',
  kMissing = 'M',  ///< a gap: a signature speaks of a NAL unit that is not there
  kUnknown = 'U',  ///< no NAL unit that the standard knows
  kIgnored = '_',  ///< covered by no signature
  kError = 'E',
};

/// A NAL unit, or a gap, that waits for its verdict.
struct NalEntry {
  bool gap = false;
  NalHead head;
  uint64_t frame = 0;     ///< index of the picture it belongs to, or would come before
  bool hashable = false;  ///< a slice or a signing SEI
  std::shared_ptr<const SigningSei> sei;
  Hash hash;        ///< the element of the hash list
  Hash later_hash;  ///< what `hash` becomes when the hash function is known
  bool signature_good = false;
  bool decoded = false;        ///< the SEI's claims were taken in
  bool in_validation = false;  ///< the SEI is the one being used
  NalMark mark = NalMark::kPending;
  NalMark next_mark = NalMark::kPending;    ///< becomes `mark` when a step ends
  NalMark mark_if_sei_ok = NalMark::kNone;  ///< waits for the signature that covers an unsigned SEI
  const NalEntry* cover = nullptr;          ///< the SEI that it was compared with

  bool is_sei() const { return sei != nullptr; }
  bool is_signed_sei() const { return sei != nullptr && sei->is_signed; }
  bool starts_gop() const { return !gap && head.starts_gop(); }
  /// The reference's letter for the kind: I i P p S s C z v _ o U, a blank for a gap.
  char letter() const;
};

/// The NAL units whose verdict is not yet given, oldest first.
class NalList {
 public:
  using Entries = std::list<NalEntry>;

  Entries& entries() { return entries_; }
  const Entries& entries() const { return entries_; }

  /// The oldest SEI that no GOP was compared with; nullptr if there is none.
  NalEntry* next_sei();
  void add_gaps(Entries::iterator before, int count, const NalEntry* cover);
  /// Adds gaps behind the last entry of the SEI.
  void add_gaps_at_end(int count, const NalEntry* cover);
  /// Undoes the comparison with a SEI; gaps that it made go.
  void release(const NalEntry* cover);
  /// Gives all that was compared with a SEI its mark. `link_good` counts for the first of them. SEIs among them pass it on to what they cover.
  /// Returns how many entries were looked at.
  uint64_t mark_covered(NalEntry* cover, bool good, bool link_good);
  /// Ends a step: takes the marks over, or back.
  void settle(bool take);

  struct Counts {
    int invalid = 0;
    int missing = 0;
    bool has_valid = false;
  };
  /// Of what was compared with any SEI, or of everything if `covered_only` is false.
  Counts count(bool covered_only) const;
  uint64_t pending_frames() const;

 private:
  Entries entries_;
};

}  // namespace saksi::judge

#endif
