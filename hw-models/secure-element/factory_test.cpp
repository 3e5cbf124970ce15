// Goal: what the factory makes is what others read: OpenSSL verifies the certificates, the slot holds the leaf, the same seed gives the same bytes.
#include "hw-models/secure-element/factory.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "hw-models/secure-element/x509_writer.h"

namespace saksi::hw {
namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate parse(const std::vector<uint8_t>& der) {
  const uint8_t* at = der.data();
  return {d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free};
}

std::vector<uint8_t> leaf_of(const Atecc608Memory& memory) {
  const std::vector<uint8_t>& slot = memory.slots[ElementSlots::kCertificate];
  const size_t size = 4 + static_cast<size_t>(slot[2] << 8 | slot[3]);
  return {slot.begin(), slot.begin() + static_cast<std::ptrdiff_t>(size)};
}

/// What OpenSSL says of the leaf under the root, with every check of the standard.
int verify(X509* leaf, X509* root) {
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), X509_STORE_free);
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context(X509_STORE_CTX_new(), X509_STORE_CTX_free);
  X509_STORE_add_cert(store.get(), root);
  X509_STORE_CTX_init(context.get(), store.get(), leaf, nullptr);
  X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_X509_STRICT);
  X509_STORE_CTX_set_time(context.get(), 0, 1'767'225'600);
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

TEST(Factory, OpenSslVerifiesTheLeafUnderTheRoot) {
  const Vendor vendor;
  const Certificate root = parse(vendor.root_der());
  ASSERT_TRUE(root);
  EXPECT_EQ(X509_verify(root.get(), X509_get0_pubkey(root.get())), 1);
  EXPECT_EQ(X509_check_ca(root.get()), 1);
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Certificate leaf = parse(leaf_of(vendor.make_element(seed)));
    ASSERT_TRUE(leaf) << seed;
    EXPECT_EQ(X509_get_version(leaf.get()), 2);
    EXPECT_EQ(X509_verify(leaf.get(), X509_get0_pubkey(root.get())), 1) << seed;
    EXPECT_EQ(X509_check_ca(leaf.get()), 0);
    EXPECT_EQ(X509_get_key_usage(leaf.get()), static_cast<uint32_t>(KU_DIGITAL_SIGNATURE));
    const int error = verify(leaf.get(), root.get());
    EXPECT_EQ(error, X509_V_OK) << X509_verify_cert_error_string(error);
  }
}

TEST(Factory, OpenSslVerifiesASignatureOfTheCertifiedKey) {
  const Atecc608Memory memory = Vendor().make_element(4);
  const Certificate leaf = parse(leaf_of(memory));
  const Digest digest = sha256(std::string("a document"));
  const std::vector<uint8_t> signature = der_signature(memory.key(ElementSlots::kSigningKey).sign(digest));
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(EVP_PKEY_CTX_new(X509_get0_pubkey(leaf.get()), nullptr),
                                                                            EVP_PKEY_CTX_free);
  ASSERT_EQ(EVP_PKEY_verify_init(context.get()), 1);
  EXPECT_EQ(EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()), 1);
}

TEST(Factory, TheSameSeedGivesTheSameDeviceAndAnotherAnother) {
  const Atecc608Memory one = Vendor().make_element(1), again = Vendor().make_element(1), other = Vendor().make_element(2);
  EXPECT_EQ(one.slots, again.slots);
  EXPECT_EQ(one.config, again.config);
  EXPECT_NE(one.serial(), other.serial());
  EXPECT_NE(one.slots[ElementSlots::kSigningKey], other.slots[ElementSlots::kSigningKey]);
  EXPECT_EQ(Vendor().root_der(), Vendor().root_der());
}

TEST(Factory, LocksWhatItMade) {
  const Atecc608Memory memory = Vendor().make_element(1);
  EXPECT_TRUE(memory.config_locked());
  EXPECT_TRUE(memory.data_locked());
}

TEST(Factory, PemIsWhatOpenSslReads) {
  const std::string pem = Vendor().root_pem();
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const Certificate read(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  ASSERT_TRUE(read);
  EXPECT_EQ(X509_cmp(read.get(), parse(Vendor().root_der()).get()), 0);
}

}  // namespace
}  // namespace saksi::hw
