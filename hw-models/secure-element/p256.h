#ifndef SAKSI_HW_MODELS_SECURE_ELEMENT_P256_H_
#define SAKSI_HW_MODELS_SECURE_ELEMENT_P256_H_

#include <array>
#include <cstdint>

#include "base/seed_stream.h"
#include "base/sha256.h"

namespace saksi::hw {

using P256Scalar = std::array<uint8_t, 32>;     ///< big endian
using P256Public = std::array<uint8_t, 64>;     ///< X and Y, big endian
using P256Signature = std::array<uint8_t, 64>;  ///< r and s, big endian

/// A private key of ECDSA on NIST P-256 (FIPS 186-4), by OpenSSL's curve and big numbers. Its nonces are those of RFC 6979 with SHA-256, since a run
/// must be repeatable to the bit and OpenSSL 3.0 draws them.
class P256Key {
 public:
  /// `secret` modulo the curve's order less 1, plus 1: every value gives a key.
  explicit P256Key(const P256Scalar& secret);
  /// A key out of the next 256 bits of a stream.
  static P256Key draw(SeedStream& stream);

  P256Public public_key() const;
  P256Signature sign(const Digest& digest) const { return sign(digest, digest); }
  /// Signs `digest` with the nonce that belongs to `nonce_digest`: two signatures with one nonce give the key away.
  P256Signature sign(const Digest& digest, const Digest& nonce_digest) const;
  /// For whoever makes the part. What stands behind the part's commands has no use for it.
  const P256Scalar& secret() const { return secret_; }

 private:
  P256Scalar secret_;
};

/// True if `signature` is one over `digest` by the owner of `key`. A key that is no point of the curve verifies nothing.
bool p256_verify(const P256Public& key, const Digest& digest, const P256Signature& signature);

/// HMAC (RFC 2104) with SHA-256.
Digest hmac_sha256(const Digest& key, const uint8_t* data, size_t size);

}  // namespace saksi::hw

#endif
