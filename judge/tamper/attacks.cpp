#include "judge/tamper/attacks.h"

#include <algorithm>
#include <cstring>

#include "judge/media/nal.h"
#include "judge/signature/signing_sei.h"

namespace saksi::judge {

namespace {

using Result = std::optional<Tampered>;

constexpr int64_t kTicksPerSecond = 10'000'000;

Result plain(const TamperClip& clip) { return Tampered{write_plain(clip)}; }

/// The place of a signing SEI in a clip.
struct SeiPlace {
  size_t sample;
  size_t nal;
};

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

/// The first slice of a sample; nullptr if it has none.
Bytes* first_slice(TamperClip& clip, size_t sample) {
  for (Bytes& nal : clip.samples[sample].nals) {
    if (clip.is_slice(nal)) return &nal;
  }
  return nullptr;
}

/// An inner picture of the second half: not where clips begin or end.
std::optional<size_t> some_inner(const TamperClip& clip) {
  const std::vector<size_t> inner = clip.inner_pictures();
  if (inner.size() < 4) return std::nullopt;
  return inner[inner.size() / 2];
}

/// Slices alone: what is left of a sample without its signatures.
void drop_signatures(const TamperClip& clip, TamperSample& sample) {
  auto& nals = sample.nals;
  nals.erase(std::remove_if(nals.begin(), nals.end(), [&](const Bytes& nal) { return clip.is_signing_sei(nal); }), nals.end());
}

void drop_empty_samples(TamperClip& clip) {
  auto& samples = clip.samples;
  samples.erase(std::remove_if(samples.begin(), samples.end(), [](const TamperSample& s) { return s.nals.empty(); }), samples.end());
}

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

Result recoded(const TamperInput& in) {
  // What an encoder would make of it: the same pictures in other bytes, and no signature.
  TamperClip clip = in.clip;
  for (size_t i = 0; i < clip.samples.size(); ++i) {
    drop_signatures(in.clip, clip.samples[i]);
    if (Bytes* slice = first_slice(clip, i)) slice->push_back(0x80);
  }
  drop_empty_samples(clip);
  return plain(clip);
}

Result recoded_with_old_signatures(const TamperInput& in) {
  TamperClip clip = in.clip;
  for (size_t i = 0; i < clip.samples.size(); ++i) {
    if (Bytes* slice = first_slice(clip, i)) slice->push_back(0x80);
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

// Signatures.

/// Changes a byte of the TLV with that tag in the second SEI that has one, at an offset in its value (from the end if negative).
Result change_tlv(const TamperInput& in, SigningTag tag, ptrdiff_t offset) {
  TamperClip clip = in.clip;
  size_t found = 0;
  for (const SeiPlace& place : signing_seis(clip)) {
    Bytes& nal = clip.samples[place.sample].nals[place.nal];
    const NalHead head = parse_nal_head(nal.data(), nal.size(), clip.codec);
    const auto sei = parse_signing_sei(nal.data(), trimmed_nal_size(nal.data(), nal.size()), head);
    for (const SigningTlv& tlv : sei->tlvs) {
      if (tlv.tag != tag || ++found < 2) continue;
      const size_t at = tlv.offset + (offset >= 0 ? static_cast<size_t>(offset) : tlv.length - static_cast<size_t>(-offset));
      // The same bytes in the escaped NAL unit, by some that stand before them: fewer if an escape byte lies between.
      for (size_t before = std::min<size_t>(at, 8); before >= 2; --before) {
        const auto from = sei->payload.begin() + static_cast<ptrdiff_t>(at - before);
        const auto hit = std::search(nal.begin() + 20, nal.end(), from, from + static_cast<ptrdiff_t>(before + 1));
        if (hit == nal.end()) continue;
        *(hit + static_cast<ptrdiff_t>(before)) ^= 0x04;
        return plain(clip);
      }
      return {};
    }
  }
  return {};
}

Result hash_list_byte(const TamperInput& in) { return change_tlv(in, SigningTag::kHashList, -3); }
Result signed_time_byte(const TamperInput& in) { return change_tlv(in, SigningTag::kGeneral, 9); }
Result signature_byte(const TamperInput& in) { return change_tlv(in, SigningTag::kSignature, 20); }
Result device_text(const TamperInput& in) { return change_tlv(in, SigningTag::kVendorInfo, 3); }

Result one_signature_stripped(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto seis = signing_seis(clip);
  if (seis.size() < 3) return {};
  auto& nals = clip.samples[seis[1].sample].nals;
  nals.erase(nals.begin() + static_cast<ptrdiff_t>(seis[1].nal));
  drop_empty_samples(clip);
  return plain(clip);
}

Result all_signatures_stripped(const TamperInput& in) {
  TamperClip clip = in.clip;
  for (TamperSample& sample : clip.samples) drop_signatures(in.clip, sample);
  drop_empty_samples(clip);
  return plain(clip);
}

Result signature_doubled(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto seis = signing_seis(clip);
  if (seis.size() < 3) return {};
  auto& nals = clip.samples[seis[1].sample].nals;
  nals.insert(nals.begin() + static_cast<ptrdiff_t>(seis[1].nal), nals[seis[1].nal]);
  return plain(clip);
}

Result signatures_exchanged(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto seis = signing_seis(clip);
  if (seis.size() < 3) return {};
  std::swap(clip.samples[seis[1].sample].nals[seis[1].nal], clip.samples[seis[2].sample].nals[seis[2].nal]);
  return plain(clip);
}

Result certificate_exchanged(const TamperInput& in) {
  TamperClip clip = in.clip;
  for (const SeiPlace& place : signing_seis(clip)) {
    Bytes& nal = clip.samples[place.sample].nals[place.nal];
    nal = in.key.exchange_certificate(nal, clip.codec);
  }
  return plain(clip);
}

Result signed_by_attacker(const TamperInput& in) { return plain(in.lab); }

/// From the middle on the SEIs of `clip` are signed by another key, their times moved.
TamperClip signed_anew_from_middle(const TamperInput& in, const LabKey& key, int64_t shift) {
  TamperClip clip = in.lab;
  const auto seis = signing_seis(clip);
  for (size_t i = seis.size() / 2; i < seis.size(); ++i) {
    Bytes& nal = clip.samples[seis[i].sample].nals[seis[i].nal];
    nal = key.sign_again(nal, clip.codec, shift);
  }
  return clip;
}

Result tail_signed_by_other(const TamperInput& in) {
  if (signing_seis(in.clip).size() < 3) return {};
  return plain(signed_anew_from_middle(in, in.other_key, 0));
}

Result clock_set_back_while_recording(const TamperInput& in) {
  if (signing_seis(in.clip).size() < 3) return {};
  return plain(signed_anew_from_middle(in, in.key, -3600 * kTicksPerSecond));
}

/// All signed times moved so that the first one is at `unix_s`.
Result all_times_at(const TamperInput& in, int64_t unix_s) {
  TamperClip clip = in.lab;
  std::optional<int64_t> shift;
  for (const SeiPlace& place : signing_seis(clip)) {
    Bytes& nal = clip.samples[place.sample].nals[place.nal];
    if (!shift) shift = shift_to(nal, clip.codec, unix_s);
    nal = in.key.sign_again(nal, clip.codec, shift.value_or(0));
  }
  return plain(clip);
}

Result clock_before_certificate(const TamperInput& in) { return all_times_at(in, 0); }
Result clock_wrong_all_along(const TamperInput& in) { return all_times_at(in, 1'600'000'000); }

// Splicing.

Result spliced_with_itself(const TamperInput& in) {
  TamperClip clip = in.clip;
  insert_samples(clip, clip.samples.size(), in.clip.samples);
  return plain(clip);
}

Result spliced_with_other(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 3) return {};
  clip.samples.resize(starts.back());
  insert_samples(clip, clip.samples.size(), copy_of(in.lab, 0, starts[2]));
  return plain(clip);
}

std::vector<TamperSample> unsigned_gop(const TamperInput& in) {
  const auto starts = in.clip.gop_starts();
  std::vector<TamperSample> samples = copy_of(in.clip, starts[1], starts[2]);
  for (TamperSample& sample : samples) drop_signatures(in.clip, sample);
  return samples;
}

Result unsigned_in_front(const TamperInput& in) {
  if (in.clip.gop_starts().size() < 3) return {};
  TamperClip clip = in.clip;
  insert_samples(clip, 0, unsigned_gop(in));
  return plain(clip);
}

Result unsigned_behind(const TamperInput& in) {
  if (in.clip.gop_starts().size() < 3) return {};
  TamperClip clip = in.clip;
  insert_samples(clip, clip.samples.size(), unsigned_gop(in));
  return plain(clip);
}

Result foreign_user_data(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto at = some_inner(clip);
  if (!at || clip.codec != VideoCodec::kH264) return {};
  Bytes sei = {0x06, 0x05, 24};
  for (char c : std::string("0123456789ABCDEFofficer7")) sei.push_back(static_cast<uint8_t>(c));
  sei.push_back(0x80);
  clip.samples[*at].nals.insert(clip.samples[*at].nals.begin(), sei);
  return plain(clip);
}

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

Result one_gop_slowed(const TamperInput& in) {
  TamperClip clip = in.clip;
  const auto starts = clip.gop_starts();
  if (starts.size() < 4) return {};
  for (size_t i = starts[1]; i < starts[2]; ++i) clip.samples[i].duration *= 3;
  return plain(clip);
}

uint64_t duration_of(const TamperClip& clip, size_t first, size_t end) {
  uint64_t duration = 0;
  for (size_t i = first; i < end; ++i) duration += clip.samples[i].duration;
  return duration;
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
  if (in.original.size() < 4096) return {};
  Tampered out{in.original};
  out.bytes.resize(out.bytes.size() / 2 / 512 * 512);
  return out;
}

Result with_fragments(const TamperInput& in, void (*change)(std::vector<TamperFragment>&)) {
  std::vector<TamperFragment> fragments = fragments_of(in.clip);
  if (fragments.size() < 4) return {};
  change(fragments);
  return Tampered{write_fragmented(in.clip, fragments)};
}

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

constexpr TamperOutcome kFound = TamperOutcome::kDetected;
constexpr TamperOutcome kSeal = TamperOutcome::kDetectedWithSeal;
constexpr TamperOutcome kNever = TamperOutcome::kNotDetectable;

/// The table of the report.
const std::vector<Attack> kAttacks = {
    {"end-cut", "end cut off in mid-GOP", "akhir dipotong di tengah GOP", kFound, "pictures behind the last signature are pending",
     "gambar setelah tanda tangan terakhir tertunda", false, false, end_cut},
    {"end-cut-at-gop", "end cut off before a GOP", "akhir dipotong tepat sebelum GOP", kFound, "the signature of the last GOP stands in the next one",
     "tanda tangan GOP terakhir ada di GOP berikutnya", false, false, end_cut_at_gop},
    {"start-cut-at-gop", "start cut off before a GOP", "awal dipotong tepat sebelum GOP", kFound, "the first signature speaks of pictures before it",
     "tanda tangan pertama menyebut gambar sebelumnya", false, false, start_cut_at_gop},
    {"start-cut", "start cut off in mid-GOP", "awal dipotong di tengah GOP", kFound, "the rest of the GOP does not fit its signature",
     "sisa GOP tidak cocok dengan tanda tangannya", false, false, start_cut},
    {"middle-cut", "a stretch cut out of the middle", "bagian tengah dipotong", kFound, "linked hashes and counters", "hash berantai dan penghitung",
     false, false, middle_cut},
    {"picture-dropped", "one picture removed", "satu gambar dihapus", kFound, "hash list", "daftar hash", false, false, picture_dropped},
    {"key-picture-dropped", "one key picture removed", "satu gambar kunci dihapus", kFound, "anchor hash", "hash jangkar", false, false,
     key_picture_dropped},
    {"gop-dropped", "one GOP removed", "satu GOP dihapus", kFound, "linked hash", "hash berantai", false, false, gop_dropped},
    {"picture-doubled", "one picture twice", "satu gambar digandakan", kFound, "hash list", "daftar hash", false, false, picture_doubled},
    {"gop-doubled", "one GOP twice", "satu GOP digandakan", kFound, "counter and linked hash", "penghitung dan hash berantai", false, false,
     gop_doubled},
    {"pictures-exchanged", "two pictures exchanged", "dua gambar ditukar", kFound, "order of the hash list", "urutan daftar hash", false, false,
     pictures_exchanged},
    {"gops-exchanged", "two GOPs exchanged", "dua GOP ditukar", kFound, "linked hash", "hash berantai", false, false, gops_exchanged},
    {"pictures-reversed", "pictures of a GOP in reverse", "gambar satu GOP dibalik", kFound, "order of the hash list", "urutan daftar hash", false,
     false, pictures_reversed},
    {"picture-frozen", "a picture replaced by the one before", "gambar diganti gambar sebelumnya", kFound, "hash list", "daftar hash", false, false,
     picture_frozen},
    {"gop-replaced", "pictures of a GOP replaced by another GOP's", "gambar satu GOP diganti dari GOP lain", kFound, "GOP hash", "hash GOP", false,
     false, gop_replaced},
    {"recoded", "coded anew, signatures lost", "dikodekan ulang, tanda tangan hilang", kFound, "a signature is asked for and missing",
     "tanda tangan diminta tetapi tidak ada", false, false, recoded},
    {"recoded-old-signatures", "coded anew, old signatures put back", "dikodekan ulang, tanda tangan lama dipasang", kFound,
     "the signatures are of other pictures", "tanda tangan milik gambar lain", false, false, recoded_with_old_signatures},
    {"slice-bit", "one bit of a picture", "satu bit gambar", kFound, "hash list", "daftar hash", false, false, slice_bit},
    {"key-picture-bit", "one bit of a key picture", "satu bit gambar kunci", kFound, "anchor hash", "hash jangkar", false, false, key_picture_bit},
    {"reference-flag", "reference flag of a picture cleared", "tanda rujukan gambar dihapus", kFound, "the NAL head is hashed",
     "kepala NAL ikut di-hash", false, false, reference_flag},
    {"hash-list-byte", "one bit of a hash list", "satu bit daftar hash", kFound, "signature", "tanda tangan", false, false, hash_list_byte},
    {"signed-time-byte", "one bit of a signed time", "satu bit waktu bertanda tangan", kFound, "signature", "tanda tangan", false, false,
     signed_time_byte},
    {"signature-byte", "one bit of a signature", "satu bit tanda tangan", kFound, "signature", "tanda tangan", false, false, signature_byte},
    {"device-text", "device text in a signature changed", "teks perangkat dalam tanda tangan diubah", kFound, "signature", "tanda tangan", false,
     false, device_text},
    {"signature-stripped", "one signature removed", "satu tanda tangan dihapus", kFound, "its GOP has none", "GOP-nya tidak punya", false, false,
     one_signature_stripped},
    {"all-signatures-stripped", "all signatures removed", "semua tanda tangan dihapus", kFound, "a signature is asked for and missing",
     "tanda tangan diminta tetapi tidak ada", false, false, all_signatures_stripped},
    {"signature-doubled", "one signature twice", "satu tanda tangan digandakan", kFound, "counter", "penghitung", false, false, signature_doubled},
    {"signatures-exchanged", "two signatures exchanged", "dua tanda tangan ditukar", kFound, "counter", "penghitung", false, false,
     signatures_exchanged},
    {"certificate-exchanged", "certificate replaced, signature kept", "sertifikat diganti, tanda tangan tetap", kFound,
     "the signature does not fit the key", "tanda tangan tidak cocok dengan kunci", false, false, certificate_exchanged},
    {"signed-by-attacker", "all signed anew with an attacker's key", "semua ditandatangani ulang dengan kunci penyerang", kFound,
     "the key is not one that is trusted", "kunci tidak dipercaya", false, true, signed_by_attacker},
    {"tail-signed-by-other-camera", "second half signed by another camera of the same maker",
     "paruh kedua ditandatangani kamera lain dari pembuat yang sama", kFound, "the key changes within the clip", "kunci berubah di dalam klip", true,
     false, tail_signed_by_other},
    {"spliced-with-itself", "the clip twice in a row", "klip disambung dengan dirinya sendiri", kFound, "counter", "penghitung", false, false,
     spliced_with_itself},
    {"spliced-with-other", "two recordings spliced", "dua rekaman disambung", kFound, "counter and key", "penghitung dan kunci", false, false,
     spliced_with_other},
    {"unsigned-in-front", "unsigned pictures put in front", "gambar tanpa tanda tangan di depan", kFound, "no signature covers them",
     "tidak ada tanda tangan untuknya", false, false, unsigned_in_front},
    {"unsigned-behind", "unsigned pictures put behind", "gambar tanpa tanda tangan di belakang", kFound, "they stay pending", "tetap tertunda", false,
     false, unsigned_behind},
    {"foreign-user-data", "user data that nobody signed put in", "data pengguna tanpa tanda tangan disisipkan", kFound, "it is named", "disebutkan",
     false, false, foreign_user_data},
    {"level-byte", "level byte of the picture format changed", "bita level format gambar diubah", kFound, "it contradicts the SPS",
     "bertentangan dengan SPS", false, false, level_byte},
    {"parameter-sets", "another SPS put into the stream", "SPS lain disisipkan ke aliran", kFound, "it contradicts the sample description",
     "bertentangan dengan deskripsi sampel", false, false, parameter_sets_in_stream},
    {"rate-halved", "picture rate of the file halved", "laju gambar berkas dibagi dua", kFound, "signed times contradict it",
     "waktu bertanda tangan bertentangan", false, false, rate_halved},
    {"gop-slowed", "one GOP shown three times slower", "satu GOP diperlambat tiga kali", kFound, "signed times contradict it",
     "waktu bertanda tangan bertentangan", false, false, one_gop_slowed},
    {"end-hidden", "end hidden by an edit list", "akhir disembunyikan daftar edit", kFound, "hidden pictures are counted",
     "gambar tersembunyi dihitung", false, false, end_hidden},
    {"start-hidden", "start hidden by an edit list", "awal disembunyikan daftar edit", kFound, "hidden pictures are counted",
     "gambar tersembunyi dihitung", false, false, start_hidden},
    {"data-behind", "bytes behind the last box", "bita di belakang kotak terakhir", kFound, "no box holds them", "tidak ada kotak yang memuatnya",
     false, false, data_behind},
    {"truncated", "file cut off at a sector in its middle", "berkas terpotong di tengah pada sektor", kFound, "its boxes or signatures end early",
     "kotak atau tanda tangan berakhir dini", false, false, cut_by_sectors},
    {"fragment-dropped", "one fragment removed", "satu fragmen dihapus", kFound, "linked hash, fragment numbers", "hash berantai, nomor fragmen",
     false, false, fragment_dropped},
    {"fragment-doubled", "one fragment twice", "satu fragmen digandakan", kFound, "fragment numbers", "nomor fragmen", false, false,
     fragment_doubled},
    {"fragments-exchanged", "two fragments exchanged", "dua fragmen ditukar", kFound, "fragment numbers", "nomor fragmen", false, false,
     fragments_exchanged},
    {"fragment-number", "number of a fragment changed", "nomor fragmen diubah", kFound, "numbers follow each other", "nomor berurutan", false, false,
     fragment_number},
    {"fragment-time", "decode time of a fragment moved", "waktu dekode fragmen digeser", kFound, "times follow each other", "waktu berurutan", false,
     false, fragment_time},
    {"clock-set-back", "clock set back while recording", "jam dimundurkan saat merekam", kFound, "signed times run backwards",
     "waktu bertanda tangan mundur", true, false, clock_set_back_while_recording},
    {"clock-before-certificate", "clock before the certificate's issue", "jam sebelum sertifikat terbit", kFound, "the certificate was not valid yet",
     "sertifikat belum berlaku", true, false, clock_before_certificate},
    {"clock-wrong", "clock wrong all along, within the certificate's time", "jam salah sejak awal, dalam masa sertifikat", kNever,
     "the camera signs what its clock says; only another clock could tell", "kamera menandatangani kata jamnya; hanya jam lain dapat membantah", true,
     false, clock_wrong_all_along},
    {"wrapped-anew", "written anew into another file, pictures and signatures kept", "ditulis ulang ke berkas lain, gambar dan tanda tangan tetap",
     kSeal, "signatures are of pictures, not of files", "tanda tangan untuk gambar, bukan berkas", false, false, wrapped_anew},
    {"free-space", "free space of the file filled", "ruang kosong berkas diisi", kSeal, "no signature covers free space",
     "tidak ada tanda tangan untuk ruang kosong", false, false, free_space_filled},
    {"renamed", "file renamed", "berkas diganti nama", kSeal, "a name is not in the file", "nama tidak ada di dalam berkas", false, false, renamed},
    {"redated", "date of the file changed", "tanggal berkas diubah", kSeal, "a date is not in the file", "tanggal tidak ada di dalam berkas", false,
     false, redated},
    {"replayed", "an older signed clip put beside it under a new name", "klip lama bertanda tangan ditaruh dengan nama baru", kSeal,
     "it is a good clip, of another day", "klip itu sah, dari hari lain", false, false, replayed},
};

}  // namespace

const char* tamper_outcome_word(TamperOutcome outcome) {
  switch (outcome) {
    case TamperOutcome::kDetected:
      return "detected";
    case TamperOutcome::kDetectedWithSeal:
      return "detected-with-seal";
    case TamperOutcome::kNotDetectable:
      break;
  }
  return "not-detectable";
}

const std::vector<Attack>& attacks() { return kAttacks; }

}  // namespace saksi::judge
