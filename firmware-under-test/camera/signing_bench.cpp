#include "firmware-under-test/camera/signing_bench.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

#include "firmware-under-test/camera/pem.h"

namespace saksi::firmware {
namespace {

SigningBench* current = nullptr;

constexpr long kCentury_s = 100L * 365 * 86400;

EVP_PKEY* as_key(void* key) { return static_cast<EVP_PKEY*>(key); }

X509* make_certificate(EVP_PKEY* key, const char* name, EVP_PKEY* issuer_key, const char* issuer, bool is_authority) {
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), is_authority ? 1 : 2);
  ASN1_TIME_set(X509_getm_notBefore(certificate), 1'600'000'000);
  ASN1_TIME_set(X509_getm_notAfter(certificate), 1'600'000'000 + kCentury_s);
  X509_set_pubkey(certificate, key);
  const auto add = [](X509_NAME* to, const char* text) {
    X509_NAME_add_entry_by_txt(to, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(text), -1, -1, 0);
  };
  add(X509_get_subject_name(certificate), name);
  add(X509_get_issuer_name(certificate), issuer);
  X509_EXTENSION* basic = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, is_authority ? "critical,CA:TRUE" : "CA:FALSE");
  X509_add_ext(certificate, basic, -1);
  X509_EXTENSION_free(basic);
  X509_sign(certificate, issuer_key, EVP_sha256());
  return certificate;
}

std::vector<uint8_t> der_of(X509* certificate) {
  std::vector<uint8_t> der(static_cast<size_t>(i2d_X509(certificate, nullptr)));
  uint8_t* at = der.data();
  i2d_X509(certificate, &at);
  return der;
}

std::string pem_of(X509* certificate) {
  const std::vector<uint8_t> der = der_of(certificate);
  std::string text(SIGNING_PEM_BYTES_MAX, '\0');
  text.resize(pem_certificates(der.data(), static_cast<uint32_t>(der.size()), text.data(), SIGNING_PEM_BYTES_MAX));
  return text;
}

}  // namespace

SigningBench::SigningBench() {
  current = this;
  EVP_PKEY* authority_key = EVP_EC_gen("P-256");
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* authority = make_certificate(authority_key, "Bench CA", authority_key, "Bench CA", true);
  X509* leaf = make_certificate(key, "camera on the bench", authority_key, "Bench CA", false);
  authority_ = pem_of(authority);
  pem_ = pem_of(leaf);
  X509_free(authority);
  X509_free(leaf);
  EVP_PKEY_free(authority_key);
  key_ = key;
  identity_ = {"saksi-cam bench", "0123AB", "Saksi", pem_.data(), static_cast<uint32_t>(pem_.size())};
}

SigningBench::~SigningBench() {
  EVP_PKEY_free(as_key(key_));
  current = nullptr;
}

const media_signer_t* SigningBench::signer() const {
  static constexpr media_signer_t kSigner = {begin, step};
  return &kSigner;
}

void SigningBench::begin(const uint8_t* digest) {
  std::copy(digest, digest + SECURE_ELEMENT_DIGEST_BYTES, current->digest_);
  current->left_ = current->steps;
}

secure_element_sign_t SigningBench::step(uint8_t* signature) {
  if (current->left_ < 0) return SECURE_ELEMENT_FAILED;
  if (current->left_-- > 0) return SECURE_ELEMENT_BUSY;
  if (current->failures > 0) {
    --current->failures;
    return SECURE_ELEMENT_FAILED;
  }
  std::vector<uint8_t> der(80);
  size_t bytes = der.size();
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(as_key(current->key_), nullptr);
  const bool good =
      EVP_PKEY_sign_init(context) == 1 && EVP_PKEY_sign(context, der.data(), &bytes, current->digest_, SECURE_ELEMENT_DIGEST_BYTES) == 1;
  EVP_PKEY_CTX_free(context);
  if (!good) throw std::runtime_error("OpenSSL does not sign");
  const uint8_t* at = der.data();
  ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(bytes));
  BN_bn2binpad(ECDSA_SIG_get0_r(parts), signature, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(parts), signature + 32, 32);
  ECDSA_SIG_free(parts);
  ++current->signatures;
  return SECURE_ELEMENT_SIGNED;
}

}  // namespace saksi::firmware
