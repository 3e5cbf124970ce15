#include "judge/signature/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <fstream>
#include <sstream>

#include "base/error.h"
#include "base/sha256.h"
#include "judge/signature/openssl_owned.h"

namespace saksi::judge {

namespace {

template <typename T>
using Owned = OpenSslOwned<T>;

constexpr size_t kMaxCertificates = 5;

/// At most `limit` certificates of a PEM text.
std::vector<Owned<X509>> read_certificates(const std::string& pem, size_t limit) {
  std::vector<Owned<X509>> certificates;
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (certificates.size() < limit) {
    Owned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate) break;
    certificates.push_back(std::move(certificate));
  }
  ERR_clear_error();
  return certificates;
}

std::string name_text(const X509_NAME* name) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

int64_t unix_time(const ASN1_TIME* time) {
  ASN1_TIME* epoch = ASN1_TIME_set(nullptr, 0);
  int days = 0, seconds = 0;
  const int known = ASN1_TIME_diff(&days, &seconds, epoch, time);
  ASN1_TIME_free(epoch);
  return known == 1 ? int64_t{86400} * days + seconds : 0;
}

}  // namespace

struct TrustAnchors::State {
  Owned<X509_STORE> store{X509_STORE_new()};
  std::vector<std::string> names;
};

TrustAnchors::TrustAnchors() : state_(std::make_shared<State>()) {}

TrustAnchors TrustAnchors::from_pem(const std::string& pem, const std::string& name) {
  auto state = std::make_shared<State>();
  constexpr size_t kMaxAnchors = 1000;
  for (const Owned<X509>& certificate : read_certificates(pem, kMaxAnchors)) {
    X509_STORE_add_cert(state->store.get(), certificate.get());
    state->names.push_back(name_text(X509_get_subject_name(certificate.get())));
  }
  if (state->names.empty()) throw UsageError(name + ": holds no certificate; give the issuing CA's as PEM (-----BEGIN CERTIFICATE-----)");
  TrustAnchors anchors;
  anchors.state_ = std::move(state);
  return anchors;
}

TrustAnchors TrustAnchors::load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw UsageError(path + ": cannot be read; give a PEM file with the trusted certificate");
  return from_pem(text.str(), path);
}

bool TrustAnchors::empty() const { return state_->names.empty(); }

std::vector<std::string> TrustAnchors::names() const { return state_->names; }

struct CertificateChain::State {
  std::vector<Owned<X509>> certificates;
  Owned<EVP_PKEY> key;

  X509* leaf() const { return certificates.front().get(); }

  /// Takes at least one certificate, the leaf first.
  static std::shared_ptr<State> of(std::vector<Owned<X509>> certificates) {
    auto state = std::make_shared<State>();
    state->certificates = std::move(certificates);
    state->key.reset(X509_get_pubkey(state->leaf()));
    ERR_clear_error();
    return state;
  }
};

std::optional<CertificateChain> CertificateChain::from_pem(const std::string& pem) {
  std::vector<Owned<X509>> certificates = read_certificates(pem, kMaxCertificates);
  if (certificates.empty()) return std::nullopt;
  CertificateChain chain;
  chain.state_ = State::of(std::move(certificates));
  return chain;
}

namespace {

/// One run of OpenSSL's check of a chain.
struct PathRun {
  int error = X509_V_ERR_UNSPECIFIED;
  size_t untrusted = 0;  ///< certificates of the chain that the path goes through
};

PathRun run_path(X509_STORE* store, const std::vector<Owned<X509>>& certificates, std::optional<int64_t> unix_s) {
  STACK_OF(X509)* untrusted = sk_X509_new_null();
  for (const Owned<X509>& certificate : certificates) sk_X509_push(untrusted, certificate.get());
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  PathRun run;
  if (X509_STORE_CTX_init(context.get(), store, certificates.front().get(), untrusted) == 1) {
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    if (unix_s) {
      X509_VERIFY_PARAM_set_time(parameters, *unix_s);
    } else {
      X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_NO_CHECK_TIME);
    }
    X509_verify_cert(context.get());
    run.error = X509_STORE_CTX_get_error(context.get());
    run.untrusted = static_cast<size_t>(X509_STORE_CTX_get_num_untrusted(context.get()));
  }
  sk_X509_free(untrusted);
  ERR_clear_error();
  return run;
}

}  // namespace

