// Goal: SEIs are what ONVIF Media Signing says, byte for byte, whatever comes in whichever order from the signer. Method: the worked example of the
// reference's signer; signatures verified by OpenSSL; GOPs of any length played through with a signer on the host that is slow, or fails.
#include "firmware-under-test/camera/media_signing.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "firmware-under-test/bsp/mock_host.h"
#include "firmware-under-test/camera/bytes.h"
#include "firmware-under-test/camera/pem.h"
#include "firmware-under-test/camera/signing_bench.h"

namespace saksi::firmware {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes from_hex(const std::string& hex) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) bytes.push_back(static_cast<uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

Bytes sha256_of(const Bytes& data) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(data.data(), data.size(), digest.data());
  return digest;
}

Bytes join(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Takes emulation prevention out.
Bytes unescape(const uint8_t* data, size_t bytes) {
  Bytes out;
  size_t zeros = 0;
  for (size_t i = 0; i < bytes; ++i) {
    if (zeros >= 2 && data[i] == 3) {
      zeros = 0;
      continue;
    }
    out.push_back(data[i]);
    zeros = data[i] == 0 ? zeros + 1 : 0;
  }
  return out;
}

/// A SEI taken apart by its lengths.
struct Sei {
  Bytes nal;                    ///< without emulation prevention
  std::map<int, Bytes> values;  ///< by tag
  size_t document = 0;          ///< bytes before the signature
};

Sei take_apart(const media_sei_t& entry) {
  Sei sei;
  EXPECT_EQ(load_be32(entry.data), entry.bytes - 4);
  sei.nal = unescape(entry.data + 4, entry.bytes - 4);
  size_t at = 2;
  size_t size = 0;
  while (sei.nal[at] == 0xFF) size += sei.nal[at++];
  size += sei.nal[at++];
  EXPECT_EQ(at + size + 1, sei.nal.size());
  EXPECT_EQ(sei.nal.back(), 0x80);
  at += 17;
  while (at + 3 < sei.nal.size()) {
    const int tag = sei.nal[at];
    const size_t length = static_cast<size_t>(sei.nal[at + 1] << 8 | sei.nal[at + 2]);
    if (tag == 3) sei.document = at;
    if (at + 3 + length > sei.nal.size()) break;
    sei.values[tag] = Bytes(sei.nal.begin() + static_cast<long>(at + 3), sei.nal.begin() + static_cast<long>(at + 3 + length));
    at += 3 + length;
  }
  EXPECT_EQ(at + 1, sei.nal.size());
  return sei;
}

bool is_signed_by_leaf(const Sei& sei) {
  const Bytes& pem = sei.values.at(6);
  BIO* bio = BIO_new_mem_buf(pem.data() + 2, static_cast<int>(pem.size() - 2));
  X509* leaf = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  if (leaf == nullptr) return false;
  const Bytes& field = sei.values.at(3);
  const size_t der_bytes = static_cast<size_t>(field[1] << 8 | field[2]);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(leaf));
  const bool good = EVP_DigestVerify(context, field.data() + 3, der_bytes, sei.nal.data(), sei.document) == 1;
  EVP_MD_CTX_free(context);
  X509_free(leaf);
  return good;
}

uint32_t counter_of(const Sei& sei) { return load_be32(sei.values.at(1).data() + 21); }
Bytes part(const Bytes& bytes, size_t from, size_t count) {
  return {bytes.begin() + static_cast<long>(from), bytes.begin() + static_cast<long>(from + count)};
}

/// A session whose pictures are a few bytes each.
class MediaSigning : public testing::Test {
 protected:
  MediaSigning() { media_signing_start(session_.get(), bench_.signer(), bench_.identity(), kEpoch); }

  Bytes picture(bool is_idr) const { return {static_cast<uint8_t>(is_idr ? 0x65 : 0x41), 0x88, static_cast<uint8_t>(pictures_), 7, 0, 0}; }

