#ifndef SAKSI_HW_MODELS_SECURE_ELEMENT_X509_WRITER_H_
#define SAKSI_HW_MODELS_SECURE_ELEMENT_X509_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "hw-models/secure-element/p256.h"

namespace saksi::hw {

/// What a certificate says.
struct CertificateText {
  std::vector<uint8_t> serial;  ///< big endian, 1 to 20 bytes, the first one 1 to 0x7F
  std::string issuer;           ///< common names
  std::string subject;
  P256Public subject_key;
  bool is_ca = false;
  std::string not_before;  ///< "YYMMDDhhmmssZ", a UTCTime
  std::string not_after;   ///< "YYYYMMDDhhmmssZ", a GeneralizedTime
};

/// Makes an X.509 v3 certificate (RFC 5280) with ECDSA on P-256 (RFC 5480, 5758), as DER. OpenSSL could, but it signs with nonces that it draws, and
/// then no two runs have the same bytes. Extensions: key usage and the issuer's key identifier; of a CA also basic constraints and its own key
/// identifier.
std::vector<uint8_t> make_certificate(const CertificateText& text, const P256Key& issuer_key);

/// A signature of ECDSA as DER: SEQUENCE of two INTEGERs.
std::vector<uint8_t> der_signature(const P256Signature& signature);

}  // namespace saksi::hw

#endif
