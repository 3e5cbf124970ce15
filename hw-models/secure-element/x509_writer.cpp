#include "hw-models/secure-element/x509_writer.h"

#include <algorithm>
#include <initializer_list>

namespace saksi::hw {

namespace {

using Bytes = std::vector<uint8_t>;

enum Tag : uint8_t {
  kBoolean = 0x01,
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kOid = 0x06,
  kUtf8String = 0x0C,
  kUtcTime = 0x17,
  kGeneralizedTime = 0x18,
  kSequence = 0x30,
  kSet = 0x31,
  kVersion = 0xA0,
  kExtensions = 0xA3,
  kKeyIdentifier = 0x80,
};

const Bytes kEcPublicKey = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01};
const Bytes kPrime256v1 = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07};
const Bytes kEcdsaWithSha256 = {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02};
const Bytes kCommonName = {0x55, 0x04, 0x03};
const Bytes kKeyUsage = {0x55, 0x1D, 0x0F};
const Bytes kSubjectKeyIdentifier = {0x55, 0x1D, 0x0E};
const Bytes kAuthorityKeyIdentifier = {0x55, 0x1D, 0x23};
const Bytes kBasicConstraints = {0x55, 0x1D, 0x13};

constexpr uint8_t kUncompressed = 0x04;  ///< before the coordinates of a point

Bytes tlv(uint8_t tag, const Bytes& value) {
  Bytes out = {tag};
  const size_t size = value.size();
  if (size >= 0x100) {
    out.insert(out.end(), {0x82, static_cast<uint8_t>(size >> 8), static_cast<uint8_t>(size)});
  } else if (size >= 0x80) {
    out.insert(out.end(), {0x81, static_cast<uint8_t>(size)});
  } else {
    out.push_back(static_cast<uint8_t>(size));
  }
  out.insert(out.end(), value.begin(), value.end());
  return out;
}

Bytes join(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

Bytes sequence(std::initializer_list<Bytes> parts) { return tlv(kSequence, join(parts)); }
Bytes text_of(uint8_t tag, const std::string& text) { return tlv(tag, Bytes(text.begin(), text.end())); }

Bytes name(const std::string& common_name) { return sequence({tlv(kSet, sequence({tlv(kOid, kCommonName), text_of(kUtf8String, common_name)}))}); }

/// A string of whole bytes: no bit of the last one is unused.
Bytes bit_string(Bytes bytes, uint8_t unused_bits = 0) {
  bytes.insert(bytes.begin(), unused_bits);
  return tlv(kBitString, bytes);
}

Bytes critical(const Bytes& oid, const Bytes& value) { return sequence({tlv(kOid, oid), tlv(kBoolean, {0xFF}), tlv(kOctetString, value)}); }

/// RFC 7093, method 1: the first 160 bits of the SHA-256 of the public key.
Bytes key_identifier(const P256Public& key) {
  constexpr size_t kIdentifierBytes = 20;
  Bytes point = {kUncompressed};
  point.insert(point.end(), key.begin(), key.end());
  const Digest digest = sha256(point.data(), point.size());
  return Bytes(digest.begin(), digest.begin() + kIdentifierBytes);
}

/// A leaf does without what only those need who look for its issued certificates: a secure element's slot is small.
Bytes extensions(const CertificateText& text, const P256Public& issuer_key) {
  constexpr uint8_t kDigitalSignature = 0x80, kCertSign = 0x04;
  const Bytes issuer = sequence({tlv(kOid, kAuthorityKeyIdentifier), tlv(kOctetString, sequence({tlv(kKeyIdentifier, key_identifier(issuer_key))}))});
  if (!text.is_ca) return tlv(kExtensions, sequence({critical(kKeyUsage, bit_string({kDigitalSignature}, 7)), issuer}));
  const Bytes constraints = critical(kBasicConstraints, sequence({tlv(kBoolean, {0xFF})}));
  const Bytes subject = sequence({tlv(kOid, kSubjectKeyIdentifier), tlv(kOctetString, tlv(kOctetString, key_identifier(text.subject_key)))});
  return tlv(kExtensions, sequence({constraints, critical(kKeyUsage, bit_string({kCertSign}, 2)), subject, issuer}));
}

/// The shortest two's complement of a positive number.
Bytes integer(const uint8_t* big_endian, size_t size) {
  const uint8_t* const end = big_endian + size;
  const uint8_t* first = std::find_if(big_endian, end, [](uint8_t byte) { return byte != 0; });
  if (first == end) --first;
  Bytes value(first, end);
  if ((value[0] & 0x80) != 0) value.insert(value.begin(), 0);
  return tlv(kInteger, value);
}

}  // namespace

std::vector<uint8_t> der_signature(const P256Signature& signature) {
  constexpr size_t kHalf = std::tuple_size_v<P256Scalar>;
  return sequence({integer(signature.data(), kHalf), integer(signature.data() + kHalf, kHalf)});
}

std::vector<uint8_t> make_certificate(const CertificateText& text, const P256Key& issuer_key) {
  const Bytes algorithm = sequence({tlv(kOid, kEcdsaWithSha256)});
  Bytes point = {kUncompressed};
  point.insert(point.end(), text.subject_key.begin(), text.subject_key.end());
  const Bytes key = sequence({sequence({tlv(kOid, kEcPublicKey), tlv(kOid, kPrime256v1)}), bit_string(point)});
  const Bytes validity = sequence({text_of(kUtcTime, text.not_before), text_of(kGeneralizedTime, text.not_after)});
  const Bytes body = sequence({tlv(kVersion, tlv(kInteger, {2})), tlv(kInteger, text.serial), algorithm, name(text.issuer), validity,
                               name(text.subject), key, extensions(text, issuer_key.public_key())});
  const Bytes signature = der_signature(issuer_key.sign(sha256(body.data(), body.size())));
  return sequence({body, algorithm, bit_string(signature)});
}

}  // namespace saksi::hw