  /// One picture, as many steps of the signer, and what was entered is taken out.
  void add(bool is_idr, int steps) {
    const Bytes nal = picture(is_idr);
    ASSERT_TRUE(media_signing_has_room(session_.get()));
    media_signing_add(session_.get(), nal.data(), static_cast<uint32_t>(nal.size()), pictures_ * 1000u, is_idr);
    ++pictures_;
    for (int i = 0; i < steps; ++i) media_signing_step(session_.get());
    collect();
  }
  void add_gop(int pictures, int steps) {
    for (int i = 0; i < pictures; ++i) add(i == 0, steps);
  }
  void end() {
    int calls = 0;
    while (!media_signing_end(session_.get(), pictures_ * 1000u) && ++calls < 50) media_signing_step(session_.get());
    EXPECT_LT(calls, 50);
    collect();
  }
  void collect() {
    for (uint32_t i = 0; i < media_signing_count(session_.get()); ++i) {
      places_.push_back(media_signing_at(session_.get(), i)->picture);
      covered_.push_back(media_signing_at(session_.get(), i)->covered);
      seis_.push_back(take_apart(*media_signing_at(session_.get(), i)));
    }
    media_signing_release(session_.get(), UINT32_MAX);
  }

  static constexpr uint64_t kEpoch = 134'000'000'000'000'000;
  MockHost host_;
  SigningBench bench_;
  std::unique_ptr<media_signing_t> session_ = std::make_unique<media_signing_t>();
  uint32_t pictures_ = 0;
  std::vector<Sei> seis_;
  std::vector<uint32_t> places_, covered_;
};

/// The general and hash list TLVs of the second SEI that the reference's own signer made for its worked example.
TEST_F(MediaSigning, ADocumentIsTheReferencesByteForByte) {
  const Bytes hashes = from_hex(
      "3feff81fd4af6877eb9348420daaed3170fa11014f30841a71862151264418be15bdd962f95379583798869ca6ec5afab498250d15eef5960a2586b7b34f74fd"
      "3f72a04c9c856fb3819d811844c749872872b7d5d32fe72e9aa143a690a34ca3dd4ddf166b85cabb066d9e7df6b48ced1236fccae6a6adf86664322750ef7a75"
      "1b1f907b5c15a9d5015fe79227c49a39758af77ed6ee92b0e5aef8a4738617b5");
  const std::string pem(550, 'x');
  const signing_identity_t identity = {"r25.12.3", "N/A", "Media Signing Framework", pem.data(), 550};
  signing_gop_t gop{};
  gop.start = 0x01A412E2F7DF7040;
  gop.end = 0x01A412E2F87806C0;
  gop.counter = 2;
  gop.count = 5;
  const Bytes gop_hash = from_hex("7D62685713A721C3404AEB4433BF4502E880C8BB7183EE217029C879632D5EE1");
  const Bytes linked = from_hex("7535AEE602E3AA2603C782ACF53216F57CA83BF50BDF561E1E1A0AF78FE7545E");
  EXPECT_EQ(sha256_of(hashes), gop_hash);
  std::copy(gop_hash.begin(), gop_hash.end(), gop.gop_hash);
  std::copy(linked.begin(), linked.end(), gop.linked_hash);
  Bytes out(SIGNING_SEI_BYTES_MAX);
  const uint32_t document = signing_sei_begin(out.data(), &identity, &gop, hashes.data(), true);
  EXPECT_EQ(document, 896u);
  EXPECT_EQ(part(out, 0, 23), from_hex("0605FFFFFFCB005BC93F2D715E95ADA4796F90877A6F00"));
  EXPECT_EQ(part(out, 23, 19), from_hex("040010010B060960864801650304020100"
                                        "0000"));
  EXPECT_EQ(part(out, 42, 8), from_hex("050026010872"
                                       "3235"));
  EXPECT_EQ(part(out, 83, 5), from_hex("0602280100"));
  EXPECT_EQ(part(out, 638, 35), from_hex("01005B02190C000001A412E2F7DF704001A412E2F87806C0000000020005"
                                         "7D62685713"));
  EXPECT_EQ(part(out, 700, 32), linked);
  EXPECT_EQ(part(out, 732, 4), from_hex("0200A101"));
  EXPECT_EQ(part(out, 736, 160), hashes);
  const Bytes r = from_hex("8de15c68c0dc0b55bd251d6b804093b1f089b15481ede96e9668408b583eff05");
  const Bytes s = from_hex("73bb49d761704996fab8ae540a0c0d2cc46119cf9ddfaf45c04d67d4bec5f113");
  const Bytes signature = join(r, s);
  EXPECT_EQ(signing_sei_end(out.data(), document, signature.data()), 975u);
  EXPECT_EQ(part(out, 896, 79), join(join(from_hex("03004B01004730450221"
                                                   "00"),
                                          r),
                                     join(from_hex("0220"), join(s, from_hex("0180")))));
}

