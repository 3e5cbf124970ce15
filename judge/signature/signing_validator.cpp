#include "judge/signature/signing_validator.h"

#include <algorithm>

namespace saksi::judge {

namespace {

constexpr uint64_t kUnsignedGopsBeforeDefaultHash = 5;
constexpr int kMaxStepsAtOnce = 10;
/// Entries looked at, over the whole file. A long recording needs some hundred for each second of video.
constexpr uint64_t kMaxWork = 300'000'000;

}  // namespace

SigningValidator::SigningValidator(VideoCodec codec, const TrustAnchors& anchors, std::optional<int64_t> today,
                                   const std::vector<uint8_t>& first_hash)
    : codec_(codec), anchors_(anchors), today_(today) {
  if (!first_hash.empty()) function_.select(first_hash.data(), first_hash.size());
}

std::optional<SigningReport> SigningValidator::add(const uint8_t* nal, size_t size, uint64_t frame) {
  if (size == 0) return std::nullopt;
  NalEntry entry;
  entry.head = parse_nal_head(nal, size, codec_);
  entry.frame = frame;
  if (entry.head.kind == NalKind::kSei) {
    std::optional<SigningSei> sei = parse_signing_sei(nal, size, entry.head);
    if (sei) entry.sei = std::make_shared<const SigningSei>(std::move(*sei));
  } else if (entry.head.is_slice()) {
    entry.later_hash = function_.of(nal, size);
    if (entry.head.starts_gop()) {
      anchor_ = entry.later_hash;
    } else {
      entry.later_hash = function_.of(anchor_, entry.later_hash);
    }
  }
  entry.hashable = entry.head.is_slice() || entry.is_sei();
  entry.mark = !entry.head.valid ? NalMark::kUnknown : entry.hashable ? NalMark::kPending : NalMark::kIgnored;
  entry.next_mark = entry.mark;
  received_frames_ += entry.head.primary ? 1 : 0;
  signing_present_ = signing_present_ || entry.is_sei();
  gop_starts_ += entry.starts_gop() ? 1 : 0;
  has_result_ = false;
  list_.entries().push_back(std::move(entry));
  NalEntry& last = list_.entries().back();
  const bool hash_was_known = hash_known_;
  bool good = take_entry(last);
  if (good) {
    hash_known_ = hash_known_ || (!signing_present_ && gop_starts_ > kUnsignedGopsBeforeDefaultHash);
    if (!hash_was_known && hash_known_) {
      for (NalEntry& waiting : list_.entries()) {
        if (waiting.hashable && waiting.head.valid) waiting.hash = waiting.later_hash;
      }
    }
    good = validate_if_due(last);
  }
  if (!good) last.mark = last.next_mark = NalMark::kError;
  if (list_.entries().size() > kMaxWaiting) let_go_oldest();
  return good && has_result_ ? report() : std::nullopt;
}

uint64_t SigningValidator::pending_frames() const {
  if (accumulated_ == Authenticity::kNotSigned) return received_frames_;
  return forgotten_frames_ + list_.pending_frames();
}

void SigningValidator::let_go_oldest() {
  const NalEntry& oldest = list_.entries().front();
  forgotten_frames_ += oldest.head.primary && !oldest.gap ? 1 : 0;
  ++forgotten_;
  list_.entries().pop_front();
}

bool SigningValidator::take_entry(NalEntry& entry) {
  if (entry.is_sei()) {
    last_sei_ = entry.sei;
    last_signature_good_ = false;
  }
  if (!entry.head.valid) return true;
  if (entry.is_signed_sei()) take_optional_tlvs(*entry.sei);
  if (entry.is_sei()) entry.later_hash = function_.of(entry.sei->hashed.data(), entry.sei->hashed.size());
  if (hash_known_ && entry.hashable) entry.hash = entry.later_hash;
  if (!entry.is_signed_sei()) return true;
  if (!verify_signature(entry)) return false;
  last_signature_good_ = entry.signature_good;
  if (!use_certificate_sei_ || !entry.sei->certificate) return true;
  if (!take_claims(*entry.sei)) return false;
  entry.decoded = true;
  entry.mark = entry.next_mark = entry.signature_good ? NalMark::kValid : NalMark::kInvalid;
  return true;
}

void SigningValidator::take_optional_tlvs(const SigningSei& sei) {
  for (const SigningTlv& tlv : sei.tlvs) {
    const bool optional = tlv.tag == SigningTag::kCryptoInfo || tlv.tag == SigningTag::kVendorInfo || tlv.tag == SigningTag::kCertificates;
    if (optional && !take_tlv(sei, tlv)) return;
  }
}

bool SigningValidator::take_tlv(const SigningSei& sei, const SigningTlv& tlv) {
  switch (tlv.tag) {
    case SigningTag::kGeneral: {
      const std::optional<SigningGeneral> general = read_general(sei, tlv);
      if (!general) return false;
      general_ = *general;
      return true;
    }
    case SigningTag::kHashList: {
      const std::optional<std::vector<uint8_t>> list = read_hash_list(sei, tlv);
      if (!list) return false;
      expected_.clear();
      for (size_t at = 0; at + function_.size() <= list->size(); at += function_.size()) {
        Hash hash;
        hash.size = function_.size();
        std::copy_n(list->begin() + static_cast<ptrdiff_t>(at), hash.size, hash.bytes.begin());
        expected_.push_back(hash);
      }
      return true;
    }
    case SigningTag::kSignature:
      return take_signature(sei, tlv);
    case SigningTag::kCryptoInfo: {
      const std::optional<std::vector<uint8_t>> oid = read_hash_oid(sei, tlv);
      if (!oid || !function_.select(oid->data(), oid->size())) return false;
      hash_known_ = true;
      return true;
    }
    case SigningTag::kVendorInfo:
      return read_vendor(sei, tlv).has_value();
    case SigningTag::kCertificates:
      return take_certificates(sei, tlv);
    case SigningTag::kArbitraryData:
      return is_arbitrary_data(sei, tlv);
  }
  return false;
}

bool SigningValidator::take_certificates(const SigningSei& sei, const SigningTlv& tlv) {
  const std::optional<SigningCertificates> certificates = read_certificates(sei, tlv);
  if (!certificates) return false;
  if (certificates->pem == chain_pem_) return true;
  key_changed_ = key_changed_ || has_key_;
  has_key_ = true;
  chain_pem_ = certificates->pem;
  const std::optional<CertificateChain> chain = CertificateChain::from_pem(certificates->pem);
  if (!chain || !chain->fits_path(anchors_)) return false;
  verified_key_ = chain->check(anchors_, today_).trusted ? Provenance::kOk : Provenance::kNotOk;
  if (!chain->key_usable()) return false;
  key_ = chain;
  return true;
}

bool SigningValidator::take_signature(const SigningSei& sei, const SigningTlv& tlv) {
  const std::optional<SigningSignature> signature = read_signature(sei, tlv);
  if (!signature) return false;
  if (signature_field_ == 0) signature_field_ = signature->field_bytes;
  if (signature->field_bytes != signature_field_) return false;
  signature_ = signature->bytes;
  return true;
}

/// False if it cannot be tried; a signature that is no good is marked in the entry.
bool SigningValidator::verify_signature(NalEntry& entry) {
  const auto& tlvs = entry.sei->tlvs;
  const auto tlv = std::find_if(tlvs.begin(), tlvs.end(), [](const SigningTlv& t) { return t.tag == SigningTag::kSignature; });
  if (tlv == tlvs.end() || !take_signature(*entry.sei, *tlv)) return true;
  if (signature_.empty() || !key_) return false;
  entry.signature_good = key_->verify(entry.hash, signature_);
  return true;
}

/// Takes in all that a SEI says, and finds out by its counter whether others are lost.
bool SigningValidator::take_claims(const SigningSei& sei) {
  const int64_t counter_before = general_.counter;
  expected_.clear();
  const bool all_taken = std::all_of(sei.tlvs.begin(), sei.tlvs.end(), [&](const SigningTlv& tlv) { return take_tlv(sei, tlv); });
  const bool good = all_taken && sei.complete;
  int64_t counter = general_.counter;
  if (counter < counter_before) {
    // It wraps, or the SEI is an old one: the distance tells.
    if (counter_before - counter > (int64_t{1} << 31)) {
      ++wraps_;
    } else {
      counter = counter_before;
    }
  }
  counter += wraps_ << 32;
  // 32 bits, as the reference counts: where the counter wraps it is only so that nothing is lost.
  lost_seis_ = in_sync_ ? static_cast<int32_t>(counter - (current_gop_ + 1)) : 0;
  return good;
}

bool SigningValidator::is_due(const NalEntry& last) const {
  return last.hashable && last.mark == NalMark::kPending && (last.is_sei() || last.starts_gop()) && has_key_;
}

bool SigningValidator::validate_if_due(NalEntry& last) {
  if (gave_up_) return true;
  if (!is_due(last)) {
    if (first_sei_ && last.is_sei()) {
      latest_ = Authenticity::kNotFeasible;
      key_changed_ = false;
      has_result_ = true;
      first_sei_ = false;
      list_.settle(true);
    }
    return true;
  }
  bool take = false;
  bool changed_before = false;
  NalMark sei_mark = NalMark::kUnknown;
  for (int steps = 0; steps < kMaxStepsAtOnce && has_waiting_gop(); ++steps) {
    work_ += list_.entries().size();
    gave_up_ = work_ > kMaxWork;
    if (!waiting_for_signature_ && !has_result_) {
      begin_step();
      key_changed_ = changed_before;
    }
    NalEntry* sei = nullptr;
    if (!prepare(sei)) return false;
    if (!certificate_step_) compare(sei);
    latest_provenance_ = verified_key_;
    if (first_validation_ && !in_sync_) suspend_sei(sei_mark);
    first_validation_ = repeat_first_;
    take = take || !repeat_first_;
    repeat_first_ = false;
    finish_step(last);
    changed_before = changed_before || key_changed_;
  }
  list_.settle(take);
  if (first_validation_) {
    NalEntry* sei = sei_in_validation();
    if (sei != nullptr && sei->mark == NalMark::kPending) {
      if (sei->is_signed_sei()) {
        first_is_foreign_ = true;
        sei->mark = sei->next_mark = sei_mark;
      } else {
        sei->mark_if_sei_ok = sei_mark;
      }
    }
    linked_ = linked_next_ = Hash{};
  }
  return true;
}

void SigningValidator::begin_step() {
  latest_ = Authenticity::kNotFeasible;
  invalid_so_far_ = 0;
  if (NalEntry* sei = sei_in_validation()) sei->in_validation = false;
}

void SigningValidator::finish_step(const NalEntry& last) {
  first_sei_ = first_sei_ && !last.is_sei();
  if (!waiting_for_signature_) {
    has_result_ = true;
    certificate_step_ = false;
  }
  // That a stream is signed is reported once.
  if (latest_ == Authenticity::kNotFeasible) has_result_ = latest_ != accumulated_;
}

NalEntry* SigningValidator::sei_in_validation() {
  auto& entries = list_.entries();
  const auto found = std::find_if(entries.begin(), entries.end(), [](const NalEntry& e) { return e.is_sei() && e.in_validation; });
  return found == entries.end() ? nullptr : &*found;
}

/// The SEI of a first step that did not fit waits again; its mark is kept for when the step is given up.
void SigningValidator::suspend_sei(NalMark& mark) {
  NalEntry* sei = sei_in_validation();
  if (sei == nullptr) return;
  if (sei->next_mark != NalMark::kPending) {
    mark = sei->next_mark;
  } else if (!sei->is_signed_sei() && sei->mark_if_sei_ok != NalMark::kNone) {
    mark = sei->mark_if_sei_ok;
  }
  sei->next_mark = sei->mark;
}

bool SigningValidator::has_waiting_gop() const {
  bool slice = false, sei = false;
  for (const NalEntry& entry : list_.entries()) {
    if (entry.gap || entry.mark_if_sei_ok != NalMark::kNone || entry.next_mark != NalMark::kPending) continue;
    if (entry.is_sei() && entry.sei->certificate) return true;
    slice = slice || (entry.hashable && !entry.is_sei());
    sei = sei || entry.is_sei();
    if (slice && sei) return true;
  }
  return false;
}

/// What covers a picture stands behind it, so it is still in the list.
void SigningValidator::add_to_part(const NalEntry& picture, SigningReport& report) {
  const NalEntry* cover = picture.cover;
  if (picture.mark != NalMark::kValid || cover == nullptr || cover->mark != NalMark::kValid) return;
  for (const SigningTlv& tlv : cover->sei->tlvs) {
    const auto general = tlv.tag == SigningTag::kGeneral ? read_general(*cover->sei, tlv) : std::nullopt;
    if (!general) continue;
    const bool goes_on = !report.parts.empty() && report.parts.back().counter == general->counter;
    if (!goes_on) report.parts.push_back({picture.frame, picture.frame, general->counter, general->start, general->end, general->version >= 2});
    report.parts.back().last_frame = picture.frame;
    return;
  }
}

std::optional<SigningReport> SigningValidator::report() {
  SigningReport report;
  report.authenticity = latest_;
  for (const NalEntry& entry : list_.entries()) {
    report.letters.push_back(entry.letter());
    report.marks.push_back(static_cast<char>(entry.mark));
  }
  if (accumulated_ <= Authenticity::kNotFeasible || latest_ < accumulated_) accumulated_ = latest_;
  if (provenance_ == Provenance::kNotFeasible || latest_provenance_ < provenance_) provenance_ = latest_provenance_;
  constexpr size_t kMaxListed = 100;
  auto& entries = list_.entries();
  while (!entries.empty() && entries.front().mark != NalMark::kPending) {
    const NalEntry& entry = entries.front();
    report.gaps += entry.gap ? 1 : 0;
    if (entry.mark == NalMark::kInvalid && entry.is_sei() && !entry.is_signed_sei() && latest_ >= Authenticity::kOkWithMissing) ++changed_seis_;
    if (!entry.gap && entry.head.is_slice()) {
      if (entry.head.primary) {
        if (report.frames == 0) report.first_frame = entry.frame;
        ++report.frames;
        report.last_frame = entry.frame;
        add_to_part(entry, report);
      }
      const bool known = !report.invalid_frames.empty() && report.invalid_frames.back() == entry.frame;
      if (entry.mark == NalMark::kInvalid && !known && report.invalid_frames.size() < kMaxListed) report.invalid_frames.push_back(entry.frame);
    }
    entries.pop_front();
  }
  return report;
}

}  // namespace saksi::judge
