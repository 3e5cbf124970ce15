#ifndef SAKSI_JUDGE_SIGNATURE_MEDIA_SIGNING_H_
#define SAKSI_JUDGE_SIGNATURE_MEDIA_SIGNING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "judge/card/byte_source.h"
#include "judge/card/problem.h"
#include "judge/media/mp4.h"
#include "judge/signature/certificate.h"
#include "judge/signature/signing_report.h"

namespace saksi::judge {

/// By whom and as of when signatures are judged.
struct SignatureOptions {
  std::optional<TrustAnchors> anchors;  ///< absent: nobody says whom to trust, so the key stays unknown
  std::optional<int64_t> today;         ///< seconds since 1970 UTC; absent: certificates are judged at no date in particular
};

/// Whose key signed, and whether that was allowed.
struct SigningKey {
  std::string subject, issuer;            ///< RFC 2253, any text
  std::string serial;                     ///< hexadecimal
  std::string fingerprint;                ///< SHA-256 of the certificate, hexadecimal
  std::string kind;                       ///< "EC prime256v1"
  int64_t not_before = 0, not_after = 0;  ///< seconds since 1970 UTC
  std::string at_recording = "unknown";   ///< whether it was trusted at the signed time: "trusted", "not-trusted" or "unknown"
  std::string today = "unknown";          ///< the same at SignatureOptions::today
  std::string reason;                     ///< why it is not trusted today or, if it is, why it was not at the signed time
};

/// The end of an ECDSA signature's two numbers: enough to tell signatures apart. Two with the same r and another s were made with one random number.
struct SignatureTrace {
  uint64_t r;
  uint64_t s;
};

/// When a picture was taken, as its signature says.
struct SignedTime {
  double date_s;  ///< seconds since 1970 UTC
  double pts_s;   ///< of the picture, in the file
};

/// What the signatures in a clip are worth. The words are those of verdicts.json.
struct SignatureResult {
  std::string signature = "not-signed";  ///< "valid", "valid-with-missing", "invalid", "not-signed" or "incomplete"
  std::string key = "unknown";           ///< "trusted", "not-trusted" or "unknown"
  uint64_t frames = 0;                   ///< pictures that the signatures could speak of
  uint64_t pending_frames = 0;           ///< of which none does
  uint64_t valid_reports = 0;
  uint64_t missing_reports = 0;
  uint64_t invalid_reports = 0;
  std::vector<SigningReport> reports;  ///< the first 10,000
  std::optional<SigningKey> signing_key;
  SigningVendor vendor;                              ///< as the camera says; any bytes
  std::optional<int64_t> signed_from, signed_until;  ///< seconds since 1970 UTC
  std::optional<SignedTime> first_time;              ///< of the first signature that is good
  std::vector<SignatureTrace> traces;                ///< of the first 10,000 good ECDSA signatures
  /// What the signatures and what stands beside them say against the clip:
  ///
  ///   damage  signature-invalid, frames-missing, signatures-of-other-pictures, key-changed, key-not-trusted, clock-backwards, time-contradiction,
  ///           parameter-sets-changed, nonce-reused, sei-changed
  ///   doubt   not-signed (if a trust anchor was given), signature-unproven, start-missing, clock-not-trusted, foreign-sei, hash-outdated,
  ///           key-not-trusted (if only its date speaks against it), signature-costly, pictures-hidden
  ///   torn    pending-end
  ///   note    key-expired
  Problems problems;

  /// The worst severity among the problems; kNote if there are none.
  Severity worst() const;
};

/// Names random numbers that were used for signatures of more than one clip, as a `nonce-reused` of each clip but the first that has it. A clip and
/// its copy have the same signatures and share nothing.
void name_shared_nonces(const std::vector<SignatureResult*>& clips);

/// Checks the signatures of ONVIF Media Signing in a clip. Never throws for what the source holds; holds no more than one sample and what waits for
/// its signature in memory.
SignatureResult verify_media_signing(const ByteSource& source, const Mp4Movie& movie, const SignatureOptions& options);

}  // namespace saksi::judge

#endif
