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
};

std::optional<CertificateChain> CertificateChain::from_pem(const std::string& pem) {
  auto state = std::make_shared<State>();
  state->certificates = read_certificates(pem, kMaxCertificates);
  if (state->certificates.empty()) return std::nullopt;
  state->key.reset(X509_get_pubkey(state->leaf()));
  ERR_clear_error();
  CertificateChain chain;
  chain.state_ = std::move(state);
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

}  // namespace saksi::judge
