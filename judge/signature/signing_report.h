#ifndef SAKSI_JUDGE_SIGNATURE_SIGNING_REPORT_H_
#define SAKSI_JUDGE_SIGNATURE_SIGNING_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace saksi::judge {

/// What media signing says of what was compared, in rising order; the words are the reference validator's.
enum class Authenticity {
  kNotSigned,
  kNotFeasible,  ///< a signature is there, but what it covers is not in the file
  kNotOk,
  kOkWithMissing,
  kOk,
};

/// Whose key it is. The order is that of the reference: the least counts.
enum class Provenance { kNotFeasible, kNotOk, kOk };

/// A GOP, or a part of one, whose pictures are as its SEI says, and that SEI as a signature says.
struct SignedPart {
  uint64_t first_frame = 0, last_frame = 0;
  uint32_t counter = 0;  ///< the SEI's
  int64_t start = 0;     ///< signed time of the first picture, 100 ns since 1601 UTC
  int64_t end = 0;       ///< of the first picture behind it
  bool has_end = false;  ///< version 1 of the SEI has none; `end` is `start` then
};

/// One verdict over a GOP, or over as many as one signature covers.
struct SigningReport {
  Authenticity authenticity;
  std::string letters;  ///< of the NAL units that wait, oldest first (NalEntry::letter)
  std::string marks;    ///< their marks, letter by letter
  uint64_t first_frame = 0;
  uint64_t last_frame = 0;               ///< of those that got their mark by this report
  uint64_t frames = 0;                   ///< how many got it
  std::vector<uint64_t> invalid_frames;  ///< at most 100
  uint64_t gaps = 0;                     ///< NAL units that are missing
  std::vector<SignedPart> parts;         ///< good ones, with pictures, in order; not kept in SignatureResult::reports
};

/// Texts of a camera about itself, as they stand in its SEIs: any bytes.
struct SigningVendor {
  std::string firmware;
  std::string serial;
  std::string manufacturer;

  /// The value of `name=value` among the entries of `firmware`, which "; " separates: what the reference camera says there of itself. Empty if there
  /// is none.
  std::string entry(const std::string& name) const;
};

}  // namespace saksi::judge

#endif
