#include <algorithm>

#include "judge/tamper/attack_functions.h"
#include "judge/tamper/attack_tools.h"

namespace saksi::judge::attack {

// Container.

Result level_byte(const TamperInput& in) {
  TamperClip clip = in.clip;
  if (clip.codec != VideoCodec::kH264) return {};
  clip.config[3] ^= 1;
  return plain(clip);
}

Result parameter_sets_in_stream(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (clip.codec != VideoCodec::kH264 || starts.size() < 3 || clip.config.size() < 12) return {};
  const size_t size = (static_cast<size_t>(clip.config[6]) << 8) | clip.config[7];
  if (size < 4 || clip.config.size() < 8 + size) return {};
  Bytes sps(clip.config.begin() + 8, clip.config.begin() + 8 + static_cast<ptrdiff_t>(size));
  sps[3] ^= 1;
  clip.samples[starts[1]].nals.insert(clip.samples[starts[1]].nals.begin(), sps);
  return plain(clip);
}

Result rate_halved(const TamperInput& in) {
  TamperClip clip = in.clip;
  for (TamperSample& sample : clip.samples) sample.duration *= 2;
  return plain(clip);
}

namespace {

uint64_t duration_of(const TamperClip& clip, size_t first, size_t end) {
  uint64_t duration = 0;
  for (size_t i = first; i < end; ++i) duration += clip.samples[i].duration;
  return duration;
}

}  // namespace

Result one_gop_slowed(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 4) return {};
  // Where GOPs are short, several: a stretch of which one would see that it is slow.
  size_t end = starts[2];
  while (end < starts.back() && duration_of(clip, starts[1], end) * 2 < clip.timescale) end = *std::upper_bound(starts.begin(), starts.end(), end);
  for (size_t i = starts[1]; i < end; ++i) clip.samples[i].duration *= 3;
  return plain(clip);
}

Result end_hidden(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 3) return {};
  clip.edit = Mp4Edit{duration_of(clip, 0, starts.back()), 0};
  return plain(clip);
}

Result start_hidden(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 3) return {};
  clip.edit = Mp4Edit{0, static_cast<int64_t>(duration_of(clip, 0, starts[1])) + clip.samples[starts[1]].composition};
  return plain(clip);
}

Result data_behind(const TamperInput& in) {
  Tampered out{in.original};
  for (int i = 0; i < 600; ++i) out.bytes.push_back(static_cast<uint8_t>(0xA5 ^ i));
  return out;
}

Result cut_by_sectors(const TamperInput& in) {
  constexpr size_t kSector = 512, kMostCuts = 400;
  const size_t sectors = (in.original.size() - 1) / kSector;
  if (sectors < 8) return {};
  Tampered out{in.original};
  // Each sector of a short clip; of a long one as many, evenly apart.
  const size_t cuts = std::min(sectors, kMostCuts);
  for (size_t i = 1; i <= cuts; ++i) out.prefixes.push_back(sectors * i / cuts * kSector);
  return out;
}

namespace {

Result with_fragments(const TamperInput& in, void (*change)(std::vector<TamperFragment>&)) {
  std::vector<TamperFragment> fragments = fragments_of(in.clip);
  if (fragments.size() < 4) return {};
  change(fragments);
  return Tampered{write_fragmented(in.clip, fragments)};
}

}  // namespace

Result fragment_dropped(const TamperInput& in) {
  return with_fragments(in, [](std::vector<TamperFragment>& f) { f.erase(f.begin() + 1); });
}

Result fragment_doubled(const TamperInput& in) {
  return with_fragments(in, [](std::vector<TamperFragment>& f) { f.insert(f.begin() + 2, f[1]); });
}

Result fragments_exchanged(const TamperInput& in) {
  return with_fragments(in, [](std::vector<TamperFragment>& f) { std::swap(f[1], f[2]); });
}

Result fragment_number(const TamperInput& in) {
  return with_fragments(in, [](std::vector<TamperFragment>& f) { f[2].sequence += 7; });
}

Result fragment_time(const TamperInput& in) {
  return with_fragments(in, [](std::vector<TamperFragment>& f) { f[2].decode_time += 100'000; });
}

// What no file can show by itself.

Result wrapped_anew(const TamperInput& in) { return plain(in.clip); }

Result free_space_filled(const TamperInput& in) {
  Tampered out{in.original};
  const std::string hidden = "note hidden in free space";
  const size_t size = 8 + hidden.size();
  for (int shift : {24, 16, 8, 0}) out.bytes.push_back(static_cast<uint8_t>(size >> shift));
  for (char c : "free" + hidden) out.bytes.push_back(static_cast<uint8_t>(c));
  return out;
}

Result renamed(const TamperInput& in) { return Tampered{in.original, true, false, false}; }
Result redated(const TamperInput& in) { return Tampered{in.original, false, true, false}; }
Result replayed(const TamperInput& in) { return Tampered{in.original, false, false, true}; }

}  // namespace saksi::judge::attack
