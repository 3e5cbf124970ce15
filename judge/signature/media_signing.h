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
#include "judge/signature/signing_validator.h"

namespace saksi::judge {

/// By whom and as of when signatures are judged.
struct SignatureOptions {
  std::optional<TrustAnchors> anchors;  ///< absent: nobody says whom to trust, so the key stays unknown
  std::optional<int64_t> today;         ///< seconds since 1970 UTC; absent: certificates are judged at no date in particular
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
  Problems problems;
};

/// Checks the signatures of ONVIF Media Signing in a clip. Never throws for what the source holds; holds no more than one sample and what waits for its
/// signature in memory.
SignatureResult verify_media_signing(const ByteSource& source, const Mp4Movie& movie, const SignatureOptions& options);

}  // namespace saksi::judge

#endif