ChainCheck CertificateChain::check(const TrustAnchors& anchors, std::optional<int64_t> unix_s) const {
  const PathRun run = run_path(anchors.state().store.get(), state_->certificates, unix_s);
  ChainCheck check;
  check.trusted = run.error == X509_V_OK;
  if (check.trusted) return check;
  check.reason = X509_verify_cert_error_string(run.error);
  check.only_time = run_path(anchors.state().store.get(), state_->certificates, std::nullopt).error == X509_V_OK;
  return check;
}

bool CertificateChain::fits_path(const TrustAnchors& anchors) const {
  if (state_->certificates.size() == kMaxCertificates) return false;
  return run_path(anchors.state().store.get(), state_->certificates, std::nullopt).untrusted == state_->certificates.size();
}

std::string CertificateChain::subject() const { return name_text(X509_get_subject_name(state_->leaf())); }
std::string CertificateChain::issuer() const { return name_text(X509_get_issuer_name(state_->leaf())); }

std::string CertificateChain::serial() const {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(state_->leaf());
  BIGNUM* number = ASN1_INTEGER_to_BN(serial, nullptr);
  char* text = number != nullptr ? BN_bn2hex(number) : nullptr;
  std::string result = text != nullptr ? text : "";
  OPENSSL_free(text);
  BN_free(number);
  return result;
}

int64_t CertificateChain::not_before() const { return unix_time(X509_get0_notBefore(state_->leaf())); }
int64_t CertificateChain::not_after() const { return unix_time(X509_get0_notAfter(state_->leaf())); }

std::string CertificateChain::fingerprint() const {
  unsigned char* der = nullptr;
  const int size = i2d_X509(state_->leaf(), &der);
  std::string digest = size > 0 ? hex(sha256(der, static_cast<size_t>(size))) : "";
  OPENSSL_free(der);
  return digest;
}

std::string CertificateChain::key_kind() const {
  if (!state_->key) return "unreadable";
  const int kind = EVP_PKEY_get_base_id(state_->key.get());
  if (kind == EVP_PKEY_RSA) return "RSA " + std::to_string(EVP_PKEY_get_bits(state_->key.get()));
  char group[64] = "";
  if (kind == EVP_PKEY_EC && EVP_PKEY_get_group_name(state_->key.get(), group, sizeof group, nullptr) == 1) return std::string("EC ") + group;
  const char* name = OBJ_nid2sn(kind);
  return name != nullptr ? name : "unknown";
}

bool CertificateChain::key_usable() const {
  if (!state_->key) return false;
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(state_->key.get(), nullptr));
  const bool usable = context && EVP_PKEY_verify_init(context.get()) > 0;
  ERR_clear_error();
  return usable;
}

bool CertificateChain::verify(const Hash& digest, const std::vector<uint8_t>& signature) const {
  if (!state_->key || signature.empty()) return false;
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(state_->key.get(), nullptr));
  bool good = context && EVP_PKEY_verify_init(context.get()) > 0;
  if (good && EVP_PKEY_get_base_id(state_->key.get()) == EVP_PKEY_RSA) {
    good = EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) > 0 && EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) > 0;
  }
  good = good && EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.bytes.data(), digest.size) == 1;
  ERR_clear_error();
  return good;
}

std::optional<CertificateChain> CertificateChain::from_der(const std::vector<uint8_t>& der) {
  const uint8_t* at = der.data();
  Owned<X509> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (!certificate) return std::nullopt;
  std::vector<Owned<X509>> certificates;
  certificates.push_back(std::move(certificate));
  CertificateChain chain;
  chain.state_ = State::of(std::move(certificates));
  return chain;
}

