#ifndef SAKSI_JUDGE_SIGNATURE_SIGNING_STORY_H_
#define SAKSI_JUDGE_SIGNATURE_SIGNING_STORY_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "judge/signature/media_signing.h"
#include "judge/signature/played_nals.h"
#include "judge/signature/signed_times.h"
#include "judge/signature/signing_sei.h"
#include "judge/signature/signing_validator.h"

namespace saksi::judge {

/// Looks at what the reference validator lets pass: changes of the key, signed times against each other, against the certificate's and against the
/// container's, parameter sets, SEIs that nobody signed, the ends of the clip. What it finds are named problems; the verdict on the signatures is not
/// its business.
class SigningStory {
 public:
  SigningStory(const Mp4Movie& movie, const SignatureOptions& options);

  /// Each NAL unit, in order.
  void see(const PlayedNal& nal, const NalHead& head);
  /// Each signing SEI, after the validator has taken it.
  void see(const SigningSei& sei, const SigningValidator& validator);
  void see(const SigningReport& report);
  /// Adds key, times and problems to the result, whose counts are made.
  void finish(const SigningValidator& validator, const PlayedNals& nals, SignatureResult& result);

 private:
  void see_parameter_set(const PlayedNal& nal);
  void see_key(const CertificateChain& key);
  void see_signature(const std::vector<uint8_t>& der);
  void judge_signatures(const SigningValidator& validator, const PlayedNals& nals, const SignatureResult& result);
  void judge_key(SignatureResult& result);
  void judge_times(SignatureResult& result);
  void judge_clock(int64_t from, int64_t until, const SignatureResult& result);
  void add(Severity severity, const std::string& kind, const std::string& text) { problems_.push_back({severity, kind, text}); }

  const Mp4Movie& movie_;
  const SignatureOptions& options_;
  Problems problems_;
  std::vector<std::vector<uint8_t>> described_sets_;  ///< parameter sets of the sample description
  uint64_t changed_sets_ = 0;
  uint64_t foreign_seis_ = 0;
  size_t first_foreign_ = 0;  ///< sample
  size_t good_signatures_ = 0;
  std::optional<bool> begins_recording_;        ///< the first SEI says that nothing was recorded before
  uint32_t first_counter_ = 0;                  ///< of that SEI
  std::optional<uint32_t> first_part_counter_;  ///< of the SEI that covers the first pictures
  std::optional<CertificateChain> key_;
  std::string fingerprint_;
  uint64_t key_changes_ = 0;
  std::vector<SignatureTrace> traces_;  ///< of ECDSA signatures, the first 10,000
  std::map<uint64_t, uint64_t> by_r_;   ///< s of each r in them
  uint64_t nonces_reused_ = 0;
  SigningVendor vendor_;
  SignedTimes times_;
  std::string hash_name_;
};

}  // namespace saksi::judge

#endif
