#ifndef SAKSI_JUDGE_TAMPER_ATTACK_TOOLS_H_
#define SAKSI_JUDGE_TAMPER_ATTACK_TOOLS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "judge/tamper/attacks.h"

namespace saksi::judge::attack {

/// A clip after an attack; nullopt if it has nothing that could be attacked so.
using Result = std::optional<Tampered>;

/// The place of a signing SEI in a clip.
struct SeiPlace {
  size_t sample;
  size_t nal;
};

/// As a plain MP4.
Result plain(const TamperClip& clip);
/// All signing SEIs, in order.
std::vector<SeiPlace> signing_seis(const TamperClip& clip);
/// Removes the samples from `first` up to `end`.
void erase_samples(TamperClip& clip, size_t first, size_t end);
/// Puts samples in front of sample `at`.
void insert_samples(TamperClip& clip, size_t at, const std::vector<TamperSample>& samples);
/// The samples from `first` up to `end`.
std::vector<TamperSample> copy_of(const TamperClip& clip, size_t first, size_t end);
/// The first slice of a sample; nullptr if it has none.
Bytes* first_slice(TamperClip& clip, size_t sample);
/// An inner picture of the second half: not where clips begin or end.
std::optional<size_t> some_inner(const TamperClip& clip);
/// Slices alone: what is left of a sample without its signatures.
void drop_signatures(const TamperClip& clip, TamperSample& sample);
/// Removes samples that hold nothing.
void drop_empty_samples(TamperClip& clip);

}  // namespace saksi::judge::attack

#endif
