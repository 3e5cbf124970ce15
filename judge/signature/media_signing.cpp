#include "judge/signature/media_signing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "judge/media/mp4_whole.h"
#include "judge/signature/played_nals.h"
#include "judge/signature/signing_story.h"
#include "judge/signature/signing_validator.h"

namespace saksi::judge {

namespace {

constexpr size_t kMaxReports = 10'000;

/// The hash function that the first signed SEI names, so that nothing has to be hashed twice. Empty if none does before the sixth GOP: from there on
/// the standard's own is taken.
std::vector<uint8_t> first_hash_function(const ByteSource& source, const Mp4Movie& movie) {
  constexpr int kMaxGops = 5;
  PlayedNals nals(movie, source);
  PlayedNal nal{};
  int gops = 0;
  while (nals.next(nal)) {
    const NalHead head = parse_nal_head(nal.bytes, nal.size, movie.codec);
    if (head.starts_gop() && ++gops > kMaxGops) break;
    if (head.kind != NalKind::kSei) continue;
    const std::optional<SigningSei> sei = parse_signing_sei(nal.bytes, nal.size, head);
    if (!sei || !sei->is_signed) continue;
    for (const SigningTlv& tlv : sei->tlvs) {
      if (tlv.tag != SigningTag::kCryptoInfo) continue;
      if (const auto oid = read_hash_oid(*sei, tlv)) return *oid;
    }
  }
  return {};
}

std::string signature_word(const SignatureResult& result, bool present) {
  if (result.invalid_reports > 0) return "invalid";
  if (result.missing_reports > 0) return "valid-with-missing";
  if (result.valid_reports > 0) return "valid";
  return present ? "incomplete" : "not-signed";
}

std::string key_word(Provenance provenance, const SignatureOptions& options) {
  if (!options.anchors || provenance == Provenance::kNotFeasible) return "unknown";
  return provenance == Provenance::kOk ? "trusted" : "not-trusted";
}

void count(const SigningReport& report, SignatureResult& result) {
  result.valid_reports += report.authenticity == Authenticity::kOk ? 1 : 0;
  result.missing_reports += report.authenticity == Authenticity::kOkWithMissing ? 1 : 0;
  result.invalid_reports += report.authenticity == Authenticity::kNotOk ? 1 : 0;
  if (result.reports.size() >= kMaxReports) return;
  result.reports.push_back(report);
  result.reports.back().parts.clear();
}

}  // namespace

SignatureResult verify_media_signing(const ByteSource& source, const Mp4Movie& parsed, const SignatureOptions& options) {
  SignatureResult result;
  const Mp4Movie whole = parsed.fragmented ? parse_mp4_whole(source) : Mp4Movie();
  const Mp4Movie& movie = parsed.fragmented ? whole : parsed;
  const TrustAnchors anchors = options.anchors.value_or(TrustAnchors());
  SigningValidator validator(movie.codec, anchors, options.today, first_hash_function(source, movie));
  SigningStory story(movie, options);
  PlayedNals nals(movie, source);
  PlayedNal nal{};
  while (nals.next(nal)) {
    const NalHead head = parse_nal_head(nal.bytes, nal.size, movie.codec);
    story.see(nal, head);
    const SigningSei* before = validator.last_sei();
    const std::optional<SigningReport> report = validator.add(nal.bytes, nal.size, nal.sample);
    if (head.kind == NalKind::kSei && validator.last_sei() != nullptr && validator.last_sei() != before) story.see(*validator.last_sei(), validator);
    if (!report) continue;
    story.see(*report);
    count(*report, result);
  }
  result.frames = validator.received_frames();
  result.pending_frames = validator.pending_frames();
  result.signature = signature_word(result, validator.signing_present());
  result.key = key_word(validator.provenance(), options);
  story.finish(validator, nals, result);
  return result;
}

void name_shared_nonces(const std::vector<SignatureResult*>& clips) {
  std::map<uint64_t, uint64_t> known;
  for (SignatureResult* clip : clips) {
    uint64_t shared = 0;
    for (const SignatureTrace& trace : clip->traces) {
      const auto found = known.find(trace.r);
      shared += found != known.end() && found->second != trace.s ? 1 : 0;
    }
    for (const SignatureTrace& trace : clip->traces) known.emplace(trace.r, trace.s);
    if (shared == 0) continue;
    clip->problems.push_back({Severity::kDamage, "nonce-reused",
                              fmt::format("{} signatures use a random number that a signature of another clip used: the camera's private key can be "
                                          "computed from them.",
                                          shared)});
  }
}

Severity SignatureResult::worst() const {
  Severity worst = Severity::kNote;
  for (const Problem& problem : problems) worst = std::max(worst, problem.severity);
  return worst;
}

}  // namespace saksi::judge
