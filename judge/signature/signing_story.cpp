#include "judge/signature/signing_story.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "judge/media/parameter_sets.h"
#include "judge/signature/date.h"

namespace saksi::judge {

namespace {

constexpr size_t kMaxNonces = 10'000;
/// A date begins at midnight somewhere on earth, and may be that of the day before elsewhere.
constexpr int64_t kLargestToday_s = 2 * 86400;

/// True if an avcC says another profile or level than its own SPS.
bool contradicts_itself(const Mp4Movie& movie, const std::vector<std::vector<uint8_t>>& sets) {
  if (movie.codec != VideoCodec::kH264 || sets.empty() || sets.front().size() < 4 || movie.avcc.size() < 4) return false;
  return !std::equal(movie.avcc.begin() + 1, movie.avcc.begin() + 4, sets.front().begin() + 1);
}

/// The last bytes of an INTEGER in DER at `at`, which is moved behind it; nullopt if there is none.
std::optional<uint64_t> end_of_integer(const std::vector<uint8_t>& der, size_t& at) {
  if (der.size() - at < 2 || der[at] != 0x02) return std::nullopt;
  const size_t size = der[at + 1];
  at += 2;
  if (size == 0 || size > der.size() - at) return std::nullopt;
  uint64_t end = 0;
  for (size_t i = size - std::min<size_t>(size, 8); i < size; ++i) end = end << 8 | der[at + i];
  at += size;
  return end;
}

/// nullopt if it is no ECDSA signature in DER.
std::optional<SignatureTrace> trace_of(const std::vector<uint8_t>& der) {
  size_t at = der.size() > 2 && der[1] == 0x81 ? 3 : 2;
  if (der.size() < at + 2 || der[0] != 0x30) return std::nullopt;
  const auto r = end_of_integer(der, at);
  const auto s = r ? end_of_integer(der, at) : std::nullopt;
  if (!s) return std::nullopt;
  return SignatureTrace{*r, *s};
}

std::string frame_list(const std::vector<SigningReport>& reports) {
  std::vector<uint64_t> frames;
  for (const SigningReport& report : reports) frames.insert(frames.end(), report.invalid_frames.begin(), report.invalid_frames.end());
  std::string text;
  constexpr size_t kMaxShown = 8;
  for (size_t i = 0; i < frames.size() && i < kMaxShown; ++i) text += fmt::format("{}{}", i == 0 ? "" : ", ", frames[i]);
  if (frames.size() > kMaxShown) text += fmt::format(" and {} more", frames.size() - kMaxShown);
  return text;
}

}  // namespace

std::string SigningVendor::entry(const std::string& name) const {
  const std::string separator = "; ";
  for (size_t at = 0; at < firmware.size();) {
    const size_t end = std::min(firmware.find(separator, at), firmware.size());
    if (firmware.compare(at, name.size() + 1, name + "=") == 0) return firmware.substr(at + name.size() + 1, end - at - name.size() - 1);
    at = end + separator.size();
  }
  return "";
}

SigningStory::SigningStory(const Mp4Movie& movie, const SignatureOptions& options)
    : movie_(movie), options_(options), described_sets_(described_parameter_sets(movie.codec, movie.avcc)), times_(movie) {}

void SigningStory::see(const PlayedNal& nal, const NalHead& head) {
  if (head.kind == NalKind::kParameterSet) see_parameter_set(nal);
  if (head.kind != NalKind::kSei || nal.size <= head.bytes) return;
  // Types 4 and 5 are user data, of whomever. The others tell a decoder how to show pictures.
  const uint8_t type = nal.bytes[head.bytes];
  if ((type != 4 && type != 5) || parse_signing_sei(nal.bytes, nal.size, head)) return;
  if (foreign_seis_++ == 0) first_foreign_ = nal.sample;
}

void SigningStory::see_parameter_set(const PlayedNal& nal) {
  const bool known = std::any_of(described_sets_.begin(), described_sets_.end(), [&](const std::vector<uint8_t>& set) {
    return trimmed_nal_size(set.data(), set.size()) == nal.size && std::memcmp(set.data(), nal.bytes, nal.size) == 0;
  });
  changed_sets_ += known ? 0 : 1;
}

void SigningStory::see(const SigningSei& sei, const SigningValidator& validator) {
  for (const SigningTlv& tlv : sei.tlvs) {
    if (tlv.tag == SigningTag::kGeneral && !begins_recording_) {
      if (const auto general = read_general(sei, tlv)) {
        begins_recording_ = general->linked_hash.is_zero();
        first_counter_ = general->counter;
      }
    }
    if (!validator.last_signature_good()) continue;
    if (tlv.tag == SigningTag::kVendorInfo) vendor_ = read_vendor(sei, tlv).value_or(vendor_);
    if (tlv.tag == SigningTag::kSignature) {
      if (const auto signature = read_signature(sei, tlv)) see_signature(signature->bytes);
    }
  }
  if (!validator.last_signature_good() || !validator.key()) return;
  ++good_signatures_;
  hash_name_ = validator.hash_name();
  see_key(*validator.key());
}

void SigningStory::see_key(const CertificateChain& key) {
  const std::string fingerprint = key.fingerprint();
  if (!fingerprint_.empty() && fingerprint != fingerprint_) ++key_changes_;
  if (!key_) key_ = key;
  fingerprint_ = fingerprint;
}

void SigningStory::see_signature(const std::vector<uint8_t>& der) {
  const std::optional<SignatureTrace> trace = trace_of(der);
  if (!trace || traces_.size() >= kMaxNonces) return;
  traces_.push_back(*trace);
  // A signature that is there twice is no second signature.
  const auto [known, is_new] = by_r_.emplace(trace->r, trace->s);
  if (!is_new && known->second != trace->s) ++nonces_reused_;
}

void SigningStory::see(const SigningReport& report) {
  if (report.authenticity != Authenticity::kOk && report.authenticity != Authenticity::kOkWithMissing) return;
  for (const SignedPart& part : report.parts) times_.add(part);
  if (!first_part_counter_ && !report.parts.empty()) first_part_counter_ = report.parts.front().counter;
}

void SigningStory::finish(const SigningValidator& validator, const PlayedNals& nals, SignatureResult& result) {
  judge_signatures(validator, nals, result);
  if (validator.signing_present()) {
    judge_key(result);
    judge_times(result);
    if (changed_sets_ > 0 || contradicts_itself(movie_, described_sets_)) {
      add(Severity::kDamage, "parameter-sets-changed",
          "The picture format (SPS, PPS) is said in two ways that contradict each other. No signature covers it.");
    }
    if (foreign_seis_ > 0) {
      add(Severity::kDoubt, "foreign-sei",
          fmt::format("{} pieces of user data, the first in picture {}, were signed by nobody.", foreign_seis_, first_foreign_));
    }
    if (nonces_reused_ > 0) {
      add(Severity::kDamage, "nonce-reused",
          fmt::format("{} signatures use a random number again: the camera's private key can be computed from them.", nonces_reused_));
    }
    if (hash_name_ == "SHA1" || hash_name_ == "MD5")
      add(Severity::kDoubt, "hash-outdated", "The signatures are over " + hash_name_ + " hashes, which can be forged.");
  }
  result.traces = traces_;
  result.vendor = vendor_;
  result.problems = problems_;
}

void SigningStory::judge_signatures(const SigningValidator& validator, const PlayedNals& nals, const SignatureResult& result) {
  if (validator.gave_up())
    add(Severity::kDoubt, "signature-costly", "The clip is made so that checking its signatures takes without end: it was not done.");
  if (result.signature == "not-signed") {
    if (options_.anchors) add(Severity::kDoubt, "not-signed", "The clip has no signature, though it is said whose is trusted.");
    return;
  }
  if (result.signature == "invalid") {
    const std::string frames = frame_list(result.reports);
    add(Severity::kDamage, "signature-invalid",
        frames.empty() ? "A signature or what it covers was changed." : fmt::format("Pictures are not as the camera signed them: {}.", frames));
  }
  if (validator.changed_seis() > 0) {
    add(Severity::kDamage, "sei-changed",
        fmt::format("{} times, what the camera said of a group of pictures (time, device, hashes) is not what a later signature covers.",
                    validator.changed_seis()));
  }
  if (result.missing_reports > 0) {
    uint64_t gaps = 0;
    for (const SigningReport& report : result.reports) gaps += report.gaps;
    add(Severity::kDamage, "frames-missing", fmt::format("{} coded pictures or parts of them that the camera signed are missing.", gaps));
  }
  if (result.signature == "incomplete") {
    if (good_signatures_ >= 2) {
      add(Severity::kDamage, "signatures-of-other-pictures", "The signatures are good, but none of them is of the pictures in this clip.");
    } else {
      add(Severity::kDoubt, "signature-unproven", "There are signatures, but none whose pictures are all in the clip.");
    }
  } else if (result.pending_frames > 0) {
    add(Severity::kTorn, "pending-end",
        fmt::format("{} pictures at the end are covered by no signature: the recording was cut off, or its end removed.", result.pending_frames));
  }
  // A first SEI without a signature of its own may be of pictures that were cut off, and yet be covered itself.
  const bool first_covers_nothing = result.invalid_reports == 0 && first_part_counter_ && *first_part_counter_ != first_counter_;
  if ((begins_recording_ && !*begins_recording_) || first_covers_nothing || (validator.first_is_foreign() && result.signature != "incomplete"))
    add(Severity::kDoubt, "start-missing", "The camera signed pictures before the first one of this clip: its beginning is missing.");
  if (nals.hidden() > 0)
    add(Severity::kDoubt, "pictures-hidden",
        fmt::format("{} pictures are in the file that no player shows: its edit list or its duration leaves them out.", nals.hidden()));
}

void SigningStory::judge_key(SignatureResult& result) {
  if (!key_) return;
  SigningKey key;
  key.subject = key_->subject();
  key.issuer = key_->issuer();
  key.serial = key_->serial();
  key.fingerprint = key_->fingerprint();
  key.kind = key_->key_kind();
  key.not_before = key_->not_before();
  key.not_after = key_->not_after();
  if (key_changes_ > 0)
    add(Severity::kDamage, "key-changed",
        fmt::format("Within the clip the signing key changes {} times: parts were signed by another device.", key_changes_));
  if (options_.anchors) {
    const ChainCheck today = key_->check(*options_.anchors, options_.today);
    key.today = today.trusted ? "trusted" : "not-trusted";
    key.reason = today.reason;
    ChainCheck then;
    if (!times_.empty()) {
      then = key_->check(*options_.anchors, unix_of_1601(times_.until()));
      key.at_recording = then.trusted ? "trusted" : "not-trusted";
      if (key.reason.empty()) key.reason = then.reason;
    }
    if (!today.trusted && !today.only_time) {
      add(Severity::kDamage, "key-not-trusted", fmt::format("The key of {} is not issued by whom you trust ({}).", key.subject, today.reason));
    } else if (!today.trusted) {
      add(then.trusted ? Severity::kNote : Severity::kDoubt, then.trusted ? "key-expired" : "key-not-trusted",
          fmt::format("The certificate of {} is not valid today ({}){}.", key.subject, today.reason,
                      then.trusted ? "; it was when the clip was signed" : ""));
    }
  }
  result.signing_key = key;
}

void SigningStory::judge_times(SignatureResult& result) {
  if (times_.empty()) return;
  const int64_t from = unix_of_1601(times_.from()), until = unix_of_1601(times_.until());
  result.signed_from = from;
  result.signed_until = until;
  constexpr int64_t kOneSecond = 10'000'000;
  const int64_t part = times_.from() % kOneSecond;
  const auto whole_s = static_cast<double>(unix_of_1601(times_.from() - part));
  result.first_time = SignedTime{whole_s + static_cast<double>(part) / kOneSecond, movie_.seconds(movie_.samples[times_.first_frame()].pts)};
  if (times_.backwards() > 0) add(Severity::kDamage, "clock-backwards", fmt::format("The signed time runs backwards {} times.", times_.backwards()));
  judge_clock(from, until, result);
  // Where the signed time stood, no time of the file could fit it.
  if (times_.contradiction_s() > 0 && times_.standstill_s() == 0) {
    add(Severity::kDamage, "time-contradiction",
        fmt::format("The times in the file are up to {:.2f} s off the signed ones: they were changed, or the camera's clock ran wrong.",
                    times_.contradiction_s()));
  }
}

void SigningStory::judge_clock(int64_t from, int64_t until, const SignatureResult& result) {
  if (result.signing_key && (from < result.signing_key->not_before || until > result.signing_key->not_after)) {
    add(Severity::kDoubt, "clock-not-trusted",
        fmt::format("The signed time, {} UTC, lies outside of the certificate's ({} to {}): the camera's clock was wrong, or set back.",
                    time_text(from), date_text(result.signing_key->not_before), date_text(result.signing_key->not_after)));
  }
  if (options_.today && until > *options_.today + kLargestToday_s) {
    add(Severity::kDoubt, "clock-not-trusted",
        fmt::format("The signed time, {} UTC, is later than today ({}): the camera's clock was wrong.", time_text(until),
                    date_text(*options_.today)));
  }
  if (times_.standstill_s() > 0) {
    add(Severity::kDoubt, "clock-not-trusted",
        fmt::format("The signed time stands still for {:.1f} s of the clip: the camera's clock did not run.", times_.standstill_s()));
  }
  if (vendor_.entry("clock") == "not-trusted")
    add(Severity::kDoubt, "clock-not-trusted", "The camera says that its clock was not set: the signed times prove nothing.");
}

}  // namespace saksi::judge
