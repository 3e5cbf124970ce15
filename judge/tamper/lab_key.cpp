#include "judge/tamper/lab_key.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/error.h"
#include "judge/media/nal.h"
#include "judge/signature/date.h"
#include "judge/signature/openssl_owned.h"
#include "judge/signature/signing_sei.h"

namespace saksi::judge {

namespace {

template <typename T>
using Owned = OpenSslOwned<T>;

/// A signature field as long as the largest one of P-256.
constexpr size_t kFieldBytes = 72;

Owned<X509> make_certificate(const std::string& name, const std::string& issuer, EVP_PKEY* key, EVP_PKEY* issuer_key, bool is_ca) {
  Owned<X509> certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), is_ca ? 1 : 2);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), parse_date("2020-01-01"));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), parse_date("2120-01-01"));
  X509_set_pubkey(certificate.get(), key);
  const auto set_name = [](X509_NAME* to, const std::string& text) {
    X509_NAME_add_entry_by_txt(to, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
  };
  set_name(X509_get_subject_name(certificate.get()), name);
  set_name(X509_get_issuer_name(certificate.get()), issuer);
  X509_EXTENSION* basic = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, is_ca ? "critical,CA:TRUE" : "CA:FALSE");
  X509_add_ext(certificate.get(), basic, -1);
  X509_EXTENSION_free(basic);
  if (X509_sign(certificate.get(), issuer_key, EVP_sha256()) == 0) throw InfraError("OpenSSL cannot sign a certificate");
  return certificate;
}

std::string pem_of(X509* certificate) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

void append_u16(Bytes& bytes, size_t value) {
  bytes.push_back(static_cast<uint8_t>(value >> 8));
  bytes.push_back(static_cast<uint8_t>(value));
}

void append_tlv(Bytes& bytes, SigningTag tag, const Bytes& value) {
  bytes.push_back(static_cast<uint8_t>(tag));
  append_u16(bytes, value.size());
  bytes.insert(bytes.end(), value.begin(), value.end());
}

int64_t time_at(const Bytes& general, size_t at) {
  uint64_t time = 0;
  for (size_t i = 0; i < 8; ++i) time = (time << 8) | general[at + i];
  return static_cast<int64_t>(time);
}

void set_time(Bytes& general, size_t at, int64_t time) {
  for (size_t i = 0; i < 8; ++i) general[at + i] = static_cast<uint8_t>(static_cast<uint64_t>(time) >> (56 - 8 * i));
}

/// Head, payload size, UUID, flags and TLVs of a SEI whose payload has `tlv_bytes` bytes of TLVs.
Bytes document(const Bytes& nal, const NalHead& head, bool certificate, const Bytes& tlvs, size_t tlv_bytes) {
  constexpr size_t kBeforeTlvs = 17;
  Bytes out(nal.begin(), nal.begin() + static_cast<ptrdiff_t>(head.bytes));
  out.push_back(5);
  size_t size = kBeforeTlvs + tlv_bytes;
  for (; size >= 255; size -= 255) out.push_back(255);
  out.push_back(static_cast<uint8_t>(size));
  for (uint8_t byte : {0x00, 0x5B, 0xC9, 0x3F, 0x2D, 0x71, 0x5E, 0x95, 0xAD, 0xA4, 0x79, 0x6F, 0x90, 0x87, 0x7A, 0x6F}) out.push_back(byte);
  out.push_back(certificate ? 0x80 : 0);
  out.insert(out.end(), tlvs.begin(), tlvs.end());
  return out;
}

std::optional<SigningSei> whole_sei(const Bytes& nal, const NalHead& head) {
  if (head.kind != NalKind::kSei) return std::nullopt;
  std::optional<SigningSei> sei = parse_signing_sei(nal.data(), trimmed_nal_size(nal.data(), nal.size()), head);
  return sei && sei->complete ? sei : std::nullopt;
}

Bytes value_of(const SigningSei& sei, const SigningTlv& tlv) {
  const auto at = sei.payload.begin() + static_cast<ptrdiff_t>(tlv.offset);
  return {at, at + static_cast<ptrdiff_t>(tlv.length)};
}

void set_pem(Bytes& certificates, const std::string& pem) {
  certificates.resize(2);
  certificates.insert(certificates.end(), pem.begin(), pem.end());
}

Bytes joined(const std::vector<std::pair<SigningTag, Bytes>>& values) {
  Bytes tlvs;
  for (const auto& [tag, value] : values) append_tlv(tlvs, tag, value);
  return tlvs;
}

/// A general TLV whose times, at 5 and from version 2 on at 13, are read and written.
void change_times(Bytes& general, const LabChange& change) {
  if (general.size() <= 21) return;
  for (size_t at : {size_t{5}, size_t{13}}) {
    if (at == 5 || general[0] >= 2) set_time(general, at, change.time.value_or(time_at(general, at) + change.shift));
  }
}

