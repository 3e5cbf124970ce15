#ifndef SAKSI_JUDGE_SIGNATURE_SIGNING_VALIDATOR_H_
#define SAKSI_JUDGE_SIGNATURE_SIGNING_VALIDATOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "judge/signature/certificate.h"
#include "judge/signature/nal_list.h"
#include "judge/signature/signing_report.h"

namespace saksi::judge {

/// Follows the signatures of ONVIF Media Signing (MediaSigning.xml 25.12) through a stream of NAL units and gives the verdicts of the reference
/// validator, onvif/media-signing-framework r25.12.3, report by report. Written after its behaviour, its deliberate grace and its accidents included:
/// a GOP has one verdict, whoever gives it. What the reference does not look at is looked at elsewhere (signing_story.h).
///
/// Holds nothing of the video but hashes of what waits for its signature: at most `kMaxWaiting` entries. Older ones are let go and stay pending.
class SigningValidator {
 public:
  static constexpr size_t kMaxWaiting = 20'000;

  /// The key counts as trusted if its chain is at the date `today` (seconds since 1970 UTC), or at no date in particular if there is none.
  /// `first_hash` is the object identifier of the hash function that the stream's first signed SEI names; empty if none does.
  SigningValidator(VideoCodec codec, const TrustAnchors& anchors, std::optional<int64_t> today, const std::vector<uint8_t>& first_hash);

  /// Takes the next NAL unit, zeros behind it removed, of the picture with the index `frame`. A report if it gave rise to one.
  std::optional<SigningReport> add(const uint8_t* nal, size_t size, uint64_t frame);

  /// The last SEI that was added, whether its signature is good, and the certificates in force.
  const SigningSei* last_sei() const { return last_sei_.get(); }
  std::string hash_name() const { return function_.name(); }
  bool last_signature_good() const { return last_signature_good_; }
  const std::optional<CertificateChain>& key() const { return key_; }

  bool signing_present() const { return signing_present_; }
  Provenance provenance() const { return provenance_; }
  uint64_t received_frames() const { return received_frames_; }
  /// Pictures that no signature speaks of, so far.
  uint64_t pending_frames() const;
  /// Entries that were let go (kMaxWaiting).
  uint64_t forgotten() const { return forgotten_; }
  /// SEIs without a signature of their own that are not as a later signature covers them, in steps whose result is good all the same: the reference
  /// validator marks them and goes by the pictures.
  uint64_t changed_seis() const { return changed_seis_; }
  /// The first SEI is of pictures that are not in the stream.
  bool first_is_foreign() const { return first_is_foreign_; }
  /// The stream is made to be costly: nothing was compared any more from some place on.
  bool gave_up() const { return gave_up_; }

 private:
  // Taking in what a SEI says. False stands for an error, which is marked at the last entry.
  bool take_entry(NalEntry& entry);
  void take_optional_tlvs(const SigningSei& sei);
  bool take_tlv(const SigningSei& sei, const SigningTlv& tlv);
  bool take_certificates(const SigningSei& sei, const SigningTlv& tlv);
  bool take_signature(const SigningSei& sei, const SigningTlv& tlv);
  bool verify_signature(NalEntry& entry);
  bool take_claims(const SigningSei& sei);

  // One step of validation.
  bool validate_if_due(NalEntry& last);
  bool is_due(const NalEntry& last) const;
  bool has_waiting_gop() const;
  void begin_step();
  bool prepare(NalEntry*& sei);
  void compare_gop_hash(const NalEntry* sei);
  void follow_link(const NalEntry* sei);
  void compare(NalEntry* sei);
  void compare_with(NalEntry* sei);
  bool is_foreign_first_step(Authenticity result, bool has_valid) const;
  void finish_step(const NalEntry& last);
  void compare_elements(NalEntry* sei);
  void widen(const NalEntry* sei);
  bool mark_without_sei(int spared);
  NalEntry* sei_in_validation();
  void suspend_sei(NalMark& mark);

  std::optional<SigningReport> report();
  static void add_to_part(const NalEntry& picture, SigningReport& report);
  void let_go_oldest();

  VideoCodec codec_;
  TrustAnchors anchors_;
  std::optional<int64_t> today_;
  HashFunction function_;
  Hash anchor_;
  bool hash_known_ = false;
  NalList list_;
  uint64_t received_frames_ = 0;
  uint64_t forgotten_ = 0;
  uint64_t forgotten_frames_ = 0;
  uint64_t work_ = 0;
  bool gave_up_ = false;

  // What the last SEI that was decoded says.
  SigningGeneral general_;
  std::vector<Hash> expected_;
  std::vector<uint8_t> signature_;
  size_t signature_field_ = 0;  ///< bytes; 0 until the first signature
  std::string chain_pem_;
  bool has_key_ = false;
  std::optional<CertificateChain> key_;
  Provenance verified_key_ = Provenance::kNotFeasible;
  std::shared_ptr<const SigningSei> last_sei_;
  bool last_signature_good_ = false;

  // Where validation stands.
  bool signing_present_ = false;
  uint64_t gop_starts_ = 0;
  bool first_validation_ = true;
  bool first_sei_ = true;
  bool repeat_first_ = false;
  uint64_t changed_seis_ = 0;
  bool first_is_foreign_ = false;
  bool certificate_step_ = false;
  bool use_certificate_sei_ = false;
  bool waiting_for_signature_ = false;
  bool in_sync_ = false;
  bool key_changed_ = false;
  bool has_result_ = false;
  int64_t lost_seis_ = 0;
  int invalid_so_far_ = 0;
  int64_t current_gop_ = -1;
  int64_t wraps_ = 0;
  Hash linked_, linked_next_;  ///< first elements of the GOP before and of this one
  Hash computed_gop_hash_;
  int compared_ = 0;  ///< entries in computed_gop_hash_
  Authenticity latest_ = Authenticity::kNotSigned;
  Authenticity accumulated_ = Authenticity::kNotSigned;
  Provenance latest_provenance_ = Provenance::kNotFeasible;
  Provenance provenance_ = Provenance::kNotFeasible;
};

}  // namespace saksi::judge

#endif
