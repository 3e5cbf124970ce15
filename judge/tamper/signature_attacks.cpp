#include <algorithm>

#include "judge/media/nal.h"
#include "judge/signature/signing_sei.h"
#include "judge/tamper/attack_functions.h"
#include "judge/tamper/attack_tools.h"

namespace saksi::judge::attack {

namespace {

constexpr int64_t kTicksPerSecond = 10'000'000;

}  // namespace

// Signatures.

namespace {

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

}  // namespace

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

namespace {

/// From the middle on the SEIs of `clip` are signed by another key, their times moved.
TamperClip signed_anew_from_middle(const TamperInput& in, const LabKey& key, int64_t shift) {
  TamperClip clip = in.lab;
  const auto seis = signing_seis(clip);
  LabSigner signer(key, clip.codec);
  for (size_t i = seis.size() / 2; i < seis.size(); ++i) {
    Bytes& nal = clip.samples[seis[i].sample].nals[seis[i].nal];
    nal = signer.sign(nal, {shift});
  }
  return clip;
}

}  // namespace

Result tail_signed_by_other(const TamperInput& in) {
  if (signing_seis(in.clip).size() < 3) return {};
  return plain(signed_anew_from_middle(in, in.other_key, 0));
}

Result clock_set_back_while_recording(const TamperInput& in) {
  if (signing_seis(in.clip).size() < 3) return {};
  return plain(signed_anew_from_middle(in, in.key, -3600 * kTicksPerSecond));
}

namespace {

/// All signed times moved so that the first one is at `unix_s`.
Result all_times_at(const TamperInput& in, int64_t unix_s) {
  TamperClip clip = in.lab;
  std::optional<int64_t> shift;
  LabSigner signer(in.key, clip.codec);
  for (const SeiPlace& place : signing_seis(clip)) {
    Bytes& nal = clip.samples[place.sample].nals[place.nal];
    if (!shift) shift = shift_to(nal, clip.codec, unix_s);
    nal = signer.sign(nal, {shift.value_or(0)});
  }
  return plain(clip);
}

}  // namespace

namespace {

double seconds_of(const TamperClip& clip) {
  double ticks = 0;
  for (const TamperSample& sample : clip.samples) ticks += sample.duration;
  return ticks / clip.timescale;
}

}  // namespace

Result clock_stands(const TamperInput& in) {
  constexpr int64_t kIn2023 = 133'444'736'000'000'000;
  TamperClip clip = in.lab;
  // The judge gives a clock that is read in whole seconds the benefit of the doubt.
  if (signing_seis(clip).size() < 3 || seconds_of(clip) < 4) return {};
  LabSigner signer(in.key, clip.codec);
  for (const SeiPlace& place : signing_seis(clip)) {
    Bytes& nal = clip.samples[place.sample].nals[place.nal];
    nal = signer.sign(nal, {0, kIn2023});
  }
  return plain(clip);
}

Result clock_before_certificate(const TamperInput& in) { return all_times_at(in, 0); }
Result clock_wrong_all_along(const TamperInput& in) { return all_times_at(in, 1'600'000'000); }

Result nonce_used_twice(const TamperInput& in) {
  TamperClip clip = in.lab;
  // Of several GOPs that one signature covers, only the last one's SEI has it.
  std::vector<SeiPlace> seis = signing_seis(clip);
  const auto is_unsigned = [&clip](const SeiPlace& place) {
    const Bytes& nal = clip.samples[place.sample].nals[place.nal];
    const auto sei = parse_signing_sei(nal.data(), trimmed_nal_size(nal.data(), nal.size()), parse_nal_head(nal.data(), nal.size(), clip.codec));
    return !sei || !sei->is_signed;
  };
  seis.erase(std::remove_if(seis.begin(), seis.end(), is_unsigned), seis.end());
  if (seis.size() < 3) return {};
  constexpr uint64_t kNonce = 0x5EED5EED5EED;
  LabSigner signer(in.key, clip.codec);
  for (size_t i : {seis.size() - 2, seis.size() - 1}) {
    Bytes& nal = clip.samples[seis[i].sample].nals[seis[i].nal];
    nal = signer.sign(nal, {0, {}, kNonce});
  }
  return plain(clip);
}

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

namespace {

std::vector<TamperSample> unsigned_gop(const TamperInput& in) {
  const auto starts = in.clip.gop_starts();
  std::vector<TamperSample> samples = copy_of(in.clip, starts[1], starts[2]);
  for (TamperSample& sample : samples) drop_signatures(in.clip, sample);
  return samples;
}

}  // namespace

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

}  // namespace saksi::judge::attack
