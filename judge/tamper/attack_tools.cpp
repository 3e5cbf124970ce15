#include "judge/tamper/attack_tools.h"

#include <algorithm>

namespace saksi::judge::attack {

Result plain(const TamperClip& clip) { return Tampered{write_plain(clip)}; }

std::vector<SeiPlace> signing_seis(const TamperClip& clip) {
  std::vector<SeiPlace> places;
  for (size_t i = 0; i < clip.samples.size(); ++i) {
    for (size_t j = 0; j < clip.samples[i].nals.size(); ++j) {
      if (clip.is_signing_sei(clip.samples[i].nals[j])) places.push_back({i, j});
    }
  }
  return places;
}

void erase_samples(TamperClip& clip, size_t first, size_t end) {
  clip.samples.erase(clip.samples.begin() + static_cast<ptrdiff_t>(first), clip.samples.begin() + static_cast<ptrdiff_t>(end));
}

void insert_samples(TamperClip& clip, size_t at, const std::vector<TamperSample>& samples) {
  clip.samples.insert(clip.samples.begin() + static_cast<ptrdiff_t>(at), samples.begin(), samples.end());
}

std::vector<TamperSample> copy_of(const TamperClip& clip, size_t first, size_t end) {
  return {clip.samples.begin() + static_cast<ptrdiff_t>(first), clip.samples.begin() + static_cast<ptrdiff_t>(end)};
}

Bytes* first_slice(TamperClip& clip, size_t sample) {
  for (Bytes& nal : clip.samples[sample].nals) {
    if (clip.is_slice(nal)) return &nal;
  }
  return nullptr;
}

std::optional<size_t> some_inner(const TamperClip& clip) {
  const std::vector<size_t> inner = clip.inner_pictures();
  if (inner.size() < 4) return std::nullopt;
  return inner[inner.size() / 2];
}

void drop_signatures(const TamperClip& clip, TamperSample& sample) {
  auto& nals = sample.nals;
  nals.erase(std::remove_if(nals.begin(), nals.end(), [&](const Bytes& nal) { return clip.is_signing_sei(nal); }), nals.end());
}

void drop_empty_samples(TamperClip& clip) {
  auto& samples = clip.samples;
  samples.erase(std::remove_if(samples.begin(), samples.end(), [](const TamperSample& s) { return s.nals.empty(); }), samples.end());
}

}  // namespace saksi::judge::attack