namespace {

/// A signature algorithm: its hash function, and for RSA the padding.
struct Algorithm {
  const EVP_MD* hash = EVP_sha256();
  int key_kind = 0;
  int padding = RSA_PKCS1_PSS_PADDING;
};

/// The hash function in the parameters of an AlgorithmIdentifier of RSASSA-PSS; SHA-1 if they leave it out.
const EVP_MD* pss_hash(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  int kind = V_ASN1_UNDEF;
  const void* value = nullptr;
  X509_ALGOR_get0(&object, &kind, &value, algorithm);
  if (kind != V_ASN1_SEQUENCE) return EVP_sha1();
  const auto* sequence = static_cast<const ASN1_STRING*>(value);
  const uint8_t* at = ASN1_STRING_get0_data(sequence);
  RSA_PSS_PARAMS* parameters = d2i_RSA_PSS_PARAMS(nullptr, &at, ASN1_STRING_length(sequence));
  const EVP_MD* hash = nullptr;
  if (parameters != nullptr) {
    X509_ALGOR_get0(&object, nullptr, nullptr, parameters->hashAlgorithm);
    hash = parameters->hashAlgorithm != nullptr ? EVP_get_digestbyobj(object) : EVP_sha1();
  }
  RSA_PSS_PARAMS_free(parameters);
  return hash;
}

/// `der` may be empty: what the standard of export files has for a key of that kind.
std::optional<Algorithm> read_algorithm(const std::vector<uint8_t>& der, int key_kind) {
  Algorithm algorithm;
  algorithm.key_kind = key_kind;
  if (der.empty()) return algorithm;
  const uint8_t* at = der.data();
  X509_ALGOR* identifier = d2i_X509_ALGOR(nullptr, &at, static_cast<long>(der.size()));
  if (identifier == nullptr) return std::nullopt;
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, identifier);
  const int name = OBJ_obj2nid(object);
  int hash = NID_undef, kind = NID_undef;
  if (name == NID_rsassaPss) {
    algorithm.key_kind = EVP_PKEY_RSA;
    algorithm.hash = pss_hash(identifier);
  } else if (OBJ_find_sigid_algs(name, &hash, &kind) == 1) {
    algorithm.key_kind = kind == NID_X9_62_id_ecPublicKey ? EVP_PKEY_EC : kind == NID_rsaEncryption ? EVP_PKEY_RSA : EVP_PKEY_NONE;
    algorithm.hash = EVP_get_digestbynid(hash);
    algorithm.padding = RSA_PKCS1_PADDING;
  } else {
    algorithm.hash = nullptr;
  }
  X509_ALGOR_free(identifier);
  if (algorithm.hash == nullptr) return std::nullopt;
  return algorithm;
}

}  // namespace

std::optional<bool> CertificateChain::verify_data(const std::vector<uint8_t>& algorithm_der, const std::vector<uint8_t>& signature,
                                                  const Data& data) const {
  if (!state_->key) return std::nullopt;
  const int kind = EVP_PKEY_get_base_id(state_->key.get());
  const std::optional<Algorithm> algorithm = read_algorithm(algorithm_der, kind);
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  const bool is_known = algorithm && algorithm->key_kind == kind && (kind == EVP_PKEY_RSA || kind == EVP_PKEY_EC) && context &&
                        EVP_DigestVerifyInit(context.get(), &key_context, algorithm->hash, nullptr, state_->key.get()) == 1 &&
                        (kind != EVP_PKEY_RSA || EVP_PKEY_CTX_set_rsa_padding(key_context, algorithm->padding) > 0);
  bool good = is_known;
  std::vector<uint8_t> bytes;
  while (good && data(bytes)) good = EVP_DigestVerifyUpdate(context.get(), bytes.data(), bytes.size()) == 1;
  good = good && EVP_DigestVerifyFinal(context.get(), signature.data(), signature.size()) == 1;
  ERR_clear_error();
  return is_known ? std::optional<bool>(good) : std::nullopt;
}

}  // namespace saksi::judge