TEST_F(MediaSigning, IntegersOfASignatureAreAsShortAsDerWants) {
  uint8_t signature[64] = {};
  signature[31] = 0x7F;
  signature[62] = 0x80;
  uint8_t der[72];
  const uint32_t bytes = signing_der(signature, der);
  EXPECT_EQ(Bytes(der, der + bytes), from_hex("300802017F0203008000"));
}

TEST_F(MediaSigning, EscapesWhatLooksLikeAStartCode) {
  const Bytes nal = from_hex("06000000000001000002000003000004");
  Bytes out(2 * nal.size());
  out.resize(signing_escape(nal.data(), static_cast<uint32_t>(nal.size()), out.data()));
  EXPECT_EQ(out, from_hex("0600000300000300010000030200000303000004"));
  EXPECT_EQ(unescape(out.data(), out.size()), nal);
}

TEST_F(MediaSigning, CertificatesBecomeTextThatOpenSslReads) {
  for (size_t length : {1u, 2u, 3u, 47u, 48u, 49u, 96u, 97u}) {
    Bytes der(length + 2, 0xA5);
    der[0] = 0x30;
    der[1] = static_cast<uint8_t>(length);
    const Bytes two = join(der, der);
    std::string text(1000, '\0');
    text.resize(pem_certificates(two.data(), static_cast<uint32_t>(two.size()), text.data(), 1000));
    BIO* bio = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    for (int i = 0; i < 2; ++i) {
      char* name = nullptr;
      char* header = nullptr;
      unsigned char* data = nullptr;
      long bytes = 0;
      ASSERT_EQ(PEM_read_bio(bio, &name, &header, &data, &bytes), 1) << text;
      EXPECT_EQ(Bytes(data, data + bytes), der);
      OPENSSL_free(name);
      OPENSSL_free(header);
      OPENSSL_free(data);
    }
    BIO_free(bio);
    EXPECT_EQ(pem_certificates(two.data(), static_cast<uint32_t>(two.size()) - 1, text.data(), 1000), 0u) << "not whole";
    EXPECT_EQ(pem_certificates(two.data(), static_cast<uint32_t>(two.size()), text.data(), 40), 0u) << "no room";
  }
}

TEST_F(MediaSigning, EachGopIsSignedAndLinkedToTheOneBefore) {
  for (int i = 0; i < 3; ++i) add_gop(4, 5);
  end();
  ASSERT_EQ(seis_.size(), 3u);
  EXPECT_EQ(places_, (std::vector<uint32_t>{5, 9, 12})) << "before the picture behind the IDR picture; the last one behind the last picture";
  EXPECT_EQ(covered_, (std::vector<uint32_t>{4, 8, 12}));
  pictures_ = 0;
  Bytes linked(32, 0);
  for (uint32_t i = 0; i < 3; ++i) {
    Bytes anchor, elements;
    for (int j = 0; j < 4; ++j, ++pictures_) {
      Bytes nal = picture(j == 0);
      nal.resize(4);  // zeros at the end are none of the NAL unit
      const Bytes hash = sha256_of(nal);
      if (j == 0) anchor = hash;
      elements = join(elements, j == 0 ? anchor : sha256_of(join(anchor, hash)));
    }
    const Bytes& general = seis_[i].values.at(1);
    EXPECT_EQ(counter_of(seis_[i]), i + 1);
    EXPECT_EQ(part(general, 27, 32), sha256_of(elements));
    EXPECT_EQ(part(general, 59, 32), linked);
    EXPECT_EQ(part(seis_[i].values.at(2), 1, elements.size()), elements);
    EXPECT_EQ(general[4], 0) << "whole GOPs";
    const uint64_t start = static_cast<uint64_t>(load_be32(&general[5])) << 32 | load_be32(&general[9]);
    const uint64_t until = static_cast<uint64_t>(load_be32(&general[13])) << 32 | load_be32(&general[17]);
    EXPECT_EQ(start, kEpoch + i * 4000);
    EXPECT_EQ(until, kEpoch + (i + 1) * 4000);
    EXPECT_TRUE(is_signed_by_leaf(seis_[i]));
    linked = anchor;
  }
}

