#include <algorithm>

#include "judge/tamper/attack_functions.h"
#include "judge/tamper/attack_tools.h"
#include "judge/tamper/code_anew.h"

namespace saksi::judge::attack {

// Cutting.

Result end_cut(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 3) return {};
  clip.samples.resize((starts[starts.size() - 1] + starts[starts.size() - 2] + 1) / 2);
  return plain(clip);
}

Result end_cut_at_gop(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 3) return {};
  clip.samples.resize(starts.back());
  return plain(clip);
}

Result start_cut_at_gop(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 3) return {};
  erase_samples(clip, 0, starts[1]);
  return plain(clip);
}

Result start_cut(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto inner = clip.inner_pictures();
  if (inner.size() < 8) return {};
  erase_samples(clip, 0, inner[inner.size() / 4]);
  return plain(clip);
}

Result middle_cut(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 4) return {};
  erase_samples(clip, starts[1] + 1, starts[2] + 1);
  return plain(clip);
}

// Pictures and GOPs.

Result picture_dropped(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto at = some_inner(clip);
  if (!at) return {};
  for (const Bytes& nal : clip.samples[*at].nals) {
    if (clip.is_signing_sei(nal)) clip.samples[*at + 1].nals.insert(clip.samples[*at + 1].nals.begin(), nal);
  }
  erase_samples(clip, *at, *at + 1);
  return plain(clip);
}

Result key_picture_dropped(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 3) return {};
  erase_samples(clip, starts[1], starts[1] + 1);
  return plain(clip);
}

Result gop_dropped(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 4) return {};
  erase_samples(clip, starts[1], starts[2]);
  return plain(clip);
}

Result picture_doubled(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto at = some_inner(clip);
  if (!at) return {};
  std::vector<TamperSample> copy = copy_of(clip, *at, *at + 1);
  drop_signatures(clip, copy.front());
  insert_samples(clip, *at + 1, copy);
  return plain(clip);
}

Result gop_doubled(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 4) return {};
  insert_samples(clip, starts[2], copy_of(clip, starts[1], starts[2]));
  return plain(clip);
}

Result pictures_exchanged(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto inner = clip.inner_pictures();
  for (size_t i = inner.size() / 2; i + 1 < inner.size(); ++i) {
    if (inner[i + 1] != inner[i] + 1) continue;
    std::swap(*first_slice(clip, inner[i]), *first_slice(clip, inner[i + 1]));
    return plain(clip);
  }
  return {};
}

Result gops_exchanged(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 4) return {};
  const std::vector<TamperSample> first = copy_of(clip, starts[1], starts[2]);
  erase_samples(clip, starts[1], starts[2]);
  insert_samples(clip, starts[1] + (starts[3] - starts[2]), first);
  return plain(clip);
}

Result pictures_reversed(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 3 || starts[2] - starts[1] < 4) return {};
  std::vector<Bytes> slices;
  for (size_t i = starts[1] + 1; i < starts[2]; ++i) {
    if (const Bytes* slice = first_slice(clip, i)) slices.push_back(*slice);
  }
  for (size_t i = starts[1] + 1; i < starts[2] && !slices.empty(); ++i) {
    if (Bytes* slice = first_slice(clip, i)) {
      *slice = slices.back();
      slices.pop_back();
    }
  }
  return plain(clip);
}

Result picture_frozen(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto inner = clip.inner_pictures();
  for (size_t i = inner.size() / 2; i + 1 < inner.size(); ++i) {
    if (inner[i + 1] != inner[i] + 1) continue;
    *first_slice(clip, inner[i + 1]) = *first_slice(clip, inner[i]);
    return plain(clip);
  }
  return {};
}

Result gop_replaced(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 4) return {};
  const size_t count = std::min(starts[2] - starts[1], starts[3] - starts[2]);
  for (size_t i = 0; i < count; ++i) {
    Bytes* to = first_slice(clip, starts[1] + i);
    const Bytes* from = first_slice(clip, starts[2] + i);
    if (to != nullptr && from != nullptr) *to = *from;
  }
  return plain(clip);
}

// What an encoder makes of the pictures: all of them, with no signature left; or one GOP, with the signatures that were there.

Result recoded(const TamperInput& in) {
  TamperClip clip = in.clip;
  if (!code_anew(clip, 0, clip.samples.size())) return {};
  return plain(clip);
}

Result recoded_with_old_signatures(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 3 || !code_anew(clip, starts[1], starts[2])) return {};
  for (size_t i = starts[1]; i < starts[2]; ++i) {
    std::vector<Bytes>& nals = clip.samples[i].nals;
    std::vector<Bytes> kept;
    for (const Bytes& nal : in.clip.samples[i].nals) {
      if (clip.is_signing_sei(nal)) kept.push_back(nal);
    }
    nals.insert(nals.begin(), kept.begin(), kept.end());
  }
  return plain(clip);
}

Result slice_bit(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto at = some_inner(clip);
  if (!at) return {};
  Bytes& slice = *first_slice(clip, *at);
  slice[slice.size() / 2] ^= 1;
  return plain(clip);
}

Result key_picture_bit(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 3) return {};
  Bytes& slice = *first_slice(clip, starts[1]);
  slice[slice.size() / 2] ^= 0x40;
  return plain(clip);
}

Result reference_flag(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto at = some_inner(clip);
  if (!at || clip.codec != VideoCodec::kH264) return {};
  (*first_slice(clip, *at))[0] ^= 0x60;
  return plain(clip);
}

}  // namespace saksi::judge::attack