Bytes ecdsa(EVP_PKEY* key, const Hash& digest) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(key, nullptr));
  size_t size = kFieldBytes;
  Bytes signature(kFieldBytes);
  if (EVP_PKEY_sign_init(context.get()) <= 0 || EVP_PKEY_sign(context.get(), signature.data(), &size, digest.bytes.data(), digest.size) <= 0) {
    throw InfraError("OpenSSL cannot sign with P-256");
  }
  signature.resize(size);
  return signature;
}

/// ECDSA (FIPS 186-4, 6.4) with a given random number k: r = x(k G), s = (z + r d) / k, modulo the group's order.
Bytes ecdsa_with(EVP_PKEY* key, const Hash& digest, uint64_t nonce) {
  const Owned<BN_CTX> context(BN_CTX_new());
  const Owned<EC_GROUP> group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  const Owned<EC_POINT> point(EC_POINT_new(group.get()));
  const Owned<BIGNUM> k(BN_new()), z(BN_bin2bn(digest.bytes.data(), static_cast<int>(std::min<size_t>(digest.size, 32)), nullptr));
  BIGNUM* d = nullptr;
  BN_set_word(k.get(), nonce);
  const BIGNUM* order = EC_GROUP_get0_order(group.get());
  ECDSA_SIG* parts = ECDSA_SIG_new();
  BIGNUM* r = BN_new();
  BIGNUM* s = BN_new();
  const bool good = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &d) == 1 &&
                    EC_POINT_mul(group.get(), point.get(), k.get(), nullptr, nullptr, context.get()) == 1 &&
                    EC_POINT_get_affine_coordinates(group.get(), point.get(), r, nullptr, context.get()) == 1 &&
                    BN_nnmod(r, r, order, context.get()) == 1 && BN_mod_mul(s, r, d, order, context.get()) == 1 &&
                    BN_mod_add(s, s, z.get(), order, context.get()) == 1 && BN_mod_inverse(k.get(), k.get(), order, context.get()) != nullptr &&
                    BN_mod_mul(s, s, k.get(), order, context.get()) == 1;
  BN_clear_free(d);
  ECDSA_SIG_set0(parts, r, s);
  Bytes der(kFieldBytes);
  uint8_t* at = der.data();
  const int size = good ? i2d_ECDSA_SIG(parts, &at) : 0;
  ECDSA_SIG_free(parts);
  if (size <= 0) throw InfraError("OpenSSL cannot sign with P-256");
  der.resize(static_cast<size_t>(size));
  return der;
}

}  // namespace

struct LabKey::State {
  std::shared_ptr<EVP_PKEY> ca_key;
  std::string ca_pem;
  Owned<EVP_PKEY> key;
  std::string pem;
};

LabKey::LabKey() {
  auto state = std::make_shared<State>();
  state->ca_key = std::shared_ptr<EVP_PKEY>(EVP_EC_gen("P-256"), EVP_PKEY_free);
  state->key.reset(EVP_EC_gen("P-256"));
  state->ca_pem = pem_of(make_certificate("laboratory CA", "laboratory CA", state->ca_key.get(), state->ca_key.get(), true).get());
  state->pem = pem_of(make_certificate("laboratory camera", "laboratory CA", state->key.get(), state->ca_key.get(), false).get());
  state_ = std::move(state);
}

LabKey LabKey::another() const {
  auto state = std::make_shared<State>();
  state->ca_key = state_->ca_key;
  state->ca_pem = state_->ca_pem;
  state->key.reset(EVP_EC_gen("P-256"));
  state->pem = pem_of(make_certificate("another camera", "laboratory CA", state->key.get(), state->ca_key.get(), false).get());
  LabKey key = *this;
  key.state_ = std::move(state);
  return key;
}

std::string LabKey::anchor_pem() const { return state_->ca_pem; }

Bytes LabKey::exchange_certificate(const Bytes& nal, VideoCodec codec) const {
  const NalHead head = parse_nal_head(nal.data(), nal.size(), codec);
  const std::optional<SigningSei> sei = whole_sei(nal, head);
  if (!sei || !sei->is_signed) return nal;
  Bytes tlvs;
  for (const SigningTlv& tlv : sei->tlvs) {
    Bytes value = value_of(*sei, tlv);
    if (tlv.tag == SigningTag::kCertificates) set_pem(value, state_->pem);
    append_tlv(tlvs, tlv.tag, value);
  }
  Bytes out = document(nal, head, sei->certificate, tlvs, tlvs.size());
  out.push_back(0x80);
  return escaped(out);
}

LabSigner::LabSigner(const LabKey& key, VideoCodec codec) : key_(key), codec_(codec) {}