TEST_F(MediaSigning, GopsThatCloseWhileTheElementIsBusyAreCoveredByTheNextSignature) {
  bench_.steps = 9;
  for (int i = 0; i < 8; ++i) add_gop(3, 1);
  end();
  ASSERT_EQ(seis_.size(), 8u);
  int signatures = 0;
  for (uint32_t i = 0; i < 8; ++i) {
    EXPECT_EQ(counter_of(seis_[i]), i + 1) << "in order";
    const bool is_signed = seis_[i].values.count(3) > 0;
    signatures += is_signed;
    if (is_signed) {
      EXPECT_TRUE(is_signed_by_leaf(seis_[i]));
    } else {
      bool is_element = false;
      const Bytes hash = sha256_of(seis_[i].nal);
      for (const Sei& sei : seis_) {
        const Bytes& list = sei.values.at(2);
        for (size_t at = 1; at < list.size(); at += 32) is_element = is_element || part(list, at, 32) == hash;
      }
      EXPECT_TRUE(is_element) << i;
    }
  }
  EXPECT_LT(signatures, 8);
  EXPECT_TRUE(seis_.back().values.count(3)) << "the last covers all";
  EXPECT_EQ(covered_.back(), 24u);
}

TEST_F(MediaSigning, AFailedSignatureIsMadeUpForByTheNext) {
  bench_.failures = 1;
  for (int i = 0; i < 3; ++i) add_gop(4, 4);
  end();
  ASSERT_EQ(seis_.size(), 3u);
  EXPECT_EQ(seis_[0].values.count(3), 0u);
  EXPECT_TRUE(is_signed_by_leaf(seis_[1]));
  EXPECT_EQ(load_be32(seis_[1].values.at(1).data() + 23) & 0xFFFF, 5u) << "four pictures and the SEI without a signature";
  EXPECT_EQ(media_signing_failures(session_.get()), 1u);
}

TEST_F(MediaSigning, IdrPicturesAloneAreSignedToo) {
  for (int i = 0; i < 200; ++i) add(true, 1);
  end();
  EXPECT_EQ(seis_.size(), 200u);
  EXPECT_EQ(covered_.back(), 200u);
}

TEST_F(MediaSigning, ALongGopIsCoveredInParts) {
  add_gop(700, 1);
  end();
  ASSERT_EQ(seis_.size(), 3u);
  for (uint32_t i = 0; i < 3; ++i) EXPECT_EQ(seis_[i].values.at(1)[4], i < 2 ? 1 : 0);
  EXPECT_EQ(part(seis_[1].values.at(1), 59, 32), part(seis_[0].values.at(2), 1, 32)) << "linked to the first element of the part before";
  EXPECT_EQ(covered_.back(), 700u);
}

TEST_F(MediaSigning, ASilentElementStopsNothing) {
  bench_.steps = 1 << 20;
  for (int i = 0; i < 100; ++i) add_gop(2, 1);
  EXPECT_GT(seis_.size(), 80u) << "closed GOPs do not pile up";
  EXPECT_EQ(covered_.back(), 0u);
}

}  // namespace
}  // namespace saksi::firmware
