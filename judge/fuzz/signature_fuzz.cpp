// NAL units of any bytes, each behind its length of 16 bits, are followed by the signature validator without a crash, a hang or an exception; so is
// an MP4 file of any bytes. Never are more pictures pending than were received.
#include <algorithm>
#include <cstdlib>

#include "judge/signature/export_file.h"
#include "judge/signature/media_signing.h"
#include "judge/signature/signing_sei.h"
#include "judge/signature/signing_validator.h"

namespace {

using namespace saksi::judge;

/// Reads every value of a SEI, known to fit or not.
void read_all(const SigningSei& sei) {
  for (const SigningTlv& tlv : sei.tlvs) {
    read_general(sei, tlv);
    read_hash_list(sei, tlv);
    read_signature(sei, tlv);
    read_hash_oid(sei, tlv);
    read_vendor(sei, tlv);
    is_arbitrary_data(sei, tlv);
    const auto certificates = read_certificates(sei, tlv);
    const auto chain = certificates ? CertificateChain::from_pem(certificates->pem) : std::nullopt;
    if (chain) chain->check(TrustAnchors(), 0);
  }
}

void follow(const uint8_t* data, size_t size, VideoCodec codec) {
  SigningValidator validator(codec, TrustAnchors(), 0, {});
  uint64_t frame = 0;
  for (size_t at = 0; at + 2 <= size;) {
    const size_t wanted = be16(data + at);
    at += 2;
    const size_t length = trimmed_nal_size(data + at, std::min(wanted, size - at));
    const NalHead head = parse_nal_head(data + at, length, codec);
    if (head.kind == NalKind::kSei) {
      if (const auto sei = parse_signing_sei(data + at, length, head)) read_all(*sei);
    }
    validator.add(data + at, length, frame++);
    at += std::min(wanted, size - at);
  }
  if (validator.pending_frames() > validator.received_frames()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const MemorySource source(std::vector<uint8_t>(data, data + size));
  if (begins_like_mp4(source)) {
    const Mp4Movie movie = parse_mp4(source);
    read_export_file(source, movie.track_id, verify_media_signing(source, movie, {}), {});
    return 0;
  }
  follow(data, size, VideoCodec::kH264);
  follow(data, size, VideoCodec::kH265);
  return 0;
}
