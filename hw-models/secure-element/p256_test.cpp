// Goal: signatures are those of FIPS 186-4 with the nonces of RFC 6979, and verification takes these and nothing else.
// Method: the vectors of RFC 6979, A.2.5, HMAC's of RFC 4231, and single changed bits.
#include "hw-models/secure-element/p256.h"

#include <gtest/gtest.h>

#include <string>

namespace saksi::hw {
namespace {

template <typename Array>
Array from_hex(const std::string& text) {
  Array bytes{};
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(std::stoul(text.substr(2 * i, 2), nullptr, 16));
  return bytes;
}

P256Key rfc_key() { return P256Key(from_hex<P256Scalar>("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")); }

TEST(P256, PublicKeyOfRfc6979) {
  EXPECT_EQ(rfc_key().public_key(), from_hex<P256Public>("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
                                                         "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"));
}

TEST(P256, SignaturesOfRfc6979) {
  EXPECT_EQ(rfc_key().sign(sha256(std::string("sample"))),
            from_hex<P256Signature>("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
                                    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"));
  EXPECT_EQ(rfc_key().sign(sha256(std::string("test"))), from_hex<P256Signature>("F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
                                                                                 "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"));
}

TEST(P256, HmacOfRfc4231) {
  Digest key{};  // case 1: 20 bytes of 0x0B, filled up with zeros as HMAC fills them
  for (size_t i = 0; i < 20; ++i) key[i] = 0x0B;
  EXPECT_EQ(hex(hmac_sha256(key, reinterpret_cast<const uint8_t*>("Hi There"), 8)),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST(P256, VerifiesItsOwnAndNoChangedBit) {
  SeedStream stream(7, "p256 test");
  for (int i = 0; i < 5; ++i) {
    const P256Key key = P256Key::draw(stream);
    const Digest digest = sha256(std::to_string(i));
    const P256Signature signature = key.sign(digest);
    EXPECT_TRUE(p256_verify(key.public_key(), digest, signature));
    for (const size_t bit : {0, 100, 255, 256, 400, 511}) {
      P256Signature changed = signature;
      changed[bit / 8] = static_cast<uint8_t>(changed[bit / 8] ^ (1 << bit % 8));
      EXPECT_FALSE(p256_verify(key.public_key(), digest, changed)) << bit;
      P256Public other = key.public_key();
      other[bit / 8] = static_cast<uint8_t>(other[bit / 8] ^ (1 << bit % 8));
      EXPECT_FALSE(p256_verify(other, digest, signature)) << bit;
    }
    EXPECT_FALSE(p256_verify(key.public_key(), sha256(std::string("other")), signature));
  }
}

TEST(P256, RefusesZeroAndTheOrderAsPartsOfASignature) {
  const Digest digest = sha256(std::string("sample"));
  const P256Public key = rfc_key().public_key();
  EXPECT_FALSE(p256_verify(key, digest, P256Signature{}));
  P256Signature order = rfc_key().sign(digest);
  const auto n = from_hex<P256Scalar>("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
  std::copy(n.begin(), n.end(), order.begin());
  EXPECT_FALSE(p256_verify(key, digest, order));
  EXPECT_FALSE(p256_verify(P256Public{}, digest, rfc_key().sign(digest))) << "no point of the curve";
}

TEST(P256, EverySecretGivesAKey) {
  P256Scalar zero{}, all_ones;
  all_ones.fill(0xFF);
  for (const P256Scalar& secret : {zero, all_ones}) {
    const P256Key key(secret);
    EXPECT_TRUE(p256_verify(key.public_key(), sha256(std::string("x")), key.sign(sha256(std::string("x")))));
  }
}

TEST(P256, OneNonceForTwoDigestsGivesOneR) {
  const Digest first = sha256(std::string("first")), second = sha256(std::string("second"));
  const P256Signature a = rfc_key().sign(first, first), b = rfc_key().sign(second, first);
  EXPECT_TRUE(std::equal(a.begin(), a.begin() + 32, b.begin()));
  EXPECT_NE(a, b);
  EXPECT_TRUE(p256_verify(rfc_key().public_key(), second, b));
}

}  // namespace
}  // namespace saksi::hw