Bytes LabSigner::sign(const Bytes& nal, const LabChange& change) {
  const NalHead head = parse_nal_head(nal.data(), nal.size(), codec_);
  const std::optional<SigningSei> sei = whole_sei(nal, head);
  if (!sei) return nal;
  Values values;
  for (const SigningTlv& tlv : sei->tlvs) {
    if (tlv.tag == SigningTag::kSignature) continue;
    Bytes value = value_of(*sei, tlv);
    if (tlv.tag == SigningTag::kCertificates) set_pem(value, key_.state_->pem);
    if (tlv.tag == SigningTag::kGeneral) change_times(value, change);
    if (tlv.tag == SigningTag::kCryptoInfo) {
      if (const auto oid = read_hash_oid(*sei, tlv)) function_.select(oid->data(), oid->size());
    }
    values.emplace_back(tlv.tag, std::move(value));
  }
  exchange_hashes(values);
  const Bytes tlvs = joined(values);
  if (sei->is_signed) return with_signature(document(nal, head, sei->certificate, tlvs, tlvs.size() + 3 + 3 + kFieldBytes), change);
  Bytes out = document(nal, head, sei->certificate, tlvs, tlvs.size());
  out.push_back(0x80);
  out = escaped(out);
  const std::optional<SigningSei> changed = whole_sei(out, head);
  const auto hash_of = [&](const SigningSei& of) {
    const Hash hash = function_.of(of.hashed.data(), of.hashed.size());
    return Bytes(hash.bytes.begin(), hash.bytes.begin() + static_cast<ptrdiff_t>(hash.size));
  };
  if (changed) exchanged_[hash_of(*sei)] = hash_of(*changed);
  return out;
}

/// In the list of hashes and in the hash over it, and where a SEI is the first element of the GOP before, in the link.
void LabSigner::exchange_hashes(Values& values) const {
  const size_t size = function_.size();
  const auto exchange = [&](Bytes& value, size_t at) {
    const auto from = value.begin() + static_cast<ptrdiff_t>(at);
    const auto found = exchanged_.find(Bytes(from, from + static_cast<ptrdiff_t>(size)));
    if (found != exchanged_.end()) std::copy(found->second.begin(), found->second.end(), from);
    return found != exchanged_.end();
  };
  std::optional<Hash> gop_hash;
  for (auto& [tag, value] : values) {
    bool is_changed = false;
    for (size_t at = 1; tag == SigningTag::kHashList && at + size <= value.size(); at += size) is_changed = exchange(value, at) || is_changed;
    if (is_changed) gop_hash = function_.of(value.data() + 1, value.size() - 1);
  }
  for (auto& [tag, value] : values) {
    const size_t at = value[0] >= 2 ? 27 : 19;
    if (tag != SigningTag::kGeneral || value.size() != at + 2 * size) continue;
    if (gop_hash) std::copy_n(gop_hash->bytes.begin(), size, value.begin() + static_cast<ptrdiff_t>(at));
    exchange(value, at + size);
  }
}

Bytes LabSigner::with_signature(const Bytes& document, const LabChange& change) const {
  const Hash digest = function_.of(document.data(), document.size());
  EVP_PKEY* key = key_.state_->key.get();
  Bytes signature = change.nonce ? ecdsa_with(key, digest, *change.nonce) : ecdsa(key, digest);
  const size_t size = signature.size();
  signature.resize(kFieldBytes);
  std::fill(signature.begin() + static_cast<ptrdiff_t>(size), signature.end(), uint8_t{1});
  Bytes value = {1};
  append_u16(value, size);
  value.insert(value.end(), signature.begin(), signature.end());
  Bytes out = document;
  append_tlv(out, SigningTag::kSignature, value);
  out.push_back(0x80);
  return escaped(out);
}

std::optional<int64_t> shift_to(const Bytes& nal, VideoCodec codec, int64_t unix_s) {
  constexpr int64_t kBetweenEpochs_s = 11'644'473'600, kTicksPerSecond = 10'000'000;
  const NalHead head = parse_nal_head(nal.data(), nal.size(), codec);
  const auto sei = parse_signing_sei(nal.data(), trimmed_nal_size(nal.data(), nal.size()), head);
  if (!sei) return std::nullopt;
  for (const SigningTlv& tlv : sei->tlvs) {
    const auto general = tlv.tag == SigningTag::kGeneral ? read_general(*sei, tlv) : std::nullopt;
    if (general) return (unix_s + kBetweenEpochs_s) * kTicksPerSecond - general->start;
  }
  return std::nullopt;
}

Bytes escaped(const Bytes& nal) {
  Bytes out;
  size_t zeros = 0;
  for (uint8_t byte : nal) {
    if (zeros >= 2 && byte <= 3) {
      out.push_back(3);
      zeros = 0;
    }
    out.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
  return out;
}

}  // namespace saksi::judge
